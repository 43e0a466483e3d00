"""Who belongs to a place: invitations, members, the first operator."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlmodel import Session, select

from domain import (
    connections,
    invitations,
    partners,
    passwords,
    people,
    properties,
    setup,
    sign_ins,
)
from domain.actors import Actor
from storage import database
from storage.history import HistoryRow
from storage.messages import Message
from storage.people import Membership
from tests import builders
from tests.builders import PASSWORD, World
from tests.domain.refusing import refused

NEW = "another horse 43"


def invite(world: World, email: str = "new@harbour.example", role: str = "viewer") -> str:
    """Let Maya invite somebody to Harbour Hotel; return the secret of the link."""
    sent = invitations.invite(world.maya, email, role, world.hotel, now=world.now)
    assert sent.link is not None
    assert sent.link.startswith("http://adjoin.test/invitation/")
    return sent.link.rpartition("/")[2]


def accept(secret: str, password: str = NEW, *, name: str = "Nora", **more: object) -> str:
    return invitations.accept(
        secret,
        name,
        password,
        device="d",
        address="192.0.2.1",
        **more,  # type: ignore[arg-type]
    )


def names(world: World) -> list[str]:
    return [member.name for member in people.members(world.maya, world.hotel, now=world.now)]


def test_an_invitation_is_mailed_with_a_link_that_works_once(world: World) -> None:
    secret = invite(world)
    with database.reading() as session:
        letter = session.exec(select(Message).where(Message.event == "invitation")).one()
    assert letter.mail_to == "new@harbour.example"
    assert f"http://adjoin.test/invitation/{secret}" in builders.body_of(letter)
    opened = invitations.read(secret, now=world.now)
    assert (opened.place, opened.role, opened.invited_by, opened.has_account) == (
        "Harbour Hotel",
        "viewer",
        "Maya",
        False,
    )
    visitor = sign_ins.visit(accept(secret, now=world.now), now=world.now)
    assert visitor is not None
    assert (visitor.name, visitor.email) == ("Nora", "new@harbour.example")
    assert names(world) == ["Maya", "Noah", "Nora"]
    assert refused(accept, secret, now=world.now).code == "link_used"


def test_an_invitation_is_too_old_after_a_week(world: World) -> None:
    secret = invite(world)
    invitations.read(secret, now=world.after(days=6, hours=23))
    for verb in (invitations.read, accept):
        assert refused(verb, secret, now=world.after(days=7)).code == "link_used"


def test_a_withdrawn_invitation_lets_nobody_in(world: World) -> None:
    secret = invite(world)
    (waiting,) = invitations.waiting(world.maya, world.hotel, now=world.now)
    invitations.withdraw(world.maya, waiting.id, now=world.now)
    assert refused(accept, secret, now=world.now).code == "link_used"
    assert invitations.waiting(world.maya, world.hotel, now=world.now) == ()


def test_a_second_invitation_replaces_the_first(world: World) -> None:
    first, second = invite(world), invite(world, role="manager")
    assert refused(accept, first, now=world.now).code == "link_used"
    accept(second, now=world.now)
    assert len(invitations.waiting(world.maya, world.hotel, now=world.now)) == 0


def test_who_has_an_account_gives_its_password_and_keeps_the_name(world: World) -> None:
    secret = invite(world, world.emails["charlie"])
    assert invitations.read(secret, now=world.now).has_account
    assert refused(accept, secret, NEW, now=world.now).code == "wrong_password"
    accept(secret, PASSWORD, name="Somebody", now=world.now)
    assert "Charlie" in names(world)
    visitor = sign_ins.visit(world.cookies["charlie"], now=world.now)
    assert visitor is not None
    assert {place.name for place in visitor.places} == {"Alpine Lodge", "Harbour Hotel"}


def test_guessing_a_password_through_an_invitation_is_throttled(world: World) -> None:
    secret = invite(world, world.emails["charlie"])
    codes = [refused(accept, secret, "wrong", now=world.now).code for _ in range(11)]
    assert codes == ["wrong_password"] * 10 + ["too_many_tries"]


def test_a_weak_password_leaves_the_invitation_open(world: World) -> None:
    secret = invite(world)
    assert refused(accept, secret, "short", now=world.now).code == "invalid"
    assert refused(accept, secret, NEW, name="", now=world.now).code == "invalid"
    accept(secret, now=world.now)


def test_who_belongs_here_already_is_not_invited(world: World) -> None:
    refusal = refused(invite, world, world.emails["noah"])
    assert refusal.code == "already_member"


@pytest.mark.parametrize("email", ["", "x", "a@b", "a b@c.example", "a@b.example,c@d.example"])
def test_an_address_that_is_none_is_refused(world: World, email: str) -> None:
    assert refused(invite, world, email).code == "invalid"


@pytest.mark.parametrize("role", ["partner", "operator", "", "owner"])
def test_a_role_that_does_not_exist_there_is_refused(world: World, role: str) -> None:
    assert refused(invite, world, role=role).code == "invalid"


def test_a_manager_cannot_make_operators_or_partners(world: World) -> None:
    for key, role in (("platform", "operator"), (world.d3x, "partner"), (world.lodge, "manager")):
        refusal = refused(invitations.invite, world.maya, "x@y.example", role, key)
        assert refusal.code == "not_found"


@pytest.mark.parametrize("secret", ["", "x", "\x00", "x" * 100_000])
def test_an_invented_invitation_opens_nothing(world: World, secret: str) -> None:
    for verb in (invitations.read, accept):
        assert refused(verb, secret, now=world.now).code == "link_used"


def test_somebody_has_to_stay_who_can_manage_the_place(world: World) -> None:
    me = next(m for m in people.members(world.maya, world.hotel) if m.is_me)
    assert refused(people.remove, world.maya, me.membership_id).code == "last_one"
    accept(invite(world, role="manager"), now=world.now)
    people.remove(world.maya, me.membership_id, now=world.now)
    assert refused(people.members, world.maya, world.hotel).code == "not_found"


def test_who_was_removed_may_be_invited_again(world: World) -> None:
    noah = next(m for m in people.members(world.maya, world.hotel) if m.name == "Noah")
    people.remove(world.maya, noah.membership_id, now=world.now)
    assert refused(people.remove, world.maya, noah.membership_id).code == "not_found"
    accept(invite(world, world.emails["noah"], "manager"), PASSWORD, now=world.now)
    with database.reading() as session:
        ended = session.exec(select(Membership.ended_at).where(Membership.id == noah.membership_id))
        assert ended.one() == world.now
    assert names(world) == ["Maya", "Noah"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb\x00", "\u202e"])
def test_a_name_has_to_be_one(world: World, name: str) -> None:
    assert refused(people.rename, world.maya, name, now=world.now).code == "invalid"


# The first visitor


def create(code: str, email: str = "olga@x.example", password: str = NEW) -> str:
    return setup.create_operator(code, "Olga", email, password, device="d", address="a")


@pytest.mark.usefixtures("database")
def test_whoever_holds_the_code_becomes_the_first_operator() -> None:
    assert setup.is_needed()
    code = setup.open_door()
    visitor = sign_ins.visit(create(f"  {code.lower()} "))
    assert visitor is not None
    assert visitor.place is not None
    assert visitor.place.kind == "platform"
    assert not setup.is_needed()
    assert refused(create, code, "second@x.example").code == "setup_done"


@pytest.mark.usefixtures("database")
def test_a_wrong_code_is_refused_and_twenty_close_the_door() -> None:
    code = setup.open_door()
    codes = [refused(create, "0000-0000-0000-0000").code for _ in range(21)]
    assert codes == ["wrong_code"] * 20 + ["too_many_tries"]
    assert refused(create, code).code == "too_many_tries"
    create(setup.open_door())


@pytest.mark.usefixtures("database")
def test_a_new_code_voids_the_old_one() -> None:
    old = setup.open_door()
    new = setup.open_door()
    assert refused(create, old).code == "wrong_code"
    create(new)


@pytest.mark.usefixtures("database")
def test_a_weak_password_leaves_the_code_valid() -> None:
    code = setup.open_door()
    assert refused(create, code, password="short").code == "invalid"
    create(code)


def test_with_an_operator_no_code_makes_another(world: World) -> None:
    assert not setup.is_needed()
    assert refused(create, setup.open_door()).code == "setup_done"


# Operators let the first one in, and nobody else


def let_in(world: World, role: str, place: str, email: str = "first@new.example") -> Actor:
    """Let Olga invite the first one to a place, who accepts; return them."""
    sent = invitations.invite(world.olga, email, role, place, now=world.now)
    return enter(world, sent, PASSWORD)


def enter(world: World, sent: invitations.Sent, password: str = NEW) -> Actor:
    secret = str(sent.link).rpartition("/")[2]
    visitor = sign_ins.visit(accept(secret, password, now=world.now), now=world.now)
    assert visitor is not None
    return visitor.actor


def new_place(world: World, kind: str) -> tuple[str, str]:
    """Make a place without people; return its id and the role that manages it."""
    if kind == "property":
        return properties.create(world.olga, "New Hotel", now=world.now), "manager"
    return partners.create(world.olga, "New Ltd", now=world.now), "partner"


@pytest.mark.parametrize("kind", ["property", "partner"])
def test_an_operator_lets_in_the_first_one_and_then_nobody(world: World, kind: str) -> None:
    place, role = new_place(world, kind)
    first = let_in(world, role, place)
    assert [member.name for member in people.members(first, place, now=world.now)] == ["Nora"]
    refusal = refused(invitations.invite, world.olga, "me@new.example", role, place)
    assert refusal.code == "forbidden"
    assert "only they can invite" in refusal.message


@pytest.mark.parametrize("kind", ["property", "partner"])
def test_no_operator_is_invited_to_a_hotel_or_a_partner(world: World, kind: str) -> None:
    place, role = new_place(world, kind)
    with builders.adding() as rows:
        builders.add_person(rows, "otto@platform.example", "operator", now=world.now)
    for email in (world.emails["olga"], "Otto@Platform.example"):
        assert refused(invitations.invite, world.olga, email, role, place).code == "other_side"
    assert refused(invite, world, world.emails["olga"]).code == "other_side"


@pytest.mark.parametrize("kind", ["property", "partner"])
def test_who_became_an_operator_meanwhile_joins_no_other_side(world: World, kind: str) -> None:
    place, role = new_place(world, kind)
    to_place = invitations.invite(world.olga, "two@new.example", role, place, now=world.now)
    to_platform = invitations.invite(
        world.olga, "two@new.example", "operator", "platform", now=world.now
    )
    operator = enter(world, to_platform)
    assert refused(enter, world, to_place).code == "other_side"
    assert [m.name for m in people.members(operator, place, now=world.now)] == []


@pytest.mark.parametrize("kind", ["property", "partner"])
def test_who_joined_another_side_meanwhile_becomes_no_operator(world: World, kind: str) -> None:
    place, role = new_place(world, kind)
    to_platform = invitations.invite(
        world.olga, "six@new.example", "operator", "platform", now=world.now
    )
    let_in(world, role, place, "six@new.example")
    assert refused(enter, world, to_platform, NEW).code == "wrong_password"
    assert refused(enter, world, to_platform, PASSWORD).code == "other_side"


def test_nobody_of_a_hotel_or_a_partner_becomes_an_operator(world: World) -> None:
    for name in ("maya", "noah", "dee"):
        refusal = refused(
            invitations.invite, world.olga, world.emails[name], "operator", "platform"
        )
        assert refusal.code == "other_side"


def test_an_operator_can_neither_activate_nor_connect_by_way_of_invitations(world: World) -> None:
    connection_id = world.connect()
    for email in (world.emails["olga"], "olga.too@platform.example"):
        for role, place in (("partner", world.d3x), ("manager", world.hotel)):
            code = refused(invitations.invite, world.olga, email, role, place).code
            assert code == "forbidden"
    assert refused(connections.activate, world.olga, connection_id).code == "forbidden"
    assert refused(connections.connect, world.olga, world.hotel, "freeguides").code == "not_found"
    for place in (world.hotel, world.d3x):
        for member in people.members(world.olga, place):
            if member.role != "viewer":
                refusal = refused(people.remove, world.olga, member.membership_id, "Out.")
                assert refusal.code == "last_one"


def test_the_whole_way_from_an_operators_invitation_to_connect_and_activate(world: World) -> None:
    hotel, _ = new_place(world, "property")
    partner, _ = new_place(world, "partner")
    with builders.adding() as rows:
        builders.add_app(rows, "lamp", "Lamp", world.now, partner_id=partner)
    manager = let_in(world, "manager", hotel, "manager@new.example")
    developer = let_in(world, "partner", partner, "developer@new.example")
    connection_id = connections.connect(manager, hotel, "lamp", now=world.now)
    assert refused(connections.activate, world.olga, connection_id).code == "forbidden"
    connections.activate(developer, connection_id, now=world.now)
    colleague = let_in(world, "operator", "platform", "operator@new.example")
    assert refused(connections.disconnect, colleague, connection_id).code == "forbidden"


def test_a_second_invitation_of_an_operator_is_void_once_the_first_one_is_in(world: World) -> None:
    hotel, role = new_place(world, "property")
    late = invitations.invite(world.olga, "spare@new.example", role, hotel, now=world.now)
    let_in(world, role, hotel)
    refusal = refused(enter, world, late)
    assert refusal.code == "link_used"
    assert "New Hotel" in refusal.message
    (waiting,) = invitations.waiting(world.olga, hotel, now=world.now)
    invitations.withdraw(world.olga, waiting.id, now=world.now)


def test_who_was_removed_comes_back_by_no_invitation_of_their_own(world: World) -> None:
    accept(invite(world, "mona@harbour.example", "manager"), now=world.now)
    late = invite(world, "maya.again@harbour.example", "manager")
    me = next(m for m in people.members(world.maya, world.hotel) if m.is_me)
    people.remove(world.maya, me.membership_id, now=world.now)
    assert refused(accept, late, now=world.now).code == "link_used"


def test_an_operator_withdraws_only_what_it_sent(world: World) -> None:
    invite(world)
    (waiting,) = invitations.waiting(world.olga, world.hotel, now=world.now)
    assert refused(invitations.withdraw, world.olga, waiting.id).code == "forbidden"


def test_the_history_says_who_let_in_whom(world: World) -> None:
    hotel, role = new_place(world, "property")
    let_in(world, role, hotel)
    with database.reading() as session:
        row = session.exec(select(HistoryRow).where(HistoryRow.event == "member.joined")).one()
    assert (row.property_id, row.note) == (hotel, "first@new.example, invited by Olga, operator")


def test_nobody_waits_in_a_transaction_while_a_password_is_hashed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ones: list[object] = []
    transaction = database.transaction

    @contextmanager
    def counted() -> Iterator[Session]:
        with transaction() as session:
            open_ones.append(session)
            yield session
        open_ones.pop()

    def outside(verb: Callable[..., object]) -> Callable[..., object]:
        def checked(*arguments: object) -> object:
            assert not open_ones
            return verb(*arguments)

        return checked

    monkeypatch.setattr(database, "transaction", counted)
    for name in ("hashed", "matches"):
        monkeypatch.setattr(passwords, name, outside(getattr(passwords, name)))
    accept(invite(world), now=world.now)
    accept(invite(world, world.emails["charlie"]), PASSWORD, now=world.now)
    people.change_password(world.maya, PASSWORD, NEW, now=world.now)
