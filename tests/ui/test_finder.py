"""The page of the ID finder: it finds while somebody types, and masks what viewers must not see."""

from typing import Any

import pytest
from nicegui import ElementFilter
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from tests import pantry
from tests.builders import World
from tests.pantry import Pantry
from tests.ui.conftest import Person
from tests.ui.hands import go
from tests.ui.hub import finds_nothing
from tests.ui.patience import until
from ui.components.finder import Finder

MAYA, NOAH = "maya@harbour.example", "noah@harbour.example"


@pytest.fixture
def lists(world: World) -> Pantry:
    return pantry.stock(world)


def component(user: User) -> Finder:
    with user:
        return next(iter(ElementFilter(kind=Finder)))


def found(user: User) -> list[str]:
    return [hit["external_id"] for hit in component(user).props["found"]]


def send(user: User, event: str, args: Any) -> None:
    UserInteraction(user, {component(user)}, None).trigger(event, args)


async def test_what_is_typed_is_found_and_opened(person: Person, lists: Pantry) -> None:
    maya = await person(MAYA)
    await go(maya, "/find")
    send(maya, "find", {"ticket": 1, "text": "PRK"})
    await until(lambda: found(maya) == ["pro-2"])
    send(maya, "open", {"type": "products", "number": lists.numbers["pro-2"]})
    await maya.should_see("Parking space")


async def test_a_search_can_be_shared_by_its_address(person: Person, lists: Pantry) -> None:
    noah = await person(NOAH)
    await go(noah, "/find?q=4000")
    assert found(noah) == ["acc-1"]


@pytest.mark.parametrize(
    ("event", "args"),
    [
        ("find", {"ticket": "1", "text": "PRK"}),
        ("find", {"ticket": 1, "text": ["PRK"]}),
        ("find", None),
        ("open", {"type": "people", "number": 1}),
        ("open", {"type": "products", "number": "../.."}),
    ],
)
async def test_what_is_forged_is_not_heard(
    person: Person, lists: Pantry, event: str, args: Any
) -> None:
    maya = await person(MAYA)
    await go(maya, "/find?q=DOG")
    send(maya, event, args)
    send(maya, "find", {"ticket": 2, "text": "dog bed"})
    await until(lambda: found(maya) == ["pro-3"])


async def test_partners_and_operators_have_no_finder(person: Person, lists: Pantry) -> None:
    await finds_nothing(person, "/find", "dee@d3x.example")
    await finds_nothing(person, "/find", "olga@platform.example")


async def test_charlie_finds_only_what_is_his(person: Person, lists: Pantry) -> None:
    charlie = await person("charlie@alpine.example")
    await go(charlie, "/find?q=BREAKFAST")
    with charlie:
        hits = component(charlie).props["found"]
    assert [hit["name"] for hit in hits] == ["Brotzeit"]
