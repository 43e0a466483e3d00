"""The page of a value mapping: choose, accept, confirm, undo, in two windows at once."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from nicegui import ElementFilter
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from domain import apps, proposals, tokens, value_mappings, value_pages
from domain.proposals import Wanted
from tests import builders, pantry
from tests.builders import World
from tests.pantry import Pantry
from tests.ui.conftest import Person
from tests.ui.hands import fill, go, press
from tests.ui.hub import DEE, finds_nothing, page_words, visit
from tests.ui.patience import until
from ui.components.valuemap import ValueMap
from ui.pages.value_mapping import deciding

MAYA, NOAH, OLGA = "maya@harbour.example", "noah@harbour.example", "olga@platform.example"


@pytest.fixture
def lists(world: World) -> Pantry:
    return pantry.stock(world)


def path(lists: Pantry) -> str:
    return f"/subscriptions/{lists.connection}/mapping"


def component(user: User) -> ValueMap:
    with user:
        return next(iter(ElementFilter(kind=ValueMap)))


def shown(user: User, key: str) -> dict[str, Any]:
    """Return what the page shows of one value."""
    rows = component(user).props["standing"]["rows"]
    return next(row for row in rows if row["key"] == key)


async def send(user: User, event: str, args: Any = None) -> None:
    """Send what the component in the browser would send, or what somebody forged."""
    await until(lambda: not component(user)._running)  # one at a time is heard
    UserInteraction(user, {component(user)}, None).trigger(event, args)
    await asyncio.sleep(0.01)  # it is heard in a task of its own
    await until(lambda: not component(user)._running)


def propose(lists: Pantry, **wanted: Wanted) -> None:
    program = tokens.authenticate(builders.token_of(lists.connection))
    version = value_pages.read(lists.world.maya, lists.connection).version
    proposals.propose(program, lists.connection, wanted, expected_version=version)


async def test_a_choice_is_saved_and_seen_in_the_other_window(
    person: Person, lists: Pantry
) -> None:
    maya, noah = await person(MAYA), await person(NOAH)
    await go(maya, path(lists))
    await go(noah, path(lists))
    await noah.should_see("ask Maya")
    await send(maya, "choose", {"key": "parking", "number": lists.numbers["pro-2"]})
    await until(lambda: shown(maya, "parking")["status"] == "mapped")
    await until(lambda: shown(noah, "parking")["status"] == "mapped")
    await maya.should_see("1 of 4 mapped")


async def test_suggestions_are_accepted_together_and_taken_back(
    person: Person, lists: Pantry
) -> None:
    maya = await person(MAYA)
    await go(maya, path(lists))
    await until(lambda: component(maya).props["standing"]["sure"] == 2)
    await send(maya, "all")
    await until(lambda: component(maya).props["standing"]["undo"])
    assert component(maya).props["standing"]["mapped"] == 2
    await send(maya, "undo")
    await until(lambda: shown(maya, "breakfast")["status"] == "open")
    assert not component(maya).props["standing"]["undo"]
    assert value_pages.read(lists.world.maya, lists.connection).version == 2


async def test_the_news_of_ones_own_change_does_not_take_undo_away(
    lists: Pantry, monkeypatch: pytest.MonkeyPatch
) -> None:
    maya: Any = SimpleNamespace(actor=lists.world.maya)
    page = value_pages.read(lists.world.maya, lists.connection)
    mapping = deciding.Deciding(maya, page, lambda keys: None)
    may_read, load = asyncio.Event(), deciding.load

    async def late(*asked: Any) -> Any:
        await may_read.wait()
        return await load(*asked)

    with monkeypatch.context() as busy:
        busy.setattr(deciding, "load", late)
        news = asyncio.create_task(mapping.refresh())
        await asyncio.sleep(0)  # it has begun, and waits for the database
    await mapping.choose_none("parking")
    assert mapping.standing["undo"]
    may_read.set()
    await news
    assert mapping.standing["undo"]


async def test_what_the_partner_proposes_arrives_and_is_confirmed(
    person: Person, lists: Pantry
) -> None:
    maya = await person(MAYA)
    await go(maya, path(lists))
    propose(lists, breakfast=Wanted(external_id="pro-1"), minibar=Wanted())
    await until(lambda: shown(maya, "breakfast")["status"] == "proposed")
    await send(maya, "confirm", "breakfast")
    await send(maya, "dismiss", "minibar")
    await until(lambda: shown(maya, "minibar")["status"] == "open")
    assert shown(maya, "breakfast")["record"]["name"] == "Breakfast buffet"


async def test_somebody_who_was_slower_reads_why_at_the_row(
    person: Person, lists: Pantry, monkeypatch: pytest.MonkeyPatch
) -> None:
    maya = await person(MAYA)
    await go(maya, path(lists))
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(component(maya), "refuse", lambda *words: told.append(words))
    # The news of it has not come yet.
    monkeypatch.setattr("storage.changes.tell", lambda _: None)
    number = lists.numbers["pro-1"]
    value_mappings.choose(
        lists.world.maya, lists.connection, "breakfast", number, expected_version=0
    )
    await send(maya, "none", "minibar")
    await until(lambda: told)
    assert told[0][0] == "minibar"
    assert "was changed by Maya" in told[0][1]
    assert shown(maya, "breakfast")["status"] == "mapped", "what the other one did is shown"


async def test_an_earlier_version_is_restored(person: Person, lists: Pantry) -> None:
    maya = await person(MAYA)
    await go(maya, path(lists))
    await send(maya, "none", "minibar")
    await send(maya, "clear", "minibar")
    press(maya, "Versions")
    await maya.should_see("Minibar: now open (was No mapping).")
    press(maya, "Restore")
    await until(lambda: shown(maya, "minibar")["status"] == "none")


@pytest.mark.parametrize(
    ("event", "args"),
    [
        ("choose", {"key": "nothing", "number": 1}),
        ("choose", {"key": "minibar", "number": "1"}),
        ("choose", {"key": ["minibar"]}),
        ("choose", None),
        ("none", {"key": "minibar"}),
        ("confirm", 7),
        ("find", {"key": "minibar", "ticket": "x", "text": ""}),
    ],
)
async def test_what_is_forged_changes_nothing(
    person: Person, lists: Pantry, event: str, args: Any
) -> None:
    maya = await person(MAYA)
    await go(maya, path(lists))
    before = builders.snapshot()
    await send(maya, event, args)
    assert builders.snapshot() == before


async def test_a_viewer_can_send_nothing(person: Person, lists: Pantry) -> None:
    noah = await person(NOAH)
    await go(noah, path(lists))
    before = builders.snapshot()
    await send(noah, "none", "minibar")
    await send(noah, "all")
    assert builders.snapshot() == before


async def test_strangers_find_no_page(person: Person, lists: Pantry) -> None:
    for stranger in ("charlie@alpine.example", "finn@freeguides.example", OLGA):
        await finds_nothing(person, path(lists), stranger)


async def test_the_connection_page_says_how_far_it_is_and_what_is_gone(
    person: Person, lists: Pantry
) -> None:
    world = lists.world
    maya = await visit(person, f"/subscriptions/{lists.connection}", "0 of 4 mapped", MAYA)
    await maya.should_see("Still needed: Room revenue, Breakfast.")
    propose(lists, minibar=Wanted())
    await maya.should_see("1 proposal waits for you to confirm.")
    number = lists.numbers["pro-1"]
    value_mappings.choose(world.maya, lists.connection, "breakfast", number, expected_version=1)
    await maya.should_see("1 of 4 mapped")
    lists.change("pro-1", removed_at=world.now)
    await go(maya, f"/subscriptions/{lists.connection}")
    await maya.should_see("A mapped value is gone")


async def test_the_partner_sees_the_mapping_and_no_suggestion(
    person: Person, lists: Pantry
) -> None:
    propose(lists, minibar=Wanted())
    dee = await visit(person, f"/hub/connections/{lists.connection}", "0 of 4 mapped", DEE)
    await dee.should_see("Proposed by you")
    await dee.should_not_see("Breakfast buffet")
    number = lists.numbers["pro-1"]
    value_mappings.choose(
        lists.world.maya, lists.connection, "breakfast", number, expected_version=1
    )
    await dee.should_see("Breakfast buffet (BREAKFAST)")


async def test_an_operator_writes_down_what_an_app_needs(person: Person, lists: Pantry) -> None:
    olga = await person(OLGA)
    await go(olga, "/operations/apps/freeguides")
    press(olga, "Add a value")
    await until(lambda: "What the app calls it" in page_words(olga))
    fill(olga, "What the app calls it", "Welcome drink")
    fill(olga, "Chosen from the hotel’s", "products")
    fill(olga, "The app cannot do without it", True)
    press(olga, "Save")
    await olga.should_see("let the app read them, too")
    fill(olga, "Read products and services", True)
    press(olga, "Save")
    await until(lambda: apps.entry(lists.world.olga, "freeguides").draft.slots)
    assert apps.entry(lists.world.olga, "freeguides").draft.slots == (
        {"key": "welcome_drink", "label": "Welcome drink", "type": "products", "required": True},
    )
    maya = await visit(person, "/apps/freeguides", "Mapped after Connect", MAYA)
    await maya.should_see("Welcome drink")
