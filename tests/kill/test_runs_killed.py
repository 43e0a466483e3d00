"""Kill -9 in the middle of runs: in the end all is as if nothing had happened."""

import random
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from connectors.sources import KINDS
from domain import integrations, plans, reject_pages, run_pages, runs
from domain.schedules import Schedule
from domain.types_of_data import ALL
from storage import database as storage
from storage.records import Reservation
from tests import flows, harvest
from tests.builders import World
from tests.kill import hotel
from tests.kill.test_kill import program, said, tell, wait_until

pytestmark = pytest.mark.slow

KILLS = 2  # of each run, at most
COLUMNS = [field.key for field in ALL["reservations"].fields]


def outcome(world: World, integration_id: str) -> tuple[Any, ...]:
    """Return what an integration has brought in, and the counts of its last run."""
    source_id = flows.stored(integration_id).source_id
    with storage.reading() as session:
        rows = session.exec(select(Reservation).where(Reservation.source_id == source_id)).all()
    kept = sorted(
        (*(str(getattr(row, key)) for key in COLUMNS), row.content_hash, row.removed_at is None)
        for row in rows
    )
    last = run_pages.of_integration(world.maya, integration_id)[0]
    rejected = [
        (each.external_id, each.reasons)
        for each in reject_pages.of_run(world.maya, last.id, limit=1000)
    ]
    return last.status, last.counts, sorted(rejected, key=repr), kept


@pytest.fixture
def version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that says which version of its reservations the hotel system has."""
    path = tmp_path / "version"
    path.write_text("1")
    monkeypatch.setitem(KINDS, "mews", KINDS["mews"])  # type: ignore[arg-type] # put back later
    hotel.open_at(str(path), seconds=0)
    return path


def test_a_killed_run_ends_like_an_undisturbed_one(
    database: str, world: World, version: Path
) -> None:
    calm, killed = (_flow(world, name) for name in ("Calm", "Killed"))
    kills = 0
    with program("puller", database, str(version)) as puller:
        assert said(puller) == "ready"
        for number in ("1", "2"):
            version.write_text(number)
            flows.work(runs.run_now(world.maya, calm))
            run = runs.run_now(world.maya, killed)
            kills += _kill_again_and_again(puller, run)
            assert outcome(world, killed) == outcome(world, calm), f"version {number}"
    print(f"{kills} kills")
    assert kills >= 2, "it was too fast to be killed"
    assert outcome(world, calm)[1].deleted == hotel.COUNT // 50


@pytest.mark.parametrize("database_kind", ["postgresql"], scope="session")
def test_another_process_ends_what_one_that_never_comes_back_has_begun(
    database: str, world: World, version: Path
) -> None:
    calm, killed = (_flow(world, name) for name in ("Calm", "Killed"))
    flows.work(runs.run_now(world.maya, calm))
    with (
        program("worker", database, str(version), "first") as first,
        program("worker", database, str(version), "second") as second,
    ):
        assert (said(first), said(second)) == ("ready", "ready")
        run = runs.run_now(world.maya, killed)
        tell(first, "start")
        wait_until(partial(_is_beyond, run, 0))
        tell(first, "kill")
        assert not _has_ended(run), "it was too fast to be killed"
        pages = flows.part(run).pages
        tell(second, "start")
        wait_until(partial(_has_ended, run), seconds=90)
    assert flows.of(run).jobs == 1, "the job of the killed process was not begun again"
    assert flows.part(run).pages == hotel.COUNT // hotel.PER_PAGE > pages
    assert outcome(world, killed) == outcome(world, calm)


def _flow(world: World, name: str) -> str:
    """Return an active integration of a source of its own that has not run yet."""
    source = harvest.source(world, name=name)
    harvest.active(world, source)
    drafted = flows.draft(world, source, name=name, schedule=Schedule("by_hand"))
    integrations.activate(world.maya, drafted, now=world.now)
    return drafted


def _kill_again_and_again(puller: Any, run: str) -> int:
    kills = 0
    while kills < KILLS and flows.of(run).status in plans.LIVING:
        further = partial(_is_beyond, run, flows.part(run).pages)
        tell(puller, "start")
        wait_until(further, seconds=30)
        time.sleep(random.uniform(0, 0.25))
        tell(puller, "kill")
        kills += 1
    tell(puller, "start")
    wait_until(partial(_has_ended, run), seconds=60)
    tell(puller, "kill")
    return kills


def _is_beyond(run: str, pages: int) -> bool:
    return flows.part(run).pages > pages or _has_ended(run)


def _has_ended(run: str) -> bool:
    return flows.of(run).status not in plans.LIVING
