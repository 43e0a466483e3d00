"""So many requests in any span of so many seconds, in memory and in a shared table alike."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from domain import pace
from domain.pace import Limit, Memory, Programs
from tests import builders

LIMIT = Limit(5, 30)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)  # where a slice begins


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def programs(database: str) -> Programs:
    return Programs(LIMIT)


def allowed(programs: Programs | Memory, *seconds: float, key: str = "a") -> list[bool]:
    return [programs.hit(key, now=at(each)).is_allowed for each in seconds]


def test_the_quota_may_be_used_at_once(programs: Programs) -> None:
    assert allowed(programs, 0, 0, 0, 0, 0, 0) == [True] * 5 + [False]


def test_every_program_has_its_own_quota(programs: Programs) -> None:
    allowed(programs, 0, 0, 0, 0, 0)
    assert allowed(programs, 0, key="b") == [True]


def test_no_span_of_time_has_more_than_the_quota(programs: Programs) -> None:
    assert allowed(programs, 29, 29, 29, 29, 29) == [True] * 5
    # A count that began anew on the half minute would let these pass.
    assert allowed(programs, 30, 31, 45, 58.9) == [False] * 4
    assert allowed(programs, 60) == [True]


def test_time_opens_the_door_again_as_it_went_by(programs: Programs) -> None:
    assert allowed(programs, 0, 10, 10, 20, 20) == [True] * 5
    assert allowed(programs, 33, 33) == [True, False]
    assert allowed(programs, 43, 43, 43) == [True, True, False]


def test_whoever_is_held_back_is_not_held_back_longer_for_it(programs: Programs) -> None:
    allowed(programs, 0, 0, 0, 0, 0)
    assert not any(allowed(programs, *range(1, 33)))
    assert allowed(programs, 33) == [True]


def test_the_verdict_says_how_many_are_left_and_when_there_are_more(programs: Programs) -> None:
    first = programs.hit("a", now=at(1))
    assert (first.left, first.seconds) == (4, 32)
    allowed(programs, 2, 2, 2, 2)
    refused = programs.hit("a", now=at(12.5))
    assert (refused.is_allowed, refused.left, refused.seconds) == (False, 0, 21)
    assert allowed(programs, 12.5 + 21) == [True]


def test_a_look_counts_nothing(database: str) -> None:
    memory = Memory(LIMIT)
    for _ in range(20):
        assert memory.look("a", now=at(0)).is_allowed
    allowed(memory, 0, 0, 0, 0, 0)
    assert not memory.look("a", now=at(1)).is_allowed


def test_the_memory_forgets_who_was_silent(database: str) -> None:
    memory = Memory(LIMIT)
    for number in range(100):
        memory.hit(f"program {number}", now=at(0))
    memory.hit("a", now=at(70))
    assert list(memory._counts) == ["a"]


def test_nothing_is_written_on_sqlite_and_secrets_nowhere(
    programs: Programs, database_kind: str
) -> None:
    programs.hit(pace.fingerprint("adj_SECRET"), now=at(0))
    rows = builders.snapshot()["pace"]
    assert len(rows) == (0 if database_kind == "sqlite" else 1)
    assert "SECRET" not in repr(rows)


def test_processes_share_one_count(database: str, database_kind: str) -> None:
    if database_kind == "sqlite":
        return  # which one process has for itself
    one, other = Programs(LIMIT), Programs(LIMIT)
    assert allowed(one, 0, 0, 0) + allowed(other, 0, 0, 0) == [True] * 5 + [False]


def test_of_many_at_once_hardly_one_too_many_passes(programs: Programs) -> None:
    with ThreadPoolExecutor(4) as threads:
        verdicts = list(threads.map(lambda _: programs.hit("a", now=at(0)), range(40)))
    assert 5 <= sum(verdict.is_allowed for verdict in verdicts) <= 5 + 3


def test_the_table_forgets_what_no_limit_asks_for_any_more(
    database: str, database_kind: str
) -> None:
    if database_kind == "sqlite":
        return  # where it is empty
    programs = Programs(LIMIT)
    programs.hit("a", now=datetime.now(UTC) - timedelta(hours=5))
    programs.hit("b", now=datetime.now(UTC))
    pace.forget()
    assert [row[0] for row in builders.snapshot()["pace"]] == ["b"]


def test_a_limit_is_read_as_it_is_written() -> None:
    assert pace.read("200/30") == pace.USUAL == Limit(200, 30)
