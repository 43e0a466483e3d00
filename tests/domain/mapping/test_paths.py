"""Paths into a record."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.mapping import paths
from domain.mapping.conversion import MappingError

RECORD = {
    "id": 7,
    "guest": {"name": "Eva", "address": {"city": "Linz"}},
    "prices": [{"amount": 5, "taxes": [1, 2]}, {"amount": 6}, {"taxes": [3]}, None],
    "tags": ["a", "b"],
    "Arr. date": {'a "b" \\c': 1},
    "": "nameless",
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", 7),
        ("guest.name", "Eva"),
        ("guest.address.city", "Linz"),
        ("prices[1].amount", 6),
        ("prices[9].amount", None),
        ("prices[*].amount", [5, 6]),
        ("prices[*].taxes[*]", [1, 2, 3]),
        ("prices[*].taxes[0]", [1, 3]),
        ("tags[*]", ["a", "b"]),
        ("tags[1]", "b"),
        ('"Arr. date"."a \\"b\\" \\\\c"', 1),
        ('""', "nameless"),
        ("guest.name[0]", None),
        ("guest[0]", None),
        ("id.name", None),
        ("id[*]", None),
        ("nothing.at.all", None),
    ],
)
def test_what_lies_at_a_path_is_found_and_what_does_not_is_none(path: str, value: Any) -> None:
    assert paths.getter(path)(RECORD) == value


@pytest.mark.parametrize("record", [None, 7, "text", [], [RECORD], True, float("nan")])
@pytest.mark.parametrize("path", ["id", "guest.name", "prices[0].amount", "prices[*].amount"])
def test_what_is_no_record_has_nothing_at_any_path(record: Any, path: str) -> None:
    assert paths.getter(path)(record) is None


@pytest.mark.parametrize(
    "path",
    [".", "a.", ".a", "a..b", "a[", "a[x]", "a[-1]", "a]b", 'a"b', '"a', "a.[0]", "a[12345]"],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(MappingError, match="no path into a record"):
        paths.getter(path)


def test_no_path_at_all_asks_for_one() -> None:
    with pytest.raises(MappingError, match="Choose a field"):
        paths.getter("")


def test_paths_are_short_and_not_deep() -> None:
    with pytest.raises(MappingError, match="at most 500"):
        paths.getter("a" * 501)
    with pytest.raises(MappingError, match="no path"):
        paths.getter(".".join("a" * 21))


def test_a_record_nested_without_end_is_walked_no_further_than_the_path() -> None:
    record: Any = "end"
    for _ in range(100_000):
        record = {"a": record}
    found = paths.getter("a.a.a")(record)
    assert isinstance(found, dict)
    while isinstance(record, dict):  # taken apart step by step: Python would do it in one go
        record = record.pop("a")


@given(st.lists(st.text(max_size=8) | st.integers(0, 9999) | st.none(), min_size=1, max_size=6))
def test_a_path_that_is_written_is_read_again_as_it_was(steps: list[paths.Step]) -> None:
    assert paths.parse(paths.joined(steps)) == tuple(steps)
