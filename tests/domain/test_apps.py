"""The catalogue, as a property sees it and as operators run it."""

from typing import Any

import pytest

from domain import apps, catalogue, connections
from domain.drafts import Draft
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused

DRAFT = {"name": "Pager", "category": "Guest", "tagline": "Calls guests"}


def create(world: World, **more: Any) -> str:
    usual = {"slug": "pager", "kind": "integrated", "partner_id": world.d3x}
    return apps.create(world.olga, now=world.now, **{**DRAFT, **usual, **more})


def slugs(world: World) -> list[str]:
    return [card.slug for card in catalogue.of_property(world.maya, world.hotel, now=world.now)]


def test_a_card_says_who_developed_it_and_how_it_is_activated(world: World) -> None:
    cards = {
        card.slug: card for card in catalogue.of_property(world.noah, world.hotel, now=world.now)
    }
    said = {slug: (card.developer, card.kind, card.activation) for slug, card in cards.items()}
    assert said == {
        "d3x": ("D3x Ltd", "integrated", "manual"),
        "freeguides": ("FreeGuides", "integrated", "automatic"),
        "mews": ("the platform", "core", ""),
    }


def test_a_card_shows_the_status_at_this_property_only(world: World) -> None:
    connection_id = world.connect()
    ours = {
        card.slug: card for card in catalogue.of_property(world.maya, world.hotel, now=world.now)
    }
    theirs = {
        card.slug: card for card in catalogue.of_property(world.charlie, world.lodge, now=world.now)
    }
    assert (ours["d3x"].status, ours["d3x"].connection_id) == ("pending", connection_id)
    assert (theirs["d3x"].status, theirs["d3x"].connection_id) == (None, None)


@pytest.mark.parametrize(("who", "may"), [("maya", True), ("noah", False)])
def test_a_viewer_reads_why_connect_is_not_for_them_and_who_can(
    world: World, who: str, may: bool
) -> None:
    page = catalogue.read(getattr(world, who), world.hotel, "d3x", now=world.now)
    assert page.card.can_connect == may
    assert (page.card.why_not == "") == may
    assert page.managers == ("Maya",)


def test_what_is_connected_cannot_be_connected_until_it_has_ended(world: World) -> None:
    def can_connect() -> bool:
        return catalogue.read(world.maya, world.hotel, "d3x", now=world.now).card.can_connect

    connection_id = world.connect()
    assert not can_connect()
    connections.withdraw(world.maya, connection_id, now=world.now)
    assert can_connect()


def test_the_page_tells_all_that_matters_before_the_click(world: World) -> None:
    question = {"key": "code", "label": "Property code", "kind": "text", "required": True}
    create(
        world,
        permissions=["reservations:read", "guests:write"],
        questions=[question],
        usual_minutes=120,
        setup_notes="# How",
    )
    apps.publish(world.olga, "pager", now=world.now)
    page = catalogue.read(world.maya, world.hotel, "pager", now=world.now)
    assert page.card.usual.words == "usually 2 hours"
    assert "Read reservations" in repr(page.permissions)
    assert page.questions[0]["label"] == "Property code"
    assert page.contact is not None
    assert page.contact.email == "help@d3x.example"


def test_a_draft_is_for_operators_until_it_is_published(world: World) -> None:
    create(world)
    assert "pager" not in slugs(world)
    assert refused(catalogue.read, world.maya, world.hotel, "pager").code == "not_found"
    apps.publish(world.olga, "pager", now=world.now)
    assert "pager" in slugs(world)


def test_a_retired_app_goes_on_where_it_is_connected(world: World) -> None:
    connection_id = world.connect()
    apps.retire(world.olga, "d3x", now=world.now)
    theirs = catalogue.of_property(world.charlie, world.lodge, now=world.now)
    assert "d3x" in slugs(world)
    assert "d3x" not in [card.slug for card in theirs]
    catalogue.read(world.noah, world.hotel, "d3x", now=world.now)
    assert refused(catalogue.read, world.charlie, world.lodge, "d3x").code == "not_found"
    connections.activate(world.dee, connection_id, now=world.now)
    connections.disconnect(world.maya, connection_id, now=world.now)
    assert refused(world.connect).code == "not_found"
    apps.publish(world.olga, "d3x", now=world.now)
    assert "d3x" in slugs(world)


@pytest.mark.parametrize(
    "wrong",
    [
        {"slug": ""},
        {"slug": "Two Words"},
        {"slug": "../etc"},
        {"slug": "d3x"},
        {"slug": "x" * 41},
        {"name": ""},
        {"name": "x" * 61},
        {"name": "a\x00b"},
        {"tagline": ""},
        {"category": " "},
        {"kind": "other"},
        {"activation": "sometimes"},
        {"partner_id": None},
        {"partner_id": "par_never"},
        {"kind": "core", "vendor": None},
        {"kind": "core", "vendor": "nobody"},
        {"questions": [{"key": "a", "label": "A", "kind": "colour"}]},
        {"questions": [{"key": "a"}]},
        {"questions": [{"label": "A"}, {"label": "A"}]},
        {"questions": [{"key": "a", "label": "A", "pattern": "("}]},
        {"usual_minutes": -1},
        {"description": "x" * 20_001},
    ],
    ids=repr,
)
def test_a_wrong_app_is_refused_with_what_to_do(world: World, wrong: dict[str, Any]) -> None:
    before = builders.snapshot()
    refusal = refused(create, world, **wrong)
    assert refusal.code == "invalid"
    assert builders.snapshot() == before


def test_once_asked_for_an_app_stays_with_its_partner(world: World) -> None:
    draft = Draft(kind="integrated", partner_id=world.freeguides, **DRAFT)
    apps.edit(world.olga, "d3x", draft, now=world.now)
    draft = Draft(kind="integrated", partner_id=world.d3x, **DRAFT)
    apps.edit(world.olga, "d3x", draft, now=world.now)
    world.connect()
    other = Draft(kind="integrated", partner_id=world.freeguides, **DRAFT)
    assert refused(apps.edit, world.olga, "d3x", other, now=world.now).code == "in_use"
    apps.edit(world.olga, "d3x", draft, now=world.now)
