"""Kill -9 while partners are told what a run has changed: each record is told once."""

import json
import random
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import col, select

from connectors.sources import KINDS
from domain import endpoints, integrations, runs
from domain.schedules import Schedule
from storage import database as storage
from storage.apps import App
from storage.messages import Message
from tests import builders, flows, harvest
from tests.builders import World
from tests.kill import hotel
from tests.kill.teller import BATCH
from tests.kill.test_kill import program, said, tell, wait_until

pytestmark = pytest.mark.slow

KILLS = 2


def told() -> dict[str, tuple[str, ...]]:
    """Return the records that are told so far, by the ids of the messages."""
    with storage.reading() as session:
        found = session.exec(
            select(Message)
            .where(col(Message.event).startswith("reservation."))
            .order_by(Message.id)
        )
        return {
            each.id: tuple(
                f"{each.event} {record['external_id']}"
                for record in json.loads(builders.body_of(each))["data"]["records"]
            )
            for each in found
        }


@pytest.fixture
def listener(world: World) -> None:
    """D3x asked to be told of all; its endpoint is disabled, so that nothing is really sent."""
    world.connect_active()
    with storage.transaction() as session:
        app = session.exec(select(App).where(App.slug == "d3x")).one()
        app.permissions = ["reservations:read"]
    wanted = [f"reservation.{change}" for change in ("created", "updated", "removed")]
    wanted += ["connection.requested", "token.rotated"]
    endpoints.choose(world.dee, world.d3x_endpoint, events=wanted, property_ids=(), now=world.now)
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)


@pytest.mark.usefixtures("listener")
def test_however_often_it_is_killed_each_record_is_told_once(
    database: str, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = tmp_path / "version"
    version.write_text("1")
    monkeypatch.setitem(KINDS, "mews", KINDS["mews"])  # type: ignore[arg-type] # put back later
    hotel.open_at(str(version), seconds=0)
    integration = _flow(world)
    kills = 0
    with program("teller", database) as teller:
        assert said(teller) == "ready"
        for number, expected in (("1", _first()), ("2", _second())):
            before = told()
            version.write_text(number)
            flows.work(runs.run_now(world.maya, integration))
            for _ in range(KILLS):
                there = len(told())
                tell(teller, "start")
                wait_until(partial(_are_more_than, there))
                time.sleep(random.uniform(0, 0.1))
                tell(teller, "kill")
                kills += len(told()) - len(before) < sum(expected.values()) // BATCH
            survived = told()
            tell(teller, "start")
            wait_until(partial(_are_told, _count(before, expected)))
            time.sleep(1)  # whatever comes now comes too often
            tell(teller, "kill")
            after = told()
            assert {key: after[key] for key in survived} == survived, "a message has changed"
            fresh = [each for key in after.keys() - before.keys() for each in after[key]]
            assert Counter(fresh) == expected, f"version {number}"
    print(f"{kills} kills before the end")
    assert kills >= 2, "it was too fast to be killed"


def _count(before: dict[str, tuple[str, ...]], expected: "Counter[str]") -> int:
    return sum(map(len, before.values())) + sum(expected.values())


def _are_more_than(messages: int) -> bool:
    return len(told()) > messages


def _are_told(records: int) -> bool:
    return sum(map(len, told().values())) >= records


def _first() -> "Counter[str]":
    return Counter(f"reservation.created res-{number}" for number in range(hotel.COUNT))


def _second() -> "Counter[str]":
    """What differs between the two versions: see `hotel.reservations`."""
    first = {each["Id"]: each for each in hotel.reservations(1)}
    found: Counter[str] = Counter()
    seen = set()
    for record in hotel.reservations(2):
        seen.add(record["Id"])
        if record["Start"] == "some day":
            continue  # rejected: what we have stays
        if record["Id"] not in first:
            found[f"reservation.created {record['Id']}"] += 1
        elif record["Number"].startswith("changed"):
            found[f"reservation.updated {record['Id']}"] += 1
    for gone in first.keys() - seen:
        found[f"reservation.removed {gone}"] += 1
    return found


def _flow(world: World) -> str:
    """Return an active integration that has not run yet."""
    source = harvest.source(world)
    harvest.active(world, source)
    drafted = flows.draft(world, source, schedule=Schedule("by_hand"))
    integrations.activate(world.maya, drafted, now=world.now)
    return drafted
