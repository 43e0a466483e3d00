"""Two people at once: one wins, the other gets a sentence, and nothing is half done."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlmodel import col, select

from connectors.result import Result
from domain import (
    accesses,
    apps,
    attempts,
    authorizations,
    connections,
    core,
    endpoints,
    integrations,
    invitations,
    mappings,
    messages,
    partners,
    people,
    properties,
    runs,
    setup,
    sign_ins,
    sources,
    token_links,
    tokens,
    transfers,
    waiting,
)
from domain.actors import ADJOIN
from domain.refusals import Refusal
from storage import database, jobs
from storage.connections import Connection, Token, TokenLink
from storage.history import HistoryRow
from storage.messages import Endpoint, Message
from storage.people import Membership
from tests import builders, flows, harvest
from tests.builders import World
from tests.domain.conftest import FakeVendor
from tests.domain.scenes import CREDENTIALS
from tests.harvest import HotelSystem

Call = Callable[[], Any]
LIVING = ("pending", "active", "disabled")


def at_once(*calls: Call) -> Counter[str]:
    """Make all calls at the same moment, each in a thread; count what came of them."""
    start = threading.Barrier(len(calls))

    def make(call: Call) -> str:
        start.wait(timeout=10)
        return _outcome(call)

    with ThreadPoolExecutor(len(calls)) as threads:
        return Counter(threads.map(make, calls))


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, first: Call, place: tuple[Any, str], second: Call
) -> tuple[str, str]:
    """Make the call `first`, and when it comes to `place`, `second` in another thread.

    `second` gets half a second; when it has to wait for `first`, it ends after it. Returns what
    came of both.
    """
    owner, name = place
    original = getattr(owner, name)
    with ThreadPoolExecutor(1) as other:
        started: list[Any] = []

        def passing_by(*arguments: Any, **named: Any) -> Any:
            if not started:
                started.append(other.submit(_outcome, second))
                wait(started, timeout=0.5)
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, passing_by)
        outcome = _outcome(first)
        assert started, "the first call never came by"
        return outcome, started[0].result(timeout=20)


def _outcome(call: Call) -> str:
    try:
        call()
    except Refusal as refusal:
        return refusal.code
    return "ok"


def check_that_all_is_well() -> None:
    """Assert what must hold between any two transactions."""
    with database.reading() as session:
        for connection in session.exec(select(Connection)):
            issued = session.exec(
                select(Token).where(Token.connection_id == connection.id, Token.status == "issued")
            ).all()
            is_living = connection.partner_id is not None and connection.status in LIVING
            assert len(issued) == (1 if is_living else 0), connection.status
            moves = session.exec(
                select(HistoryRow)
                .where(
                    HistoryRow.connection_id == connection.id,
                    col(HistoryRow.before) != col(HistoryRow.after),
                )
                .order_by(col(HistoryRow.at), col(HistoryRow.id))
            ).all()
            states = [row.after for row in moves]
            assert states[-1:] == [connection.status]
            assert [row.before for row in moves] == ["not_connected", *states[:-1]]
            open_ones = session.exec(
                select(Message).where(
                    Message.connection_id == connection.id,
                    col(Message.status).in_(("waiting", "sending")),
                )
            ).all()
            if connection.status not in LIVING:
                late = {"connection.disconnected", "connection.rejected"}
                assert {message.event for message in open_ones} <= late


@pytest.mark.parametrize("number", [2, 5])
def test_clicks_on_connect_at_once_make_one_connection(world: World, number: int) -> None:
    outcomes = at_once(*[world.connect] * number)
    assert outcomes == {"ok": 1, "already_connected": number - 1}
    with database.reading() as session:
        assert len(session.exec(select(Connection)).all()) == 1
        assert len(session.exec(select(Token)).all()) == 1
        assert len(session.exec(select(Message)).all()) == 1
        assert len(session.exec(select(HistoryRow)).all()) == 1
    check_that_all_is_well()


def test_connections_made_at_once_have_numbers_of_their_own_and_no_gap(world: World) -> None:
    apps_ = [f"app-{number}" for number in range(5)]
    with builders.adding() as rows:
        for slug in apps_:
            builders.add_app(rows, slug, slug, world.now, partner_id=world.d3x)
    assert at_once(*[partial(world.connect, slug) for slug in apps_]) == {"ok": 5}
    with database.reading() as session:
        numbers = sorted(session.exec(select(Connection.number)))
    assert numbers == [10_001, 10_002, 10_003, 10_004, 10_005]


def test_of_two_apps_with_one_address_added_at_once_one_is_refused(world: World) -> None:
    def add() -> str:
        return apps.create(
            world.olga,
            name="Twin",
            slug="twin",
            kind="integrated",
            category="Twins",
            tagline="There is one of it.",
            partner_id=world.d3x,
        )

    assert at_once(add, add, add) == {"ok": 1, "invalid": 2}


def test_of_two_partners_with_one_name_added_at_once_one_is_refused(world: World) -> None:
    add = partial(partners.create, world.olga, "Twin Ltd")
    assert at_once(add, add, add) == {"ok": 1, "invalid": 2}


def test_clicks_on_reconnect_at_once_make_one_request(world: World) -> None:
    connection_id = world.connect_active()
    connections.disconnect(world.maya, connection_id, now=world.now)
    outcomes = at_once(*[world.connect] * 3)
    assert outcomes["ok"] == 1
    assert outcomes["already_connected"] + outcomes["wrong_state"] == 2
    assert len(builders.messages_of(connection_id, "connection.requested")) == 2
    check_that_all_is_well()


def test_of_many_who_activate_at_once_one_does(world: World) -> None:
    connection_id = world.connect()
    with_token = tokens.authenticate(builders.token_of(connection_id), now=world.now)
    actors = [world.dee, world.dee, with_token, ADJOIN]
    outcomes = at_once(
        *[lambda who=who: connections.activate(who, connection_id) for who in actors]
    )
    assert outcomes == {"ok": 1, "request_already_resolved": 3}
    assert len(builders.messages_of(connection_id, "connection.activated")) == 1
    check_that_all_is_well()


def test_activate_and_reject_at_once_answer_the_request_once(world: World) -> None:
    connection_id = world.connect()
    outcomes = at_once(
        lambda: connections.activate(world.dee, connection_id),
        lambda: connections.reject(world.dee, connection_id, "No."),
    )
    assert outcomes == {"ok": 1, "request_already_resolved": 1}
    check_that_all_is_well()


def test_activate_and_withdraw_at_once_leave_one_of_the_two(world: World) -> None:
    connection_id = world.connect()
    outcomes = at_once(
        lambda: connections.activate(world.dee, connection_id),
        lambda: connections.withdraw(world.maya, connection_id),
    )
    assert outcomes["ok"] == 1
    check_that_all_is_well()


def test_both_sides_disable_at_once_and_one_holds_the_key(world: World) -> None:
    connection_id = world.connect_active()
    outcomes = at_once(
        lambda: connections.disable(world.maya, connection_id),
        lambda: connections.disable(world.dee, connection_id),
    )
    assert outcomes == {"ok": 1, "wrong_state": 1}
    check_that_all_is_well()


def test_nudges_at_once_send_one_mail(world: World) -> None:
    connection_id = world.connect()
    outcomes = at_once(*[lambda: waiting.nudge(world.maya, connection_id)] * 4)
    assert outcomes == {"ok": 1, "nudged_today": 3}
    assert len(builders.messages_of(connection_id, "connection.nudged")) == 1


def test_reminders_from_many_processes_at_once_go_out_once(world: World) -> None:
    connection_id = world.connect()
    at_once(*[lambda: waiting.remind(now=world.after(hours=80))] * 4)
    assert len(builders.messages_of(connection_id, "connection.reminded")) == 1


def test_rotations_at_once_leave_one_token(world: World) -> None:
    connection_id = world.connect_active()
    outcomes = at_once(*[lambda: tokens.rotate(world.maya, connection_id)] * 4)
    assert outcomes == {"ok": 4}
    check_that_all_is_well()


def test_a_link_opened_at_once_by_many_gives_its_token_once(world: World) -> None:
    connection_id = world.connect()
    with database.transaction() as session:
        token = tokens.current(session, connection_id)
        assert token is not None
        secret = token_links.make(session, token, world.now)
    outcomes = at_once(*[lambda: token_links.open_once(secret, now=world.now)] * 4)
    assert outcomes == {"ok": 1, "link_used": 3}


def test_an_invitation_accepted_at_once_lets_in_one_person(world: World) -> None:
    sent = invitations.invite(
        world.maya, "new@harbour.example", "viewer", world.hotel, now=world.now
    )
    secret = (sent.link or "").rpartition("/")[2]

    def accept() -> None:
        invitations.accept(
            secret, "New", "another horse 43", device="d", address="a", now=world.now
        )

    outcomes = at_once(*[accept] * 3)
    assert outcomes["ok"] == 1
    with database.reading() as session:
        members = session.exec(select(Membership).where(Membership.property_id == world.hotel))
        assert len(members.all()) == 3


@pytest.mark.usefixtures("database")
def test_a_setup_code_used_at_once_makes_one_operator() -> None:
    code = setup.open_door()

    def create(number: int) -> None:
        setup.create_operator(
            code, "Olga", f"o{number}@x.example", "another horse 43", device="d", address="a"
        )

    outcomes = at_once(*[lambda number=number: create(number) for number in range(3)])
    assert outcomes == {"ok": 1, "setup_done": 2}
    with database.reading() as session:
        assert len(session.exec(select(Membership)).all()) == 1


def test_a_core_app_connected_at_once_is_connected_once(world: World, mews: FakeVendor) -> None:
    outcomes = at_once(*[lambda: core.connect(world.maya, world.hotel, "mews", CREDENTIALS)] * 3)
    assert outcomes == {"ok": 1, "already_connected": 2}
    check_that_all_is_well()


def test_the_same_attempt_run_twice_at_once_counts_once(world: World) -> None:
    connection_id = world.connect()
    message = builders.messages_of(connection_id)[0]
    parcels = [attempts.begin(message.id, 1, 1, now=world.now) for _ in range(3)]
    assert all(parcels)
    at_once(*[lambda p=parcel: attempts.end(p, builders.answered(500)) for parcel in parcels])
    message = builders.messages_of(connection_id)[0]
    assert (message.status, message.attempts) == ("waiting", 1)


def test_failures_at_once_are_all_counted(world: World) -> None:
    ids = [builders.messages_of(world.connect())[0].id]
    ids += [
        endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.now) for _ in range(3)
    ]
    at_once(*[lambda i=i: builders.attempt(i, now=world.now, code=500) for i in ids])
    with database.reading() as session:
        assert session.get_one(Endpoint, world.d3x_endpoint).failures == 4


def test_an_endpoint_that_is_gone_for_many_at_once_is_disabled_once(world: World) -> None:
    ids = [
        endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.now) for _ in range(4)
    ]
    at_once(*[lambda i=i: builders.attempt(i, now=world.now, code=410) for i in ids])
    with database.reading() as session:
        disabled = session.exec(select(HistoryRow).where(HistoryRow.event == "endpoint.disabled"))
        assert len(disabled.all()) == 1
        assert {
            row.status for row in session.exec(select(Message).where(Message.channel == "webhook"))
        } == {"skipped"}


def test_nothing_happens_after_a_sign_out_that_came_first(world: World) -> None:
    connection_id = world.connect_active()
    outcomes = at_once(
        lambda: sign_ins.sign_out(world.maya, now=world.now),
        lambda: connections.disconnect(world.maya, connection_id, now=world.now),
    )
    assert outcomes["ok"] + outcomes["signed_out"] == 2
    check_that_all_is_well()


# The rest is not left to chance: the second person acts exactly when the first is half way.


def test_a_token_made_while_the_connection_ends_does_not_outlive_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = world.connect_active()
    meanwhile(
        monkeypatch,
        lambda: tokens.rotate(world.maya, connection_id, now=world.now),
        (tokens, "issue"),
        lambda: connections.disconnect(world.dee, connection_id, now=world.now),
    )
    check_that_all_is_well()
    assert builders.connection(connection_id).status == "disconnected"


def test_a_rotation_while_another_is_half_way_leaves_one_token(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = world.connect_active()
    outcomes = meanwhile(
        monkeypatch,
        lambda: tokens.rotate(world.maya, connection_id, now=world.now),
        (tokens, "issue"),
        lambda: tokens.rotate(world.maya, connection_id, now=world.now),
    )
    assert outcomes == ("ok", "ok")
    check_that_all_is_well()


@pytest.mark.parametrize("code", [200, 500])
def test_an_attempt_that_ends_while_the_connection_ends_revives_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    connection_id = world.connect()
    message = builders.messages_of(connection_id)[0]
    parcel = attempts.begin(message.id, 1, 1, now=world.now)
    assert parcel is not None
    result: Result = builders.answered(code)
    outcomes = meanwhile(
        monkeypatch,
        lambda: attempts.end(parcel, result, now=world.now),
        (endpoints, "note_outcome"),
        lambda: connections.withdraw(world.maya, connection_id, now=world.now),
    )
    assert outcomes == ("ok", "ok")
    check_that_all_is_well()
    assert builders.messages_of(connection_id)[0].status == (
        "delivered" if code == 200 else "canceled"
    )


def test_an_automatic_app_withdrawn_while_its_partner_is_told_stays_withdrawn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = world.connect("freeguides")
    message = builders.messages_of(connection_id)[0]
    parcel = attempts.begin(message.id, 1, 1, now=world.now)
    assert parcel is not None
    outcomes = meanwhile(
        monkeypatch,
        lambda: connections.withdraw(world.maya, connection_id, now=world.now),
        (tokens, "revoke_all"),
        lambda: attempts.end(parcel, builders.answered(200), now=world.now),
    )
    assert outcomes == ("ok", "ok")
    check_that_all_is_well()
    assert builders.connection(connection_id).status == "disconnected"


def test_a_nudge_while_the_request_is_withdrawn_mails_nobody_about_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = world.connect()
    meanwhile(
        monkeypatch,
        lambda: waiting.nudge(world.maya, connection_id, now=world.now),
        (waiting, "_take_nudge"),
        lambda: connections.withdraw(world.maya, connection_id, now=world.now),
    )
    check_that_all_is_well()


def test_what_is_announced_while_an_endpoint_is_disabled_is_skipped_not_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(
        monkeypatch,
        world.connect,
        (messages, "_message"),
        lambda: endpoints.disable(world.dee, world.d3x_endpoint, now=world.now),
    )
    with database.reading() as session:
        message = session.exec(select(Message)).one()
    assert attempts.begin(message.id, message.round, 1, now=world.now) is None
    with database.reading() as session:
        assert session.exec(select(Message.status)).one() == "skipped"


def test_a_link_made_and_its_token_revoked_at_once_gives_nothing_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = world.connect()
    with database.transaction() as session:
        token = tokens.current(session, connection_id)
        assert token is not None
        secret = token_links.make(session, token, world.now)
    connections.withdraw(world.maya, connection_id, now=world.now)
    assert _outcome(lambda: token_links.open_once(secret, now=world.now)) == "link_used"
    with database.reading() as session:
        assert session.exec(select(TokenLink)).one().opened_at is None


def test_two_managers_who_remove_each_other_leave_one(world: World) -> None:
    with builders.adding() as rows:
        mona = builders.add_person(
            rows, "mona@harbour.example", "manager", world.hotel, now=world.now
        )
    ids = {m.name: m.membership_id for m in people.members(world.maya, world.hotel)}
    outcomes = at_once(
        lambda: people.remove(world.maya, ids["Mona"], now=world.now),
        lambda: people.remove(mona, ids["Maya"], now=world.now),
    )
    assert outcomes["ok"] == 1
    with database.reading() as session:
        managers = session.exec(
            select(Membership).where(
                Membership.property_id == world.hotel,
                Membership.role == "manager",
                col(Membership.ended_at).is_(None),
            )
        )
        assert len(managers.all()) == 1


def test_what_is_canceled_while_it_is_replayed_stays_canceled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    connection_id = world.connect()
    endpoints.enable(world.dee, world.d3x_endpoint, now=world.now)
    outcomes = meanwhile(
        monkeypatch,
        lambda: endpoints.replay_skipped(world.dee, world.d3x_endpoint, now=world.now),
        (messages, "begin_again"),
        lambda: connections.withdraw(world.maya, connection_id, now=world.now),
    )
    assert outcomes == ("ok", "ok")
    check_that_all_is_well()
    assert builders.messages_of(connection_id)[0].status == "canceled"


def test_what_is_delivered_while_it_is_swept_is_not_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = builders.messages_of(world.connect())[0]
    parcel = attempts.begin(message.id, 1, 1, now=world.now)
    assert parcel is not None
    monkeypatch.setattr("domain.moments.now", lambda: world.after(hours=1))
    monkeypatch.setattr(jobs, "still_to_run", lambda job_ids: set())
    outcomes = meanwhile(
        monkeypatch,
        attempts.sweep,
        (attempts, "_sweep_one"),
        lambda: attempts.end(parcel, builders.answered(200), now=world.now),
    )
    assert outcomes == ("ok", "ok")
    message = builders.messages_of(message.connection_id or "")[0]
    assert (message.status, message.round) == ("delivered", 1)


def test_what_was_skipped_is_replayed_once_however_often_it_is_asked_for(world: World) -> None:
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    connection_id = world.connect()
    endpoints.enable(world.dee, world.d3x_endpoint, now=world.now)
    at_once(*[lambda: endpoints.replay_skipped(world.dee, world.d3x_endpoint, now=world.now)] * 3)
    message = builders.messages_of(connection_id)[0]
    assert (message.status, message.round) == ("waiting", 2)


def test_no_sign_in_with_the_old_password_is_left_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def sign_in() -> None:
        email = world.emails["maya"]
        begun.append(sign_ins.sign_in(email, builders.PASSWORD, device="d", address="a"))

    def change() -> None:
        people.change_password(world.maya, builders.PASSWORD, "another horse 43")

    assert meanwhile(monkeypatch, sign_in, (sign_ins, "begin"), change) == ("ok", "ok")
    assert sign_ins.visit(begun[0]) is None


def test_an_invitation_accepted_with_the_old_password_leaves_no_sign_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = world.emails["charlie"]
    sent = invitations.invite(world.maya, email, "viewer", world.hotel)
    begun: list[str] = []

    def accept() -> None:
        secret = str(sent.link).rpartition("/")[2]
        begun.append(invitations.accept(secret, "", builders.PASSWORD, device="d", address="a"))

    def change() -> None:
        people.change_password(world.charlie, builders.PASSWORD, "another horse 43")

    assert meanwhile(monkeypatch, accept, (sign_ins, "begin"), change) == ("ok", "ok")
    assert sign_ins.visit(begun[0]) is None


def test_of_two_password_changes_with_one_old_password_one_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(to: str) -> Call:
        return lambda: people.change_password(world.maya, builders.PASSWORD, to)

    outcomes = meanwhile(
        monkeypatch, change("another horse 43"), (sign_ins, "held"), change("a third horse 44")
    )
    assert sorted(outcomes) == ["ok", "wrong_password"]


def test_signing_out_everywhere_ends_what_begins_at_the_same_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def sign_in() -> None:
        email = world.emails["maya"]
        begun.append(sign_ins.sign_in(email, builders.PASSWORD, device="d", address="a"))

    outcomes = meanwhile(
        monkeypatch,
        sign_in,
        (sign_ins, "begin"),
        lambda: sign_ins.sign_out_everywhere(world.maya),
    )
    assert outcomes == ("ok", "ok")
    assert sign_ins.visit(begun[0]) is None
    assert sign_ins.visit(world.cookies["maya"]) is not None


def test_of_two_invitations_of_an_operator_one_lets_the_first_one_in(world: World) -> None:
    hotel = properties.create(world.olga, "New Hotel")
    links = [
        invitations.invite(world.olga, f"{name}@new.example", "manager", hotel).link
        for name in ("one", "two", "three")
    ]

    def accept(link: str | None) -> Call:
        secret = str(link).rpartition("/")[2]
        return lambda: invitations.accept(
            secret, "New", "another horse 43", device="d", address="a"
        )

    assert at_once(*map(accept, links)) == {"ok": 1, "link_used": 2}


# Bringing data in


def test_of_two_who_save_a_mapping_at_once_one_is_told_to_look_again(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.mapped(world)
    calls = [
        lambda rows=rows: mappings.save(world.maya, transfer_id, rows, expected_version=1)
        for rows in (harvest.ROWS[:2], harvest.ROWS[:3])
    ]
    assert at_once(*calls) == {"ok": 1, "changed_meanwhile": 1}
    assert [each.number for each in mappings.history(world.maya, transfer_id)] == [2, 1]


def test_a_transfer_is_activated_once_however_often_it_is_clicked(
    world: World, system: HotelSystem
) -> None:
    transfer_id = harvest.mapped(world)
    outcomes = at_once(*[lambda: transfers.activate(world.maya, transfer_id)] * 4)
    assert outcomes == {"ok": 1, "wrong_state": 3}
    assert harvest.events_of(transfer_id).count("transfer.activated") == 1


ON_A_SOURCE: dict[str, Callable[[World, str], Any]] = {
    "remove": lambda world, source: sources.remove(world.maya, source),
    "rename": lambda world, source: sources.rename(world.maya, source, "Annex"),
    "add a transfer": lambda world, source: transfers.add(world.maya, source, "spaces"),
}
ON_A_TRANSFER: dict[str, Callable[[World, str], Any]] = {
    "remove": lambda world, it: transfers.remove(world.maya, it),
    "activate": lambda world, it: transfers.activate(world.maya, it),
    "save": lambda world, it: mappings.save(world.maya, it, harvest.ROWS[:3], expected_version=1),
    "sample": lambda world, it: transfers.sample(world.maya, it),
}
ON_AN_INTEGRATION: dict[str, Callable[[World, str], Any]] = {
    "remove": lambda world, it: integrations.remove(world.maya, it),
    "run": lambda world, it: runs.run_now(world.maya, it),
    "disable": lambda world, it: integrations.disable(world.maya, it),
}
A_SENTENCE = {"ok", "not_found"}


@pytest.mark.parametrize("verb", ON_A_SOURCE)
def test_whatever_is_done_to_a_source_while_it_is_removed_ends_in_a_sentence(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    source_id = harvest.source(world)
    first = partial(ON_A_SOURCE[verb], world, source_id)
    second = partial(sources.remove, world.maya, source_id)
    came = meanwhile(monkeypatch, first, (database, "lock"), second)
    assert "ok" in came
    assert set(came) <= A_SENTENCE


@pytest.mark.parametrize("verb", ON_A_TRANSFER)
@pytest.mark.parametrize("with_its_source", [False, True])
def test_whatever_is_done_to_a_transfer_while_it_is_removed_ends_in_a_sentence(
    world: World,
    system: HotelSystem,
    monkeypatch: pytest.MonkeyPatch,
    verb: str,
    with_its_source: bool,
) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.mapped(world, source_id)
    first = partial(ON_A_TRANSFER[verb], world, transfer_id)
    second = partial(transfers.remove, world.maya, transfer_id)
    if with_its_source:
        second = partial(sources.remove, world.maya, source_id)
    came = meanwhile(monkeypatch, first, (database, "lock"), second)
    assert "ok" in came
    assert set(came) <= A_SENTENCE


@pytest.mark.parametrize("verb", ON_AN_INTEGRATION)
def test_whatever_is_done_to_an_integration_while_it_is_removed_ends_in_a_sentence(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    integration_id = flows.active(world)
    first = partial(ON_AN_INTEGRATION[verb], world, integration_id)
    second = partial(integrations.remove, world.maya, integration_id)
    came = meanwhile(monkeypatch, first, (database, "lock"), second)
    assert "ok" in came
    assert set(came) <= A_SENTENCE


def test_an_integration_and_the_end_of_its_source_do_not_pass_each_other(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_id = harvest.source(world)
    create = partial(flows.draft, world, source_id)
    remove = partial(sources.remove, world.maya, source_id)
    came = meanwhile(monkeypatch, create, (integrations, "_fill"), remove)
    assert came == ("ok", "in_use")
    source_id = harvest.source(world, name="Annex", authorization_id=harvest.authorize(world))
    create = partial(flows.draft, world, source_id)
    remove = partial(sources.remove, world.maya, source_id)
    came = meanwhile(monkeypatch, remove, (sources, "remove_what_it_brought"), create)
    assert came[0] == "ok"
    assert came[1] in ("not_found", "invalid")


def test_a_token_is_renewed_once_for_all_who_need_it(world: World, system: HotelSystem) -> None:
    system.grant = replace(system.grant, expires_at=world.now)
    draft = sources.Draft("rest", "API", harvest.agreed(world))
    source_id = sources.add(world.maya, world.hotel, draft, now=world.now)
    system.grant = replace(system.grant, expires_at=world.after(hours=1))
    calls = [lambda: accesses.of_source(source_id, "reservations", now=world.now)] * 6
    assert at_once(*calls) == {"ok": 6}
    assert len(system.renewed) == 1


def test_a_source_that_is_added_while_its_credentials_are_refused_is_broken_or_not_there(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens = harvest.authorize(world)
    draft = sources.Draft("mews", "Spa", opens)
    outcomes = meanwhile(
        monkeypatch,
        lambda: sources.add(world.maya, world.hotel, draft, now=world.now),
        (sources, "_must_fit"),
        lambda: authorizations.refused(opens, "No more.", now=world.now),
    )
    assert outcomes == ("ok", "ok")
    (row,) = sources.of_property(world.maya, world.hotel, now=world.now)
    assert row.status == "broken"
