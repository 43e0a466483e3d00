"""Upserts: what is written by the hundred is known again, and a database that goes away is told."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from storage import database
from storage.upserts import Fresh, Upserts
from tests import flows, harvest
from tests.builders import World

MANY = 650  # more than one statement of them


@pytest.fixture
def made(world: World, monkeypatch: pytest.MonkeyPatch) -> Upserts:
    """Upserts of a source that has brought in some records before."""
    harvest.play(monkeypatch, "mews", "rest")
    flows.active(world)
    kept = flows.records()["res-1"]
    ours: dict[str, Any] = {
        name: getattr(kept, name) for name in ("property_id", "source_id", "run_id")
    }
    columns = ("number", "status", "arrival", "departure")
    return Upserts("reservations", columns, status="status", **ours)


def fresh() -> list[Fresh]:
    day = date(2026, 12, 1)
    values = {"number": None, "status": "confirmed", "arrival": day, "departure": day}
    return [
        Fresh(f"new-{each}", each.to_bytes(4, "big"), "", b"{}", values) for each in range(MANY)
    ]


def cut_off(session: Session) -> None:
    """Have SQLite write nothing more, or the server of PostgreSQL end this connection."""
    if database.is_sqlite():
        session.connection().exec_driver_sql("PRAGMA query_only = ON")
        return
    number = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with database.engine().connect() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:number)"), {"number": number})


def test_hundreds_of_records_are_written_and_known_again(world: World, made: Upserts) -> None:
    there = fresh()
    keys = [each.external_id for each in there]
    with database.transaction() as session:
        made.write(session, there, world.now)
        known = made.known(session, [*keys, "nobody’s"], world.now + timedelta(hours=1))
    assert {key: each.content_hash for key, each in known.items()} == {
        each.external_id: each.content_hash for each in there
    }
    assert not any(each.is_removed or each.is_stale for each in known.values())
    with database.reading() as session:
        later = made.known(session, keys, world.now + timedelta(days=2))
    assert all(each.is_stale for each in later.values())


def test_what_is_as_it_was_is_not_written_again(world: World, made: Upserts) -> None:
    for hours in (0, 1):
        with database.transaction() as session:
            made.write(session, fresh(), world.after(hours=hours))
    assert flows.records()["new-0"].changed_at == world.now


def test_what_is_not_all_new_is_not_added_and_what_came_before_it_stays(
    world: World, made: Upserts
) -> None:
    first, *others = fresh()
    with database.transaction() as session:
        assert made.add(session, [first], world.now)
        assert not made.add(session, [*others, first], world.now)
    assert [key for key in flows.records() if key.startswith("new-")] == ["new-0"]


@pytest.mark.parametrize("write", [Upserts.write, Upserts.add])
def test_a_database_that_goes_away_is_told_as_everywhere(
    world: World, made: Upserts, write: Callable[..., object]
) -> None:
    session = Session(database.engine())
    cut_off(session)
    with pytest.raises(OperationalError):
        write(made, session, fresh(), world.now)
    session.invalidate()
