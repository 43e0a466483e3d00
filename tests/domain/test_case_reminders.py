"""Reminders of cases: each is sent once, to whoever is silent."""

from domain import case_reminders, cases, notices
from tests.builders import World
from tests.domain.test_cases import FACTS, escalated, mails, reported, row, told


def test_a_silent_partner_is_reminded_after_two_and_after_five_days(world: World) -> None:
    case_id = reported(world)
    assert case_reminders.remind(now=world.after(days=2, minutes=-1)) == 0
    assert case_reminders.remind(now=world.after(days=2)) == 1
    assert case_reminders.remind(now=world.after(days=3)) == 0
    assert case_reminders.remind(now=world.after(days=5)) == 1
    assert case_reminders.remind(now=world.after(days=30)) == 0
    assert len(told("case.reminded", case_id)) == 2
    assert set(mails("case.reminded")) == {world.emails["dee"]}


def test_a_reminder_says_since_when_and_what_to_do(world: World) -> None:
    reported(world)
    case_reminders.remind(now=world.after(days=2))
    letter = mails("case.reminded")[world.emails["dee"]]
    assert "#1001 “Breakfast is missing” of Harbour Hotel" in letter
    assert "waiting for you for 2 days" in letter
    assert "It is your turn" in letter
    (notice,) = notices.of_person(world.dee, now=world.after(days=2))
    assert notice.text == "It has been waiting for you. It is your turn."


def test_who_slept_through_the_first_one_gets_one(world: World) -> None:
    reported(world)
    assert case_reminders.remind(now=world.after(days=6)) == 1


def test_operators_are_reminded_of_an_escalation_after_a_day(world: World) -> None:
    escalated(world)  # an hour after `now`
    assert case_reminders.remind(now=world.after(days=1)) == 0
    assert case_reminders.remind(now=world.after(days=1, hours=1)) == 1
    assert case_reminders.remind(now=world.after(days=9)) == 0
    assert set(mails("case.reminded")) == {world.emails["olga"]}


def test_an_answer_begins_the_count_anew_and_more_words_do_not(world: World) -> None:
    case_id = reported(world)
    cases.write(world.maya, case_id, "Anybody?", now=world.after(days=1))
    assert case_reminders.remind(now=world.after(days=2)) == 1
    cases.write(world.dee, case_id, "Which?", now=world.after(days=2))
    assert case_reminders.remind(now=world.after(days=9)) == 0, "it is the hotel’s turn"
    cases.write(world.maya, case_id, "All.", now=world.after(days=9))
    assert case_reminders.remind(now=world.after(days=10)) == 0
    assert case_reminders.remind(now=world.after(days=11)) == 1


def test_nobody_is_reminded_of_what_is_resolved(world: World) -> None:
    case_id = reported(world)
    cases.escalate(world.dee, case_id, FACTS, now=world.now)
    cases.resolve(world.olga, case_id, "Fixed.", now=world.now)
    assert case_reminders.remind(now=world.after(days=9)) == 0
    assert row(case_id).turn == ""
