"""Connections in the hub: the list, and the page of one with its moves, receipt and story."""

import pytest

from domain import connections, deliveries, endpoints, partners, subscriptions, tokens
from tests import builders
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import fill, labels, press, rows
from tests.ui.hub import CHARLIE, FINN, confirm, finds_nothing, page_words, steps, visit
from tests.ui.patience import until
from ui.components.ago import moment

PATH = "/hub/connections"


def deliver(connection_id: str, world: World) -> None:
    for message in builders.messages_of(connection_id):
        builders.attempt(message.id, now=world.now)


async def test_the_list_says_whose_turn_it_is_in_the_partners_words(
    world: World, person: Person
) -> None:
    connection_id = world.connect("d3x")
    dee = await visit(person, PATH, "Harbour Hotel")
    (row,) = rows(dee, "Connections")
    assert (row["status"], row["turn"]) == ("pending", "Your turn")
    connections.activate(world.dee, connection_id)
    await until(lambda: rows(dee, "Connections")[0]["status"] == "active")


async def test_a_filter_shows_only_its_status(world: World, person: Person) -> None:
    world.connect_active()
    connections.connect(world.charlie, world.lodge, "d3x", now=world.now)
    dee = await visit(person, f"{PATH}?status=pending", "Alpine Lodge")
    assert [row["hotel"] for row in rows(dee, "Connections")] == ["Alpine Lodge"]
    await dee.open(f"{PATH}?status=rejected")
    await dee.should_see("No connection is rejected.")
    await dee.open(f"{PATH}?app=other")
    await dee.should_see("Connections of all apps")
    assert rows(dee, "Connections") == []


async def test_the_partner_can_write_to_who_asked_while_there_is_a_connection(
    world: World, person: Person
) -> None:
    connection_id = world.connect_active()
    dee = await visit(person, f"{PATH}/{connection_id}", "maya@harbour.example")
    assert subscriptions.read(world.noah, connection_id).requested_by_email == ""
    connections.disconnect(world.maya, connection_id)
    await dee.should_not_see("maya@harbour.example")


async def test_the_way_says_since_when_it_is_active(world: World, person: Person) -> None:
    dee = await visit(person, f"{PATH}/{world.connect_active()}", "How far it is")
    assert f"'text': 'since {moment(world.now, 'UTC')}'" in page_words(dee)


async def test_an_unknown_filter_shows_everything(world: World, person: Person) -> None:
    world.connect("d3x")
    dee = await visit(person, f"{PATH}?status='%20or%201", "Harbour Hotel")
    assert len(rows(dee, "Connections")) == 1


async def test_a_pending_connection_is_activated_on_its_page_and_the_page_follows(
    world: World, person: Person
) -> None:
    connection_id = world.connect("d3x")
    dee = await visit(person, f"{PATH}/{connection_id}", "Harbour Hotel waits for you.")
    assert steps(dee) == {
        "Requested": "done",
        "You were told": "now",
        "Active": "next",
        "In use": "next",
    }
    deliver(connection_id, world)
    await until(lambda: steps(dee)["Active"] == "now")
    press(dee, "Activate")
    await dee.should_see("D3x is connected with Harbour Hotel and works")
    await dee.should_see("Activated")
    assert {"Disable", "Disconnect"} <= labels(dee)
    assert not {"Activate", "Reject"} & labels(dee)
    assert steps(dee)["Active"] == "done"


async def test_only_the_side_that_paused_may_go_on(world: World, person: Person) -> None:
    connection_id = world.connect_active()
    dee = await visit(person, f"{PATH}/{connection_id}", "Nothing to do")
    press(dee, "Disable")
    await dee.should_see("Disable D3x at Harbour Hotel")
    fill(dee, "Reason", "The invoice of October is open.")
    confirm(dee, "Disable")
    await dee.should_see("Paused by you")
    await dee.should_see("The invoice of October is open.")
    press(dee, "Enable")
    await dee.should_see("Nothing to do")
    connections.disable(world.maya, connection_id)
    await dee.should_see("Paused by Harbour Hotel")
    assert "Enable" not in labels(dee)


async def test_disconnecting_says_what_stops_and_ends_the_token(
    world: World, person: Person
) -> None:
    connection_id = world.connect_active()
    dee = await visit(person, f"{PATH}/{connection_id}", "Nothing to do")
    press(dee, "Disconnect")
    await dee.should_see("The access token is revoked at once")
    confirm(dee, "Disconnect")
    await dee.should_see("The connection has ended, and its token with it.")
    await dee.should_see("Please delete what you no longer need")
    assert builders.connection(connection_id).status == "disconnected"


async def test_the_token_is_masked_and_nowhere_in_the_page(world: World, person: Person) -> None:
    connection_id = world.connect_active()
    token = builders.token_of(connection_id)
    dee = await visit(person, f"{PATH}/{connection_id}", f"{token[4:8]}…{token[-4:]}")
    words = page_words(dee)
    assert token not in words
    assert token[4:] not in words
    assert "Show" not in labels(dee)


async def test_resend_makes_one_more_attempt_of_the_delivery_that_carries_the_token(
    world: World, person: Person
) -> None:
    connection_id = world.connect("d3x")
    deliver(connection_id, world)
    dee = await visit(person, f"{PATH}/{connection_id}", "Access token")
    press(dee, "Resend")
    await until(lambda: dee.notify.contains("Resent"))
    assert [message.status for message in builders.messages_of(connection_id)] == ["delivered"]


async def test_each_way_has_its_own_resend(world: World, person: Person) -> None:
    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=True,
        by_mail=True,
        mail_to="hooks@d3x.example",
        token_in_mail=False,
    )
    connection_id = world.connect("d3x")
    dee = await visit(person, f"{PATH}/{connection_id}", "Access token")
    assert {"Resend by webhook", "Resend by mail"} <= labels(dee)
    press(dee, "Resend by mail")
    await until(lambda: len(builders.messages_of(connection_id)) == 3)


async def test_resend_says_why_it_cannot(world: World, person: Person) -> None:
    connection_id = world.connect("d3x")
    endpoints.disable(world.dee, world.d3x_endpoint)
    dee = await visit(person, f"{PATH}/{connection_id}", "Access token")
    press(dee, "Resend")
    await until(lambda: dee.notify.contains("Enable the endpoint first."))


async def test_after_a_rotation_both_tokens_have_their_receipt(
    world: World, person: Person
) -> None:
    connection_id = world.connect_active()
    tokens.rotate(world.maya, connection_id)
    dee = await visit(person, f"{PATH}/{connection_id}", "Works until")
    await dee.should_see("Superseded")
    await dee.should_see("Access token rotated")


async def test_nobody_else_finds_the_page(world: World, person: Person) -> None:
    connection_id = world.connect("d3x")
    await finds_nothing(person, f"{PATH}/{connection_id}", FINN)
    await finds_nothing(person, f"{PATH}/{connection_id}", CHARLIE)
    await finds_nothing(person, f"{PATH}/not-there", "dee@d3x.example")


async def test_resend_reaches_every_endpoint_however_much_was_sent_since(
    world: World, person: Person
) -> None:
    endpoints.create(world.dee, world.d3x, "https://hooks.d3x.example/second", now=world.now)
    connection_id = world.connect_active()
    for _ in range(15):  # four deliveries a round: more than one page
        connections.disable(world.dee, connection_id)
        connections.enable(world.dee, connection_id)
    tried: list[str] = []
    resend = deliveries.resend
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliveries, "resend", lambda actor, it: (tried.append(it), resend(actor, it)))
        dee = await visit(person, f"{PATH}/{connection_id}", "All its deliveries")
        press(dee, "Resend")
        await until(lambda: dee.notify.contains("Resent"))
    carriers = builders.messages_of(connection_id, "connection.requested")
    assert sorted(tried) == sorted(message.id for message in carriers)
