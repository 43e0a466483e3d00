"""Discovery: the fields of records that were never described to us."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.mapping import discovery, paths
from domain.mapping.discovery import SourceField, fields
from tests.domain.mapping.records import apaleo_reservations, spreadsheet


def _by_path(records: Any) -> dict[str, SourceField]:
    return {field.path: field for field in fields(records)}


def test_groups_are_opened_and_lists_shown_as_such() -> None:
    found = _by_path(apaleo_reservations())
    assert found["totalGrossAmount.amount"].kind == "number"
    assert found["primaryGuest.firstName"].examples == ("Eva", "Jan", "Mia", "Leo", "Ada")
    assert found["childrenAges"].kind == "list"
    assert found["childrenAges[0]"].kind == "integer"
    assert not {"primaryGuest", "unit", "balance"} & set(found)


def test_a_name_that_no_path_can_have_is_left_out_with_all_below_it() -> None:
    inner = {"price": 5, "of": {"day": 1}}
    records = [{"x" * 501: inner, "y": [{"z" * 501: 1, "a": 2}], "b": 3}]
    assert set(_by_path(records)) == {"y", "y[0].a", "y[*].a", "b"}


def test_a_name_of_a_megabyte_is_not_written_out_for_every_field(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[int] = []
    joined = discovery.joined

    def counted(steps: Any) -> str:
        path = joined(steps)
        written.append(len(path))
        return path

    monkeypatch.setattr(discovery, "joined", counted)
    fields([{"k" * 1_000_000: {f"a{n}": 1 for n in range(400)}}])
    assert sum(written) < 1_000_000


def test_fields_of_listed_groups_are_found_together_and_first() -> None:
    records = [{"nights": [{"price": 5, "tax": None}, {"price": 6}]}, {"nights": []}]
    found = _by_path(records)
    assert set(found) == {"nights", "nights[0].price", "nights[0].tax", "nights[*].price",
                          "nights[*].tax"}  # fmt: skip
    assert found["nights[*].price"].kind == "list"
    assert found["nights"].empty_share == 0.5


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a", "b"], "text"),
        ([1, 2], "integer"),
        ([1, 2.5], "number"),
        ([True, False], "boolean"),
        (["2026-12-31", "2027-01-01"], "date"),
        (["2026-12-31T10:00:00Z", "2026-12-31"], "moment"),
        (["2026-12-31", "soon"], "text"),
        (["31.12.2026"], "text"),
        (["20261231"], "text"),
        ([None, "", "  ", [], {}], "empty"),
        ([1, "a"], "mixed"),
        ([[1]], "list"),
    ],
)
def test_the_kind_of_a_field_is_told_from_its_values(values: list[Any], kind: str) -> None:
    assert _by_path([{"a": value} for value in values])["a"].kind == kind


def test_it_is_told_how_often_a_field_is_empty_and_whether_it_tells_records_apart() -> None:
    records = [{"id": n, "name": "same", "note": "x" if n else None} for n in range(4)]
    found = _by_path(records)
    assert (found["id"].is_unique, found["name"].is_unique) == (True, False)
    assert (found["note"].is_unique, found["note"].empty_share) == (False, 0.25)
    assert found["id"].empty_share == 0


def test_a_field_that_some_records_lack_is_empty_there() -> None:
    found = _by_path([{"a": 1}, {"b": 1}, {"a": 2}, None])
    assert (found["a"].empty_share, found["b"].empty_share) == (0.5, 0.75)


def test_every_path_finds_its_value_again() -> None:
    for records in (apaleo_reservations(), spreadsheet(), [{"a.b": {'c"[0]': [{"": 1}]}}]):
        for field in fields(records):
            taken = [paths.getter(field.path)(record) for record in records]
            assert any(each is not None for each in taken) == (field.kind != "empty"), field


def test_examples_are_few_different_and_short() -> None:
    (found,) = fields([{"a": f"{n}" * 500} for n in range(100)] + [{"a": "0" * 500}])
    assert len(found.examples) == len(set(found.examples)) == 12
    assert max(map(len, found.examples)) < 70


def test_of_a_list_its_first_items_are_shown() -> None:
    found = _by_path([{"tags": ["a", "b", None, "c"], "nights": [{"price": 5}, {"price": 6}]}])
    assert found["tags"].examples == ("a, b",)
    assert found["nights[*].price"].examples == ("5, 6",)
    assert found["nights"].examples == ()


def test_no_records_have_no_fields() -> None:
    assert fields([]) == ()
    assert fields([None, 7, "text", [], {}]) == ()


def test_monsters_are_looked_at_no_longer_than_anything_else() -> None:
    deep: Any = "end"
    for _ in range(300):
        deep = {"a": [deep]}
    wide = {f"field{n}": n for n in range(50_000)}
    many = [{"id": n} for n in range(50_000)]
    assert all(path.count("a") < 7 for path in _by_path([deep]))
    assert len(fields([wide, {f"other{n}": n for n in range(50_000)}])) <= discovery.MOST_FIELDS
    assert len(fields(many)) == 1
    assert fields([{"x" * 501: 1, "\ud800": 2, "nul\0": 3}]) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4))
@settings(max_examples=60)
def test_whatever_the_records_are_each_field_has_a_path_that_can_be_mapped(records: Any) -> None:
    for field in fields(records):
        paths.getter(field.path)
        assert 0 <= field.empty_share <= 1
