"""The ids of rows."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from storage import ids


def test_an_id_says_what_it_is_and_has_no_look_alikes() -> None:
    assert re.fullmatch(r"con_[0-9abcdefghjkmnpqrstvwxyz]{22}", ids.new("con"))


def test_ids_come_in_the_order_in_which_they_were_made() -> None:
    made = [ids.new("his") for _ in range(20_000)]
    assert made == sorted(set(made))


def test_a_clock_that_goes_back_does_not_change_that(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([5e9, 5e9, 4e9, 3e9, 5e9 + 1])
    monkeypatch.setattr(ids.time, "time", lambda: next(moments))
    monkeypatch.setattr(ids, "_last", 0)
    made = [ids.new("his") for _ in range(5)]
    assert made == sorted(set(made))


def test_threads_never_get_the_same_id() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: ids.new("tok"), range(20_000)))
    assert len(set(made)) == 20_000


def test_the_next_id_cannot_be_guessed_from_the_last() -> None:
    numbers = [ids.new("tok") for _ in range(1_000)]
    assert len({number[-8:] for number in numbers}) == 1_000
