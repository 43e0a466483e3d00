"""Changes travel between processes through PostgreSQL, at the commit and not before."""

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from storage import changes, database

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"])

CHANGE = changes.Change("connection", "con_1", "pro_1", "par_1")


@pytest.fixture
def heard(database: str) -> Iterator[list[changes.Change]]:
    """What another process hears of; it has heard "everything" when the fixture is ready."""
    found: list[changes.Change] = []
    relay = changes.Relay(database)
    stop = changes.listen(found.append)
    relay.start()
    wait_until(lambda: bool(found))
    assert found == [changes.Change("everything", "")]
    found.clear()
    yield found
    stop()
    relay.stop()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


def last_asked(pattern: str) -> bool:
    """Whether some connection to this database was last asked something like `pattern`."""
    found = sa.text(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE :pattern"
    )
    with database.reading() as session:
        return session.execute(found, {"pattern": pattern}).first() is not None


def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what follows be announced by another process, which has no listeners here."""
    monkeypatch.setattr(changes, "tell", lambda session: session.info.pop("changes", None))
    original = changes._process

    def publish(session: object, inner: Callable[..., None] = changes.publish) -> None:
        changes._process = "another"
        inner(session)
        changes._process = original

    monkeypatch.setattr(changes, "publish", publish)


def test_another_process_hears_of_a_committed_change(
    heard: list[changes.Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch)
    with database.transaction() as session:
        changes.announce(session, CHANGE)
    wait_until(lambda: heard == [CHANGE])


def test_another_process_hears_nothing_of_what_was_rolled_back(
    heard: list[changes.Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch)
    with contextlib.suppress(RuntimeError), database.transaction() as session:
        changes.announce(session, CHANGE)
        changes.publish(session)
        raise RuntimeError
    after = changes.Change("connection", "con_2")
    with database.transaction() as session:
        changes.announce(session, after)
    wait_until(lambda: heard == [after])


def test_a_relay_goes_on_after_whatever_it_cannot_read(
    heard: list[changes.Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as session:
        session.execute(sa.text(f"SELECT pg_notify('{changes._CHANNEL}', 'not JSON')"))
    wait_until(lambda: heard == [changes.Change("everything", "")])
    elsewhere(monkeypatch)
    with database.transaction() as session:
        changes.announce(session, CHANGE)
    wait_until(lambda: heard[1:] == [CHANGE])


def test_a_relay_listens_again_after_its_connection_was_cut(
    heard: list[changes.Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as session:
        session.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            )
        )
    wait_until(lambda: heard == [changes.Change("everything", "")])


def test_a_connection_that_only_listens_is_asked_for_a_sign_of_life(
    heard: list[changes.Change], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert last_asked("LISTEN%")
    monkeypatch.setattr(changes, "ASKED_EVERY", 0)
    wait_until(lambda: not last_asked("LISTEN%"))


def test_our_own_changes_are_not_heard_twice(heard: list[changes.Change]) -> None:
    with database.transaction() as session:
        changes.announce(session, CHANGE)
    assert heard == [CHANGE]
    time.sleep(0.3)
    assert heard == [CHANGE]
