"""Cases for operators: the queue, its filters, and what an operator does with one."""

import pytest
from sqlmodel import select

from domain import case_pages, cases
from storage import database
from storage.people import Person
from tests.builders import World
from tests.ui.cases import TITLE, escalate, report, report_core, said, words
from tests.ui.conftest import Person as SignIn
from tests.ui.hands import fill, go, labels, press, rows
from tests.ui.hub import DEE, confirm, finds_nothing, visit
from tests.ui.patience import until

PATH = "/operations/cases"
OLGA = "olga@platform.example"


async def test_the_queue_holds_escalations_and_core_apps_and_nothing_else(
    world: World, person: SignIn
) -> None:
    case_id = report(world, "Only for the partner")
    core = report_core(world, "Rates are missing")
    olga = await visit(person, PATH, "Rates are missing", OLGA)
    assert [row["id"] for row in rows(olga, "Cases")] == [core]
    await finds_nothing(person, f"{PATH}/{case_id}", OLGA)
    escalate(world, case_id)
    await until(lambda: len(rows(olga, "Cases")) == 2)
    row = next(row for row in rows(olga, "Cases") if row["id"] == case_id)
    assert (row["hotel"], row["partner"], row["turn"]) == ("Harbour Hotel", "D3x Ltd", "Your turn")


async def test_the_filters_stand_in_the_address(world: World, person: SignIn) -> None:
    escalated, core = report(world, "Escalated one"), report_core(world, "Core one")
    escalate(world, escalated)
    olga = await visit(person, f"{PATH}?app=mews", "Core one", OLGA)
    assert [row["id"] for row in rows(olga, "Cases")] == [core]
    for query, shown in {
        "state=escalated": [escalated],
        "state=open_with_platform": [core],
        "state=resolved": [],
        f"partner={world.d3x}": [escalated],
        f"hotel={world.lodge}": [],
        f"hotel={world.hotel}&state=escalated": [escalated],
        "assigned=nobody&app=d3x": [escalated],
        "state=%27--&app=none": [],
    }.items():
        await go(olga, f"{PATH}?{query}")
        assert [row["id"] for row in rows(olga, "Cases")] == shown, query


async def test_an_operator_takes_a_case_answers_and_resolves_it(
    world: World, person: SignIn
) -> None:
    case_id = report(world)
    escalate(world, case_id)
    olga = await visit(person, f"{PATH}/{case_id}", "could not solve it alone", OLGA)
    await olga.should_see("500 without a body")
    press(olga, "Assign")
    await olga.should_see("Who takes care of it?")
    fill(olga, "Operator", id_of(world.emails["olga"]))
    confirm(olga, "Assign")
    await until(lambda: said(olga)[-1]["quiet"])
    fill(olga, "Your message", "We look at it.")
    press(olga, "Send")
    await until(lambda: words(said(olga)[-1]) == "We look at it.")
    press(olga, "Resolve")
    await olga.should_see("Resolve the case")
    fill(olga, "What was it, and what solved it?", "A server was full.")
    confirm(olga, "Resolve")
    await olga.should_see("Everybody reads here what it was.")
    assert case_pages.read(world.maya, case_id).row.status == "resolved"


async def test_an_operator_gives_an_escalation_back_with_words(
    world: World, person: SignIn
) -> None:
    case_id = report(world)
    escalate(world, case_id)
    olga = await visit(person, f"{PATH}/{case_id}", "Your turn", OLGA)
    press(olga, "Return to D3x Ltd")
    await olga.should_see("Return the case to D3x Ltd")
    fill(olga, "What did you find, and what should D3x Ltd do?", "Renew your key.")
    confirm(olga, "Return to D3x Ltd")
    await olga.should_see("Waiting for D3x Ltd")
    assert case_pages.read(world.dee, case_id).row.status == "open_with_partner"


async def test_a_core_case_has_no_partner_to_return_to(world: World, person: SignIn) -> None:
    olga = await visit(person, f"{PATH}/{report_core(world)}", "Harbour Hotel waits for you.", OLGA)
    assert {"Send", "Resolve", "Assign"} <= labels(olga)
    assert not [label for label in labels(olga) if label.startswith(("Return", "Escalate"))]


async def test_what_waits_longest_stays_in_the_queue_however_much_was_resolved_since(
    world: World, person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_pages, "MOST", 1)
    waiting, resolved = report_core(world, "Waits"), report(world, "Resolved")
    escalate(world, resolved)
    cases.resolve(world.olga, resolved, "It was us.", now=world.after(hours=3))
    olga = await visit(person, f"{PATH}?state=all", "Waits", OLGA)
    assert [row["id"] for row in rows(olga, "Cases")] == [waiting]


async def test_only_operators_see_the_queue(world: World, person: SignIn) -> None:
    escalated = report(world)
    escalate(world, escalated)
    await finds_nothing(person, f"{PATH}/{escalated}", DEE)
    await finds_nothing(person, PATH, DEE)
    cases.resolve(world.maya, escalated)
    olga = await visit(person, f"{PATH}?state=resolved", TITLE, OLGA)
    assert len(rows(olga, "Cases")) == 1


def id_of(email: str) -> str:
    """Return the id of a person."""
    with database.reading() as session:
        return session.exec(select(Person.id).where(Person.email == email)).one()
