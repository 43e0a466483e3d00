"""Encryption at rest, and the change of its key."""

from collections.abc import Iterator

import pytest
from cryptography.fernet import InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from storage import encryption
from tests.conftest import SECRET_KEY

OLD, NEW = "an-old-secret-0123456789abcdefghij", "a-new-secret-0123456789abcdefghij"


@pytest.fixture(autouse=True)
def _the_key_of_the_tests() -> Iterator[None]:
    encryption.use(SECRET_KEY)
    yield
    encryption.use(SECRET_KEY)


@given(st.text())
def test_what_is_encrypted_comes_back(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert encryption.decrypt(encryption.encrypt(text)) == text


@given(st.binary())
def test_a_file_that_is_encrypted_comes_back(content: bytes) -> None:
    ciphertext = encryption.encrypt_bytes(content)
    assert encryption.decrypt_bytes(ciphertext) == content
    assert len(content) < 4 or content not in ciphertext


def test_the_same_text_never_looks_the_same() -> None:
    assert encryption.encrypt("token") != encryption.encrypt("token")


def test_another_key_opens_nothing() -> None:
    ciphertext = encryption.encrypt("token")
    encryption.use(NEW)
    with pytest.raises(InvalidToken):
        encryption.decrypt(ciphertext)


def test_after_a_change_of_the_key_the_old_one_still_opens_and_the_new_one_closes() -> None:
    encryption.use(OLD)
    before = encryption.encrypt("before")
    encryption.use(f"{NEW}, {OLD}")
    after = encryption.encrypt("after")
    assert encryption.decrypt(before) == "before"
    encryption.use(NEW)
    assert encryption.decrypt(after) == "after"


def test_a_ciphertext_that_was_tampered_with_is_not_opened() -> None:
    ciphertext = encryption.encrypt("token")
    with pytest.raises(InvalidToken):
        encryption.decrypt(ciphertext[:-4] + "AAAA")


def test_a_digest_is_the_same_every_time_and_says_nothing() -> None:
    assert encryption.digest("adj_1") == encryption.digest("adj_1")
    assert encryption.digest("adj_1") != encryption.digest("adj_2")
    assert "adj" not in encryption.digest("adj_1")


def test_only_what_we_signed_is_believed_also_after_a_change_of_the_key() -> None:
    encryption.use(OLD)
    signature = encryption.sign(b"page 3")
    encryption.use(f"{NEW}, {OLD}")
    assert encryption.is_signed(b"page 3", signature)
    assert not encryption.is_signed(b"page 4", signature)
    encryption.use(NEW)
    assert not encryption.is_signed(b"page 3", signature)
    assert not encryption.is_signed(b"page 3", b"")
