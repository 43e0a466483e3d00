"""What a partner writes about its app: hotels read it once an operator has published it."""

from typing import Any

from domain import app_drafts, apps, catalogue, notices, operations
from domain.drafts import Draft
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused

TEXTS = {"tagline": "Calls guests", "description": "It **calls**.", "setup_notes": "1. Plug in"}


def save(world: World, slug: str = "d3x", **other: str) -> None:
    app_drafts.save(world.dee, slug, **{**TEXTS, **other}, now=world.now)


def read_by_hotels(world: World) -> str:
    return catalogue.read(world.maya, world.hotel, "d3x", now=world.now).card.tagline


def draft(world: World) -> Any:
    return app_drafts.of_app(world.olga, "d3x", now=world.now)


def test_hotels_read_the_old_texts_until_an_operator_publishes(world: World) -> None:
    save(world)
    assert read_by_hotels(world) == "D3x for hotels"
    assert [row.slug for row in app_drafts.waiting(world.olga)] == ["d3x"]
    app_drafts.publish(world.olga, "d3x", 1, now=world.now)
    sheet = apps.sheet(world.dee, "d3x", now=world.now)
    assert {name: getattr(sheet, name) for name in TEXTS} == TEXTS
    assert read_by_hotels(world) == "Calls guests"
    assert draft(world) is None
    assert app_drafts.count_waiting(world.olga) == 0


def test_what_is_declined_comes_back_with_the_reason_and_may_be_tried_again(world: World) -> None:
    save(world)
    assert refused(app_drafts.decline, world.olga, "d3x", 1, "  ").code == "invalid"
    app_drafts.decline(world.olga, "d3x", 1, "Say what it costs.", now=world.now)
    mine = app_drafts.of_app(world.dee, "d3x", now=world.now)
    assert mine is not None
    assert (mine.status, mine.note, mine.decided_by) == ("declined", "Say what it costs.", "Olga")
    assert refused(app_drafts.publish, world.olga, "d3x", 1).code == "wrong_state"
    save(world, tagline="Calls guests, for nothing")
    assert (draft(world).status, draft(world).version, draft(world).note) == ("waiting", 2, "")


def test_nobody_decides_about_other_words_than_they_read(world: World) -> None:
    save(world)
    save(world, tagline="Something else")
    for verb, words in ((app_drafts.publish, ()), (app_drafts.decline, ("No.",))):
        assert refused(verb, world.olga, "d3x", 1, *words).code == "changed_meanwhile"
    assert read_by_hotels(world) == "D3x for hotels"


def test_what_is_different_is_shown_with_what_it_was(world: World) -> None:
    save(world, tagline="D3x for good hotels", description="", setup_notes="")
    (change,) = draft(world).changes
    assert change.label == "In one sentence"
    assert [(line.kind, line.text) for line in change.lines] == [
        ("out", "D3x for hotels"),
        ("in", "D3x for good hotels"),
    ]


def test_a_partner_takes_its_draft_back(world: World) -> None:
    save(world)
    app_drafts.withdraw(world.dee, "d3x", now=world.now)
    assert draft(world) is None
    assert refused(app_drafts.publish, world.olga, "d3x", 1).code == "wrong_state"
    assert refused(app_drafts.withdraw, world.dee, "d3x").code == "wrong_state"


def test_texts_that_hotels_read_already_are_no_draft(world: World) -> None:
    sheet = apps.sheet(world.dee, "d3x", now=world.now)
    same = {name: getattr(sheet, name) for name in TEXTS}
    assert refused(app_drafts.save, world.dee, "d3x", **same).code == "no_change"
    assert draft(world) is None


def test_a_partner_writes_about_its_own_apps_only_and_in_bounds(world: World) -> None:
    before = builders.snapshot()
    for who in (world.finn, world.maya, world.charlie, world.olga):
        assert refused(app_drafts.save, who, "d3x", **TEXTS).code == "not_found"
    for wrong in ({"tagline": " "}, {"tagline": "x" * 161}, {"description": "x" * 20_001}):
        assert refused(app_drafts.save, world.dee, "d3x", **{**TEXTS, **wrong}).code == "invalid"
    assert builders.snapshot() == before


def test_operators_see_on_their_first_page_that_texts_wait(world: World) -> None:
    assert operations.overview(world.olga).texts == 0
    save(world)
    assert operations.overview(world.olga).texts == 1


def test_whoever_is_next_is_given_notice(world: World) -> None:
    def told(who: str) -> list[str]:
        return [row.title for row in notices.of_person(getattr(world, who), now=world.now)]

    save(world)
    assert told("olga") == ["New texts for D3x"]
    app_drafts.decline(world.olga, "d3x", 1, "No.", now=world.now)
    assert (told("olga"), told("dee")) == ([], ["D3x: your texts were sent back"])
    assert told("finn") == told("maya") == told("charlie") == []


def test_another_partner_finds_no_draft_of_the_one_before(world: World) -> None:
    save(world)
    other = Draft("D3x", "Guest", "Texts", partner_id=world.freeguides)
    apps.edit(world.olga, "d3x", other, now=world.now)
    assert app_drafts.of_app(world.finn, "d3x", now=world.now) is None
