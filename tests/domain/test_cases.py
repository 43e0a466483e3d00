"""Cases: from the hotel to whoever can fix it, and back; nothing is lost, nobody left waiting."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from domain import case_pages, cases, core, evidence, history, notices, people
from domain.actors import Actor
from domain.attachments import Upload
from domain.case_pages import Page, Queue
from domain.escalations import Escalation
from domain.places import Place
from storage import database, encryption
from storage.cases import Case
from storage.connections import Connection
from storage.history import HistoryRow
from storage.messages import Endpoint, Message
from storage.people import Membership, SignIn
from tests import builders
from tests.builders import World
from tests.domain.conftest import FakeVendor
from tests.domain.refusing import refused
from tests.domain.scenes import CREDENTIALS
from tests.domain.test_at_once import at_once

FACTS = Escalation(
    text="Our side sends what it should; the answer comes back empty.",
    expected="Three bills",
    came="An empty list",
    request_id="req_123",
    since=date(2026, 11, 1),
    properties=3,
)


def reported(world: World, **more: Any) -> str:
    """Let Maya report a problem with D3x, which is active, and return the case's id."""
    connection_id = world.connect_active()
    wanted = {"title": "Breakfast is missing", "text": "Since Monday, on every bill."}
    return cases.open_(world.maya, connection_id, now=world.now, **(wanted | more))


def escalated(world: World) -> str:
    case_id = reported(world)
    cases.escalate(world.dee, case_id, FACTS, now=world.after(hours=1))
    return case_id


def of_core(world: World, mews: FakeVendor) -> str:
    connection_id = core.connect(world.maya, world.hotel, "mews", CREDENTIALS, now=world.now)
    return cases.open_(world.maya, connection_id, "No rates", "None came in.", now=world.now)


def page(world: World, case_id: str, reader: str = "maya") -> Page:
    return case_pages.read(getattr(world, reader), case_id, now=world.after(hours=3))


def state(case_id: str) -> tuple[str, str]:
    case = row(case_id)
    return case.status, case.turn


def row(case_id: str) -> Case:
    with database.reading() as session:
        return session.get_one(Case, case_id)


def mails(event: str) -> dict[str, str]:
    """Return the mails about an event: whom each went to, and what it says."""
    with database.reading() as session:
        found = session.exec(
            select(Message).where(Message.event == event, Message.channel == "mail")
        )
        return {each.mail_to: encryption.decrypt(each.body) for each in found}


def told(event: str, case_id: str) -> list[HistoryRow]:
    with database.reading() as session:
        rows = session.exec(
            select(HistoryRow).where(HistoryRow.event == event, HistoryRow.subject_id == case_id)
        )
        return list(rows)


def leave(actor: Actor) -> None:
    """Let somebody leave wherever they work."""
    with database.transaction() as session:
        person_id = session.get_one(SignIn, actor.id).person_id
        for each in session.exec(select(Membership).where(Membership.person_id == person_id)):
            each.ended_at = each.created_at


def person_of(actor: Actor) -> str:
    with database.reading() as session:
        return session.get_one(SignIn, actor.id).person_id


# The way of a case about an integrated app


def test_a_hotel_asks_the_partner_who_answers(world: World) -> None:
    case_id = reported(world)
    assert state(case_id) == ("open_with_partner", "partner")
    cases.write(world.dee, case_id, "Which bill?", now=world.after(hours=1))
    assert state(case_id) == ("open_with_partner", "property")
    cases.write(world.maya, case_id, "All of them.", now=world.after(hours=2))
    assert state(case_id) == ("open_with_partner", "partner")
    found = page(world, case_id)
    assert [each.text for each in found.messages][1:] == ["Which bill?", "All of them."]
    assert found.row.first_answer_at == world.after(hours=1)


def test_the_partner_escalates_and_the_platform_resolves_it_for_everybody(world: World) -> None:
    case_id = escalated(world)
    assert state(case_id) == ("escalated", "platform")
    cases.write(world.olga, case_id, "We look.", now=world.after(hours=2))
    assert state(case_id) == ("escalated", "partner")
    cases.resolve(world.olga, case_id, "Our fault; fixed.", now=world.after(hours=3))
    for reader in ("maya", "noah", "dee", "olga"):
        found = page(world, case_id, reader)
        assert found.messages[-1].text == "Our fault; fixed."
        assert (found.row.status, found.row.turn) == ("resolved", "")
        assert (found.row.resolved_at, found.row.resolved_by_side) == (
            world.after(hours=3),
            "platform",
        )


def test_an_escalation_says_what_an_engineer_needs_and_carries_evidence(world: World) -> None:
    found = page(world, escalated(world), "olga")
    assert found.escalation == FACTS
    assert len(found.packs) == 1
    assert found.row.first_answer_at == world.after(hours=1), "it is an answer to the hotel, too"


def test_the_platform_gives_a_case_back_with_words(world: World) -> None:
    case_id = escalated(world)
    assert "what you found" in refused(cases.return_to_partner, world.olga, case_id, " ").message
    cases.return_to_partner(world.olga, case_id, "It is your mapping.", now=world.after(hours=2))
    assert state(case_id) == ("open_with_partner", "partner")
    assert page(world, case_id, "olga").row.status == "open_with_partner", "she still reads it"


def test_a_resolved_case_is_reopened_where_it_was_for_fourteen_days(world: World) -> None:
    case_id = escalated(world)
    cases.resolve(world.olga, case_id, "Fixed.", now=world.after(days=-10))
    late = refused(cases.reopen, world.maya, case_id, "No.", now=world.after(days=4, hours=1))
    assert late.code == "wrong_state"
    assert "report the problem anew" in late.message
    cases.reopen(world.maya, case_id, "It is back.", now=world.after(days=4))
    assert state(case_id) == ("escalated", "platform")
    assert row(case_id).resolved_at is None


def test_the_hotel_may_resolve_without_words_and_the_others_not(world: World) -> None:
    case_id = reported(world)
    assert "the hotel reads it" in refused(cases.resolve, world.dee, case_id).message
    cases.resolve(world.maya, case_id, now=world.now)
    assert row(case_id).resolved_by_side == "property"


# Core apps


def test_about_a_core_app_the_platform_is_asked(world: World, mews: FakeVendor) -> None:
    case_id = of_core(world, mews)
    assert state(case_id) == ("open_with_platform", "platform")
    cases.write(world.olga, case_id, "Which rates?", now=world.after(hours=1))
    assert state(case_id) == ("open_with_platform", "property")
    cases.resolve(world.olga, case_id, "Fixed.", now=world.after(hours=2))
    cases.reopen(world.maya, case_id, "Not yet.", now=world.after(hours=3))
    assert state(case_id) == ("open_with_platform", "platform")


def test_a_core_app_s_case_has_nobody_to_be_escalated_to(world: World, mews: FakeVendor) -> None:
    case_id = of_core(world, mews)
    for actor in (world.maya, world.olga):
        refusal = refused(cases.escalate, actor, case_id, FACTS, now=world.now)
        assert (refusal.code, refusal.owner) == ("wrong_route", "platform")
    assert refused(cases.return_to_partner, world.olga, case_id, "x").code == "wrong_state"


# Wrong ways


def test_a_pending_connection_has_a_contact_and_no_case(world: World) -> None:
    refusal = refused(cases.open_, world.maya, world.connect(), "It is slow", "Why?", now=world.now)
    assert (refusal.code, refusal.owner) == ("still_pending", "partner")
    assert "help@d3x.example" in refusal.message
    assert "nudge" in refusal.message


def test_the_platform_is_not_asked_directly_about_an_integrated_app(world: World) -> None:
    refusal = refused(reported, world, to="platform")
    assert (refusal.code, refusal.owner) == ("wrong_route", "partner")
    assert "D3x Ltd" in refusal.message


def test_a_partner_is_not_asked_about_a_core_app(world: World, mews: FakeVendor) -> None:
    connection_id = core.connect(world.maya, world.hotel, "mews", CREDENTIALS, now=world.now)
    refusal = refused(cases.open_, world.maya, connection_id, "a", "b", to="partner")
    assert (refusal.code, refusal.owner) == ("wrong_route", "platform")


def test_nothing_is_reported_in_a_sandbox(world: World) -> None:
    connection_id = world.connect_active()
    with database.transaction() as session:
        session.get_one(Connection, connection_id).in_sandbox = True
    for actor in (world.maya, world.dee):
        assert refused(cases.open_, actor, connection_id, "a", "b").code == "in_sandbox"


def test_a_hotel_that_wants_to_escalate_is_led_to_the_partner(world: World) -> None:
    refusal = refused(cases.escalate, world.maya, reported(world), FACTS, now=world.now)
    assert (refusal.code, refusal.owner) == ("forbidden", "partner")
    assert "ask them to escalate it" in refusal.message


def test_what_was_reported_already_is_not_reported_again(world: World) -> None:
    case_id = reported(world)
    refusal = refused(
        cases.open_, world.maya, row(case_id).connection_id, "Breakfast is missing", "Again."
    )
    assert (refusal.code, refusal.message) == (
        "already_open",
        "This was reported already: it is case #1001. Write there.",
    )


def test_resolving_twice_says_who_was_faster_and_when(world: World) -> None:
    case_id = reported(world)
    cases.resolve(world.dee, case_id, "Fixed.", now=world.now)
    refusal = refused(cases.resolve, world.maya, case_id, now=world.now)
    assert refusal.code == "wrong_state"
    assert f"#1001 was resolved already, by D3x Ltd at {world.now:%H:%M} UTC" in refusal.message
    assert "Reopen it" in refused(cases.write, world.maya, case_id, "Hello?").message


@pytest.mark.parametrize(
    ("verb", "sentence"),
    [
        (cases.escalate, "was escalated already"),
        (cases.reopen, "is open already"),
    ],
)
def test_a_move_that_was_made_already_is_refused(
    world: World, verb: Callable[..., None], sentence: str
) -> None:
    case_id = escalated(world)
    actor, said = (world.dee, FACTS) if verb is cases.escalate else (world.maya, "Again.")
    refusal = refused(verb, actor, case_id, said, now=world.now)
    assert refusal.code == "wrong_state"
    assert sentence in refusal.message


def test_of_two_who_resolve_at_once_one_is_told(world: World) -> None:
    case_id = reported(world)
    outcome = at_once(
        lambda: cases.resolve(world.maya, case_id, "Works.", now=world.now),
        lambda: cases.resolve(world.dee, case_id, "Fixed.", now=world.now),
    )
    assert outcome == {"ok": 1, "wrong_state": 1}
    assert len(told("case.resolved", case_id)) == 1
    assert sum(each.kind == "resolved" for each in page(world, case_id).messages) == 1


def test_of_two_who_report_the_same_at_once_one_is_led_to_the_other(world: World) -> None:
    connection_id = world.connect_active()

    def report() -> None:
        cases.open_(world.maya, connection_id, "Slow", "Very.", now=world.now)

    assert at_once(report, report) == {"ok": 1, "already_open": 1}


# Words


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Write what you want to say."),
        (" \n\t ", "Write what you want to say."),
        ("a" * 20_001, "20,000 characters at most"),
        ("a" * 100_000, "20,000 characters at most"),
    ],
)
def test_what_cannot_be_taken_is_answered_in_a_sentence(
    world: World, words: str, sentence: str
) -> None:
    case_id = reported(world)
    assert sentence in refused(cases.write, world.dee, case_id, words).message
    assert len(page(world, case_id).messages) == 1


@pytest.mark.parametrize("title", ["", "  ", "x" * 121])
def test_a_title_is_a_few_words(world: World, title: str) -> None:
    assert refused(reported, world, title=title).code == "invalid"


def test_html_and_scripts_stay_what_was_typed(world: World) -> None:
    words = "<script>alert(1)</script> <b>bold</b> & “quotes”"
    case_id = reported(world, title="<img src=x onerror=alert(1)>", text=words)
    found = page(world, case_id)
    assert (found.row.title, found.messages[0].text) == ("<img src=x onerror=alert(1)>", words)


def test_signs_that_cannot_be_shown_are_replaced_and_nothing_else_is_lost(world: World) -> None:
    case_id = reported(world, text="a\0b\x1b[31m\u202eevil\r\nend \ud800 é山")
    assert page(world, case_id).messages[0].text == "a\ufffdb\ufffd[31m\ufffdevil\nend \ufffd é山"


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"expected": " "},
        {"came": ""},
        {"came": "x" * 2_001},
        {"request_id": "r" * 101},
        {"properties": 0},
        {"properties": 10**9},
        {"since": date(2099, 1, 1)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_escalation_without_what_is_needed_is_refused(world: World, wrong: Any) -> None:
    case_id = reported(world)
    refusal = refused(cases.escalate, world.dee, case_id, replace(FACTS, **wrong), now=world.now)
    assert refusal.code == "invalid"
    assert state(case_id) == ("open_with_partner", "partner")


# Who may


def test_charlie_and_other_partners_see_nothing(world: World) -> None:
    case_id = escalated(world)
    for stranger in (world.charlie, world.finn):
        verbs: list[Callable[[], Any]] = [
            lambda who=stranger: case_pages.read(who, case_id),
            lambda who=stranger: cases.write(who, case_id, "Hello"),
            lambda who=stranger: cases.escalate(who, case_id, FACTS),
            lambda who=stranger: cases.return_to_partner(who, case_id, "x"),
            lambda who=stranger: cases.resolve(who, case_id, "x"),
            lambda who=stranger: cases.reopen(who, case_id, "x"),
            lambda who=stranger: cases.assign(who, case_id, None),
            lambda who=stranger: cases.agree(who, case_id),
            lambda who=stranger: cases.open_(who, row(case_id).connection_id, "a", "b"),
            lambda who=stranger: case_pages.of_property(who, world.hotel),
            lambda who=stranger: case_pages.of_partner(who, world.d3x),
            lambda who=stranger: case_pages.of_connection(who, row(case_id).connection_id),
            lambda who=stranger: case_pages.of_platform(who),
        ]
        assert {refused(verb).code for verb in verbs} == {"not_found"}


def test_a_viewer_reads_and_never_writes(world: World) -> None:
    case_id = escalated(world)
    found = page(world, case_id, "noah")
    assert found.moves == ()
    assert not found.needs_agreement
    verbs: list[Callable[[], Any]] = [
        lambda: cases.write(world.noah, case_id, "Hello"),
        lambda: cases.resolve(world.noah, case_id, "x"),
        lambda: cases.agree(world.noah, case_id),
        lambda: cases.open_(world.noah, row(case_id).connection_id, "a", "b"),
    ]
    assert {refused(verb).code for verb in verbs} == {"forbidden"}


def test_a_case_between_hotel_and_partner_is_not_the_platform_s(world: World) -> None:
    case_id = reported(world)
    assert refused(case_pages.read, world.olga, case_id).code == "not_found"
    assert refused(cases.write, world.olga, case_id, "Hello").code == "not_found"
    assert case_pages.of_platform(world.olga) == ()
    assert case_pages.of_connection(world.olga, row(case_id).connection_id) == ()
    assert all(
        "Breakfast" not in line.note
        for line in history.of_connection(world.olga, row(case_id).connection_id)
    )


def test_cases_begin_at_the_hotel(world: World) -> None:
    connection_id = world.connect_active()
    for actor in (world.dee, world.olga):
        assert refused(cases.open_, actor, connection_id, "a", "b").code == "forbidden"


def test_the_hotel_agrees_once_to_show_the_evidence(world: World) -> None:
    case_id = reported(world)
    assert refused(cases.agree, world.maya, case_id).code == "wrong_state"
    cases.escalate(world.dee, case_id, FACTS, now=world.now)
    assert page(world, case_id).needs_agreement
    assert refused(cases.agree, world.dee, case_id).code == "forbidden"
    assert refused(cases.agree, world.olga, case_id).code == "forbidden"
    cases.agree(world.maya, case_id, now=world.after(hours=1))
    assert not page(world, case_id).needs_agreement
    assert row(case_id).agreed_by == person_of(world.maya)
    assert refused(cases.agree, world.maya, case_id).code == "wrong_state"


def test_what_a_hotel_asks_the_platform_itself_comes_with_evidence(
    world: World, mews: FakeVendor
) -> None:
    case_id = of_core(world, mews)
    found = page(world, case_id, "olga")
    (pack,) = found.packs
    content = evidence.read(world.olga, pack.id, now=world.now).content
    assert content["connection"]["status"] == "connected"
    assert not any(secret in str(content) for secret in CREDENTIALS.values())
    assert not page(world, case_id).needs_agreement
    assert refused(evidence.read, world.dee, pack.id).code == "not_found"
    assert refused(evidence.read, world.charlie, pack.id).code == "not_found"


def test_an_operator_takes_care_of_a_case(world: World) -> None:
    case_id = escalated(world)
    assert [each.name for each in page(world, case_id, "olga").people] == ["Olga"]
    cases.assign(world.olga, case_id, person_of(world.olga), now=world.now)
    assert page(world, case_id, "olga").row.assigned == "Olga"
    assert page(world, case_id, "maya").people == ()
    assert len(case_pages.of_platform(world.olga, Queue(assigned=person_of(world.olga)))) == 1
    assert case_pages.of_platform(world.olga, Queue(assigned=case_pages.NOBODY)) == ()
    cases.assign(world.olga, case_id, None, now=world.now)
    assert page(world, case_id, "olga").row.assigned == ""


def test_nobody_is_assigned_who_is_not_there(world: World) -> None:
    case_id = escalated(world)
    with builders.adding() as rows:
        gone = builders.add_person(rows, "gone@platform.example", "operator", now=world.now)
    leave(gone)
    for person_id in (person_of(gone), person_of(world.dee), "per_nobody"):
        assert refused(cases.assign, world.olga, case_id, person_id).code == "not_there"
    assert refused(cases.assign, world.dee, case_id, None).code == "forbidden"


def test_the_moves_are_those_of_the_reader(world: World) -> None:
    case_id = reported(world)
    assert page(world, case_id).moves == ("write", "resolve")
    assert page(world, case_id, "dee").moves == ("write", "escalate", "resolve")
    cases.escalate(world.dee, case_id, FACTS, now=world.now)
    assert page(world, case_id, "dee").moves == ("write",)
    assert page(world, case_id, "olga").moves == ("write", "return", "resolve", "assign")
    cases.resolve(world.maya, case_id, now=world.now)
    assert page(world, case_id).moves == ("reopen",)
    assert page(world, case_id, "dee").moves == ()
    with database.transaction() as session:
        session.get_one(Case, case_id).resolved_at = world.after(days=-15)
    late = case_pages.read(world.maya, case_id, now=world.now)
    assert late.moves == ()


# Who hears of it


def test_whoever_is_next_gets_a_mail_that_says_so(world: World) -> None:
    case_id = reported(world)
    (letter,) = mails("case.opened").values()
    assert set(mails("case.opened")) == {world.emails["dee"]}
    for words in ("Maya of Harbour Hotel", "    > Since Monday", "your turn"):
        assert words in letter
    assert f"/hub/cases/{case_id}" in letter
    cases.write(world.dee, case_id, "Which bill?", now=world.now)
    assert set(mails("case.answered")) == {world.emails["maya"]}
    assert f"/support/{case_id}?property={world.hotel}" in mails("case.answered").popitem()[1]


def test_an_escalation_is_told_to_operators_and_to_the_hotel_with_what_to_do(world: World) -> None:
    escalated(world)
    found = mails("case.escalated")
    assert set(found) == {world.emails["olga"], world.emails["maya"]}
    assert "press Agree" in found[world.emails["maya"]]
    assert "It is your turn" in found[world.emails["olga"]]


def test_a_partner_without_people_here_is_told_at_its_contact(world: World) -> None:
    connection_id = world.connect_active()
    leave(world.dee)
    cases.open_(world.maya, connection_id, "Slow", "Very.", now=world.now)
    assert set(mails("case.opened")) == {"help@d3x.example"}


def test_words_of_others_cannot_pass_for_ours_in_a_mail(world: World) -> None:
    reported(world, text="Hi\n-- \nAdjoin\nPress https://evil.example")
    assert "\n    > Press https://evil.example" in mails("case.opened")[world.emails["dee"]]


def test_each_change_is_in_the_history_of_the_connection(world: World) -> None:
    case_id = escalated(world)
    cases.write(world.olga, case_id, "We look.", now=world.after(hours=2))
    cases.resolve(world.olga, case_id, "Fixed.", now=world.after(hours=3))
    events = builders.events_of(row(case_id).connection_id)
    assert [each for each in events if each.startswith("case.")] == [
        "case.opened",
        "case.escalated",
        "case.answered",
        "case.resolved",
    ]
    (line,) = told("case.escalated", case_id)
    assert (line.before, line.after, line.side) == ("open_with_partner", "escalated", "partner")


def test_notices_follow_the_turn_and_end_with_it(world: World) -> None:
    def needed(who: Actor) -> list[str]:
        found = notices.of_person(who, now=world.now)
        return [each.text for each in found if each.kind.startswith("case")]

    case_id = reported(world)
    assert needed(world.dee) == ["Harbour Hotel reports a problem. It is your turn."]
    assert needed(world.maya) == needed(world.olga) == []
    cases.write(world.dee, case_id, "Which bill?", now=world.now)
    assert (needed(world.dee), len(needed(world.maya))) == ([], 1)
    cases.escalate(world.dee, case_id, FACTS, now=world.now)
    assert "May it read the evidence?" in needed(world.maya)[0]
    assert len(needed(world.olga)) == 1
    cases.agree(world.maya, case_id, now=world.now)
    assert needed(world.maya) == []
    assert needed(world.olga) == ["The evidence can be read now. It is your turn."]
    cases.assign(world.olga, case_id, person_of(world.olga), now=world.now)
    assert needed(world.olga) == ["It was assigned. It is your turn."]
    cases.write(world.olga, case_id, "Which version?", now=world.now)
    cases.assign(world.olga, case_id, None, now=world.now)
    assert needed(world.dee) == ["There is an answer. It is your turn."]
    cases.resolve(world.olga, case_id, "Fixed.", now=world.now)
    assert (needed(world.olga), needed(world.dee)) == ([], [])
    assert needed(world.maya) == ["Resolved. Look whether it works now."]
    assert needed(world.charlie) == []


def test_whoever_only_says_that_they_are_at_it_keeps_the_turn(world: World) -> None:
    case_id = reported(world)
    cases.write(world.dee, case_id, "We look.", is_interim=True, now=world.after(hours=1))
    found = page(world, case_id)
    assert (found.row.turn, found.messages[-1].kind) == ("partner", "interim")
    assert row(case_id).turn_since == row(case_id).first_answer_at == world.after(hours=1)
    assert notices.of_person(world.maya, now=world.now) == ()
    assert len(notices.of_person(world.dee, now=world.now)) == 1
    letter = mails("case.answered")["maya@harbour.example"]
    assert "is going to answer again" in letter
    assert "It is D3x Ltd’s turn. You need not do anything" in letter
    cases.write(world.dee, case_id, "It works now.", now=world.after(hours=2))
    assert page(world, case_id).row.turn == "property"


def test_nobody_takes_the_turn_by_keeping_it(world: World) -> None:
    case_id = reported(world)
    cases.write(world.maya, case_id, "One more thing.", is_interim=True, now=world.now)
    found = page(world, case_id)
    assert (found.row.turn, found.messages[-1].kind) == ("partner", "message")


def test_what_an_operator_who_leaves_took_care_of_is_everybodys(world: World) -> None:
    with builders.adding() as rows:
        otto = builders.add_person(rows, "otto@platform.example", "operator", now=world.now)
    case_id = escalated(world)
    connection_id = row(case_id).connection_id
    done = cases.open_(world.maya, connection_id, "Dinner is missing", "Too.", now=world.now)
    cases.escalate(world.dee, done, FACTS, now=world.now)
    for each in (case_id, done):
        cases.assign(world.olga, each, person_of(otto), now=world.now)
    cases.resolve(world.olga, done, "Fixed.", now=world.now)
    assert notices.of_person(world.olga, now=world.now) == ()
    (leaving,) = [each for each in people.members(world.olga, "platform") if each.name == "Otto"]
    people.remove(world.olga, leaving.membership_id, now=world.now)
    found = page(world, case_id, "olga")
    assert found.row.assigned == ""
    assert "Nobody takes care of it now." in {each.text for each in found.messages}
    (notice,) = notices.of_person(world.olga, now=world.now)
    assert notice.text == "Nobody takes care of it now. It is your turn."
    assert row(done).assigned_to == person_of(otto)  # who resolved it stays known


def test_who_agreed_once_is_not_asked_again(world: World) -> None:
    case_id = escalated(world)
    cases.agree(world.maya, case_id, now=world.now)
    cases.return_to_partner(world.olga, case_id, "Look at the bills.", now=world.now)
    cases.escalate(world.dee, case_id, FACTS, now=world.now)
    assert notices.of_person(world.maya, now=world.now) == ()


def test_a_case_that_nobody_takes_care_of_any_more_is_said_to_be_that(world: World) -> None:
    case_id = escalated(world)
    for who in (person_of(world.olga), None):
        cases.assign(world.olga, case_id, who, now=world.now)
    (notice,) = notices.of_person(world.olga, now=world.now)
    assert notice.text == "Nobody takes care of it now. It is your turn."


def test_the_menu_counts_what_waits_for_a_place(world: World) -> None:
    reported(world)
    counted = {
        "dee": Place(world.d3x, "partner", world.d3x, "D3x Ltd", "partner"),
        "maya": Place(world.hotel, "property", world.hotel, "Harbour Hotel", "manager"),
        "noah": Place(world.hotel, "property", world.hotel, "Harbour Hotel", "viewer"),
        "olga": Place("platform", "platform", "", "Platform", "operator"),
    }
    due = {who: case_pages.count_due(getattr(world, who), at) for who, at in counted.items()}
    assert due == {"dee": 1, "maya": 0, "noah": 0, "olga": 0}
    assert refused(case_pages.count_due, world.charlie, counted["maya"]).code == "not_found"


def test_nothing_is_half_done_when_telling_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = reported(world)

    def fails(*_: object) -> None:
        raise RuntimeError("the notices cannot be written")

    monkeypatch.setattr(notices, "tell", fails)
    with pytest.raises(RuntimeError):
        cases.write(world.dee, case_id, "Which bill?", [Upload("a.txt", b"x")], now=world.now)
    assert state(case_id) == ("open_with_partner", "partner")
    assert (len(page(world, case_id).messages), mails("case.answered")) == (1, {})


def test_programs_that_ask_for_cases_hear_of_them_and_others_do_not(world: World) -> None:
    case_id = reported(world)
    assert builders.messages_of(row(case_id).connection_id, "case.opened") == []
    with database.transaction() as session:
        session.get_one(Endpoint, world.d3x_endpoint).events = ["case.answered", "case.resolved"]
    cases.write(world.dee, case_id, "Which bill?", now=world.now)
    cases.write(world.maya, case_id, "All.", now=world.now)
    cases.resolve(world.dee, case_id, "Fixed.", now=world.now)
    connection_id = row(case_id).connection_id
    (answered,) = builders.messages_of(connection_id, "case.answered")
    assert '"case":{"number":1001,' in builders.body_of(answered)
    assert len(builders.messages_of(connection_id, "case.resolved")) == 1


def test_numbers_count_on_from_1001(world: World) -> None:
    first = reported(world)
    second = cases.open_(world.maya, row(first).connection_id, "Late", "Very.", now=world.now)
    assert (row(first).number, row(second).number) == (1001, 1002)
