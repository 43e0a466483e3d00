"""A fault in the middle of a verb: whatever statement fails, nothing of it remains."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from domain import (
    attempts,
    connections,
    core,
    endpoints,
    invitations,
    people,
    setup,
    sign_ins,
    tokens,
    waiting,
)
from storage import changes, database
from tests import builders
from tests.builders import PASSWORD, World
from tests.domain.conftest import REFUSED, FakeVendor
from tests.domain.scenes import CREDENTIALS

_WRITES = ("INSERT", "UPDATE", "DELETE")


class PulledPlug(Exception):
    """The database goes away, as far as the code in between can tell."""


@contextmanager
def failing_at(number: int) -> Iterator[list[str]]:
    """Let the write number `number` (1 is the first) fail, or the commit after the last one.

    Gives the list of the writes that were asked for.
    """
    seen: list[str] = []

    def before(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.lstrip().upper().startswith(_WRITES):
            seen.append(statement)
            if len(seen) == number:
                raise PulledPlug

    def committing(_: Any) -> None:
        if seen and len(seen) < number:
            seen.append("COMMIT")
            if len(seen) == number:
                raise PulledPlug

    engine = database.engine()
    sa.event.listen(engine, "before_cursor_execute", before)
    sa.event.listen(engine, "commit", committing)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", before)
        sa.event.remove(engine, "commit", committing)


def check_all_or_nothing(verb: Callable[[], Any]) -> int:
    """Call `verb` with a fault at its first write, its second, … until it gets through.

    Asserts that nothing remains of the failed ones, and that nobody was told of them. Returns
    how many faults it took.
    """
    before = builders.snapshot()
    told: list[changes.Change] = []
    stop = changes.listen(told.append)
    try:
        for number in range(1, 200):
            with failing_at(number) as seen:
                try:
                    verb()
                except PulledPlug:
                    assert builders.snapshot() == before, f"something remains after {seen[-1]}"
                    assert told == []
                    continue
            assert builders.snapshot() != before
            return number - 1
    finally:
        stop()
    raise AssertionError("the verb never got through")


def test_connect_is_all_or_nothing(world: World) -> None:
    # The connection, its token, the history, the message, its job, and the commit at least.
    assert check_all_or_nothing(world.connect) >= 6


def test_connect_is_all_or_nothing_when_told_by_mail_too(world: World) -> None:
    from domain import partners

    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=True,
        by_mail=True,
        mail_to="a@d3x.example",
        token_in_mail=False,
    )
    assert check_all_or_nothing(world.connect) >= 9


def test_reconnect_is_all_or_nothing(world: World) -> None:
    connections.withdraw(world.maya, world.connect(), now=world.now)
    assert check_all_or_nothing(world.connect) >= 6


def test_activate_is_all_or_nothing(world: World) -> None:
    connection_id = world.connect()
    verb = lambda: connections.activate(world.dee, connection_id, now=world.now)  # noqa: E731
    assert check_all_or_nothing(verb) >= 5


def test_reject_is_all_or_nothing(world: World) -> None:
    connection_id = world.connect()
    verb = lambda: connections.reject(world.dee, connection_id, "No.", now=world.now)  # noqa: E731
    assert check_all_or_nothing(verb) >= 6


@pytest.mark.parametrize("verb", ["disconnect", "disable"])
def test_ending_and_pausing_are_all_or_nothing(world: World, verb: str) -> None:
    connection_id = world.connect_active()
    move = getattr(connections, verb)
    assert check_all_or_nothing(lambda: move(world.maya, connection_id, now=world.now)) >= 4


def test_withdraw_is_all_or_nothing(world: World) -> None:
    connection_id = world.connect()
    check_all_or_nothing(lambda: connections.withdraw(world.maya, connection_id, now=world.now))


def test_rotate_is_all_or_nothing(world: World) -> None:
    connection_id = world.connect_active()
    check_all_or_nothing(lambda: tokens.rotate(world.maya, connection_id, now=world.now))


def test_reveal_shows_nothing_that_is_not_in_the_history(world: World) -> None:
    connection_id = world.connect_active()
    verb = lambda: tokens.reveal(world.maya, connection_id, PASSWORD, now=world.now)  # noqa: E731
    assert check_all_or_nothing(verb) >= 2


def test_nudge_is_all_or_nothing(world: World) -> None:
    connection_id = world.connect()
    check_all_or_nothing(lambda: waiting.nudge(world.maya, connection_id, now=world.now))


def test_reminders_are_all_or_nothing(world: World) -> None:
    world.connect()
    check_all_or_nothing(lambda: waiting.remind(now=world.after(hours=25)))


@pytest.mark.parametrize(("slug", "code"), [("freeguides", 200), ("d3x", 200), ("d3x", 500)])
def test_the_end_of_an_attempt_is_all_or_nothing(world: World, slug: str, code: int) -> None:
    message = builders.messages_of(world.connect(slug))[0]
    parcel = attempts.begin(message.id, 1, 1, now=world.now)
    assert parcel is not None
    result = builders.answered(code)
    check_all_or_nothing(lambda: attempts.end(parcel, result, now=world.now))


def test_disabling_an_endpoint_by_itself_is_all_or_nothing(world: World) -> None:
    message = builders.messages_of(world.connect())[0]
    parcel = attempts.begin(message.id, 1, 1, now=world.now)
    assert parcel is not None
    check_all_or_nothing(lambda: attempts.end(parcel, builders.answered(410), now=world.now))


def test_replay_is_all_or_nothing(world: World) -> None:
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    world.connect()
    endpoints.enable(world.dee, world.d3x_endpoint, now=world.now)
    check_all_or_nothing(
        lambda: endpoints.replay_skipped(world.dee, world.d3x_endpoint, now=world.now)
    )


def test_core_connect_is_all_or_nothing(world: World, mews: FakeVendor) -> None:
    check_all_or_nothing(
        lambda: core.connect(world.maya, world.hotel, "mews", CREDENTIALS, now=world.now)
    )


def test_breaking_and_repairing_are_all_or_nothing(world: World, mews: FakeVendor) -> None:
    connection_id = core.connect(world.maya, world.hotel, "mews", CREDENTIALS, now=world.now)
    accepted, mews.says = mews.says, REFUSED
    check_all_or_nothing(
        lambda: core.check_again(world.maya, connection_id, now=world.after(hours=1))
    )
    mews.says = accepted
    check_all_or_nothing(
        lambda: core.repair(world.maya, connection_id, CREDENTIALS, now=world.after(hours=2))
    )


def test_invitations_are_all_or_nothing(world: World) -> None:
    sent: list[str] = []

    def invite() -> None:
        made = invitations.invite(
            world.maya, "new@harbour.example", "viewer", world.hotel, now=world.now
        )
        sent.append((made.link or "").rpartition("/")[2])

    check_all_or_nothing(invite)
    check_all_or_nothing(
        lambda: invitations.accept(
            sent[-1], "New", "another horse 43", device="d", address="a", now=world.now
        )
    )


@pytest.mark.usefixtures("database")
def test_setup_is_all_or_nothing() -> None:
    code = setup.open_door()
    check_all_or_nothing(
        lambda: setup.create_operator(
            code, "Olga", "o@x.example", "another horse 43", device="d", address="a"
        )
    )


def test_a_changed_password_signs_out_the_others_or_is_not_changed(world: World) -> None:
    for _ in range(2):
        sign_ins.sign_in(world.emails["maya"], PASSWORD, device="d", address="a", now=world.now)
    check_all_or_nothing(
        lambda: people.change_password(world.maya, PASSWORD, "another horse 43", now=world.now)
    )
    assert len(sign_ins.of_person(world.maya, now=world.now)) == 1
