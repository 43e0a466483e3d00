"""Notices: what needs a person now, for whoever may see it when they look."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import select

from domain import notices, people
from domain.actors import Actor
from storage import changes, database
from storage.people import Membership, Person, SignIn
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused


def person(actor: Actor) -> str:
    """Return the id of the person behind an actor."""
    with database.reading() as session:
        return session.get_one(SignIn, actor.id).person_id


def tell(
    world: World,
    *readers: Actor,
    about: str = "cas_1",
    title: str = "D3x has answered",
    place: str = "",
    kind: str = "case",
    now: datetime | None = None,
) -> None:
    """Give notice of a case at Harbour Hotel."""
    with database.transaction() as session:
        notices.tell(
            session,
            [person(reader) for reader in readers],
            kind,
            title,
            "It is your turn.",
            f"/support/{about}",
            place or world.hotel,
            about,
            now or world.now,
        )


def clear(about: str = "cas_1") -> None:
    with database.transaction() as session:
        notices.clear(session, "case", about)


def of(reader: Actor) -> list[str]:
    return [notice.title for notice in notices.of_person(reader)]


def test_a_notice_reaches_whom_it_is_for_and_opens_at_its_place(world: World) -> None:
    tell(world, world.maya)
    (found,) = notices.of_person(world.maya)
    assert (found.title, found.place) == ("D3x has answered", "Harbour Hotel")
    assert found.href == f"/support/cas_1?place={world.hotel}"
    assert notices.count_unread(world.maya) == 1
    for stranger in (world.charlie, world.noah, world.dee, world.olga):
        assert not notices.of_person(stranger)
        assert notices.count_unread(stranger) == 0
        assert refused(notices.read, stranger, found.id).code == "not_found"
    assert notices.count_unread(world.maya) == 1


def test_an_address_keeps_its_question_and_its_anchor(world: World) -> None:
    with database.transaction() as session:
        where = ("/hub/deliveries?status=failing#newest", world.d3x, "end_1", world.now)
        notices.tell(session, [person(world.dee)], "endpoint.disabled", "Off", "Why", *where)
    (found,) = notices.of_person(world.dee)
    assert found.href == f"/hub/deliveries?status=failing&place={world.d3x}#newest"


def test_the_same_need_told_again_is_one_notice_unread_once_more(world: World) -> None:
    tell(world, world.maya)
    (first,) = notices.of_person(world.maya)
    notices.read(world.maya, first.id)
    assert notices.count_unread(world.maya) == 0
    tell(world, world.maya, title="D3x has answered again", now=world.after(hours=1))
    (again,) = notices.of_person(world.maya)
    assert (again.id, again.title, again.is_read) == (first.id, "D3x has answered again", False)
    assert again.at == world.after(hours=1)


def test_two_subjects_are_two_notices_the_newest_first(world: World) -> None:
    tell(world, world.maya, about="cas_1", title="first")
    tell(world, world.maya, about="cas_2", title="second", now=world.after(minutes=1))
    assert of(world.maya) == ["second", "first"]
    assert notices.read_all(world.maya) == 2
    assert notices.read_all(world.maya) == 0
    assert notices.count_unread(world.maya) == 0
    assert of(world.maya) == ["second", "first"]  # read, but still to be done


def test_what_needs_nobody_any_more_is_done_for_everybody_and_can_be_told_anew(
    world: World,
) -> None:
    other = _another_manager(world)
    tell(world, world.maya, other)
    clear()
    for reader in (world.maya, other):
        assert of(reader) == []
        assert notices.count_unread(reader) == 0
        (done,) = notices.of_person(reader, with_done=True)
        assert done.is_done
    clear()
    tell(world, world.maya)
    assert len(notices.of_person(world.maya, with_done=True)) == 2
    assert len(notices.of_person(other, with_done=True)) == 1


def test_what_is_only_news_is_done_once_it_was_read(world: World) -> None:
    tell(world, world.maya, kind="case.resolved")
    tell(world, world.maya, about="cas_2", kind="people.removed")
    tell(world, world.maya, about="cas_3")
    newest = notices.of_person(world.maya)[-1]
    notices.read(world.maya, newest.id)
    assert len(of(world.maya)) == 2
    notices.read_all(world.maya)
    (left,) = notices.of_person(world.maya)
    assert left.kind == "case"


def test_who_left_a_place_reads_nothing_of_it_and_keeps_the_rest(world: World) -> None:
    charlie = person(world.charlie)
    with builders.adding() as rows:
        builders.add_role(rows, charlie, "manager", world.hotel, now=world.now)
    tell(world, world.charlie, title="harbour")
    tell(world, world.charlie, about="cas_2", title="lodge", place=world.lodge)
    assert sorted(of(world.charlie)) == ["harbour", "lodge"]
    harbour = next(n for n in notices.of_person(world.charlie) if n.title == "harbour")
    with database.reading() as session:
        membership = session.exec(
            select(Membership.id).where(
                Membership.person_id == charlie, Membership.property_id == world.hotel
            )
        ).one()
    people.remove(world.maya, membership)
    assert of(world.charlie) == ["lodge"]
    assert notices.count_unread(world.charlie) == 1
    assert refused(notices.read, world.charlie, harbour.id).code == "not_found"
    assert notices.read_all(world.charlie) == 1


def test_who_may_only_look_has_nothing_to_do(world: World) -> None:
    tell(world, world.maya)
    with database.transaction() as session:
        session.execute(
            sa.update(Membership).where(Membership.role == "manager").values(role="viewer")
        )
    assert of(world.maya) == []


def test_windows_of_the_person_hear_of_it_and_nobody_elses(world: World) -> None:
    heard: list[changes.Change] = []
    stop = changes.listen(heard.append)
    try:
        tell(world, world.maya)
        (found,) = notices.of_person(world.maya)
        notices.read(world.maya, found.id)
        notices.read(world.maya, found.id)
        clear()
    finally:
        stop()
    assert heard == [changes.Change("notice", person(world.maya))] * 3


def test_the_people_to_tell_at_a_place(world: World) -> None:
    with database.reading() as session:

        def named(place: str) -> list[str]:
            found = [session.get_one(Person, each) for each in notices.who_can_act(session, place)]
            return [each.name for each in found]

        assert named(world.hotel) == ["Maya"]
        assert named(world.d3x) == ["Dee"]
        assert named("platform") == ["Olga"]
        assert named("nowhere") == []


def test_what_came_ninety_days_ago_is_forgotten(world: World) -> None:
    tell(world, world.maya, about="cas_1")
    tell(world, world.maya, about="cas_2", title="younger", now=world.after(days=1))
    notices.forget(now=world.after(days=90, hours=1))
    assert of(world.maya) == ["younger"]


def _another_manager(world: World) -> Actor:
    with builders.adding() as rows:
        return builders.add_person(
            rows, "mona@harbour.example", "manager", world.hotel, now=world.now
        )
