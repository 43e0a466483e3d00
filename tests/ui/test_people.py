"""Who belongs to a place: invited, listed, removed; read-only for viewers, unseen by strangers."""

import pytest

from domain import invitations, people
from domain.refusals import Refusal
from tests.builders import PASSWORD, World
from tests.ui.conftest import Person
from tests.ui.hands import act, button, complaint, fill, go, labels, press, rows
from tests.ui.patience import until

MAYA, NOAH, OLGA = "maya@harbour.example", "noah@harbour.example", "olga@platform.example"
MEMBERS, INVITED = "Members", "Open invitations"


def membership_of(world: World, email: str) -> str:
    members = people.members(world.olga, world.hotel)
    return next(member.membership_id for member in members if member.email == email)


async def test_a_manager_sees_everybody_and_what_they_may_do(person: Person) -> None:
    maya = await person(MAYA)
    await go(maya, "/people")
    await maya.should_see("Who belongs to Harbour Hotel")
    found = [(row["name"], row["email"], row["role"]) for row in rows(maya, MEMBERS)]
    assert found == [("Maya (you)", MAYA, "Manager"), ("Noah", NOAH, "Viewer")]
    assert {"Invite", "Leave", "Remove"} <= labels(maya)


async def test_without_a_mail_server_the_link_is_handed_over_once(
    person: Person, world: World
) -> None:
    maya = await person(MAYA)
    await go(maya, "/people")
    press(maya, "Invite")
    await maya.should_see("What they may do")
    fill(maya, "E-mail address", "zoe@harbour.example")
    fill(maya, "What they may do", "manager")
    press(maya, "Send the invitation")
    await maya.should_see("No mail server is set up, so nothing was sent.")
    await maya.should_see("http://adjoin.test/invitation/")
    (invitation,) = invitations.waiting(world.maya, world.hotel)
    assert (invitation.email, invitation.role) == ("zoe@harbour.example", "manager")
    assert [row["email"] for row in rows(maya, INVITED)] == ["zoe@harbour.example"]
    await go(maya, "/people")
    await maya.should_not_see("http://adjoin.test/invitation/")


async def test_a_wrong_address_and_a_member_are_refused_at_the_field(person: Person) -> None:
    maya = await person(MAYA)
    await go(maya, "/people")
    press(maya, "Invite")
    await maya.should_see("What they may do")
    fill(maya, "E-mail address", "not an address")
    press(maya, "Send the invitation")
    await maya.should_see("Write an e-mail address")
    fill(maya, "E-mail address", NOAH)
    press(maya, "Send the invitation")
    await maya.should_see("belongs to this place already")
    assert complaint(maya, "E-mail address") == f"{NOAH} belongs to this place already."


async def test_an_invitation_is_withdrawn(person: Person, world: World) -> None:
    link = invitations.invite(world.maya, "zoe@harbour.example", "viewer", world.hotel).link
    maya = await person(MAYA)
    await go(maya, "/people")
    act(maya, INVITED, rows(maya, INVITED)[0]["id"], "withdraw")
    await maya.should_see("The invitation was withdrawn")
    await until(lambda: rows(maya, INVITED) == [])
    with pytest.raises(Refusal, match="link_used"):
        invitations.read(str(link).rpartition("/")[2])


async def test_whoever_is_removed_leaves_the_place_in_every_open_window(
    person: Person, world: World, departures: list[tuple[str, str]]
) -> None:
    maya, noah = await person(MAYA), await person(NOAH)
    await go(noah, "/apps")
    await go(maya, "/people")
    act(maya, MEMBERS, membership_of(world, NOAH), "remove")
    await maya.should_see("Noah loses sight of Harbour Hotel at once")
    press(maya, "Remove")
    await maya.should_see("Noah was removed.")
    await until(lambda: [row["email"] for row in rows(maya, MEMBERS)] == [MAYA])
    assert noah.client is not None
    await until(lambda: (noah.client.id, "/") in departures)
    await noah.open("/")
    await noah.should_see("No door is open to you")
    await noah.should_see("Sign out")


async def test_the_last_manager_stays(person: Person, world: World) -> None:
    maya = await person(MAYA)
    await go(maya, "/people")
    act(maya, MEMBERS, membership_of(world, MAYA), "remove")
    await maya.should_see("Leave Harbour Hotel?")
    press(maya, "Leave")
    await maya.should_see("Somebody has to stay who can manage this.")
    assert len(people.members(world.maya, world.hotel)) == 2


async def test_a_viewer_reads_and_is_told_who_can_change_it(person: Person, world: World) -> None:
    invitations.invite(world.maya, "zoe@harbour.example", "viewer", world.hotel)
    noah = await person(NOAH)
    await go(noah, "/people")
    await noah.should_see("Only a manager can invite and remove people.")
    assert not button(noah, "Invite").enabled
    assert not {"Remove", "Leave", "Withdraw"} & labels(noah)
    # A forged event is refused as well.
    act(noah, MEMBERS, membership_of(world, MAYA), "remove")
    press(noah, "Remove")
    await noah.should_see("Only a manager can do this.")
    act(noah, INVITED, rows(noah, INVITED)[0]["id"], "withdraw")
    await noah.should_see("Only a manager can do this.")
    assert len(invitations.waiting(world.maya, world.hotel)) == 1


async def test_charlie_sees_his_own_place_only(person: Person, world: World) -> None:
    invitations.invite(world.maya, "zoe@harbour.example", "viewer", world.hotel)
    charlie = await person("charlie@alpine.example")
    await go(charlie, f"/people?place={world.hotel}")
    await charlie.should_see("Who belongs to Alpine Lodge")
    for foreign in ("Harbour Hotel", "Maya", "zoe@harbour.example"):
        await charlie.should_not_see(foreign)
    foreign_id = invitations.waiting(world.maya, world.hotel)[0].id
    act(charlie, INVITED, foreign_id, "withdraw")
    await charlie.should_see("Who belongs to Alpine Lodge")
    assert [one.id for one in invitations.waiting(world.maya, world.hotel)] == [foreign_id]


async def test_partners_invite_their_own(person: Person, world: World) -> None:
    dee = await person("dee@d3x.example")
    await go(dee, "/people")
    press(dee, "Invite")
    await dee.should_see("Member: Answer requests, receive tokens")
    fill(dee, "E-mail address", "dan@d3x.example")
    press(dee, "Send the invitation")
    await dee.should_see("Hand this link over")
    assert [one.role for one in invitations.waiting(world.dee, world.d3x)] == ["partner"]


async def test_the_list_grows_while_one_looks(person: Person, world: World) -> None:
    maya = await person(MAYA)
    await go(maya, "/people")
    await maya.should_not_see("zoe@harbour.example")
    link = invitations.invite(world.maya, "zoe@harbour.example", "viewer", world.hotel).link
    await maya.should_see("zoe@harbour.example")
    secret = str(link).rpartition("/")[2]
    invitations.accept(secret, "Zoe", "many small horses", device="", address="")
    await maya.should_see("Zoe")


async def test_one_person_switches_between_two_properties(person: Person, world: World) -> None:
    link = invitations.invite(world.maya, "charlie@alpine.example", "viewer", world.hotel).link
    secret = str(link).rpartition("/")[2]
    invitations.accept(secret, "", PASSWORD, device="", address="")
    charlie = await person("charlie@alpine.example")
    await go(charlie, "/people")
    await charlie.should_see("Who belongs to Alpine Lodge")
    await go(charlie, f"/people?place={world.hotel}")
    await charlie.should_see("Who belongs to Harbour Hotel")
    # The choice stays with this browser, without the address.
    await go(charlie, "/people")
    await charlie.should_see("Who belongs to Harbour Hotel")
    await charlie.should_see("Only a manager can invite and remove people.")
