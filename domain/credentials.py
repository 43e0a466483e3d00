"""What people type in to prove who asks: checked before any system is asked with it. Pure."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from connectors.vendor import CredentialField
from domain.refusals import invalid

LONGEST = 2000  # characters; some bearer tokens are long


def problem(field: CredentialField, text: str) -> str | None:
    """Return what is wrong with one credential in a sentence, None when it can be tried."""
    text = text.strip()
    if not text:
        return None if field.optional else f"“{field.label}” is needed."
    if len(text) > LONGEST or not text.isprintable():
        return f"“{field.label}” cannot be right: paste it again, without line breaks."
    if field.kind == "address" and not _is_web_address(text):
        return f"“{field.label}” should be a web address that starts with https://."
    return None


def checked(fields: Iterable[CredentialField], given: Mapping[str, str]) -> dict[str, str]:
    """Return one text for each of `fields` and no more; refuses `invalid` with what is missing."""
    kept = {}
    for field in fields:
        text = str(given.get(field.key, "") or "").strip()
        if complaint := problem(field, text):
            raise invalid(complaint if text else f"{complaint} {field.hint}".strip())
        kept[field.key] = text
    return kept


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)
