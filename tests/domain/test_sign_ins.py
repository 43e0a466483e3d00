"""Signing in: the same words for everybody, throttling that locks no honest person out."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlmodel import select

from domain import connections, passwords, people, sign_ins
from domain.refusals import Refusal
from domain.sign_ins import Visitor
from storage import changes, database, encryption
from storage.people import Membership, Person, SignIn, SignInFailure
from tests import builders
from tests.builders import PASSWORD, World
from tests.domain.refusing import refused

HOME, ELSEWHERE = builders.ADDRESS, "203.0.113.77"


def sign_in(
    email: str, password: str = PASSWORD, *, address: str = HOME, now: datetime | None = None
) -> str:
    return sign_ins.sign_in(email, password, device="Firefox", address=address, now=now)


def outcome(email: str, password: str, *, address: str = HOME, now: datetime | None = None) -> str:
    try:
        sign_in(email, password, address=address, now=now)
    except Refusal as refusal:
        return refusal.code
    return "ok"


def visit(cookie: str, now: datetime) -> Visitor:
    visitor = sign_ins.visit(cookie, now=now)
    assert visitor is not None
    return visitor


def test_the_right_password_opens_the_door(world: World) -> None:
    visitor = visit(sign_in(world.emails["maya"], now=world.now), world.now)
    assert (visitor.name, visitor.email) == ("Maya", "maya@harbour.example")
    assert visitor.place is not None
    assert (visitor.place.name, visitor.place.role) == ("Harbour Hotel", "manager")


@pytest.mark.parametrize("typed", ["Maya@Harbour.Example", "  maya@harbour.example  "])
def test_how_an_address_is_typed_does_not_matter(world: World, typed: str) -> None:
    assert visit(sign_in(typed, now=world.now), world.now).name == "Maya"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("maya@harbour.example", "wrong"),
        ("maya@harbour.example", ""),
        ("maya@harbour.example", PASSWORD + " "),
        ("maya@harbour.example", "x" * 100_000),
        ("nobody@harbour.example", PASSWORD),
        ("", ""),
        ("' OR 1=1 --", PASSWORD),
        ("x" * 100_000, PASSWORD),
    ],
)
def test_every_wrong_pair_gets_the_same_words(world: World, email: str, password: str) -> None:
    refusal = refused(sign_in, email, password, now=world.now)
    assert (refusal.code, refusal.message) == (
        "wrong_credentials",
        "The e-mail address or the password is wrong.",
    )


def test_an_account_that_does_not_exist_costs_the_same_work(world: World) -> None:
    # With the cheap passwords of the tests there would be nothing to measure.
    passwords._context.update(argon2__time_cost=2, argon2__memory_cost=19456)
    try:
        with database.transaction() as session:
            person = session.exec(select(Person).where(Person.name == "Maya")).one()
            person.password_hash = passwords.hashed(PASSWORD)
        spent: dict[str, list[float]] = {"maya@harbour.example": [], "nobody@x.example": []}
        for number in range(9):
            for email, times in spent.items():
                begun = time.perf_counter()
                outcome(email, "wrong", address=f"192.0.2.{number}", now=world.now)
                times.append(time.perf_counter() - begun)
    finally:
        passwords.make_cheap()
    known, unknown = (statistics.median(times) for times in spent.values())
    assert 0.4 < known / unknown < 2.5


def test_a_password_is_stored_as_argon2id(world: World) -> None:
    assert passwords.hashed("something long").startswith("$argon2id$")


# Sign-ins are rows


def test_the_cookie_is_stored_as_a_hash(world: World) -> None:
    cookie = sign_in(world.emails["maya"], now=world.now)
    with database.reading() as session:
        hashes = session.exec(select(SignIn.secret_hash)).all()
    assert cookie not in hashes
    assert encryption.digest(cookie) in hashes


@pytest.mark.parametrize("cookie", [None, "", "x", "\x00", "x" * 100_000, "山"])
def test_an_invented_cookie_is_nobody(world: World, cookie: str | None) -> None:
    assert sign_ins.visit(cookie, now=world.now) is None


def test_a_sign_in_ends_after_two_weeks(world: World) -> None:
    cookie = sign_in(world.emails["maya"], now=world.now)
    visitor = visit(cookie, world.after(days=13, hours=23))
    assert sign_ins.visit(cookie, now=world.after(days=14)) is None
    refusal = refused(sign_ins.of_person, visitor.actor, now=world.after(days=14))
    assert refusal.code == "signed_out"


def test_everybody_sees_their_own_browsers_with_device_and_time(world: World) -> None:
    later = world.after(hours=1)
    sign_in(world.emails["maya"], address=ELSEWHERE, now=later)
    sign_in(world.emails["noah"], now=later)
    devices = sign_ins.of_person(world.maya, now=later)
    assert [(d.device, d.address, d.since, d.is_this_one) for d in devices] == [
        ("Firefox", ELSEWHERE, later, False),
        ("Chromium on Linux", HOME, world.now, True),
    ]


def test_a_browser_is_signed_out_from_another_one(world: World) -> None:
    cookie = sign_in(world.emails["maya"], now=world.now)
    other = visit(cookie, world.now).actor
    told: list[changes.Change] = []
    stop = changes.listen(told.append)
    sign_ins.end(world.maya, other.id, now=world.now)
    stop()
    assert told == [changes.Change("sign_in", other.id)]
    assert sign_ins.visit(cookie, now=world.now) is None
    assert len(sign_ins.of_person(world.maya, now=world.now)) == 1


def test_nobody_ends_somebody_elses_sign_in(world: World) -> None:
    assert refused(sign_ins.end, world.maya, world.noah.id, now=world.now).code == "not_found"
    assert len(sign_ins.of_person(world.noah, now=world.now)) == 1


def test_sign_out_everywhere_leaves_this_browser(world: World) -> None:
    cookies = [sign_in(world.emails["maya"], now=world.now) for _ in range(3)]
    noah = sign_in(world.emails["noah"], now=world.now)
    assert sign_ins.sign_out_everywhere(world.maya, now=world.now) == 3
    assert all(sign_ins.visit(cookie, now=world.now) is None for cookie in cookies)
    assert sign_ins.visit(noah, now=world.now) is not None
    assert sign_ins.visit(world.cookies["maya"], now=world.now) is not None


def test_a_page_that_outlives_the_sign_out_can_do_nothing(world: World) -> None:
    connection_id = world.connect()
    sign_ins.sign_out(world.maya, now=world.now)
    refusal = refused(connections.withdraw, world.maya, connection_id, now=world.now)
    assert refusal.code == "signed_out"


def test_whoever_lost_a_role_loses_it_in_every_open_window(world: World) -> None:
    member = next(m for m in people.members(world.maya, world.hotel) if m.name == "Noah")
    people.remove(world.maya, member.membership_id, now=world.now)
    visitor = visit(world.cookies["noah"], world.now)
    assert visitor.places == ()
    assert refused(people.members, world.noah, world.hotel, now=world.now).code == "not_found"


def test_the_last_visit_is_noted_every_five_minutes(world: World) -> None:
    cookie = world.cookies["maya"]
    before = builders.snapshot()
    visit(cookie, world.after(minutes=4))
    assert builders.snapshot() == before
    visit(cookie, world.after(minutes=6))
    (device,) = sign_ins.of_person(world.maya, now=world.after(minutes=6))
    assert device.seen_at == world.after(minutes=6)


def test_long_names_of_browsers_are_cut(world: World) -> None:
    sign_ins.sign_in(
        world.emails["maya"], PASSWORD, device="x" * 5_000, address="y" * 500, now=world.now
    )
    assert {len(d.device) for d in sign_ins.of_person(world.maya, now=world.now)} == {17, 200}


# Several places


def test_a_person_with_several_roles_switches_between_places(world: World) -> None:
    with builders.adding() as rows, database.reading() as session:
        maya = session.exec(select(Person.id).where(Person.name == "Maya")).one()
        builders.add_role(rows, maya, "viewer", world.lodge, now=world.now)
        builders.add_role(rows, maya, "partner", world.d3x, now=world.now)
        builders.add_role(rows, maya, "operator", now=world.now)
    visitor = visit(world.cookies["maya"], world.now)
    assert [(place.name, place.role_words) for place in visitor.places] == [
        ("Alpine Lodge", "Viewer"),
        ("Harbour Hotel", "Manager"),
        ("D3x Ltd", "Partner"),
        ("Platform", "Operator"),
    ]
    for key in (world.hotel, world.d3x, "platform", world.lodge):
        sign_ins.go_to(world.maya, key, now=world.now)
        here = visit(world.cookies["maya"], world.now).place
        assert here is not None
        assert here.key == key


def test_dozens_of_places_are_found_with_two_questions(world: World) -> None:
    with builders.adding() as rows, database.reading() as session:
        maya = session.exec(select(Person.id).where(Person.name == "Maya")).one()
        for number in range(30):
            hotel = builders.add_property(rows, f"Hotel {number}", world.now)
            builders.add_role(rows, maya, "viewer", hotel, now=world.now)
    with _counted_statements() as statements:
        assert len(visit(world.cookies["maya"], world.now).places) == 31
    assert len([each for each in statements if each != "BEGIN"]) == 4


@contextmanager
def _counted_statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    sa.event.listen(database.engine(), "before_cursor_execute", note)
    yield seen
    sa.event.remove(database.engine(), "before_cursor_execute", note)


def test_a_place_that_was_lost_is_left(world: World) -> None:
    with builders.adding() as rows, database.reading() as session:
        maya = session.exec(select(Person.id).where(Person.name == "Maya")).one()
        builders.add_role(rows, maya, "viewer", world.lodge, now=world.now)
    sign_ins.go_to(world.maya, world.lodge, now=world.now)
    with database.transaction() as session:
        role = session.exec(
            select(Membership).where(
                Membership.property_id == world.lodge, Membership.role == "viewer"
            )
        ).one()
        role.ended_at = world.now
    here = visit(world.cookies["maya"], world.now).place
    assert here is not None
    assert here.name == "Harbour Hotel"


# Throttling


def guess(world: World, times: int, *, email: str = "maya@harbour.example", address: str) -> None:
    """Note `times` failures without the work of checking them."""
    with database.transaction() as session:
        session.add_all(
            SignInFailure(account=encryption.digest(email), address=address, at=world.now)
            for _ in range(times)
        )


def test_ten_wrong_tries_at_one_address_stop_the_eleventh_even_if_right(world: World) -> None:
    email = world.emails["maya"]
    codes = [outcome(email, "wrong", now=world.now) for _ in range(11)]
    assert codes == ["wrong_credentials"] * 10 + ["too_many_tries"]
    assert outcome(email, PASSWORD, now=world.now) == "too_many_tries"


def test_an_account_that_does_not_exist_is_throttled_in_the_same_way(world: World) -> None:
    codes = [outcome("nobody@x.example", "wrong", now=world.now) for _ in range(11)]
    assert codes == ["wrong_credentials"] * 10 + ["too_many_tries"]


def test_meanwhile_the_owner_signs_in_elsewhere(world: World) -> None:
    guess(world, 10, address=ELSEWHERE)
    email = world.emails["maya"]
    assert outcome(email, PASSWORD, address=ELSEWHERE, now=world.now) == "too_many_tries"
    assert outcome(email, PASSWORD, address=HOME, now=world.now) == "ok"


def test_and_a_colleague_signs_in_at_the_same_address(world: World) -> None:
    guess(world, 10, address=HOME)
    assert outcome(world.emails["noah"], PASSWORD, now=world.now) == "ok"


@pytest.mark.parametrize(("minutes", "code"), [(14, "too_many_tries"), (16, "ok")])
def test_after_a_quarter_of_an_hour_the_door_opens_again(
    world: World, minutes: int, code: str
) -> None:
    guess(world, 10, address=HOME)
    assert outcome(world.emails["maya"], PASSWORD, now=world.after(minutes=minutes)) == code


def test_tries_while_throttled_do_not_prolong_it(world: World) -> None:
    guess(world, 10, address=HOME)
    for minute in range(14):
        outcome(world.emails["maya"], "wrong", now=world.after(minutes=minute))
    assert outcome(world.emails["maya"], PASSWORD, now=world.after(minutes=16)) == "ok"


def test_an_address_that_tries_many_accounts_is_stopped_for_all(world: World) -> None:
    for number in range(50):
        guess(world, 1, email=f"guess{number}@x.example", address=ELSEWHERE)
    assert outcome(world.emails["noah"], PASSWORD, address=ELSEWHERE, now=world.now) == (
        "too_many_tries"
    )
    assert outcome(world.emails["noah"], PASSWORD, address=HOME, now=world.now) == "ok"


def test_a_hotel_full_of_wrong_tries_still_opens_for_who_works_there(world: World) -> None:
    for number in range(60):
        guess(world, 1, email=f"guess{number}@x.example", address=HOME)
    assert outcome(world.emails["noah"], PASSWORD, address=HOME, now=world.now) == "ok"
    assert outcome("nobody@x.example", PASSWORD, address=HOME, now=world.now) == "too_many_tries"
    guess(world, 10, email=world.emails["noah"], address=HOME)
    assert outcome(world.emails["noah"], PASSWORD, address=HOME, now=world.now) == "too_many_tries"


def test_an_account_guessed_from_everywhere_still_opens_where_it_is_known(world: World) -> None:
    for number in range(100):
        guess(world, 1, address=f"192.0.2.{number}")
    email = world.emails["maya"]
    assert outcome(email, PASSWORD, address=ELSEWHERE, now=world.now) == "too_many_tries"
    assert outcome(email, PASSWORD, address=HOME, now=world.now) == "ok"


def test_an_account_that_does_not_exist_is_known_nowhere(world: World) -> None:
    for number in range(100):
        guess(world, 1, email="nobody@x.example", address=f"192.0.2.{number}")
    assert outcome("nobody@x.example", PASSWORD, now=world.now) == "too_many_tries"


def test_a_success_forgets_the_failures_at_that_address_only(world: World) -> None:
    email = world.emails["maya"]
    for address in (HOME, ELSEWHERE):
        guess(world, 9, address=address)
    assert outcome(email, PASSWORD, address=HOME, now=world.now) == "ok"
    assert outcome(email, "wrong", address=HOME, now=world.now) == "wrong_credentials"
    assert outcome(email, "wrong", address=ELSEWHERE, now=world.now) == "wrong_credentials"
    assert outcome(email, PASSWORD, address=ELSEWHERE, now=world.now) == "too_many_tries"
    assert outcome(email, PASSWORD, address=HOME, now=world.now) == "ok"


def test_failures_are_forgotten_after_a_day(world: World) -> None:
    guess(world, 5, address=HOME)
    outcome(world.emails["maya"], "wrong", now=world.after(hours=25))
    with database.reading() as session:
        assert len(session.exec(select(SignInFailure)).all()) == 1


def test_the_address_that_was_typed_is_not_stored(world: World) -> None:
    outcome("secret.guest@x.example", "wrong", now=world.now)
    assert "secret.guest" not in repr(builders.snapshot())


# Passwords


def test_a_new_password_signs_out_every_other_browser_and_mails_the_owner(world: World) -> None:
    other = sign_in(world.emails["maya"], now=world.now)
    people.change_password(world.maya, PASSWORD, "another horse 43", now=world.now)
    assert sign_ins.visit(other, now=world.now) is None
    assert sign_ins.visit(world.cookies["maya"], now=world.now) is not None
    assert outcome(world.emails["maya"], PASSWORD, now=world.now) == "wrong_credentials"
    assert outcome(world.emails["maya"], "another horse 43", now=world.now) == "ok"
    assert "Your Adjoin password was changed" in repr(builders.snapshot()["messages"])


def test_without_the_old_password_there_is_no_new_one(world: World) -> None:
    refusal = refused(people.change_password, world.maya, "wrong", "another horse 43")
    assert refusal.code == "wrong_password"


@pytest.mark.parametrize(
    "new", ["", "short", "x" * 9, "x" * 257, "aaaaaaaaaaaa", "ababababab", "maya@harbour.example"]
)
def test_a_weak_new_password_is_refused_with_what_to_do(world: World, new: str) -> None:
    refusal = refused(people.change_password, world.maya, PASSWORD, new, now=world.now)
    assert refusal.code == "invalid"
    assert refusal.message.startswith("Choose a password")


def test_a_password_changed_while_it_is_being_checked_opens_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = passwords.matches

    def slow(password: str, password_hash: str | None) -> bool:
        monkeypatch.setattr(passwords, "matches", original)
        people.change_password(world.maya, PASSWORD, "another horse 43", now=world.now)
        return original(password, password_hash)

    monkeypatch.setattr(passwords, "matches", slow)
    assert outcome(world.emails["maya"], PASSWORD, now=world.now) == "wrong_credentials"
