"""Transactions: all of them or nothing, told about afterwards, and what columns keep."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import select

from storage import changes, database
from storage.apps import App
from storage.properties import Property
from tests import builders
from tests.builders import World

CHANGE = changes.Change("connection", "con_1", "pro_1", "par_1")


@pytest.fixture
def told() -> Iterator[list[changes.Change]]:
    heard: list[changes.Change] = []
    stop = changes.listen(heard.append)
    yield heard
    stop()


def names() -> list[str]:
    with database.reading() as session:
        return list(session.exec(select(Property.name).order_by(Property.name)))


@pytest.mark.usefixtures("database")
def test_what_raises_leaves_nothing_and_tells_nobody(told: list[changes.Change]) -> None:
    with contextlib.suppress(KeyboardInterrupt), database.transaction() as session:
        session.add(Property(name="Gone", created_at=datetime.now(UTC)))
        session.flush()
        changes.announce(session, CHANGE)
        raise KeyboardInterrupt
    assert names() == []
    assert told == []


@pytest.mark.usefixtures("database")
def test_listeners_hear_of_a_change_once_and_when_it_can_be_read(
    told: list[changes.Change],
) -> None:
    with database.transaction() as session:
        session.add(Property(name="Here", created_at=datetime.now(UTC)))
        changes.announce(session, CHANGE)
        changes.announce(session, CHANGE)
        assert told == []
    assert told == [CHANGE]
    assert names() == ["Here"]


@pytest.mark.usefixtures("database")
def test_a_reading_session_changes_nothing() -> None:
    with database.reading() as session:
        session.add(Property(name="Ghost", created_at=datetime.now(UTC)))
        session.flush()
    assert names() == []


def test_what_is_read_together_is_of_one_moment(world: World) -> None:
    with database.reading() as session:
        before = session.exec(select(Property.name).order_by(Property.name)).all()
        with database.transaction() as writing:
            writing.add(Property(name="Meanwhile", created_at=world.now))
        assert session.exec(select(Property.name).order_by(Property.name)).all() == before
    assert "Meanwhile" in names()


def test_nobody_sees_half_a_transaction(world: World) -> None:
    inside, done = threading.Event(), threading.Event()

    def write() -> None:
        with database.transaction() as session:
            session.add(Property(name="Half", created_at=world.now))
            session.flush()
            inside.set()
            done.wait(5)

    writer = threading.Thread(target=write)
    writer.start()
    assert inside.wait(5)
    seen = names()
    done.set()
    writer.join()
    assert "Half" not in seen
    assert "Half" in names()


def test_writers_wait_for_each_other_instead_of_failing(world: World) -> None:
    def write(number: int) -> None:
        for step in range(10):
            with database.transaction() as session:
                session.add(Property(name=f"{number}-{step}", created_at=world.now))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(names()) == 62


def test_a_counter_that_is_read_and_written_under_a_lock_loses_nothing(world: World) -> None:
    def add_one() -> None:
        for _ in range(10):
            with database.transaction() as session:
                app = session.exec(select(App).where(App.slug == "d3x")).one()
                database.lock(session, app)
                app.hue += 1

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.exec(select(App.hue).where(App.slug == "d3x")).one() == 240


def test_references_are_enforced(world: World) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(
            App(
                slug="x",
                name="X",
                kind="integrated",
                category="c",
                tagline="t",
                partner_id="par_never",
                created_at=world.now,
            )
        )


@pytest.mark.usefixtures("database")
def test_a_guarded_change_says_whether_it_hit() -> None:
    with database.transaction() as session:
        session.add(Property(name="One", created_at=datetime.now(UTC)))
    rename = sa.update(Property).where(sa.column("name") == "One").values(name="Two")
    with database.transaction() as session:
        assert database.changes_a_row(session, rename)
        assert not database.changes_a_row(session, rename)


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.usefixtures("database")
def test_connections_that_the_server_has_cut_meanwhile_are_not_used() -> None:
    number = sa.text("SELECT pg_backend_pid()")
    cut = sa.text("SELECT pg_terminate_backend(:number)")
    with database.engine().connect() as one, database.engine().connect() as another:
        numbers = [each.execute(number).scalar_one() for each in (one, another)]
    with database.make_engine(database.engine().url.render_as_string(False)).connect() as server:
        for each in numbers:
            server.execute(cut, {"number": each})
    assert names() == []
    with database.asking() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1


@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.usefixtures("database")
def test_a_single_statement_is_committed() -> None:
    added = sa.text("INSERT INTO pace (key, slice, hits) VALUES ('a', 1, 1)")
    with database.asking() as connection:
        connection.execute(added)
    with database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT hits FROM pace").scalar_one() == 1


@pytest.mark.usefixtures("database")
def test_a_moment_needs_a_time_zone() -> None:
    with pytest.raises(StatementError, match="time zone"), database.transaction() as session:
        session.add(Property(name="X", created_at=datetime(2026, 1, 1)))


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.datetimes(
        datetime(1970, 1, 2),
        datetime(2200, 1, 1),
        timezones=st.sampled_from(
            [UTC, timezone(timedelta(hours=5, minutes=45)), ZoneInfo("America/New_York")]
        ),
    )
)
@pytest.mark.usefixtures("database")
def test_a_moment_comes_back_as_it_was_in_utc(moment: datetime) -> None:
    with builders.adding() as rows:
        property_id = builders.add_property(rows, "X", moment)
    with database.reading() as session:
        back = session.get_one(Property, property_id).created_at
    assert back == moment.astimezone(UTC)
    assert back.utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["Zürich", "山", "🏨", "a'b\"c; DROP TABLE people; --", "\\x00"])
def test_text_comes_back_as_it_was(world: World, text: str) -> None:
    with builders.adding() as rows:
        property_id = builders.add_property(rows, text, world.now)
    with database.reading() as session:
        assert session.get_one(Property, property_id).name == text
