"""The sieve: whatever a source sends, and whatever is ticked, the counts add up."""

from collections.abc import Sequence
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from domain import sieve
from domain.mapping.compiled import CellError, Converted
from domain.sieve import Item, Rules, Sorted
from storage.upserts import Known

CHANGES = ("created", "updated", "canceled", "status_changed")
STATUSES = st.sampled_from(["confirmed", "canceled", "ended", None])
KEYS = st.sampled_from(["a", "b", "c", "d"])
VALUES = st.fixed_dictionaries({"status": STATUSES, "number": st.integers(0, 2)})


def item(key: str | None, values: dict[str, Any], is_wrong: bool) -> Item:
    errors = (CellError("number", "?", "Number: “?” is none."),) if is_wrong else ()
    raw = orjson.dumps(values)
    return Item(raw, Converted(key, values, errors), hash_of(values))


def hash_of(values: dict[str, Any], raw: bytes = b"{}", mapping: bytes = b"m") -> bytes:
    return sieve.hash_of(sieve.mark_of(raw, mapping), values)


def known(number: int, values: dict[str, Any], run_id: str, removed: bool, stale: bool) -> Known:
    return Known(number, hash_of(values), values["status"], run_id, removed, stale)


ITEMS = st.lists(st.builds(item, st.none() | KEYS, VALUES, st.booleans()), max_size=12)
RUNS = st.sampled_from(["run_1", "run_2", "run_3"])
KNOWN = st.dictionaries(
    KEYS, st.builds(known, st.integers(1, 9), VALUES, RUNS, st.booleans(), st.booleans())
)
RULES = st.builds(
    Rules, st.sets(st.sampled_from(CHANGES)), st.just(CHANGES), st.just("status"), st.just("")
)


@given(ITEMS, KNOWN, RULES)
def test_every_record_is_counted_exactly_once_more(
    items: Sequence[Item], there: dict[str, Known], rules: Rules
) -> None:
    found = sieve.sort(items, there, rules, "run_9")
    assert found.read == len(items) == added_up(found)
    assert found.rejected == len(found.rejects)
    assert len(found.taken) <= found.created + found.updated
    assert {change for change, _ in found.taken.values()} <= set(rules.wanted)


@given(ITEMS, KNOWN, RULES)
def test_what_was_taken_is_unchanged_the_next_time(
    items: Sequence[Item], there: dict[str, Known], rules: Rules
) -> None:
    found = sieve.sort(items, there, rules, "run_9")
    last = [it for _, it in found.taken.values()]
    after = there | {
        key: known(1, it.converted.values, "run_9", False, False)
        for key, (_, it) in found.taken.items()
    }
    again = sieve.sort(last, after, rules, "run_10")
    assert again.unchanged == again.read == len(last)


@given(ITEMS, KNOWN)
def test_trying_again_touches_nothing_that_a_later_run_has_written(
    items: Sequence[Item], there: dict[str, Known]
) -> None:
    found = sieve.sort(items, there, Rules(CHANGES, CHANGES, "status", "run_2"), "run_9")
    assert not {key for key in found.taken if key in there and there[key].run_id == "run_3"}
    assert found.read == added_up(found)


def test_only_the_very_same_of_the_same_mapping_is_marked() -> None:
    values = {"status": "confirmed"}
    was = Known(1, hash_of(values, b"{}", b"m"), "confirmed", "run_1", False, False)
    assert sieve.is_marked(was, sieve.mark_of(b"{}", b"m"))
    assert not sieve.is_marked(was, sieve.mark_of(b"[]", b"m"))
    assert not sieve.is_marked(was, sieve.mark_of(b"{}", b"n"))
    assert not sieve.is_marked(was._replace(is_removed=True), sieve.mark_of(b"{}", b"m"))
    assert not sieve.is_marked(None, sieve.mark_of(b"{}", b"m"))


def added_up(found: Sorted) -> int:
    return found.created + found.updated + found.unchanged + found.rejected + found.not_subscribed
