"""Deliveries in the hub: the list, every attempt with what came back, and Resend."""

import json

from nicegui import ElementFilter
from nicegui.testing import User

from connectors.result import Result
from domain import attempts, deliveries, endpoints
from storage import database
from storage.partners import Partner
from tests import builders
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import button, labels, press, rows
from tests.ui.hub import CHARLIE, FINN, finds_nothing, page_words, visit
from tests.ui.patience import until
from ui.components.code import Code

PATH = "/hub/deliveries"
HTML = "<html><script>alert(1)</script></html>"


def requested(world: World) -> str:
    """Connect D3x and return the id of the delivery that says so."""
    return builders.messages_of(world.connect("d3x"), "connection.requested")[0].id


def fail(message_id: str, world: World, *, times: int = 1, body: str = "") -> None:
    failure = Result(False, 500, 1234, body, "http_5xx", "The receiver answered 500.")
    for number in range(1, times + 1):
        parcel = attempts.begin(message_id, 1, number, now=world.after(hours=number))
        assert parcel is not None
        attempts.end(parcel, failure, now=world.after(hours=number))


def codes(user: User) -> list[str]:
    with user:
        return [code.props["sources"][0]["text"] for code in ElementFilter(kind=Code)]


async def test_the_list_follows_a_delivery_from_queue_to_receiver(
    world: World, person: Person
) -> None:
    dee = await visit(person, PATH, "Nothing has been sent to you yet.")
    message_id = requested(world)
    await until(lambda: rows(dee, "Deliveries"))
    (row,) = rows(dee, "Deliveries")
    assert (row["event"], row["hotel"], row["status"]) == (
        "Connection requested",
        "Harbour Hotel",
        "waiting",
    )
    builders.attempt(message_id, now=world.now)
    await until(lambda: rows(dee, "Deliveries")[0]["status"] == "delivered")


async def test_failing_means_tried_in_vain(world: World, person: Person) -> None:
    message_id = requested(world)
    dee = await visit(person, f"{PATH}?status=failing", "Nothing is failing.")
    fail(message_id, world)
    await until(lambda: [row["id"] for row in rows(dee, "Deliveries")] == [message_id])
    assert rows(dee, "Deliveries")[0]["outcome"] == "The receiver answered 500."
    assert rows(dee, "Deliveries")[0]["next"]
    builders.attempt(message_id, now=world.after(hours=2))
    await until(lambda: rows(dee, "Deliveries") == [])


async def test_older_deliveries_are_loaded_without_a_gap_and_kept(
    world: World, person: Person
) -> None:
    for _ in range(deliveries.PAGE + 3):  # all in the same moment
        endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.now)
    dee = await visit(person, PATH, "Load older")
    assert len(rows(dee, "Deliveries")) == deliveries.PAGE
    press(dee, "Load older")
    await until(lambda: len(rows(dee, "Deliveries")) == deliveries.PAGE + 3)
    assert "Load older" not in labels(dee)
    endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.after(minutes=1))
    await until(lambda: len(rows(dee, "Deliveries")) == deliveries.PAGE + 4)


async def test_deliveries_of_one_connection_can_be_looked_at_alone(
    world: World, person: Person
) -> None:
    connection_id = world.connect("d3x")
    endpoints.send_test_event(world.dee, world.d3x_endpoint)
    dee = await visit(person, f"{PATH}?connection={connection_id}", "Harbour Hotel")
    assert [row["event"] for row in rows(dee, "Deliveries")] == ["Connection requested"]


async def test_a_failed_attempt_says_what_happened_and_when_the_next_one_comes(
    world: World, person: Person
) -> None:
    message_id = requested(world)
    dee = await visit(person, f"{PATH}/{message_id}", "Nothing has been tried yet.")
    fail(message_id, world)
    for words in (
        "1 of 10 attempts failed",
        "Next attempt",
        "Server error · 500",
        "Attempt 1",
        "took 1.2 s",
    ):
        await dee.should_see(words)
    builders.attempt(message_id, now=world.after(hours=3))
    await dee.should_see("Delivered · 200")
    await dee.should_see("Attempt 2")


async def test_what_the_receiver_answered_is_shown_as_text_and_only_when_asked_for(
    world: World, person: Person
) -> None:
    message_id = requested(world)
    fail(message_id, world, body=HTML)
    dee = await visit(person, f"{PATH}/{message_id}", "Show the answer")
    assert HTML not in page_words(dee)
    press(dee, "Show the answer")
    await until(lambda: HTML in codes(dee))
    press(dee, "Hide the answer")
    await until(lambda: HTML not in codes(dee))


async def test_after_the_last_attempt_it_says_that_nothing_is_lost(
    world: World, person: Person
) -> None:
    message_id = requested(world)
    fail(message_id, world, times=10)
    dee = await visit(person, f"{PATH}/{message_id}", "Adjoin gave up after 10 attempts")
    await dee.should_see("Nothing is lost: put it right, then press Resend.")
    press(dee, "Resend")
    await until(lambda: dee.notify.contains("Resent"))
    parcel = attempts.begin_manual(message_id, now=world.after(hours=11))
    assert parcel is not None
    attempts.end(parcel, builders.answered(200), now=world.after(hours=11))
    await dee.should_see("Resent by hand")
    await dee.should_see("Delivered · 200")


async def test_what_is_canceled_cannot_be_resent(world: World, person: Person) -> None:
    message_id = requested(world)
    dee = await visit(person, f"{PATH}/{message_id}", "On its way")
    endpoints.remove(world.dee, world.d3x_endpoint)
    await dee.should_see("Canceled before it arrived")
    await until(lambda: not button(dee, "Resend").enabled)
    await dee.should_see("A canceled delivery stays canceled.")


async def test_what_was_skipped_leads_to_its_endpoint(world: World, person: Person) -> None:
    endpoints.disable(world.dee, world.d3x_endpoint)
    message_id = requested(world)
    dee = await visit(person, f"{PATH}/{message_id}", "Skipped, because the endpoint was disabled")
    await dee.should_see("Look at the endpoint")


async def test_what_was_sent_is_shown_without_the_token_that_it_carries(
    world: World, person: Person
) -> None:
    connection_id = world.connect("d3x")
    (message,) = builders.messages_of(connection_id)
    dee = await visit(person, f"{PATH}/{message.id}", "an access token, which is never shown")
    said = page_words(dee)
    assert builders.token_of(connection_id) not in said
    sent = next(text for text in codes(dee) if "connection.requested" in text)
    assert "…" in json.loads(sent)["data"]["access_token"]
    assert f"webhook-id: {message.id}" in said


async def test_what_a_mail_says_is_not_shown_because_it_opens_a_token(
    world: World, person: Person
) -> None:
    with database.transaction() as session:
        session.get_one(Partner, world.d3x).notify_by_webhook = False
    (message,) = builders.messages_of(world.connect("d3x"), "connection.requested")
    assert message.channel == "mail"
    dee = await visit(person, f"{PATH}/{message.id}", "Attempts")
    assert codes(dee) == []
    assert "/token/" not in page_words(dee)


async def test_nobody_else_finds_them(world: World, person: Person) -> None:
    message_id = requested(world)
    await finds_nothing(person, f"{PATH}/{message_id}", FINN)
    await finds_nothing(person, f"{PATH}/{message_id}", CHARLIE)
    finn = await visit(person, PATH, "Nothing has been sent to you yet.", FINN)
    assert rows(finn, "Deliveries") == []
