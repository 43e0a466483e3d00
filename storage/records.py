"""Tables of the seven types of data; every column says once what it is and what it means.

The mapping editor, the pages and the API read what a column is from here, by way of
`domain.types_of_data`. Who adds a column writes a migration, and is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import Moment, maybe_moment, moment

# PostgreSQL takes 2,704 bytes into an index, and a character has up to four.
LONGEST = 300
LONGEST_NOTES = 10_000


@dataclass(frozen=True)
class Said:
    """What a column says of itself.

    kind: text, integer, number, money, moment, date, boolean, choice or list. Numbers and money
        fit 64 bits.
    longest: characters of a text, None for other kinds.
    is_personal: it tells about a guest, so that it is masked where it need not be shown.
    is_searched: people look for a record by it; see `Record.search`.
    """

    label: str
    kind: str
    meaning: str
    required: bool = False
    choices: tuple[str, ...] = ()
    longest: int | None = None
    is_personal: bool = False
    is_searched: bool = False


def _said(sa_type: Any, said: Said) -> Any:
    told = {"info": {"said": said}}
    if said.required:
        return Field(sa_type=sa_type, nullable=False, sa_column_kwargs=told)
    return Field(default=None, sa_type=sa_type, nullable=True, sa_column_kwargs=told)


def _text(label: str, meaning: str, *, longest: int = LONGEST, **more: Any) -> Any:
    return _said(sa.String, Said(label, "text", meaning, longest=longest, **more))


def _choice(label: str, meaning: str, choices: str, **more: Any) -> Any:
    said = Said(label, "choice", meaning, choices=tuple(choices.split()), **more)
    return _said(sa.String, said)


def _integer(label: str, meaning: str) -> Any:
    return _said(sa.BigInteger, Said(label, "integer", meaning))


def _boolean(label: str, meaning: str) -> Any:
    return _said(sa.Boolean, Said(label, "boolean", meaning))


def _date(label: str, meaning: str, **more: Any) -> Any:
    return _said(sa.Date, Said(label, "date", meaning, **more))


def _moment(label: str, meaning: str) -> Any:
    return _said(Moment, Said(label, "moment", meaning))


def _money(label: str, meaning: str) -> Any:
    """Minor units, cents say; the column `…_currency` beside it has the three letters."""
    return _said(sa.BigInteger, Said(label, "money", meaning))


def _currency() -> Any:
    return Field(default=None, sa_type=sa.String(3), nullable=True)


def _laid_out(table: str, *sorted_by: str) -> Sequence[Any]:
    """Return the constraint and the indexes of a table of records.

    Sorting, searching and counting what is there now are answered from an index alone, so that
    they stay quick at a hundred thousand records per property. Partners' programs page through
    millions, by number and by change; what was removed is a change, too.
    """
    now_there = sa.text("removed_at IS NULL")
    return (
        sa.UniqueConstraint("source_id", "external_id", name=f"{table}_one_per_source"),
        *(
            sa.Index(
                f"{table}_by_{name}",
                "property_id",
                *columns,
                "id",
                sqlite_where=now_there,
                postgresql_where=now_there,
            )
            for name, columns in (
                *((column, (column,)) for column in (*sorted_by, "search")),
                ("id", ()),
            )
        ),
        sa.Index(f"{table}_by_change", "property_id", "changed_at", "id"),
        # Partners know a record by its number: SQLite, too, must never give one a second time.
        {"sqlite_autoincrement": True},
    )


class Record(SQLModel):
    """What every record has, whatever its type.

    It refers to property, source and run without foreign keys: they are written by the hundred
    thousand, and each key would be looked up for each of them. Who removes a source removes its
    records.

    content_hash: its first half of what the source gave and the mapping, its second half of all
    mapped values; when that is equal there is nothing to write.
    search: what people look for it by, in small letters, `LONGEST` characters at most.
    raw: the record as the source gave it, as JSON.
    changed_at: when our copy was created, changed or found removed; seeing it again is no change.
    removed_at: when it was found missing in a complete read, or deleted at the source.
    """

    id: int | None = Field(
        default=None,
        sa_type=sa.BigInteger().with_variant(sa.Integer, "sqlite"),
        primary_key=True,
    )
    property_id: str
    source_id: str
    external_id: str
    run_id: str  # the last one that created or changed it
    content_hash: bytes
    search: str = ""
    first_seen_at: datetime = moment()
    seen_at: datetime = moment()
    changed_at: datetime = moment()
    removed_at: datetime | None = maybe_moment()


class Reservation(Record, table=True):
    __tablename__ = "reservations"
    __table_args__ = _laid_out("reservations", "arrival")

    number: str | None = _text(
        "Number", "The number by which guests and staff know the reservation.", is_searched=True
    )
    status: str = _choice(
        "Status",
        "How far the reservation has come.",
        "inquired confirmed started ended canceled no_show",
        required=True,
    )
    arrival: date = _date("Arrival", "The day on which the stay begins.", required=True)
    departure: date = _date("Departure", "The day on which the stay ends.", required=True)
    created: datetime | None = _moment("Created", "When the reservation was made.")
    updated: datetime | None = _moment("Updated", "When the reservation was last changed.")
    canceled: datetime | None = _moment("Canceled", "When the reservation was canceled.")
    guest_id: str | None = _text("Guest ID", "The guest’s own key in the source.")
    guest_name: str | None = _text(
        "Guest name", "Who stays: first and last name.", is_personal=True, is_searched=True
    )
    space_id: str | None = _text("Space ID", "The key of the room or other space in the source.")
    space_name: str | None = _text(
        "Space", "The room or other space, as staff call it.", is_searched=True
    )
    rate_id: str | None = _text("Rate ID", "The key of the rate in the source.")
    rate_name: str | None = _text("Rate", "The rate at which the stay was booked.")
    adults: int | None = _integer("Adults", "How many adults stay.")
    children: int | None = _integer("Children", "How many children stay.")
    total: int | None = _money("Total", "What the whole stay costs, taxes included.")
    total_currency: str | None = _currency()
    balance: int | None = _money("Balance", "What is still to be paid; negative if too much was.")
    balance_currency: str | None = _currency()
    channel: str | None = _text("Channel", "Through whom it was booked, such as Booking.com.")
    notes: str | None = _text(
        "Notes",
        "What guest and staff wrote about the stay.",
        longest=LONGEST_NOTES,
        is_personal=True,
    )
    group_name: str | None = _text(
        "Group", "The group or event that the reservation belongs to.", is_searched=True
    )
    raw: bytes


class Guest(Record, table=True):
    __tablename__ = "guests"
    __table_args__ = _laid_out("guests", "last_name")

    first_name: str | None = _text(
        "First name", "The guest’s first name.", is_personal=True, is_searched=True
    )
    last_name: str = _text(
        "Last name", "The guest’s last name.", required=True, is_personal=True, is_searched=True
    )
    email: str | None = _text(
        "E-mail", "The address to write to.", is_personal=True, is_searched=True
    )
    phone: str | None = _text("Phone", "The number to call.", is_personal=True, is_searched=True)
    language: str | None = _text("Language", "The language to speak with the guest, such as de-CH.")
    nationality: str | None = _text("Nationality", "The country, such as CH.", is_personal=True)
    birth_date: date | None = _date(
        "Birth date", "The day on which the guest was born.", is_personal=True
    )
    street: str | None = _text("Street", "Street and house number.", is_personal=True)
    city: str | None = _text("City", "The town where the guest lives.", is_personal=True)
    postal_code: str | None = _text("Postal code", "The postal code.", is_personal=True)
    country: str | None = _text("Country", "The country where the guest lives, such as CH.")
    company: str | None = _text("Company", "Whom the guest travels for.", is_searched=True)
    vip: bool | None = _boolean("VIP", "Whether the guest gets special attention.")
    notes: str | None = _text(
        "Notes", "What staff wrote about the guest.", longest=LONGEST_NOTES, is_personal=True
    )
    updated: datetime | None = _moment("Updated", "When the guest’s profile was last changed.")
    raw: bytes


class Space(Record, table=True):
    __tablename__ = "spaces"
    __table_args__ = _laid_out("spaces", "name")

    name: str = _text("Name", "What staff call it, such as 101.", required=True, is_searched=True)
    number: str | None = _text("Number", "The number on the door.", is_searched=True)
    category: str | None = _text("Category", "The kind of room sold, such as Double Superior.")
    kind: str | None = _choice(
        "Kind",
        "What sort of space it is.",
        "room suite apartment bed site meeting_room parking other",
    )
    floor: str | None = _text("Floor", "The floor on which it lies.")
    beds: int | None = _integer("Beds", "How many beds it has.")
    max_guests: int | None = _integer("Most guests", "How many guests may stay in it.")
    active: bool | None = _boolean("Active", "Whether it is in use.")
    state: str | None = _text("State", "Its state for housekeeping, such as clean or dirty.")
    raw: bytes


class Rate(Record, table=True):
    __tablename__ = "rates"
    __table_args__ = _laid_out("rates", "name")

    name: str = _text("Name", "What the rate is called.", required=True, is_searched=True)
    code: str | None = _text("Code", "The short code of the rate, such as BAR.", is_searched=True)
    currency: str | None = _text("Currency", "Three letters, such as EUR.")
    active: bool | None = _boolean("Active", "Whether it is sold at the moment.")
    public: bool | None = _boolean("Public", "Whether everybody may book it.")
    base_price: int | None = _money("Base price", "The price of a night that others derive from.")
    base_price_currency: str | None = _currency()
    description: str | None = _text(
        "Description", "What guests read about the rate.", longest=LONGEST_NOTES
    )
    service_id: str | None = _text("Service ID", "The key of the service that it is a rate of.")
    raw: bytes


class Product(Record, table=True):
    __tablename__ = "products"
    __table_args__ = _laid_out("products", "name")

    name: str = _text("Name", "What the product is called.", required=True, is_searched=True)
    code: str | None = _text("Code", "The short code of the product.", is_searched=True)
    price: int | None = _money("Price", "What one costs, taxes included.")
    price_currency: str | None = _currency()
    charging: str | None = _text("Charging", "How it is charged, such as once or per night.")
    service_id: str | None = _text("Service ID", "The key of the service that offers it.")
    accounting_category_id: str | None = _text(
        "Accounting category ID", "The key of the accounting category that it is booked under."
    )
    active: bool | None = _boolean("Active", "Whether it is sold at the moment.")
    updated: datetime | None = _moment("Updated", "When the product was last changed.")
    raw: bytes


class Service(Record, table=True):
    __tablename__ = "services"
    __table_args__ = _laid_out("services", "name")

    name: str = _text("Name", "What the service is called.", required=True, is_searched=True)
    code: str | None = _text("Code", "The short code of the service.", is_searched=True)
    kind: str | None = _text("Kind", "What sort of service it is, such as stays or extras.")
    active: bool | None = _boolean("Active", "Whether it is offered at the moment.")
    starts: str | None = _text("Starts", "When it usually begins, such as 15:00.")
    ends: str | None = _text("Ends", "When it usually ends, such as 11:00.")
    raw: bytes


class AccountingCategory(Record, table=True):
    __tablename__ = "accounting_categories"
    __table_args__ = _laid_out("accounting_categories", "name")

    name: str = _text("Name", "What the category is called.", required=True, is_searched=True)
    code: str | None = _text("Code", "The short code of the category.", is_searched=True)
    external_code: str | None = _text("External code", "Its code in the accounting system.")
    ledger_code: str | None = _text("Ledger code", "The account that it is posted to.")
    classification: str | None = _text("Classification", "What it groups under, such as Food.")
    active: bool | None = _boolean("Active", "Whether it is in use.")
    raw: bytes


# By the key of the type, in the order in which people read them.
TABLES: dict[str, type[Record]] = {
    "reservations": Reservation,
    "guests": Guest,
    "spaces": Space,
    "rates": Rate,
    "products": Product,
    "services": Service,
    "accounting_categories": AccountingCategory,
}
