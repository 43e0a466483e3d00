"""Cases in the hub: the partner's list, its answers, and passing on to the platform."""

import pytest

from domain import case_pages, cases
from tests.builders import World
from tests.ui.cases import TITLE, escalate, report, said, words
from tests.ui.conftest import Person
from tests.ui.hands import complaint, field, fill, go, labels, press, rows
from tests.ui.hub import FINN, MAYA, confirm, finds_nothing, visit
from tests.ui.patience import until
from tests.ui.test_requests_log import asked

PATH = "/hub/cases"


async def test_a_report_appears_in_the_list_at_once(world: World, person: Person) -> None:
    dee = await visit(person, PATH, "No case is open.")
    case_id = report(world)
    await dee.should_see(TITLE)
    (row,) = rows(dee, "Cases")
    assert (row["hotel"], row["turn"]) == ("Harbour Hotel", "Your turn")
    assert row["status"]["text"] == "With you"
    cases.resolve(world.maya, case_id)
    await dee.should_see("No case is open.")
    await go(dee, f"{PATH}?show=resolved")
    assert [row["title"] for row in rows(dee, "Cases")] == [TITLE]
    await go(dee, f"{PATH}?show=all&app=other")
    assert rows(dee, "Cases") == []


async def test_the_partner_answers_and_then_it_is_the_hotels_turn(
    world: World, person: Person
) -> None:
    case_id = report(world)
    dee = await visit(person, f"{PATH}/{case_id}", "Harbour Hotel waits for you.")
    fill(dee, "Your message", "Thank you, we look.")
    press(dee, "Send")
    await dee.should_see("Waiting for Harbour Hotel")
    assert words(said(dee)[-1]) == "Thank you, we look."
    assert case_pages.of_property(world.maya, world.hotel)[0].is_mine_to_answer


async def test_the_partner_says_that_it_answers_again_and_keeps_the_turn(
    world: World, person: Person
) -> None:
    case_id = report(world)
    dee = await visit(person, f"{PATH}/{case_id}", "Harbour Hotel waits for you.")
    fill(dee, "Your message", "We look.")
    fill(dee, "We answer again", True)
    press(dee, "Send")
    await until(lambda: len(said(dee)) == 2)
    assert said(dee)[-1]["tag"] == "Answers again"
    assert field(dee, "We answer again").value is False
    await dee.should_see("Your turn")
    cases.write(world.dee, case_id, "It works now.")
    await dee.should_see("Waiting for Harbour Hotel")
    with pytest.raises(AssertionError, match="no field called"):
        field(dee, "We answer again")


async def test_the_partner_resolves_with_words_only(world: World, person: Person) -> None:
    case_id = report(world)
    dee = await visit(person, f"{PATH}/{case_id}", "Your turn")
    press(dee, "Resolve")
    await dee.should_see("Resolve the case")
    confirm(dee, "Resolve")
    await until(lambda: complaint(dee, "What was it, and what solved it?"))
    fill(dee, "What was it, and what solved it?", "A filter was wrong.")
    confirm(dee, "Resolve")
    await dee.should_see("Everybody reads here what it was.")
    assert "Reopen" not in labels(dee)


async def test_an_escalation_asks_for_what_an_engineer_needs(world: World, person: Person) -> None:
    case_id = report(world)
    dee = await visit(person, f"{PATH}/{case_id}", "Your turn")
    press(dee, "Escalate to the platform")
    await dee.should_see("Tokens are masked")
    confirm(dee, "Escalate")
    await until(lambda: complaint(dee, "What have you found?"))
    fill(dee, "What have you found?", "Our requests are refused.")
    fill(dee, "What was expected?", "200")
    fill(dee, "What came instead?", "500 without a body")
    fill(dee, "How many properties have it?", "some")
    confirm(dee, "Escalate")
    await until(lambda: complaint(dee, "How many properties have it?"))
    fill(dee, "How many properties have it?", "3")
    fill(dee, "Since when?", "soon")
    confirm(dee, "Escalate")
    await until(lambda: complaint(dee, "Since when?"))
    fill(dee, "Since when?", "2026-01-05")
    fill(dee, "Request id", "req_12345")
    confirm(dee, "Escalate")
    await dee.should_see("Waiting for the platform")
    await dee.should_see("500 without a body")
    await dee.should_see("5 January 2026")
    assert case_pages.read(world.olga, case_id).row.status == "escalated"
    assert "Escalate to the platform" not in labels(dee)


async def test_the_last_request_that_failed_is_filled_in(world: World, person: Person) -> None:
    case_id = report(world)
    asked(world, case_pages.read(world.dee, case_id).row.connection_id, 500, 422, 200)
    dee = await visit(person, f"{PATH}/{case_id}", "Your turn")
    press(dee, "Escalate to the platform")
    await dee.should_see("Tokens are masked")
    assert field(dee, "Request id").value == "request-1"
    assert "answered 422" in field(dee, "Request id").props["hint"]


async def test_what_the_hotel_has_agreed_to_already_is_said(world: World, person: Person) -> None:
    case_id = report(world)
    escalate(world, case_id)
    cases.agree(world.maya, case_id)
    cases.return_to_partner(world.olga, case_id, "Your key has expired.")
    dee = await visit(person, f"{PATH}/{case_id}", "Your turn")
    press(dee, "Escalate to the platform")
    await dee.should_see("Harbour Hotel has agreed already")


async def test_what_the_platform_gives_back_is_the_partners_turn_again(
    world: World, person: Person
) -> None:
    case_id = report(world)
    escalate(world, case_id)
    dee = await visit(person, f"{PATH}/{case_id}", "Waiting for the platform")
    cases.return_to_partner(world.olga, case_id, "Your key has expired.")
    await dee.should_see("The platform has given it back.")
    assert said(dee)[-1]["tag"] == "Given back"


async def test_nobody_else_finds_a_case(world: World, person: Person) -> None:
    case_id = report(world)
    await finds_nothing(person, f"{PATH}/{case_id}", FINN)
    await finds_nothing(person, f"{PATH}/{case_id}", MAYA)
    finn = await visit(person, PATH, "No case is open.", FINN)
    assert rows(finn, "Cases") == []
