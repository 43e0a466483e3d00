"""Changes travel between processes through PostgreSQL, at the commit and not before."""

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest

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


def test_our_own_changes_are_not_heard_twice(heard: list[changes.Change]) -> None:
    with database.transaction() as session:
        changes.announce(session, CHANGE)
    assert heard == [CHANGE]
    time.sleep(0.3)
    assert heard == [CHANGE]
