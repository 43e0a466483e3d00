"""A partner's apps in the hub: which there are, and the texts that the partner writes."""

from nicegui import ElementFilter

from domain import app_drafts, apps
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import complaint, field, fill, press, rows
from tests.ui.hub import CHARLIE, FINN, MAYA, finds_nothing, visit
from tests.ui.patience import until
from ui.components.prose import Prose

PATH = "/hub/apps"
OLGA = "olga@platform.example"


def preview(user: object) -> str:
    with user:  # type: ignore[attr-defined]
        return "".join(one.props["innerHTML"] for one in ElementFilter(kind=Prose))


async def test_the_list_has_the_partners_own_apps_only(world: World, person: Person) -> None:
    world.connect("d3x")
    dee = await visit(person, PATH, "D3x")
    await dee.should_see("In the catalogue")
    await dee.should_see("1 connection")
    await dee.should_not_see("FreeGuides")


async def test_hotels_read_what_the_partner_wrote_once_an_operator_has_published_it(
    world: World, person: Person
) -> None:
    dee = await visit(person, f"{PATH}/d3x", "As hotels would read it")
    fill(dee, "In one sentence", "Explains yesterday before breakfast.")
    fill(dee, "Description", "It has **dashboards**.")
    press(dee, "Send for publishing")
    await dee.should_see("Waits for the platform")
    await dee.should_see("What is different")
    await visit(person, "/apps/d3x", "D3x for hotels", MAYA)
    olga = await visit(person, "/operations/apps", "New texts to publish", OLGA)
    assert [row["href"] for row in rows(olga, "New texts to publish")] == [
        "/operations/apps/d3x#texts"
    ]
    olga = await visit(person, "/operations/apps/d3x", "New texts from D3x Ltd", OLGA)
    await olga.should_see("It has **dashboards**.")
    press(olga, "Publish these texts")
    await olga.should_not_see("New texts from D3x Ltd")
    assert field(olga, "Description").value == "It has **dashboards**."
    await dee.should_not_see("Waits for the platform")
    await visit(person, "/apps/d3x", "Explains yesterday before breakfast.", MAYA)


async def test_texts_that_were_sent_back_say_why_and_are_still_there(
    world: World, person: Person
) -> None:
    texts = {"description": "Cheap.", "setup_notes": ""}
    app_drafts.save(world.dee, "d3x", tagline="The cheapest.", **texts)
    dee = await visit(person, f"{PATH}/d3x", "Waits for the platform")
    olga = await visit(person, "/operations/apps/d3x", "New texts from D3x Ltd", OLGA)
    press(olga, "Decline")
    await olga.should_see("Send these texts back?")
    press(olga, "Send back")
    await until(lambda: complaint(olga, "What should be different?"))
    fill(olga, "What should be different?", "Say what it does <b>instead</b>.")
    press(olga, "Send back")
    await olga.should_see("Sent back to the partner")
    await dee.should_see("Sent back by Olga")
    await dee.should_see("Say what it does <b>instead</b>.")
    assert field(dee, "In one sentence").value == "The cheapest."
    press(dee, "Forget them")
    await dee.should_not_see("Sent back by Olga")
    assert app_drafts.of_app(world.dee, "d3x") is None


async def test_the_preview_follows_what_is_typed_and_runs_nothing(
    world: World, person: Person
) -> None:
    dee = await visit(person, f"{PATH}/d3x", "As hotels would read it")
    fill(
        dee,
        "Description",
        "**Bold** <img src=x onerror=alert(1)> <script>alert(2)</script> [bad](javascript:alert(3))"
        " [good](https://d3x.example)",
    )
    await until(lambda: "<strong>Bold</strong>" in preview(dee))
    shown = preview(dee)
    assert 'href="https://d3x.example"' in shown
    for danger in ("<img", "<script", 'href="javascript:'):
        assert danger not in shown


async def test_a_wrong_text_is_refused_where_it_stands(world: World, person: Person) -> None:
    dee = await visit(person, f"{PATH}/d3x", "As hotels would read it")
    before = apps.sheet(world.dee, "d3x")
    fill(dee, "In one sentence", "  ")
    press(dee, "Send for publishing")
    await until(lambda: complaint(dee, "In one sentence"))
    fill(dee, "In one sentence", "Fine.")
    fill(dee, "Setup notes", "x" * 20_001)
    press(dee, "Send for publishing")
    await until(lambda: complaint(dee, "Setup notes"))
    assert apps.sheet(world.dee, "d3x") == before
    assert app_drafts.of_app(world.dee, "d3x") is None


async def test_it_says_that_operators_decide_the_rest(world: World, person: Person) -> None:
    dee = await visit(person, f"{PATH}/d3x", "Only the platform’s operators change these")
    await dee.should_see("Manual: you activate")


async def test_nobody_else_finds_the_page(world: World, person: Person) -> None:
    await finds_nothing(person, f"{PATH}/d3x", FINN)
    await finds_nothing(person, f"{PATH}/d3x", CHARLIE)
    await finds_nothing(person, f"{PATH}/mews", "dee@d3x.example")
