"""What a kind of source asks about itself, checked before it is asked with it. Pure."""

from collections.abc import Mapping
from typing import Any

from connectors.source import Kind, SettingField
from domain.refusals import invalid

LONGEST = 500


def checked(kind: Kind, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that `kind` has fields for, as texts, and nothing else.

    Those of a type of data lie under `types` and the type's key; a type without any is left out.
    Refuses `invalid` with a sentence for the first that cannot be right.
    """
    whole = [field for field in kind.settings if not field.per_type]
    kept: dict[str, Any] = _kept(whole, given)
    per_type = [field for field in kind.settings if field.per_type]
    by_type = given.get("types")
    if per_type and isinstance(by_type, Mapping):
        kept["types"] = {
            key: _kept(per_type, by_type[key])
            for key in kind.types
            if isinstance(by_type.get(key), Mapping) and any(by_type[key].values())
        }
    return kept


def _kept(fields: list[SettingField], given: Mapping[str, Any]) -> dict[str, str]:
    kept = {}
    for field in fields:
        text = str(given.get(field.key) or "").strip() or field.default
        if complaint := problem(field, text):
            raise invalid(complaint)
        if text:
            kept[field.key] = text
    return kept


def problem(field: SettingField, text: str) -> str | None:
    """Return what is wrong with one setting in a sentence, None when it is fine."""
    if not text:
        return f"“{field.label}” is needed. {field.hint}".strip() if field.needed else None
    if len(text) > LONGEST or not text.isprintable():
        return f"“{field.label}” cannot be right: {LONGEST} ordinary characters at most."
    if field.kind == "number" and not (text.isascii() and text.isdecimal() and len(text) < 10):
        return f"“{field.label}” should be a whole number."
    if field.kind == "choice" and text not in dict(field.choices):
        return f"Choose one of the answers to “{field.label}”."
    return None
