"""Everybody with an account, as operators see them, and how a role ends."""

from sqlmodel import select

from domain import everybody, invitations, notices, people
from storage import database
from storage.history import HistoryRow
from storage.people import SignIn
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused


def person(world: World, name: str) -> str:
    with database.reading() as session:
        return session.get_one(SignIn, getattr(world, name).id).person_id


def membership(world: World, name: str) -> str:
    (held,) = everybody.read(world.olga, person(world, name), now=world.now).held
    return held.membership_id


def names(world: World, text: str = "") -> list[str]:
    return [row.name for row in everybody.page(world.olga, text=text, now=world.now).rows]


def test_everybody_is_listed_with_where_they_work_and_when_they_were_here(world: World) -> None:
    assert names(world) == ["Charlie", "Dee", "Finn", "Maya", "Noah", "Olga"]
    (maya,) = everybody.page(world.olga, text="maya").rows
    assert [(place.name, place.role) for place in maya.places] == [("Harbour Hotel", "manager")]
    assert maya.seen_at == world.now


def test_people_are_found_by_name_address_and_place(world: World) -> None:
    assert names(world, "HARBOUR hotel") == ["Maya", "Noah"]
    assert names(world, "free") == ["Finn"]
    assert names(world, "olga@platform") == ["Olga"]
    assert names(world, "nobody") == names(world, "%") == []


def test_a_long_list_comes_in_pages(world: World) -> None:
    with builders.adding() as rows:
        for number in range(60):
            builders.add_person(
                rows, f"zoe{number:02}@x.example", "viewer", world.hotel, now=world.now
            )
    first, last = (everybody.page(world.olga, number=number) for number in (1, 99))
    assert (len(first.rows), first.at.pages, first.at.total) == (50, 2, 66)
    assert (len(last.rows), last.at.number, last.at.first) == (16, 2, 51)
    assert not {row.id for row in first.rows} & {row.id for row in last.rows}


def test_an_operator_ends_a_role_in_words_that_the_place_reads(world: World) -> None:
    noah = membership(world, "noah")
    assert refused(people.remove, world.olga, noah).code == "invalid"
    people.remove(world.olga, noah, "Works elsewhere now.", now=world.now)
    assert refused(people.members, world.noah, world.hotel).code == "not_found"
    (told,) = notices.of_person(world.maya, now=world.now)
    assert told.text == "Olga wrote: Noah: Works elsewhere now."
    with database.reading() as session:
        rows = session.exec(select(HistoryRow).where(HistoryRow.event == "member.removed")).all()
    assert [(row.who, row.side, row.note) for row in rows] == [
        ("Olga", "platform", "Noah: Works elsewhere now.")
    ]


def test_no_operator_empties_a_place_to_let_itself_in(world: World) -> None:
    for name in ("maya", "dee"):
        held = everybody.read(world.olga, person(world, name)).held[0]
        assert held.why_not.startswith("Somebody has to stay")
        refusal = refused(people.remove, world.olga, held.membership_id, "I want to get in.")
        assert refusal.code == "last_one"
    assert people.members(world.maya, world.hotel)


def test_an_invitation_is_sent_again_with_another_link(world: World) -> None:
    first = invitations.invite(world.maya, "new@harbour.example", "viewer", world.hotel)
    again = invitations.resend(world.maya, first.id)
    assert first.link is not None
    assert again.link is not None
    old, new = (link.rpartition("/")[2] for link in (first.link, again.link))
    assert refused(invitations.read, old).code == "link_used"
    assert invitations.read(new).email == "new@harbour.example"


def test_an_invitation_that_ran_out_is_shown_and_works_once_sent_again(world: World) -> None:
    sent = invitations.invite(
        world.olga, "ops2@platform.example", "operator", "platform", now=world.now
    )
    late = world.after(days=8)
    (shown,) = everybody.invited(world.olga, now=late)
    assert (shown.email, shown.has_expired, shown.why_not) == ("ops2@platform.example", True, "")
    link = invitations.resend(world.olga, sent.id, now=late).link
    assert link is not None
    assert invitations.read(link.rpartition("/")[2], now=late).place == "Platform"
    (shown,) = everybody.invited(world.olga, now=late)
    assert not shown.has_expired


def test_an_operator_sees_a_hotels_invitation_and_leaves_it_to_the_hotel(world: World) -> None:
    sent = invitations.invite(world.maya, "new@harbour.example", "viewer", world.hotel)
    (shown,) = everybody.invited(world.olga)
    assert "only they can invite" in shown.why_not
    for verb in (invitations.resend, invitations.withdraw):
        assert refused(verb, world.olga, sent.id).code == "forbidden"
    for verb in (invitations.resend, invitations.withdraw):
        assert refused(verb, world.charlie, sent.id).code == "not_found"


def test_what_was_used_or_withdrawn_is_not_sent_again(world: World) -> None:
    sent = invitations.invite(world.maya, "new@harbour.example", "viewer", world.hotel)
    invitations.withdraw(world.maya, sent.id)
    assert refused(invitations.resend, world.maya, sent.id).code == "not_found"
    assert everybody.invited(world.olga) == ()
