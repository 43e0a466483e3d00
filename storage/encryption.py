"""Encryption at rest: secrets are stored as ciphertext, and recognised by their hash.

What leaves us and comes back is signed, so that only what we wrote is believed.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SIGNATURE = 16  # bytes

_fernet: MultiFernet | None = None
_signing: tuple[bytes, ...] = ()
_sealing: tuple[bytes, ...] = ()


def use(secret_key: str) -> None:
    """Set the key of this process.

    `secret_key` is one secret, or several with commas between them: the first encrypts,
    all of them decrypt, so that a key can be changed without losing what is stored.
    """
    global _fernet, _signing, _sealing
    secrets = [part.strip() for part in secret_key.split(",") if part.strip()]
    _fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(each))) for each in secrets])
    _signing = tuple(_derive(each, b"adjoin signatures") for each in secrets)
    _sealing = tuple(_derive(each, b"adjoin audit log") for each in secrets)


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


def sign(content: bytes) -> bytes:
    """Return the signature of `content`, SIGNATURE bytes."""
    return _signature(_signing_keys()[0], content)


def is_signed(content: bytes, signature: bytes) -> bool:
    """Return whether `signature` is what `sign` returned for `content`, with any of the keys."""
    return any(hmac.compare_digest(_signature(key, content), signature) for key in _signing_keys())


def seal(content: bytes) -> str:
    """Return the HMAC-SHA256 of `content` for the audit log, as hexadecimal digits."""
    return _seal(_sealing_keys()[0], content)


def is_sealed(content: bytes, digest: str) -> bool:
    """Return whether `digest` is what `seal` returned for `content`, with any of the keys."""
    given = digest.encode(errors="replace")
    return any(hmac.compare_digest(_seal(key, content).encode(), given) for key in _sealing_keys())


def _seal(key: bytes, content: bytes) -> str:
    return hmac.digest(key, content, "sha256").hex()


def _sealing_keys() -> tuple[bytes, ...]:
    if not _sealing:
        raise RuntimeError("encryption.use(secret_key) has not been called")
    return _sealing


def _signature(key: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, key=key, digest_size=SIGNATURE).digest()


def _signing_keys() -> tuple[bytes, ...]:
    if not _signing:
        raise RuntimeError("encryption.use(secret_key) has not been called")
    return _signing


def _keys() -> MultiFernet:
    if _fernet is None:
        raise RuntimeError("encryption.use(secret_key) has not been called")
    return _fernet


def _derive(secret: str, purpose: bytes = b"adjoin encryption at rest") -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
