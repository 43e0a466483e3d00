"""The types of data: derived from the tables, so that both say the same."""

import pytest

from domain import types_of_data
from domain.types_of_data import ALL, CHANGES, TypeOfData
from storage.records import LONGEST, TABLES, Record

KINDS = {"text", "integer", "number", "money", "moment", "date", "boolean", "choice", "list"}
EACH = pytest.mark.parametrize("of_type", ALL.values(), ids=ALL)


def columns(of_type: TypeOfData) -> set[str]:
    return set(TABLES[of_type.key].__table__.columns.keys())


def test_there_are_seven_in_the_order_in_which_people_read_them() -> None:
    assert tuple(ALL) == (
        "reservations",
        "guests",
        "spaces",
        "rates",
        "products",
        "services",
        "accounting_categories",
    )


@EACH
def test_every_type_begins_with_its_primary_key(of_type: TypeOfData) -> None:
    first, *others = of_type.fields
    assert (first.key, first.kind, first.required) == ("external_id", "text", True)
    assert "external_id" not in {field.key for field in others}


@EACH
def test_every_column_is_a_field_or_belongs_to_every_record(of_type: TypeOfData) -> None:
    fields = {field.key for field in of_type.fields}
    currencies = {f"{field.key}_currency" for field in of_type.fields if field.kind == "money"}
    common = set(Record.model_fields) | {"raw"}
    assert columns(of_type) == fields | currencies | common


@EACH
def test_every_field_says_what_it_is_in_a_sentence(of_type: TypeOfData) -> None:
    for field in of_type.fields:
        assert field.kind in KINDS, field
        assert field.label[0].isupper()
        assert field.meaning.endswith("."), field
        assert bool(field.choices) == (field.kind == "choice"), field
        assert (field.longest is not None) == (field.kind == "text"), field


@EACH
def test_what_is_required_may_not_be_missing_in_the_table(of_type: TypeOfData) -> None:
    table = TABLES[of_type.key].__table__
    for field in of_type.fields:
        assert table.columns[field.key].nullable == (not field.required), field.key
    assert len(of_type.required) >= 2  # the primary key is never enough


@EACH
def test_what_an_index_holds_is_short_enough_for_it(of_type: TypeOfData) -> None:
    for index in TABLES[of_type.key].__table__.indexes:
        for column in index.columns:
            field = of_type.field(column.name)
            if field is not None and field.kind == "text":
                assert field.longest == LONGEST
    assert LONGEST * 4 + 100 < 2704  # bytes that PostgreSQL takes into an index


@EACH
def test_every_change_is_one_that_is_known(of_type: TypeOfData) -> None:
    assert of_type.changes
    assert set(of_type.changes) <= set(CHANGES)
    assert ("status_changed" in of_type.changes) == (of_type.status is not None)
    if of_type.status is not None:
        assert of_type.field(of_type.status) is not None


@EACH
def test_people_find_a_record_by_something(of_type: TypeOfData) -> None:
    assert sum(field.is_searched for field in of_type.fields) >= 2


def test_reservations_and_guests_tell_about_guests_and_nothing_else_does() -> None:
    assert [key for key, each in ALL.items() if each.is_about_guests] == ["reservations", "guests"]
    told = {field.key for field in ALL["guests"].fields if field.is_personal}
    assert {"first_name", "last_name", "email", "phone", "birth_date", "street"} <= told


def test_a_reservation_is_what_the_design_says() -> None:
    reservations = ALL["reservations"]
    assert {field.key for field in reservations.required} == {
        "external_id",
        "status",
        "arrival",
        "departure",
    }
    status = reservations.field("status")
    assert status is not None
    assert status.choices == (
        "inquired",
        "confirmed",
        "started",
        "ended",
        "canceled",
        "no_show",
    )
    assert reservations.changes == types_of_data.CHANGES
    assert reservations.field("no such field") is None
