"""The types of data that hotels bring in, and their fields: derived from the tables. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import sqlalchemy as sa

from storage.records import LONGEST, TABLES, Record, Said

CHANGES = ("created", "updated", "canceled", "deleted", "status_changed")


@dataclass(frozen=True)
class Field:
    """A target of the mapping.

    key: the column; a field of kind money fills `<key>` (minor units) and `<key>_currency`.
    kind: text, integer, number, money, moment, date, boolean, choice or list.
    choices: the values that a choice may have. longest: characters that a text may have.
    is_personal: it tells about a guest. is_searched: people look for a record by it.
    """

    key: str
    label: str
    kind: str
    required: bool
    meaning: str
    choices: tuple[str, ...] = ()
    longest: int | None = None
    is_personal: bool = False
    is_searched: bool = False


@dataclass(frozen=True)
class TypeOfData:
    """One of the seven types. `label` and `one` are its words for many and for one.

    changes: the kinds of change that an integration may ask for.
    status: the field whose change is a change of status, None when there is no such field.
    """

    key: str
    label: str
    one: str
    fields: tuple[Field, ...]
    changes: tuple[str, ...]
    status: str | None = None

    @property
    def required(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.required)

    @property
    def is_about_guests(self) -> bool:
        """Whether its records, as the source gives them, tell about guests."""
        return any(field.is_personal for field in self.fields)

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)


# The pseudo field that every mapping begins with.
PRIMARY_KEY = Field(
    "external_id",
    "Primary key",
    "text",
    True,
    "What tells one record from every other in the source; it never changes.",
    longest=LONGEST,
    is_searched=True,
)

_PLAIN = ("created", "updated", "deleted")
# Key: many, one, kinds of change, the field that holds a status.
_WORDS: dict[str, tuple[str, str, tuple[str, ...], str | None]] = {
    "reservations": ("Reservations", "reservation", CHANGES, "status"),
    "guests": ("Guests", "guest", _PLAIN, None),
    "spaces": ("Spaces", "space", (*_PLAIN, "status_changed"), "state"),
    "rates": ("Rates", "rate", _PLAIN, None),
    "products": ("Products", "product", _PLAIN, None),
    "services": ("Services", "service", _PLAIN, None),
    "accounting_categories": ("Accounting categories", "accounting category", _PLAIN, None),
}


def _field(column: sa.Column[object]) -> Field | None:
    said = column.info.get("said")
    if not isinstance(said, Said):
        return None
    return Field(
        column.name,
        said.label,
        said.kind,
        said.required,
        said.meaning,
        said.choices,
        said.longest,
        said.is_personal,
        said.is_searched,
    )


def _type(key: str, table: type[Record]) -> TypeOfData:
    label, one, changes, status = _WORDS[key]
    columns: sa.Table = table.__table__  # type: ignore[attr-defined]
    found = (_field(column) for column in columns.columns)
    fields = (PRIMARY_KEY, *(field for field in found if field is not None))
    return TypeOfData(key, label, one, fields, changes, status)


ALL: Mapping[str, TypeOfData] = MappingProxyType(
    {key: _type(key, table) for key, table in TABLES.items()}
)
