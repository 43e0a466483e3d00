"""Shapes: what of a record a partner's program sees, and how the API writes it."""

from collections.abc import Sequence
from datetime import UTC
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from domain.shelves import PREFIXES
from domain.types_of_data import ALL, PRIMARY_KEY, Field
from storage.records import TABLES
from storage.sources import Source

Told = dict[str, Any]


def tells_of_guests(field: Field) -> bool:
    """Return whether a field is for those only who may read guests."""
    return field.is_personal or field.key == "guest_id"


def fields_of(type_key: str, *, sees_guests: bool) -> tuple[Field, ...]:
    """Return the fields of a type; who may not read guests finds no trace of them elsewhere."""
    of_type = ALL[type_key].fields
    if sees_guests or type_key == "guests":
        return tuple(each for each in of_type if each is not PRIMARY_KEY)
    return tuple(each for each in of_type if each is not PRIMARY_KEY and not tells_of_guests(each))


class Shape:
    """How the records of one type are read and told.

    query: asks for all columns that are needed, and the name of the source. Their values come as
    the driver gives them, since thousands of records a second go through here. The last two are
    `changed_at` and `removed_at`.
    """

    def __init__(self, type_key: str, *, sees_guests: bool) -> None:
        fields = fields_of(type_key, sees_guests=sees_guests)
        money = [each.key for each in fields if each.kind == "money"]
        moments = [each.key for each in fields if each.kind == "moment"]
        keys = [each.key for each in fields]
        columns = ("id", "external_id", "source_id", *keys, "changed_at", "removed_at")
        self._keys = ("id", "external_id", "source", *columns[3:])
        # Places in a row, as thousands of rows a second are told.
        place = self._keys.index
        self._money = [place(key) for key in money]
        self._moments = [place(key) for key in (*moments, "changed_at", "removed_at")]
        self._booleans = [place(each.key) for each in fields if each.kind == "boolean"]
        self._prefix = PREFIXES[type_key]
        table: sa.Table = TABLES[type_key].__table__  # type: ignore[attr-defined]
        currencies = [f"{key}_currency" for key in money]
        raw = [sa.type_coerce(table.c[name], sa.types.NULLTYPE) for name in columns]
        named = (
            sa.select(col(Source.name)).where(col(Source.id) == table.c.source_id).scalar_subquery()
        )
        self.query = sa.select(named.label("named"), *(table.c[name] for name in currencies), *raw)
        self._width = len(currencies)

    def told(self, rows: Sequence[Sequence[Any]]) -> list[Told]:
        """Return records as the API shows them."""
        # Column by column, which takes half as long as record by record.
        columns: list[Any] = list(zip(*rows, strict=True))
        if not columns:
            return []
        sources, currencies = columns[0], columns[1 : 1 + self._width]
        values = columns[1 + self._width :]
        values[0] = [f"{self._prefix}_{number}" for number in values[0]]
        values[2] = list(map(_source_of, values[2], sources))
        for currency, place in zip(currencies, self._money, strict=True):
            values[place] = list(map(_money_of, values[place], currency))
        for place in self._moments:
            values[place] = [each and moment_of(each) for each in values[place]]
        for place in self._booleans:
            values[place] = [None if each is None else bool(each) for each in values[place]]
        return [dict(zip(self._keys, each, strict=True)) for each in zip(*values, strict=True)]


def _source_of(source_id: str, name: str) -> Told:
    return {"id": source_id, "name": name}


def _money_of(amount: int | None, currency: str | None) -> Told | None:
    return None if amount is None else {"amount": amount, "currency": currency}


@cache
def shape(type_key: str, sees_guests: bool) -> Shape:
    """Return the shape of a type for who may read guests, and for who may not."""
    return Shape(type_key, sees_guests=sees_guests)


def moment_of(value: Any) -> str:
    """Return a moment as RFC 3339 has it, in UTC, of what the driver gives for one: in SQLite that
    is a text without a zone."""
    text = value if isinstance(value, str) else value.astimezone(UTC).isoformat(" ")
    # Such as 2026-11-21 14:02:00.000000; whole seconds are written without the zeros.
    return f"{text[:10]}T{text[11:19] if text[20:26] in _WHOLE else text[11:26]}Z"


_WHOLE = ("000000", "00:00", "")
