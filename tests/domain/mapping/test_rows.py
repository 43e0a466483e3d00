"""Rows, as they are stored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.mapping import rows
from domain.mapping.rows import Row

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\\"), max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
_ROWS = st.builds(
    Row,
    _TEXT.filter(bool),
    st.sampled_from(["path", "constant", "expression"]),
    _TEXT,
    _TEXT.filter(bool),
    st.dictionaries(_TEXT, _PLAIN, max_size=3),
)


@given(_ROWS)
def test_a_row_that_is_stored_is_read_again_as_it_was(row: Row) -> None:
    assert Row.from_json(row.as_json()) == row


@given(_JSON | st.fixed_dictionaries({"target": _JSON, "take": _JSON, "source": _JSON}))
def test_anything_else_is_refused_with_a_sentence(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        rows.from_json([value])


ROW = {"target": "number", "take": "path", "source": "a", "transform": "text", "options": {}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": ""},
        {"target": "a" * 101},
        {"target": "a\0"},
        {"take": "guess"},
        {"take": ["path"]},
        {"source": None},
        {"source": "x" * 501},
        {"source": "\ud800"},
        {"transform": ""},
        {"options": []},
        {"options": {1: 2}},
        {"options": {"a": float("nan")}},
        {"options": {"a": "x" * 50_001}},
        {"options": {"a": 10**5000}},
        {"options": {"a": object()}},
        {"more": 1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_row_with_a_wrong_part_is_refused(wrong: dict[str, Any]) -> None:
    assert Row.from_json(ROW) == Row("number", "path", "a")
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        Row.from_json({**ROW, **wrong})


def test_options_without_end_are_refused() -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless
    with pytest.raises(ValueError, match="plain values"):
        Row.from_json({**ROW, "options": endless})


def test_a_mapping_has_one_row_for_a_field() -> None:
    with pytest.raises(ValueError, match="at most one row for each field"):
        rows.from_json([ROW, ROW])
    assert rows.as_json(rows.from_json([ROW])) == [ROW]


@pytest.mark.parametrize("value", [None, {}, "rows", [None], [[]], [ROW] * 201])
def test_what_is_no_list_of_rows_is_no_mapping(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        rows.from_json(value)
