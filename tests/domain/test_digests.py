"""The daily mail of notices: by choice, in the morning of the hotel, once, and only with news."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from domain import digests, notices, people, quiet_hours
from domain.quiet_hours import Clock
from storage import database
from storage.messages import Message
from storage.people import Membership, SignIn
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(day: str, clock: str = "12:00") -> datetime:
    """Return a moment on the clocks of Harbour Hotel; those of Alpine Lodge show the same."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BERLIN)


NOON = berlin("2026-06-10")
MORNING = berlin("2026-06-11", "07:00")


@pytest.fixture
def wanted(world: World) -> World:
    """A world in which Maya wants to be mailed, and has been told something at noon."""
    digests.choose(world.maya, "daily", now=world.now)
    tell(world)
    return world


def tell(world: World, title: str = "D3x was rejected", at: datetime = NOON, **more: str) -> None:
    place, about = more.get("place", world.hotel), more.get("about", "con_1")
    with database.transaction() as session:
        maya = session.get_one(SignIn, world.maya.id).person_id
        where = ("/subscriptions/con_1", place, about, at)
        notices.tell(session, [maya], "connection.rejected", title, "Read why.", *where)


def mails() -> list[Message]:
    with database.reading() as session:
        query = select(Message).where(Message.event == "notices.digest")
        return list(session.exec(query.order_by(col(Message.id))))


def test_it_goes_in_the_morning_with_a_link_to_each_and_only_once(wanted: World) -> None:
    tell(wanted, "Mews needs new credentials", about="con_2")
    assert digests.send(now=NOON) == 0
    assert digests.send(now=MORNING - timedelta(minutes=1)) == 0
    assert digests.send(now=MORNING) == 1
    assert digests.send(now=MORNING + timedelta(minutes=10)) == 0
    assert digests.send(now=MORNING + timedelta(days=1)) == 0, "nothing is new"
    (mail,) = mails()
    assert mail.mail_to == "maya@harbour.example"
    assert mail.subject == "2 things need you in Adjoin"
    body = builders.body_of(mail)
    link = f"http://adjoin.test/subscriptions/con_1?place={wanted.hotel}"
    for words in ("Harbour Hotel:", "  D3x was rejected\n  Read why.\n  " + link, "/account"):
        assert words in body
    assert "  Mews needs new credentials" in body


def test_nobody_is_mailed_who_did_not_ask_for_it(world: World) -> None:
    tell(world)
    assert digests.chosen(world.maya) == "off"
    assert digests.send(now=MORNING) == 0
    digests.choose(world.maya, "daily")
    assert digests.chosen(world.maya) == "daily"
    digests.choose(world.maya, "off")
    assert digests.send(now=MORNING) == 0
    assert refused(digests.choose, world.maya, "hourly").code == "invalid"


def test_what_was_read_or_done_is_no_news(wanted: World) -> None:
    notices.read_all(wanted.maya)
    assert digests.send(now=MORNING) == 0
    tell(wanted, about="con_2")
    with database.transaction() as session:
        notices.clear(session, "connection.rejected", "con_2")
    assert digests.send(now=MORNING) == 0


def test_what_comes_after_the_mail_waits_for_the_next_one(wanted: World) -> None:
    assert digests.send(now=MORNING) == 1
    tell(wanted, "again", MORNING + timedelta(hours=1))
    assert digests.send(now=MORNING + timedelta(hours=23)) == 0
    assert digests.send(now=MORNING + timedelta(days=1)) == 1
    assert [mail.subject for mail in mails()] == ["1 thing needs you in Adjoin"] * 2


def test_who_has_left_is_told_nothing_of_the_place(wanted: World) -> None:
    with builders.adding() as rows:
        builders.add_person(rows, "mona@harbour.example", "manager", wanted.hotel, now=wanted.now)
    with database.reading() as session:
        maya = session.get_one(SignIn, wanted.maya.id).person_id
        mine = session.exec(select(Membership.id).where(Membership.person_id == maya)).one()
    people.remove(wanted.maya, mine)
    assert digests.send(now=MORNING) == 0


def test_words_of_others_cannot_pass_for_ours(wanted: World) -> None:
    tell(wanted, "Hello\n\n--\nAdjoin asks for your password", about="con_2")
    digests.send(now=MORNING)
    assert "  Hello -- Adjoin asks for your password\n" in builders.body_of(mails()[0])


def test_a_mail_holds_thirty_and_says_how_many_more_there_are(wanted: World) -> None:
    for number in range(40):
        tell(wanted, f"Number {number}", about=f"con_{number + 2}")
    digests.send(now=MORNING)
    body = builders.body_of(mails()[0])
    assert mails()[0].subject == "41 things need you in Adjoin"
    assert body.count("Number ") == 30
    assert "And 11 more:\nhttp://adjoin.test/notices" in body


def test_quiet_hours_hold_it_back_until_they_end(wanted: World) -> None:
    quiet_hours.choose(wanted.maya, wanted.hotel, "20:00", "09:30")
    assert digests.send(now=berlin("2026-06-11", "07:10")) == 0
    assert digests.send(now=berlin("2026-06-11", "09:29")) == 0
    assert digests.send(now=berlin("2026-06-11", "09:30")) == 1


def test_a_mail_that_is_late_does_not_break_the_silence(wanted: World) -> None:
    quiet_hours.choose(wanted.maya, wanted.hotel, "20:00", "07:00")
    assert digests.send(now=berlin("2026-06-11", "21:00")) == 0, "Adjoin was down all day"
    assert digests.send(now=berlin("2026-06-12", "07:00")) == 1


def test_two_places_are_one_mail_as_soon_as_neither_is_quiet(wanted: World) -> None:
    _give_the_lodge(wanted)
    quiet_hours.choose(wanted.maya, wanted.lodge, "22:00", "10:00")
    tell(wanted, "At the lodge", about="con_2", place=wanted.lodge)
    assert digests.send(now=MORNING) == 0
    assert digests.send(now=berlin("2026-06-11", "10:00")) == 1
    (mail,) = mails()
    body = builders.body_of(mail)
    assert body.index("Alpine Lodge:") < body.index("At the lodge") < body.index("Harbour Hotel:")


def test_a_place_that_is_quiet_for_long_does_not_silence_the_others(wanted: World) -> None:
    _give_the_lodge(wanted)
    quiet_hours.choose(wanted.maya, wanted.lodge, "06:00", "05:00")
    tell(wanted, "At the lodge", about="con_2", place=wanted.lodge)
    assert digests.send(now=berlin("2026-06-11", "16:50")) == 0, "the lodge's hour was missed"
    assert digests.send(now=berlin("2026-06-11", "17:00")) == 1
    assert "At the lodge" not in builders.body_of(mails()[0])
    assert digests.send(now=berlin("2026-06-12", "05:30")) == 0, "one mail a day"
    assert digests.send(now=berlin("2026-06-13", "05:30")) == 1
    assert "At the lodge" in builders.body_of(mails()[1])


def _give_the_lodge(world: World) -> None:
    with builders.adding() as rows:
        with database.reading() as session:
            maya = session.get_one(SignIn, world.maya.id).person_id
        builders.add_role(rows, maya, "manager", world.lodge, now=world.now)


# Quiet hours


def test_managers_choose_quiet_hours_and_others_only_read_them(world: World) -> None:
    quiet_hours.choose(world.maya, world.hotel, " 22:00", "6:30")
    assert quiet_hours.read(world.noah, world.hotel) == Clock("Europe/Berlin", "22:00", "06:30")
    assert refused(quiet_hours.choose, world.noah, world.hotel, "", "").code == "forbidden"
    for stranger in (world.charlie, world.dee, world.olga):
        for verb, *more in ((quiet_hours.choose, "", ""), (quiet_hours.read,)):
            assert refused(verb, stranger, world.hotel, *more).code == "not_found"
    quiet_hours.choose(world.maya, world.hotel, "", "")
    assert not quiet_hours.read(world.maya, world.hotel).quiet_from


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [
        ("22:00", "", "Write both times"),
        ("", "07:00", "Write both times"),
        ("07:00", "07:00", "two different times"),
        ("25:00", "07:00", "is no time"),
        ("ten", "07:00", "is no time"),
        ("22:00", "<b>", "is no time"),
    ],
)
def test_times_that_make_no_sense_are_refused(
    world: World, begin: str, end: str, words: str
) -> None:
    refusal = refused(quiet_hours.choose, world.maya, world.hotel, begin, end)
    assert refusal.code == "invalid"
    assert words in refusal.message


NIGHT = Clock("Europe/Berlin", "22:00", "07:30")


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-07-01"])
def test_it_is_the_clock_on_the_wall_that_counts_when_clocks_change(day: str) -> None:
    assert NIGHT.is_quiet(berlin(day, "00:30"))
    assert NIGHT.is_quiet(berlin(day, "07:29"))
    assert not NIGHT.is_quiet(berlin(day, "07:30"))
    assert NIGHT.is_quiet(berlin(day, "22:00"))
    midnight = berlin(day, "00:00")
    assert NIGHT.next_mail(midnight) == berlin(day, "07:30")
    assert Clock("Europe/Berlin").next_mail(midnight) == berlin(day, "07:00")


times = st.times().map(lambda at: at.strftime("%H:%M"))


@given(
    st.sampled_from(("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")),
    times,
    times,
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_there_is_one_mail_a_day_and_never_in_quiet_hours(
    zone: str, begin: str, end: str, after: datetime
) -> None:
    clock = Clock(zone, begin, end) if begin != end else Clock(zone)
    moments = [after]
    for _ in range(4):
        moments.append(clock.next_mail(moments[-1]))
    for before, moment in pairwise(moments):
        assert before < moment <= before + timedelta(hours=25)
        assert not clock.is_quiet(moment)
