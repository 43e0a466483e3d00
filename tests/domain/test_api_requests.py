"""The request log: written in batches, read by those whose requests they are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain import api_requests
from domain.api_requests import Entry, Writer
from storage import api_requests as table
from tests import builders
from tests.builders import World


@pytest.fixture(autouse=True)
def _nothing_waits() -> Iterator[None]:
    api_requests._waiting.clear()
    yield
    api_requests._waiting.clear()


def entry(world: World, connection_id: str | None = None, **more: Any) -> Entry:
    usual = Entry(
        world.now, "r1", "GET", "/v1/connection", 200, "", 7, connection_id, world.d3x, world.hotel
    )
    return replace(usual, **more)


def written(*entries: Entry) -> None:
    for each in entries:
        api_requests.note(each)
    api_requests.write()


def test_both_sides_read_the_requests_of_their_connection(world: World) -> None:
    mine, other = world.connect(), world.connect("freeguides")
    written(entry(world, mine), entry(world, other, partner_id=world.freeguides))
    for reader in (world.maya, world.noah, world.dee):
        [row] = api_requests.of_connection(reader, mine)
        assert (row.method, row.endpoint, row.status) == ("GET", "/v1/connection", 200)
        assert (row.at, row.duration_ms, row.request_id) == (world.now, 7, "r1")
    assert len(api_requests.of_partner(world.dee, world.d3x)) == 1


def test_the_newest_comes_first_and_pages_go_on_from_there(world: World) -> None:
    mine = world.connect()
    count = api_requests.PAGE + 5
    written(*(entry(world, mine, request_id=f"r{number}") for number in range(count)))
    first = api_requests.of_connection(world.maya, mine)
    rest = api_requests.of_connection(world.maya, mine, before=first[-1].id)
    ids = [row.request_id for row in (*first, *rest)]
    assert ids == [f"r{number}" for number in reversed(range(count))]


@pytest.mark.parametrize(
    ("outcome", "statuses"),
    [
        ("", [500, 429, 404, 304, 200]),
        ("ok", [304, 200]),
        ("refused", [429, 404]),
        ("failed", [500]),
    ],
)
def test_requests_are_filtered_by_how_they_ended(
    world: World, outcome: str, statuses: list[int]
) -> None:
    mine = world.connect()
    written(*(entry(world, mine, status=status) for status in (200, 304, 404, 429, 500)))
    found = api_requests.of_connection(world.dee, mine, outcome=outcome)
    assert [row.status for row in found] == statuses


def test_what_waits_is_written_in_one_transaction(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    monkeypatch.setattr(table, "add", lambda rows: batches.append(len(rows)))
    written(*[entry(world)] * 300)
    api_requests.write()  # and when nothing waits, none
    assert batches == [300]


def test_what_the_database_does_not_take_is_written_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(table, "add", lambda _: 1 / 0)
        written(entry(world, request_id="r1"), entry(world, request_id="r2"))
    written(entry(world, request_id="r3"))
    rows = api_requests.of_partner(world.dee, world.d3x)
    assert [row.request_id for row in rows] == ["r3", "r2", "r1"]


def test_there_is_an_end_to_what_waits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "add", lambda _: 1 / 0)
    for number in range(api_requests.MOST_WAITING + 10):
        api_requests.note(entry(world, request_id=f"r{number}"))
    api_requests.write()
    assert len(api_requests._waiting) == api_requests.MOST_WAITING
    assert api_requests._waiting[-1].request_id == f"r{api_requests.MOST_WAITING + 9}"


def test_what_came_meanwhile_is_not_lost_to_what_could_not_be_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_while_more_comes(_: object) -> None:
        for number in range(api_requests.MOST_WAITING):
            api_requests.note(entry(world, request_id=f"new-{number}"))
        raise OSError

    monkeypatch.setattr(table, "add", fail_while_more_comes)
    written(*[entry(world, request_id="old")] * 5)
    assert {each.request_id[:4] for each in api_requests._waiting} == {"new-"}


def test_the_last_lines_are_written_at_the_end(world: World) -> None:
    writer = Writer()
    writer.start()
    api_requests.note(entry(world))
    writer.stop()
    assert len(api_requests.of_partner(world.dee, world.d3x)) == 1


def test_requests_are_forgotten_after_thirty_days(world: World) -> None:
    old, young = world.now - api_requests.KEPT - timedelta(minutes=1), world.now
    written(*(entry(world, at=old) for _ in range(7)), entry(world, at=young, request_id="young"))
    api_requests.forget()
    [row] = api_requests.of_partner(world.dee, world.d3x)
    assert row.request_id == "young"


def test_many_are_forgotten_some_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_requests, "_AT_ONCE", 3)
    written(*(entry(world) for _ in range(7)))
    api_requests.forget_before(world.after(minutes=1))
    assert builders.snapshot()["api_requests"] == []
