"""The path of a connection: requested, answered, paused, ended, begun again."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select

from domain import attempts, connections, endpoints, history, partners, subscriptions, tokens
from domain.actors import ADJOIN, Actor
from storage import changes, database
from storage.apps import App
from storage.connections import Token
from storage.messages import Message
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused

QUESTIONS = [
    {"key": "contact", "label": "Contact person", "kind": "text", "required": True},
    {"key": "mail", "label": "Their mail", "kind": "email"},
]


def ask_questions(slug: str) -> None:
    with database.transaction() as session:
        session.exec(select(App).where(App.slug == slug)).one().questions = QUESTIONS


@pytest.mark.parametrize("slug", ["d3x", "freeguides"])
def test_connect_sets_pending_always(world: World, slug: str) -> None:
    connection = builders.connection(world.connect(slug))
    assert (connection.status, connection.since, connection.requested_at) == (
        "pending",
        world.now,
        world.now,
    )


def test_connect_makes_a_token_the_history_and_the_message_together(world: World) -> None:
    connection_id = world.connect()
    (message,) = builders.messages_of(connection_id)
    assert (message.event, message.channel, message.status, message.attempts) == (
        "connection.requested",
        "webhook",
        "waiting",
        0,
    )
    assert builders.events_of(connection_id) == ["connection.requested"]
    body = json.loads(builders.body_of(message))
    assert body["type"] == "connection.requested"
    assert body["data"]["access_token"] == builders.token_of(connection_id)
    assert body["data"]["connection"] == {
        "id": connection_id,
        "status": "pending",
        "app": "d3x",
        "property": {"id": world.hotel, "name": "Harbour Hotel"},
    }


def test_the_message_is_queued_as_a_job_in_the_same_transaction(world: World) -> None:
    before = builders.snapshot()["jobs"][0][0]
    world.connect()
    assert builders.snapshot()["jobs"][0][0] == before + 1


def test_every_window_of_both_sides_is_told_after_the_commit(world: World) -> None:
    told: list[changes.Change] = []

    def listener(change: changes.Change) -> None:
        told.append(change)
        if change.noun == "connection":
            assert builders.connection(change.id).status == "pending"

    stop = changes.listen(listener)
    connection_id = world.connect()
    stop()
    assert changes.Change("connection", connection_id, world.hotel, world.d3x) in told


def test_a_window_that_fails_to_hear_keeps_nobody_from_connecting(world: World) -> None:
    def broken(change: changes.Change) -> None:
        raise RuntimeError("a browser went away")

    stop = changes.listen(broken)
    assert builders.connection(world.connect()).status == "pending"
    stop()


@pytest.mark.parametrize(
    ("by_webhook", "by_mail", "channels"),
    [
        (True, False, ["webhook"]),
        (False, True, ["mail"]),
        (True, True, ["webhook", "mail"]),
    ],
)
def test_the_partner_is_told_in_the_ways_it_chose(
    world: World, by_webhook: bool, by_mail: bool, channels: list[str]
) -> None:
    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=by_webhook,
        by_mail=by_mail,
        mail_to="hub@d3x.example",
        token_in_mail=False,
        now=world.now,
    )
    sent = builders.messages_of(world.connect())
    assert [message.channel for message in sent] == channels
    assert {message.mail_to for message in sent if message.channel == "mail"} <= {"hub@d3x.example"}


def test_every_endpoint_is_told(world: World) -> None:
    endpoints.create(world.dee, world.d3x, "https://hooks.d3x.example/b", now=world.now)
    sent = builders.messages_of(world.connect())
    assert len({message.endpoint_id for message in sent}) == 2
    assert len({builders.body_of(message) for message in sent}) == 1


def test_a_partner_without_any_way_is_told_by_mail_to_its_contact(world: World) -> None:
    endpoints.remove(world.dee, world.d3x_endpoint, now=world.now)
    (message,) = builders.messages_of(world.connect())
    assert (message.channel, message.mail_to) == ("mail", "help@d3x.example")


@pytest.mark.parametrize("as_it_is", [False, True])
def test_in_mail_the_token_is_a_link_unless_the_partner_wants_it_as_it_is(
    world: World, as_it_is: bool
) -> None:
    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=False,
        by_mail=True,
        mail_to="hub@d3x.example",
        token_in_mail=as_it_is,
        now=world.now,
    )
    connection_id = world.connect()
    text = builders.body_of(builders.messages_of(connection_id)[0])
    assert (builders.token_of(connection_id) in text) == as_it_is
    assert ("http://adjoin.test/token/" in text) != as_it_is


def test_a_connection_that_exists_is_not_made_again(world: World) -> None:
    world.connect()
    refusal = refused(world.connect)
    assert refusal.code == "already_connected"
    assert refusal.message == "D3x was asked already. It is the partner’s turn now."


def test_an_active_connection_says_so_when_it_is_connected_again(world: World) -> None:
    world.connect_active()
    assert "status is active" in refused(world.connect).message


def test_answers_are_checked_before_anything_is_saved(world: World) -> None:
    ask_questions("d3x")
    before = builders.snapshot()
    refusal = refused(connections.connect, world.maya, world.hotel, "d3x", {"mail": "x"})
    assert (refusal.code, refusal.message) == ("invalid", "“Contact person” is needed.")
    assert builders.snapshot() == before


def test_answers_are_kept_and_shown_to_both_sides(world: World) -> None:
    ask_questions("d3x")
    connection_id = connections.connect(
        world.maya, world.hotel, "d3x", {"contact": " Maya ", "more": "x"}, now=world.now
    )
    for actor in (world.maya, world.noah, world.dee):
        page = subscriptions.read(actor, connection_id, now=world.now)
        assert page.answers == (("Contact person", "Maya"),)
    assert subscriptions.read(world.olga, connection_id, now=world.now).answers == ()


@pytest.mark.parametrize("slug", ["nothing", "", "D3X", "d3x "])
def test_an_app_that_is_not_there_is_not_found(world: World, slug: str) -> None:
    assert refused(connections.connect, world.maya, world.hotel, slug).code == "not_found"


@pytest.mark.parametrize("field", ["published_at", "retired_at"])
def test_drafts_and_retired_apps_are_not_on_offer(world: World, field: str) -> None:
    with database.transaction() as session:
        app = session.exec(select(App).where(App.slug == "d3x")).one()
        setattr(app, field, None if field == "published_at" else world.now)
    assert refused(world.connect).code == "not_found"


def test_a_core_app_takes_credentials_instead(world: World) -> None:
    assert refused(world.connect, "mews").code == "core_app"


# The answer


@pytest.mark.parametrize("who", ["person", "program"])
def test_a_manual_app_is_activated_from_the_hub_or_by_its_program(world: World, who: str) -> None:
    connection_id = world.connect()
    program = tokens.authenticate(builders.token_of(connection_id), now=world.now)
    actor = world.dee if who == "person" else program
    connections.activate(actor, connection_id, now=world.after(hours=2))
    connection = builders.connection(connection_id)
    assert (connection.status, connection.resolved_at) == ("active", world.after(hours=2))


def test_the_hotel_is_mailed_how_its_request_ended(world: World) -> None:
    world.connect_active()
    with database.reading() as session:
        letter = session.exec(select(Message).where(Message.channel == "mail")).one()
    assert letter.mail_to == world.emails["maya"]
    assert letter.subject == "D3x is active at Harbour Hotel"


def test_activating_twice_answers_politely_who_was_first_and_when(world: World) -> None:
    connection_id = world.connect_active()
    refusal = refused(connections.activate, world.dee, connection_id)
    assert refusal.code == "request_already_resolved"
    at = f"{world.now:%H:%M} UTC on {world.now:%-d %B %Y}"
    assert refusal.message == f"D3x is active already, set by Dee at {at}."


def test_a_rejection_needs_a_reason_and_the_hotel_reads_it(world: World) -> None:
    connection_id = world.connect()
    for empty in ("", "   ", "\n"):
        assert refused(connections.reject, world.dee, connection_id, empty).code == "invalid"
    connections.reject(world.dee, connection_id, "We know no such code.", now=world.now)
    page = subscriptions.read(world.noah, connection_id, now=world.now)
    assert (page.row.status, page.reason) == ("rejected", "We know no such code.")
    with database.reading() as session:
        letter = session.exec(select(Message).where(Message.mail_to == "maya@harbour.example"))
        assert "We know no such code." in builders.body_of(letter.one())


def test_a_rejection_revokes_the_token_and_stops_what_still_carries_it(world: World) -> None:
    connection_id = world.connect()
    clear = builders.token_of(connection_id)
    connections.reject(world.dee, connection_id, "No.", now=world.now)
    assert refused(tokens.authenticate, clear).code == "unauthorized"
    assert builders.messages_of(connection_id, "connection.requested")[0].status == "canceled"


@pytest.mark.parametrize("verb", ["activate", "reject"])
def test_a_resolved_request_is_not_answered_again(world: World, verb: str) -> None:
    connection_id = world.connect()
    connections.reject(world.dee, connection_id, "No.", now=world.now)
    arguments = ("Again no.",) if verb == "reject" else ()
    before = builders.snapshot()
    refusal = refused(getattr(connections, verb), world.dee, connection_id, *arguments)
    assert refusal.code == "request_already_resolved"
    assert builders.snapshot() == before


@pytest.mark.parametrize("verb", ["activate", "reject"])
def test_whoever_cannot_answer_is_told_who_can(world: World, verb: str) -> None:
    connection_id = world.connect()
    arguments = ("No.",) if verb == "reject" else ()
    for actor in (world.maya, world.noah, world.olga):
        refusal = refused(getattr(connections, verb), actor, connection_id, *arguments)
        assert refusal.code == "forbidden"
        assert refusal.message == f"Only the partner can {verb} this request."
        assert refusal.owner == "partner"


# Automatic apps


def test_an_automatic_app_waits_for_its_notification_to_arrive(world: World) -> None:
    connection_id = world.connect("freeguides")
    (message,) = builders.messages_of(connection_id)
    builders.attempt(message.id, now=world.now, code=500)
    assert builders.connection(connection_id).status == "pending"
    builders.attempt(message.id, now=world.after(seconds=5), code=204)
    connection = builders.connection(connection_id)
    assert (connection.status, connection.resolved_at) == ("active", world.after(seconds=5))
    assert builders.events_of(connection_id) == [
        "connection.requested",
        "token.delivered",
        "connection.activated",
    ]


def test_an_automatic_app_is_active_once_its_partner_holds_the_token_after_a_rotation(
    world: World,
) -> None:
    connection_id = world.connect("freeguides")
    tokens.rotate(world.maya, connection_id, at_once=True, now=world.now)
    requested, rotated = builders.messages_of(connection_id)
    assert (requested.status, requested.next_attempt_at) == ("canceled", None)
    assert not builders.attempt(requested.id, now=world.now)
    assert builders.connection(connection_id).status == "pending"
    assert builders.attempt(rotated.id, now=world.now)
    assert builders.connection(connection_id).status == "active"


def test_an_automatic_app_is_not_active_by_a_token_that_stopped_meanwhile(world: World) -> None:
    connection_id = world.connect("freeguides")
    message = builders.messages_of(connection_id)[0]
    parcel = attempts.begin(message.id, 1, 1, now=world.now)
    assert parcel is not None
    tokens.rotate(world.maya, connection_id, at_once=True, now=world.now)
    attempts.end(parcel, builders.answered(200), now=world.now)
    assert builders.connection(connection_id).status == "pending"


def test_a_rotation_with_overlap_leaves_the_request_on_its_way(world: World) -> None:
    connection_id = world.connect("freeguides")
    tokens.rotate(world.maya, connection_id, now=world.now)
    assert builders.attempt(builders.messages_of(connection_id)[0].id, now=world.now)
    assert builders.connection(connection_id).status == "active"


def test_an_automatic_app_is_active_once_the_mail_server_took_the_mail(world: World) -> None:
    partners.save_notifications(
        world.finn,
        world.freeguides,
        by_webhook=False,
        by_mail=True,
        mail_to="hub@freeguides.example",
        token_in_mail=False,
        now=world.now,
    )
    connection_id = world.connect("freeguides")
    builders.attempt(builders.messages_of(connection_id)[0].id, now=world.now, code=250)
    assert builders.connection(connection_id).status == "active"


def test_a_manual_app_stays_pending_however_often_it_is_told(world: World) -> None:
    connection_id = world.connect()
    builders.attempt(builders.messages_of(connection_id)[0].id, now=world.now)
    assert builders.connection(connection_id).status == "pending"


def test_one_of_two_notifications_is_enough(world: World) -> None:
    endpoints.create(world.finn, world.freeguides, "https://b.freeguides.example", now=world.now)
    connection_id = world.connect("freeguides")
    first, second = builders.messages_of(connection_id)
    builders.attempt(second.id, now=world.now)
    assert builders.connection(connection_id).status == "active"
    builders.attempt(first.id, now=world.now)
    assert builders.events_of(connection_id).count("connection.activated") == 1


def test_the_notification_of_an_old_request_activates_no_new_one(world: World) -> None:
    connection_id = world.connect("freeguides")
    (old,) = builders.messages_of(connection_id)
    parcel = attempts.begin(old.id, 1, 1, now=world.now)
    assert parcel is not None
    connections.withdraw(world.maya, connection_id, now=world.now)
    world.connect("freeguides", now=world.after(minutes=1))
    attempts.end(parcel, builders.answered(200), now=world.after(minutes=2))
    assert builders.connection(connection_id).status == "pending"


def test_a_person_may_activate_an_automatic_app_that_cannot_be_told(world: World) -> None:
    connection_id = world.connect("freeguides")
    connections.activate(world.finn, connection_id, now=world.now)
    assert builders.connection(connection_id).status == "active"


def test_adjoin_itself_can_do_nothing_else(world: World) -> None:
    connection_id = world.connect()
    for verb in ("withdraw", "disable", "disconnect", "enable"):
        assert refused(getattr(connections, verb), ADJOIN, connection_id).code == "forbidden"


# Pausing


@pytest.mark.parametrize(("side", "other"), [("maya", "dee"), ("dee", "maya")])
def test_only_the_side_that_paused_may_go_on(world: World, side: str, other: str) -> None:
    mine: Actor = getattr(world, side)
    theirs: Actor = getattr(world, other)
    connection_id = world.connect_active()
    connections.disable(mine, connection_id, "Maintenance", now=world.now)
    assert builders.connection(connection_id).disabled_by == (
        "property" if side == "maya" else "partner"
    )
    refusal = refused(connections.enable, theirs, connection_id)
    assert refusal.code == "disabled_by_other_side"
    assert refusal.owner == ("property" if side == "maya" else "partner")
    connections.enable(mine, connection_id, now=world.now)
    connection = builders.connection(connection_id)
    assert (connection.status, connection.disabled_by, connection.reason) == ("active", None, "")


def test_a_program_stands_on_its_partners_side(world: World) -> None:
    connection_id = world.connect_active()
    program = tokens.authenticate(builders.token_of(connection_id), now=world.now)
    connections.disable(world.dee, connection_id, now=world.now)
    connections.enable(program, connection_id, now=world.now)
    assert builders.connection(connection_id).status == "active"


def test_a_pause_keeps_the_token(world: World) -> None:
    connection_id = world.connect_active()
    clear = builders.token_of(connection_id)
    connections.disable(world.maya, connection_id, now=world.now)
    assert tokens.authenticate(clear, now=world.now).kind == "token"


# The end, and another beginning


def test_disconnect_revokes_the_token_from_the_very_next_request(world: World) -> None:
    connection_id = world.connect_active()
    clear = builders.token_of(connection_id)
    connections.disconnect(world.maya, connection_id, now=world.now)
    assert refused(tokens.authenticate, clear, now=world.now).code == "unauthorized"


def test_disconnect_cancels_what_waits_and_tells_the_partner(world: World) -> None:
    connection_id = world.connect_active()
    connections.disconnect(world.maya, connection_id, "We close.", now=world.now)
    statuses = {m.event: m.status for m in builders.messages_of(connection_id)}
    assert statuses == {
        "connection.requested": "canceled",
        "connection.activated": "canceled",
        "connection.disconnected": "waiting",
    }
    last = builders.messages_of(connection_id, "connection.disconnected")[0]
    assert json.loads(builders.body_of(last))["data"]["reason"] == "We close."


def test_what_was_skipped_for_an_ended_connection_is_not_replayed(world: World) -> None:
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    connection_id = world.connect_active()
    connections.disconnect(world.maya, connection_id, now=world.now)
    endpoints.enable(world.dee, world.d3x_endpoint, now=world.now)
    assert endpoints.replay_skipped(world.dee, world.d3x_endpoint, now=world.now) == 1
    statuses = {m.event: m.status for m in builders.messages_of(connection_id)}
    assert statuses["connection.requested"] == "canceled"
    assert statuses["connection.disconnected"] == "waiting"


def test_what_was_delivered_stays_delivered(world: World) -> None:
    connection_id = world.connect()
    builders.attempt(builders.messages_of(connection_id)[0].id, now=world.now)
    connections.withdraw(world.maya, connection_id, now=world.now)
    assert builders.messages_of(connection_id)[0].status == "delivered"


@pytest.mark.parametrize("end", ["withdraw", "reject", "disconnect"])
def test_reconnect_gives_a_new_token_and_keeps_the_story(world: World, end: str) -> None:
    connection_id = world.connect() if end != "disconnect" else world.connect_active()
    old = builders.token_of(connection_id)
    if end == "reject":
        connections.reject(world.dee, connection_id, "No.", now=world.now)
    else:
        getattr(connections, end)(world.maya, connection_id, now=world.now)
    events = builders.events_of(connection_id)
    assert world.connect(now=world.after(days=1)) == connection_id
    new = builders.token_of(connection_id)
    assert new != old
    assert refused(tokens.authenticate, old, now=world.after(days=1)).code == "unauthorized"
    assert builders.events_of(connection_id) == [*events, "connection.requested"]
    connection = builders.connection(connection_id)
    assert (connection.status, connection.reason, connection.resolved_at) == ("pending", "", None)
    assert connection.requested_at == world.after(days=1)


def test_reconnect_takes_new_answers(world: World) -> None:
    ask_questions("d3x")
    connection_id = connections.connect(
        world.maya, world.hotel, "d3x", {"contact": "Maya"}, now=world.now
    )
    connections.withdraw(world.maya, connection_id, now=world.now)
    assert builders.connection(connection_id).answers == {"contact": "Maya"}
    connections.connect(world.maya, world.hotel, "d3x", {"contact": "Mona"}, now=world.now)
    assert builders.connection(connection_id).answers == {"contact": "Mona"}


def test_a_move_that_the_state_does_not_allow_changes_nothing(world: World) -> None:
    connection_id = world.connect()
    before = builders.snapshot()
    for verb in ("disable", "enable", "disconnect"):
        refusal = refused(getattr(connections, verb), world.maya, connection_id)
        assert refusal.code == "wrong_state"
        assert refusal.message.startswith("D3x is still pending, asked for by Maya at ")
    assert builders.snapshot() == before


@pytest.mark.parametrize(
    "reason", ["x" * 1_001, "a\x00b", "\ud800", "bell\a"], ids=["long", "nul", "surrogate", "bell"]
)
def test_a_reason_that_cannot_be_kept_is_refused_in_words(world: World, reason: str) -> None:
    connection_id = world.connect_active()
    for verb in (connections.disconnect, connections.disable):
        assert refused(verb, world.maya, connection_id, reason).code == "invalid"
    assert builders.connection(connection_id).status == "active"


def test_two_hotels_connect_the_same_app_and_know_nothing_of_each_other(world: World) -> None:
    ours = world.connect()
    theirs = connections.connect(world.charlie, world.lodge, "d3x", now=world.now)
    assert ours != theirs
    assert [row.id for row in subscriptions.of_property(world.maya, world.hotel)] == [ours]
    assert [row.id for row in subscriptions.of_property(world.charlie, world.lodge)] == [theirs]
    assert {row.id for row in subscriptions.of_partner(world.dee, world.d3x)} == {ours, theirs}
    assert subscriptions.of_partner(world.finn, world.freeguides) == ()


def test_each_token_belongs_to_one_connection(world: World) -> None:
    world.connect()
    world.connect("freeguides")
    with database.reading() as session:
        rows = session.exec(select(Token)).all()
    assert len({token.connection_id for token in rows}) == len(rows) == 2


def test_every_change_of_state_is_one_row_of_the_history(world: World) -> None:
    connection_id = world.connect()
    moves: list[tuple[Callable[..., Any], Actor]] = [
        (connections.activate, world.dee),
        (connections.disable, world.dee),
        (connections.enable, world.dee),
        (connections.disconnect, world.maya),
    ]
    moment: datetime = world.now
    for minute, (verb, actor) in enumerate(moves, start=1):
        moment = world.after(minutes=minute)
        verb(actor, connection_id, now=moment)
    page = subscriptions.read(world.noah, connection_id, now=moment)
    assert [(line.event, line.who, line.side) for line in reversed(page.history)] == [
        ("connection.requested", "Maya", "property"),
        ("connection.activated", "Dee", "partner"),
        ("connection.disabled", "Dee", "partner"),
        ("connection.enabled", "Dee", "partner"),
        ("connection.disconnected", "Maya", "property"),
    ]
    assert page.row.since == moment


def test_the_story_tells_a_reconnect_from_the_first_request(world: World) -> None:
    connection_id = world.connect()
    connections.withdraw(world.maya, connection_id, now=world.after(hours=1))
    world.connect(now=world.after(hours=2))
    story = history.of_connection(world.maya, connection_id, now=world.after(hours=2))
    asked = [line.text for line in story if line.event == "connection.requested"]
    assert asked == ["Reconnect was pressed", "Connect was pressed"]
