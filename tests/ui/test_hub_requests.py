"""Requests in the hub: who waits, what they answered, and how the partner answers them."""

import pytest
from sqlmodel import select

from domain import connections, waiting
from storage import database
from storage.apps import App
from tests import builders
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import complaint, fill, go, labels, press
from tests.ui.hub import CHARLIE, DEE, FINN, confirm, finds_nothing, order, page_words, visit
from tests.ui.patience import until
from ui.pages.hub import requests

PATH, NONE = "/hub/requests", "Nobody is waiting"
WHY = "Why do you reject it?"


@pytest.fixture(autouse=True)
def answered_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "ANSWERED_STAYS", 0.01)


async def test_a_request_says_who_asked_and_what_they_answered(
    world: World, person: Person
) -> None:
    with database.transaction() as session:
        app = session.exec(select(App).where(App.slug == "d3x")).one()
        app.questions = [{"key": "code", "label": "Property code", "required": True}]
    connections.connect(world.maya, world.hotel, "d3x", {"code": "HH-02"}, now=world.now)
    dee = await visit(person, PATH, "Harbour Hotel wants D3x")
    for words in ("Maya asked", "Property code", "HH-02", "Your turn"):
        await dee.should_see(words)


async def test_the_longest_waiting_comes_first_and_is_marked(world: World, person: Person) -> None:
    with database.transaction() as session:
        session.exec(select(App).where(App.slug == "d3x")).one().usual_minutes = 60
    connections.connect(world.maya, world.hotel, "d3x", now=world.now)
    connections.connect(world.charlie, world.lodge, "d3x", now=world.after(hours=-3))
    dee = await visit(person, PATH, "Harbour Hotel wants D3x")
    assert order(dee, "Harbour Hotel wants D3x", "Alpine Lodge wants D3x") == [
        "Alpine Lodge wants D3x",
        "Harbour Hotel wants D3x",
    ]
    await dee.should_see("Longer than usual")
    await dee.should_see("usually 1 hour")


async def test_one_press_activates_a_request_and_takes_it_off_the_list(
    world: World, person: Person
) -> None:
    connection_id = world.connect("d3x")
    dee = await visit(person, PATH, "Harbour Hotel wants D3x")
    press(dee, "Activate")
    await dee.should_see(NONE)
    assert builders.connection(connection_id).status == "active"
    assert dee.notify.contains("D3x is active at Harbour Hotel.")


@pytest.mark.parametrize("path", [PATH, "/"])
async def test_an_answered_request_keeps_its_place_so_that_a_double_click_meets_no_other(
    world: World, person: Person, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(requests, "ANSWERED_STAYS", 60)
    connection_id = world.connect("d3x")
    dee = await visit(person, path, "Harbour Hotel wants D3x")
    press(dee, "Activate")
    await dee.should_see("Activated")
    await dee.should_see("Harbour Hotel wants D3x")
    await dee.should_not_see(NONE)
    assert not {"Activate", "Reject"} & labels(dee)
    connections.disconnect(world.maya, connection_id)
    world.connect("d3x")
    await until(lambda: "Activate" in labels(dee))
    await dee.should_not_see("Activated")


async def test_a_request_says_whom_to_write_to_unless_the_hotel_answered_that(
    world: World, person: Person
) -> None:
    world.connect("d3x")
    dee = await visit(person, PATH, "Harbour Hotel wants D3x")
    await dee.should_see("maya@harbour.example")
    with database.transaction() as session:
        app = session.exec(select(App).where(App.slug == "d3x")).one()
        app.questions = [{"key": "desk", "label": "Contact", "kind": "email"}]
    desk = {"desk": "desk@alpine.example"}
    connections.connect(world.charlie, world.lodge, "d3x", desk, now=world.now)
    await dee.should_see("desk@alpine.example")
    await dee.should_not_see("charlie@alpine.example")


async def test_a_nudge_shows_on_the_request(world: World, person: Person) -> None:
    connection_id = world.connect("d3x")
    dee = await visit(person, PATH, "Harbour Hotel wants D3x")
    await dee.should_not_see("nudged")
    waiting.nudge(world.maya, connection_id)
    await dee.should_see("nudged")


async def test_a_request_is_not_rejected_without_a_reason(world: World, person: Person) -> None:
    connection_id = world.connect("d3x")
    dee = await visit(person, PATH, "Harbour Hotel wants D3x")
    press(dee, "Reject")
    await dee.should_see("Reject the request of Harbour Hotel")
    confirm(dee, "Reject")
    await until(lambda: complaint(dee, WHY))
    assert complaint(dee, WHY) == "Write why you reject the request; the property reads it."
    assert builders.connection(connection_id).status == "pending"


async def test_the_hotel_reads_why_its_request_was_rejected(world: World, person: Person) -> None:
    connection_id = world.connect("d3x")
    dee = await visit(person, PATH, "Harbour Hotel wants D3x")
    press(dee, "Reject")
    await dee.should_see("Reject the request of Harbour Hotel")
    fill(dee, WHY, "The code {hotel} is unknown to us.")
    confirm(dee, "Reject")
    await dee.should_see(NONE)
    assert builders.connection(connection_id).status == "rejected"
    assert dee.notify.contains("Harbour Hotel reads your reason")
    await visit(
        person,
        f"/subscriptions/{connection_id}",
        "The code {hotel} is unknown to us.",
        "maya@harbour.example",
    )


async def test_who_comes_second_is_told_politely_who_was_first(
    world: World, person: Person
) -> None:
    connection_id = world.connect("d3x")
    dee = await visit(person, PATH, "Harbour Hotel wants D3x")
    connections.activate(world.dee, connection_id)
    press(dee, "Activate")
    await until(lambda: dee.notify.contains("D3x is active already, set by Dee"))


async def test_a_new_request_appears_without_a_reload(world: World, person: Person) -> None:
    dee = await visit(person, PATH, NONE)
    connection_id = world.connect("d3x")
    await dee.should_see("Harbour Hotel wants D3x")
    await dee.should_not_see(NONE)
    connections.withdraw(world.maya, connection_id)
    await dee.should_see(NONE)
    await dee.should_not_see("Harbour Hotel wants D3x")


async def test_the_menu_counts_who_waits(world: World, person: Person) -> None:
    world.connect("d3x")
    dee = await visit(person, PATH, "Harbour Hotel wants D3x")
    await until(lambda: "'label': 'Requests', 'icon': 'hourglass', 'count': 1" in page_words(dee))


async def test_other_partners_and_hotels_see_none_of_it(world: World, person: Person) -> None:
    world.connect("d3x")
    finn = await visit(person, PATH, NONE, FINN)
    await finn.should_not_see("Harbour Hotel")
    await finds_nothing(person, PATH, CHARLIE)
    assert await visit(person, PATH, "Harbour Hotel wants D3x", DEE)


async def test_requests_are_looked_through_by_their_age(world: World, person: Person) -> None:
    connections.connect(world.maya, world.hotel, "d3x")
    connections.connect(world.charlie, world.lodge, "d3x", now=world.after(days=-2))
    dee = await visit(person, f"{PATH}?age=days", "Alpine Lodge wants D3x")
    await dee.should_not_see("Harbour Hotel wants D3x")
    await go(dee, f"{PATH}?age=nonsense")
    await dee.should_see("Harbour Hotel wants D3x")
