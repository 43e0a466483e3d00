"""Masking: what tells about guests, for those who may see that there is something, but not what."""

from typing import Any

MASK = "•••"


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
