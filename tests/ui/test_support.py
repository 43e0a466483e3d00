"""A hotel's cases: reporting, reading, answering, agreeing, and the files that go along."""

import httpx
import pytest
from nicegui import ElementFilter
from nicegui.testing import User

from domain import case_pages, cases, connections
from tests.builders import World
from tests.ui.cases import PNG, TITLE, attach, escalate, report, said, words
from tests.ui.conftest import Person
from tests.ui.hands import complaint, field, fill, go, labels, press, rows
from tests.ui.hub import CHARLIE, MAYA, confirm, finds_nothing, page_words, visit
from tests.ui.patience import until
from ui.components.shell import Rail

PATH = "/support"
NOAH = "noah@harbour.example"


async def test_a_problem_is_reported_and_its_partner_reads_it(world: World, person: Person) -> None:
    connection_id = world.connect_active()
    maya = await visit(person, f"{PATH}?about={connection_id}", "What does not work?", MAYA)
    fill(maya, "In a few words", TITLE)
    fill(maya, "What does not work?", "Since Monday no invoice arrives.")
    await attach(maya, "screen.png", PNG)
    press(maya, "Send report")
    await maya.should_see("Waiting for D3x")
    await maya.should_see(TITLE)
    (row,) = case_pages.of_partner(world.dee, world.d3x)
    (first,) = case_pages.read(world.dee, row.id).messages
    assert [file.name for file in first.files] == ["screen.png"]


async def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(
    world: World, person: Person
) -> None:
    connection_id = world.connect_active()
    maya = await visit(person, f"{PATH}?about={connection_id}", "What does not work?", MAYA)
    fill(maya, "In a few words", TITLE)
    fill(maya, "What does not work?", " ")
    press(maya, "Send report")
    await until(lambda: complaint(maya, "What does not work?"))
    assert complaint(maya, "In a few words") is None
    fill(maya, "What does not work?", "x" * 20_001)
    press(maya, "Send report")
    await until(lambda: complaint(maya, "What does not work?"))
    assert case_pages.of_property(world.maya, world.hotel) == ()


async def test_a_draft_that_tells_of_nothing_is_not_sent_as_it_is(
    world: World, person: Person
) -> None:
    connection_id = world.connect_active()
    maya = await visit(person, f"{PATH}?about={connection_id}", "What does not work?", MAYA)
    press(maya, "Send report")
    await until(lambda: complaint(maya, "What does not work?"))
    assert case_pages.of_property(world.maya, world.hotel) == ()


async def test_a_pending_connection_is_no_case_and_says_whom_to_ask(
    world: World, person: Person
) -> None:
    connection_id = world.connect("d3x")
    maya = await visit(person, f"{PATH}?about={connection_id}", "Report a problem", MAYA)
    await maya.should_see("help@d3x.example")
    assert "Send report" not in labels(maya)


async def test_what_became_impossible_meanwhile_is_said_and_nothing_typed_is_lost(
    world: World, person: Person
) -> None:
    connection_id = world.connect_active()
    maya = await visit(person, f"{PATH}?about={connection_id}", "What does not work?", MAYA)
    fill(maya, "In a few words", "Why so slow?")
    fill(maya, "What does not work?", "We wait.")
    connections.disconnect(world.maya, connection_id)
    world.connect("d3x")
    press(maya, "Send report")
    await maya.should_see("D3x is not connected yet")
    assert field(maya, "What does not work?").value == "We wait."
    assert case_pages.of_property(world.maya, world.hotel) == ()


async def test_the_app_is_chosen_when_the_page_does_not_know_it(
    world: World, person: Person
) -> None:
    connection_id = world.connect_active()
    maya = await visit(person, PATH, "Nothing was reported yet.", MAYA)
    press(maya, "Report a problem")
    await maya.should_see("Which app is it about?")
    confirm(maya, "Go on")
    await until(lambda: complaint(maya, "Which app is it about?"))
    fill(maya, "Which app is it about?", connection_id)
    confirm(maya, "Go on")
    await maya.should_see("What does not work?")


async def test_the_list_is_filtered_by_what_the_address_says(world: World, person: Person) -> None:
    case_id = report(world)
    maya = await visit(person, PATH, TITLE, MAYA)
    assert [row["turn"] for row in rows(maya, "Cases")] == ["Waiting for D3x Ltd"]
    cases.write(world.dee, case_id, "Which invoices?", now=world.after(hours=1))
    await until(lambda: rows(maya, "Cases")[0]["turn"] == "Your turn")
    await go(maya, f"{PATH}?show=mine")
    assert len(rows(maya, "Cases")) == 1
    await go(maya, f"{PATH}?show=resolved")
    await maya.should_see("No case was resolved yet.")
    await go(maya, f"{PATH}?show='%20or%201")
    assert len(rows(maya, "Cases")) == 1


async def test_an_answer_appears_while_somebody_writes(world: World, person: Person) -> None:
    case_id = report(world)
    maya = await visit(person, f"{PATH}/{case_id}", "Waiting for D3x", MAYA)
    fill(maya, "Your message", "One more thing")
    cases.write(world.dee, case_id, "Thank you, we look.", now=world.after(hours=1))
    await until(lambda: len(said(maya)) == 2)
    await maya.should_see("Your turn")
    assert words(said(maya)[1]) == "Thank you, we look."
    press(maya, "Send")
    await until(lambda: len(said(maya)) == 3)
    assert words(said(maya)[2]) == "One more thing"


async def test_a_message_that_is_refused_stays_in_its_box(world: World, person: Person) -> None:
    case_id = report(world)
    maya = await visit(person, f"{PATH}/{case_id}", "Waiting for D3x", MAYA)
    press(maya, "Send")
    await until(lambda: complaint(maya, "Your message"))
    place = await attach(maya, "page.html", b"<script>alert(1)</script>")
    assert place.files == []
    assert "not taken" in place._props["files"][0]["error"]
    place = await attach(maya, "picture.png", b"<svg onload=alert(1)>")
    assert place.files == []
    assert len(said(maya)) == 1


async def test_other_peoples_words_stay_words(world: World, person: Person) -> None:
    case_id = report(world, "<img src=x onerror=alert(1)>")
    cases.write(
        world.dee,
        case_id,
        "<b>Look</b> at https://d3x.example/a and javascript:alert(1)",
        now=world.after(hours=1),
    )
    maya = await visit(person, f"{PATH}/{case_id}", "<img src=x onerror=alert(1)>", MAYA)
    assert [part.get("href") for part in said(maya)[1]["parts"]] == [
        None,
        "https://d3x.example/a",
        None,
    ]


async def test_the_hotel_agrees_once_and_then_operators_read_the_evidence(
    world: World, person: Person
) -> None:
    case_id = report(world)
    escalate(world, case_id)
    maya = await visit(person, f"{PATH}/{case_id}", "May the platform see the evidence?", MAYA)
    await maya.should_see("Waiting for the platform")
    press(maya, "Agree")
    await maya.should_not_see("May the platform see the evidence?")
    await maya.should_see("The platform may read the evidence.")
    assert case_pages.read(world.olga, case_id).agreed_at


async def test_a_resolved_case_is_reopened_with_words(world: World, person: Person) -> None:
    case_id = report(world)
    maya = await visit(person, f"{PATH}/{case_id}", "Waiting for D3x", MAYA)
    press(maya, "Resolve")
    await maya.should_see("Resolve the case")
    confirm(maya, "Resolve")
    await maya.should_see("Everybody reads here what it was.")
    assert not may_write(maya)
    press(maya, "Reopen")
    await maya.should_see("Reopen the case")
    confirm(maya, "Reopen")
    await until(lambda: complaint(maya, "What does not work yet?"))
    fill(maya, "What does not work yet?", "It is back.")
    confirm(maya, "Reopen")
    await maya.should_see("Waiting for D3x")
    assert may_write(maya)
    assert words(said(maya)[-1]) == "It is back."


async def test_what_was_typed_stays_when_somebody_else_resolves(
    world: World, person: Person
) -> None:
    case_id = report(world)
    maya = await visit(person, f"{PATH}/{case_id}", "Waiting for D3x", MAYA)
    fill(maya, "Your message", "Half a thought")
    cases.resolve(world.dee, case_id, "A filter was wrong.")
    await maya.should_see("Everybody reads here what it was.")
    press(maya, "Send")
    await until(lambda: complaint(maya, "Your message"))
    assert field(maya, "Your message").value == "Half a thought"


async def test_a_viewer_reads_and_is_told_who_may_write(world: World, person: Person) -> None:
    case_id = report(world)
    noah = await visit(
        person, f"{PATH}/{case_id}", "The managers of Harbour Hotel write here.", NOAH
    )
    assert not {"Send", "Resolve", "Agree"} & labels(noah)
    await go(noah, PATH)
    await noah.should_see("Only a manager of this property can report a problem.")


async def test_nobody_else_finds_a_case(world: World, person: Person) -> None:
    case_id = report(world)
    await finds_nothing(person, f"{PATH}/{case_id}", CHARLIE)
    await finds_nothing(person, f"{PATH}/cas_none", MAYA)
    charlie = await person(CHARLIE)
    await charlie.open(f"{PATH}?about={connections_of(case_id, world)}")
    await charlie.should_not_see(TITLE)
    assert TITLE not in page_words(charlie)


def connections_of(case_id: str, world: World) -> str:
    return case_pages.read(world.maya, case_id).row.connection_id


async def test_a_file_is_saved_and_never_shown_as_a_page(
    world: World, person: Person, stranger: httpx.AsyncClient
) -> None:
    file_id = file_of(world, "Bericht “März”.txt", b"<script>alert(1)</script>")
    maya = await person(MAYA)
    answer = await maya.http_client.get(f"/attachments/{file_id}")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"] == (
        'attachment; filename="Bericht _M_rz_.txt"; '
        "filename*=UTF-8''Bericht%20%E2%80%9CM%C3%A4rz%E2%80%9D.txt"
    )
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-store"
    assert (await stranger.get(f"/attachments/{file_id}")).status_code == 303


@pytest.mark.parametrize("email", [CHARLIE, "finn@freeguides.example", "olga@platform.example"])
async def test_nobody_else_gets_a_file(world: World, person: Person, email: str) -> None:
    file_id = file_of(world, "a.txt", b"private")
    other = await person(email)
    for wanted in (file_id, "fil_none", "%2e%2e%2fsettings"):
        answer = await other.http_client.get(f"/attachments/{wanted}")
        assert (answer.status_code, b"private" in answer.content) == (404, False)


def file_of(world: World, name: str, content: bytes) -> str:
    """Let Maya attach a file to a case, and return its id."""
    case_id = report(world)
    files = [cases.Upload(name, content)]
    cases.write(world.maya, case_id, "See the file.", files, now=world.after(minutes=1))
    return case_pages.read(world.maya, case_id).messages[-1].files[0].id


async def test_the_menu_counts_what_waits_for_the_hotel(world: World, person: Person) -> None:
    case_id = report(world)
    maya = await visit(person, PATH, TITLE, MAYA)
    cases.write(world.dee, case_id, "Which invoices?", now=world.after(hours=1))
    await until(lambda: count_in_menu(maya, PATH) == 1)
    connections.disable(world.maya, connections_of(case_id, world))
    cases.resolve(world.maya, case_id, now=world.after(hours=2))
    await until(lambda: count_in_menu(maya, PATH) == 0)


def may_write(user: User) -> bool:
    """Whether the box to answer in is there."""
    with user:
        (box,) = ElementFilter(marker="answer", only_visible=False)
    return box.visible


def count_in_menu(user: User, path: str) -> int:
    """Return the number beside an entry of the menu."""
    with user:
        (rail,) = ElementFilter(kind=Rail)
    return next(item["count"] for item in rail.props["menu"] if item["path"] == path)
