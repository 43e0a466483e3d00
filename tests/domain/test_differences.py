"""What is different between two texts, so that an operator reads a change and not two texts."""

import time

from hypothesis import given
from hypothesis import strategies as st

from domain import differences

LINES = st.lists(st.text("ab ", max_size=4), max_size=12).map("\n".join)


def shown(before: str, after: str) -> list[tuple[str, str]]:
    return [(line.kind, line.text) for line in differences.between(before, after)]


def test_the_same_text_has_no_difference() -> None:
    assert differences.between("a\nb", "a\nb") == ()


def test_changed_words_stand_out_within_their_line() -> None:
    was, becomes = differences.between("It calls guests.", "It greets guests.")
    assert was.pieces == (("same", "It "), ("out", "calls"), ("same", " guests."))
    assert becomes.pieces == (("same", "It "), ("in", "greets"), ("same", " guests."))


def test_far_lines_that_stay_the_same_are_counted_only() -> None:
    before = [f"line {number}" for number in range(9)]
    assert shown("\n".join(before), "\n".join([*before, "new"])) == [
        ("gap", "7 lines stay the same"),
        ("same", "line 7"),
        ("same", "line 8"),
        ("in", "new"),
    ]


@given(LINES, LINES)
def test_what_was_and_what_becomes_can_be_read_from_it(before: str, after: str) -> None:
    lines = [line for line in differences.between(before, after) if line.kind != "gap"]
    if len(before.splitlines()) <= 2 and before != after:
        assert [one.text for one in lines if one.kind != "in"] == before.splitlines()
    if len(after.splitlines()) <= 2 and before != after:
        assert [one.text for one in lines if one.kind != "out"] == after.splitlines()


def test_texts_made_to_take_long_do_not() -> None:
    began = time.process_time()
    for one, other in (("a b " * 5_000, "b a " * 5_000), ("a\nb\n" * 5_000, "b\na\n" * 5_000)):
        assert differences.between(one, other)
    assert time.process_time() - began < 1
