"""Encryption at rest: secrets are stored as ciphertext, and recognised by their hash."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_fernet: MultiFernet | None = None


def use(secret_key: str) -> None:
    """Set the key of this process.

    `secret_key` is one secret, or several with commas between them: the first encrypts,
    all of them decrypt, so that a key can be changed without losing what is stored.
    """
    global _fernet
    _fernet = MultiFernet([_derive(part.strip()) for part in secret_key.split(",") if part.strip()])


def encrypt(text: str) -> str:
    """Return the ciphertext of `text`, fit for a text column."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(ciphertext: str) -> str:
    """Return what `encrypt` was given."""
    return _keys().decrypt(ciphertext.encode()).decode()


def encrypt_bytes(content: bytes) -> bytes:
    """Return the ciphertext of a file, fit for a column of bytes."""
    return _keys().encrypt(content)


def decrypt_bytes(ciphertext: bytes) -> bytes:
    """Return what `encrypt_bytes` was given."""
    return _keys().decrypt(ciphertext)


def digest(secret: str) -> str:
    """Return a hash by which a long random secret is looked up; not for passwords."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _keys() -> MultiFernet:
    if _fernet is None:
        raise RuntimeError("encryption.use(secret_key) has not been called")
    return _fernet


def _derive(secret: str) -> Fernet:
    kdf = HKDF(hashes.SHA256(), length=32, salt=None, info=b"adjoin encryption at rest")
    return Fernet(base64.urlsafe_b64encode(kdf.derive(secret.encode())))
