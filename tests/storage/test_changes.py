"""Changes are told after the commit, here and in the other processes of the same database."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import changes
from storage.changes import Change, Relay
from storage.database import transaction

CHANGE = Change("connection", "con_1", "pro_1", "par_1")
ROOT = Path(__file__).parents[2]

OTHER_PROCESS = """
import sys
from storage import changes, database
database.connect(sys.argv[1])
with database.transaction() as session:
    changes.announce(session, changes.Change("connection", "con_elsewhere", "pro_1", None))
"""


class Ear:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[Change] = []
        self._something = threading.Condition()

    def __call__(self, change: Change) -> None:
        with self._something:
            self.heard.append(change)
            self._something.notify_all()

    def has_heard(self, change_id: str) -> bool:
        with self._something:
            return self._something.wait_for(
                lambda: any(change.id == change_id for change in self.heard), timeout=20
            )

    def has_heard_everything(self) -> bool:
        with self._something:
            return self._something.wait_for(
                lambda: any(change.noun == "everything" for change in self.heard), timeout=20
            )


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    stop = changes.listen(ear)
    yield ear
    stop()


def test_a_change_is_told_once_after_the_commit(database: str, ear: Ear) -> None:
    with transaction() as session:
        changes.announce(session, CHANGE)
        changes.announce(session, CHANGE)
        assert ear.heard == []
    assert ear.heard == [CHANGE]


def test_what_is_rolled_back_is_never_told(database: str, ear: Ear) -> None:
    with contextlib.suppress(ZeroDivisionError), transaction() as session:
        changes.announce(session, CHANGE)
        _ = 1 / 0
    assert ear.heard == []


def test_a_listener_that_fails_does_not_keep_others_from_hearing(database: str, ear: Ear) -> None:
    def fail(change: Change) -> None:
        raise ValueError("on purpose")

    stop = changes.listen(fail)
    try:
        with transaction() as session:
            changes.announce(session, CHANGE)
    finally:
        stop()
    assert ear.heard == [CHANGE]


@pytest.mark.parametrize("database_kind", ["postgresql"], scope="session")
def test_postgresql_tells_what_another_process_has_changed(database: str, ear: Ear) -> None:
    relay = Relay(database)
    relay.start()
    try:
        assert ear.has_heard_everything()  # it listens now, and asks all to read again
        subprocess.run([sys.executable, "-c", OTHER_PROCESS, database], cwd=ROOT, check=True)
        assert ear.has_heard("con_elsewhere")
        with transaction() as session:
            changes.announce(session, CHANGE)
        assert ear.heard.count(CHANGE) == 1  # not once more through PostgreSQL
    finally:
        relay.stop()
