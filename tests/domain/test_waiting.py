"""While a request waits: one nudge a day, two reminders, and how long it usually takes."""

import pytest
from sqlmodel import select

from domain import (
    apps,
    catalogue,
    connections,
    partners,
    subscriptions,
    waiting,
    waiting_times,
)
from storage import database
from storage.apps import App
from storage.partners import Partner
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused


def nudges(connection_id: str) -> list[str]:
    return [m.mail_to for m in builders.messages_of(connection_id, "connection.nudged")]


def reminders(connection_id: str) -> int:
    return len(builders.messages_of(connection_id, "connection.reminded"))


def test_a_nudge_is_a_mail_to_the_partners_contact(world: World) -> None:
    connection_id = world.connect()
    waiting.nudge(world.maya, connection_id, now=world.after(hours=3))
    (message,) = builders.messages_of(connection_id, "connection.nudged")
    assert message.mail_to == "help@d3x.example"
    assert message.subject == "Harbour Hotel is waiting for D3x"
    text = builders.body_of(message)
    assert "Maya of Harbour Hotel asks you" in text
    assert "3 hours" in text
    assert builders.events_of(connection_id)[-1] == "connection.nudged"


def test_a_nudge_goes_out_once_a_day(world: World) -> None:
    connection_id = world.connect()
    waiting.nudge(world.maya, connection_id, now=world.now)
    almost = world.after(hours=23, minutes=59)
    assert refused(waiting.nudge, world.maya, connection_id, now=almost).code == "nudged_today"
    page = subscriptions.read(world.maya, connection_id, now=almost)
    assert page.next_nudge_at == world.after(hours=24)
    waiting.nudge(world.maya, connection_id, now=world.after(hours=24))
    assert len(nudges(connection_id)) == 2


def test_a_new_request_may_be_nudged_at_once(world: World) -> None:
    connection_id = world.connect()
    waiting.nudge(world.maya, connection_id, now=world.now)
    connections.withdraw(world.maya, connection_id, now=world.now)
    world.connect()
    waiting.nudge(world.maya, connection_id, now=world.now)
    assert len(nudges(connection_id)) == 2


@pytest.mark.parametrize("end", ["activate", "reject", "withdraw"])
def test_an_answered_request_needs_no_nudge(world: World, end: str) -> None:
    connection_id = world.connect()
    if end == "withdraw":
        connections.withdraw(world.maya, connection_id, now=world.now)
    else:
        arguments = ("No.",) if end == "reject" else ()
        getattr(connections, end)(world.dee, connection_id, *arguments, now=world.now)
    assert refused(waiting.nudge, world.maya, connection_id, now=world.now).code == "wrong_state"
    assert nudges(connection_id) == []


def test_without_a_contact_the_nudge_says_whose_fault_that_is(world: World) -> None:
    with database.transaction() as session:
        session.get_one(Partner, world.d3x).contact_email = ""
    connection_id = world.connect()
    refusal = refused(waiting.nudge, world.maya, connection_id, now=world.now)
    assert (refusal.code, refusal.owner) == ("no_contact", "partner")
    assert builders.connection(connection_id).nudged_at is None


def test_reminders_go_out_after_one_day_and_after_three_and_then_no_more(world: World) -> None:
    connection_id = world.connect()
    sent = {
        hours: waiting.remind(now=world.after(hours=hours))
        for hours in (1, 23.9, 24, 24.1, 71.9, 72, 72.1, 96, 1_000)
    }
    assert sent == {1: 0, 23.9: 0, 24: 1, 24.1: 0, 71.9: 0, 72: 1, 72.1: 0, 96: 0, 1_000: 0}
    assert reminders(connection_id) == 2


def test_after_a_long_silence_of_our_own_one_reminder_is_enough(world: World) -> None:
    connection_id = world.connect()
    sent = [waiting.remind(now=world.after(hours=100, minutes=minutes)) for minutes in (0, 10)]
    assert (sent, reminders(connection_id)) == ([1, 0], 1)


@pytest.mark.parametrize("end", ["activate", "reject", "withdraw"])
def test_no_reminder_about_an_answered_request(world: World, end: str) -> None:
    connection_id = world.connect()
    if end == "withdraw":
        connections.withdraw(world.maya, connection_id, now=world.now)
    else:
        arguments = ("No.",) if end == "reject" else ()
        getattr(connections, end)(world.dee, connection_id, *arguments, now=world.now)
    assert waiting.remind(now=world.after(hours=100)) == 0


def test_a_new_request_is_reminded_of_anew(world: World) -> None:
    connection_id = world.connect()
    waiting.remind(now=world.after(hours=24))
    connections.withdraw(world.maya, connection_id, now=world.after(hours=25))
    world.connect(now=world.after(hours=26))
    assert waiting.remind(now=world.after(hours=49)) == 0
    assert waiting.remind(now=world.after(hours=50)) == 1


def test_reminders_leave_no_request_behind_one_that_cannot_be_reminded_of(world: World) -> None:
    with database.transaction() as session:
        session.get_one(Partner, world.d3x).contact_email = ""
    world.connect("d3x")
    other = world.connect("freeguides")
    assert waiting.remind(now=world.after(hours=24)) == 1
    assert reminders(other) == 1


# How long it usually takes


def usual(world: World, slug: str = "d3x") -> apps.Usual:
    return catalogue.read(world.maya, world.hotel, slug, now=world.now).card.usual


def promise(slug: str, minutes: int) -> None:
    with database.transaction() as session:
        session.exec(select(App).where(App.slug == slug)).one().usual_minutes = minutes


def test_before_any_history_the_partners_promise_counts(world: World) -> None:
    assert usual(world).words == ""
    promise("d3x", 90)
    assert (usual(world).minutes, usual(world).samples) == (90, 0)


def test_the_usual_time_is_the_median_of_an_apps_own_history(world: World) -> None:
    promise("d3x", 5)
    for number, hours in enumerate((1, 2, 50)):
        with builders.adding() as rows:
            hotel = builders.add_property(rows, f"Hotel {number}", world.now)
            mona = builders.add_person(
                rows, f"mona{number}@x.example", "manager", hotel, now=world.now
            )
        connection_id = connections.connect(mona, hotel, "d3x", now=world.now)
        connections.activate(world.dee, connection_id, now=world.after(hours=hours))
    assert (usual(world).minutes, usual(world).samples) == (120, 3)
    assert usual(world).words == "usually 2 hours"
    assert usual(world, "freeguides").samples == 0


def test_a_reconnect_forgets_no_activation(world: World) -> None:
    connection_id = world.connect()
    connections.activate(world.dee, connection_id, now=world.after(hours=1))
    connections.disconnect(world.maya, connection_id, now=world.after(hours=2))
    world.connect(now=world.after(hours=3))
    assert (usual(world).minutes, usual(world).samples) == (60, 1)
    connections.activate(world.dee, connection_id, now=world.after(hours=6))
    assert (usual(world).minutes, usual(world).samples) == (120, 2)


def test_only_the_last_activations_count(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_times, "SAMPLES", 2)
    for day, hours in enumerate((20, 1, 3)):
        connection_id = world.connect(now=world.after(days=day))
        connections.activate(world.dee, connection_id, now=world.after(days=day, hours=hours))
        connections.disconnect(world.maya, connection_id, now=world.after(days=day, hours=hours))
    assert (usual(world).minutes, usual(world).samples) == (120, 2)


@pytest.mark.parametrize("end", ["reject", "withdraw"])
def test_only_activations_count(world: World, end: str) -> None:
    connection_id = world.connect()
    if end == "reject":
        connections.reject(world.dee, connection_id, "No.", now=world.after(hours=1))
    else:
        connections.withdraw(world.maya, connection_id, now=world.after(hours=1))
    assert usual(world).samples == 0


def test_a_request_that_waits_longer_than_usual_says_so(world: World) -> None:
    promise("d3x", 60)
    connection_id = world.connect()
    for minutes, longer in ((59, False), (61, True)):
        page = subscriptions.read(world.noah, connection_id, now=world.after(minutes=minutes))
        assert page.row.takes_longer == longer


def test_the_waiting_hotel_knows_whom_to_contact(world: World) -> None:
    partners.save_contact(
        world.dee,
        world.d3x,
        contact_name="Dee Dunbar",
        contact_email="Dee@D3x.example",
        contact_phone="+49 30 1234",
        website="https://d3x.example",
        now=world.now,
    )
    page = subscriptions.read(world.noah, world.connect(), now=world.now)
    assert page.contact is not None
    assert (page.contact.name, page.contact.email) == ("Dee Dunbar", "dee@d3x.example")
    assert page.row.turn.whose == "partner"
