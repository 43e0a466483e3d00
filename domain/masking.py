"""Masking: what tells about guests, for those who may see that there is something, but not what;
and what opens a door, for everybody."""

import re
from typing import Any

import logs
from domain.types_of_data import TypeOfData

MASK = "•••"
_ADDRESS = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
_URL = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s\"'<>]*")
_ID = re.compile(r"[A-Za-z0-9._:-]{1,80}")


def masked(value: Any) -> Any:
    """Return a record with every text and number in it masked; its shape and its keys stay.

    Yes or no, nothing, and what is empty are shown: they tell nothing about a person.
    """
    if isinstance(value, dict):
        return {key: masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return value if value is None or isinstance(value, bool) or value == "" else MASK


def masked_text(text: str) -> str:
    """Return a mask in place of a text; an empty one stays empty."""
    return MASK if text else ""


def without_secrets(text: str) -> str:
    """Return a text without tokens, keys, passwords, addresses of mail and of the web.

    A net under those who take care themselves: it finds what looks like a secret, not a name.
    """
    return _ADDRESS.sub(MASK, _URL.sub(rf"\1{MASK}", logs.redact(text)))


def key(of_type: TypeOfData, text: str, may_see: bool) -> str:
    """Return a primary key for its reader: one that says more than an id, as a guest’s mail address
    does, is masked for those who may not see guests’ data."""
    return text if may_see or not of_type.is_about_guests else plain_id(text)


def plain_id(text: str) -> str:
    """Return an id that somebody else made up, or a mask where it is more than an id."""
    is_plain = _ID.fullmatch(text) is not None and without_secrets(text) == text
    return text if is_plain or not text else MASK
