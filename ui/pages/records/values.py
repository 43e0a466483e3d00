"""Values of records as people read them, and which of them a list shows. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from domain.mapping.currencies import DIGITS
from domain.types_of_data import Field, TypeOfData

# Which fields the list of a type shows; the first one leads to the record.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "reservations": (
        "number",
        "guest_name",
        "space_name",
        "status",
        "arrival",
        "departure",
        "total",
    ),
    "guests": ("last_name", "first_name", "email", "phone", "city", "country", "company"),
    "spaces": ("name", "number", "category", "kind", "floor", "state", "active"),
    "rates": ("name", "code", "currency", "base_price", "active", "public"),
    "products": ("name", "code", "price", "charging", "active"),
    "services": ("name", "code", "kind", "starts", "ends", "active"),
    "accounting_categories": ("name", "code", "ledger_code", "classification", "active"),
}
_TONES = {
    "confirmed": "ok",
    "started": "info",
    "inquired": "warn",
    "canceled": "bad",
    "no_show": "bad",
}
_NUMBERS = ("integer", "number", "money")


def fields(of_type: TypeOfData) -> tuple[Field, ...]:
    """Return the fields that the list of a type shows."""
    found = (of_type.field(key) for key in SHOWN[of_type.key])
    return tuple(field for field in found if field is not None)


def kind(of_type: TypeOfData, field: Field) -> str:
    """Return how the list shows a field: text, number or badge."""
    if field.key == of_type.status and field.kind == "choice":
        return "badge"
    return "number" if field.kind in _NUMBERS else "text"


def cell(of_type: TypeOfData, field: Field, values: Mapping[str, Any], zone: str) -> Any:
    """Return the value of a field for the list, None when there is none."""
    words = shown(field, values, zone)
    if words and kind(of_type, field) == "badge":
        return {"tone": _TONES.get(str(values[field.key]), "muted"), "text": words}
    return words or None


def shown(field: Field, values: Mapping[str, Any], zone: str) -> str:
    """Return the value of a field as people read it, empty when there is none."""
    value = values.get(field.key)
    if value is None or value == "":
        return ""
    if field.kind == "money" and isinstance(value, int):
        return _money(value, str(values.get(f"{field.key}_currency") or ""))
    if field.kind == "choice":
        return str(value).replace("_", " ").capitalize()
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        there = value.astimezone(ZoneInfo(zone))
        return f"{there.day} {there:%b %Y, %H:%M}"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, int):
        return f"{value:,}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _money(minor: int, currency: str) -> str:
    places = DIGITS.get(currency, 2)
    return f"{Decimal(minor).scaleb(-places):,.{places}f} {currency}".strip()
