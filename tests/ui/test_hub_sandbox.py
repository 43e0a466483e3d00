"""The sandbox in the hub: made, tried out, reset, removed; nobody else's page."""

import pytest

from domain import connections, invented, sandboxes
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import press
from tests.ui.hub import CHARLIE, FINN, MAYA, confirm, finds_nothing, page_words, visit
from tests.ui.patience import until
from ui.components.secret import Secret

PATH = "/hub/sandbox"
NONE_YET, READY = "No sandbox yet", "Invented; nobody in it is a real person."


@pytest.fixture(autouse=True)
def _few_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invented, "FLOORS", 1)
    monkeypatch.setattr(invented, "ROOMS_PER_FLOOR", 2)


def connection_of(world: World) -> str:
    found = sandboxes.read(world.dee, world.d3x)
    assert found is not None
    return found.doors[0].connection_id or ""


async def test_a_sandbox_is_made_with_a_request_for_each_app(world: World, person: Person) -> None:
    dee = await visit(person, PATH, NONE_YET)
    press(dee, "Make a sandbox")
    await dee.should_see(READY)
    await dee.should_see("It is your turn, as with any hotel")
    await dee.should_see("D3x")
    await dee.should_not_see(NONE_YET)


async def test_its_token_is_shown_without_a_password(
    world: World, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(Secret, "reveal", lambda _, value: shown.append(value))
    sandboxes.make(world.dee, world.d3x)
    dee = await visit(person, PATH, READY)
    dee.find(kind=Secret).trigger("show")
    await until(lambda: shown == [sandboxes.reveal_token(world.dee, connection_of(world))])


async def test_something_is_made_to_happen(world: World, person: Person) -> None:
    sandboxes.make(world.dee, world.d3x)
    connections.activate(world.dee, connection_of(world))
    dee = await visit(person, PATH, READY)
    await dee.should_see("nothing yet")
    press(dee, "Make something happen")
    await dee.should_see("3 reservations made, 5 changed, 2 canceled")
    await until(lambda: "nothing yet" not in page_words(dee))


async def test_what_a_program_does_is_seen_at_once(world: World, person: Person) -> None:
    sandboxes.make(world.dee, world.d3x)
    dee = await visit(person, PATH, READY)
    connections.activate(world.dee, connection_of(world))
    await dee.should_see("Active")
    connections.disconnect(world.dee, connection_of(world))
    await dee.should_see("cannot read anything for it until it is connected")
    press(dee, "Connect")
    await dee.should_see("It is your turn, as with any hotel")


async def test_it_is_removed_after_a_question(world: World, person: Person) -> None:
    sandboxes.make(world.dee, world.d3x)
    dee = await visit(person, PATH, READY)
    press(dee, "Remove")
    await dee.should_see("Remove the sandbox?")
    assert sandboxes.read(world.dee, world.d3x) is not None
    confirm(dee, "Remove")
    await dee.should_see(NONE_YET)


async def test_nobody_else_finds_it(world: World, person: Person) -> None:
    sandboxes.make(world.dee, world.d3x)
    await visit(person, PATH, NONE_YET, FINN)
    for email in (MAYA, CHARLIE):
        await finds_nothing(person, PATH, email)
