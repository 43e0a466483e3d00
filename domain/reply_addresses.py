"""The addresses to which people answer by mail: each is signed for one case and one person."""

import base64
import re

from domain.installation import current, mail_domain
from storage import encryption

_PREFIX = "case"
# In small letters, for some mail servers make them so: 16 bytes are 26 of these.
_ADDRESS = re.compile(rf"{_PREFIX}\+([1-9][0-9]{{0,8}})\.([a-z2-7]{{26}})", re.IGNORECASE)


def make(number: int, person_id: str) -> str:
    """Return the address for a case and a person; empty where no mail can come in."""
    if not current().mail_in:
        return ""
    digits = base64.b32encode(encryption.sign(_content(number, person_id)))
    return f"{_PREFIX}+{number}.{digits.decode().rstrip('=').lower()}@{mail_domain()}"


def number_in(address: str) -> int | None:
    """Return which case an address names, None when it is none of ours."""
    found = _ADDRESS.fullmatch(address.partition("@")[0].strip())
    return int(found[1]) if found else None


def is_of(address: str, number: int, person_id: str) -> bool:
    """Return whether we made an address for this case and this person."""
    found = _ADDRESS.fullmatch(address.partition("@")[0].strip())
    if found is None or int(found[1]) != number:
        return False
    signature = base64.b32decode(found[2].upper() + "=" * 6)
    return encryption.is_signed(_content(number, person_id), signature)


def _content(number: int, person_id: str) -> bytes:
    return f"answers to case {number} by {person_id}".encode()
