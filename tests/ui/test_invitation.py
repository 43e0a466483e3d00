"""Accepting an invitation: new people choose a password, known ones give theirs."""

import httpx
from nicegui import ElementFilter
from nicegui.testing import User

from domain import invitations, sign_ins, throttle
from tests.builders import PASSWORD, World
from ui.components.front import FrontForm


def invited(world: World, email: str, role: str = "viewer") -> str:
    """Let Maya invite somebody; return the secret of the link."""
    link = invitations.invite(world.maya, email, role, world.hotel).link
    assert link is not None
    return link.rpartition("/")[2]


def autocomplete_of(user: User) -> list[str]:
    with user:
        form = next(iter(ElementFilter(kind=FrontForm)))
        return [field["autocomplete"] for field in form.props["fields"]]


async def accept(browser: httpx.AsyncClient, secret: str, **form: str) -> httpx.Response:
    return await browser.post("/auth/invitation", data={"secret": secret, **form})


async def test_somebody_new_reads_where_to_and_as_what_and_comes_in(
    stranger: httpx.AsyncClient, world: World
) -> None:
    secret = invited(world, "zoe@harbour.example")
    user = User(stranger)
    await user.open(f"/invitation/{secret}")
    for words in ("Come in to Harbour Hotel", "Maya invites you", "Viewer", "without changing"):
        await user.should_see(words)
    assert autocomplete_of(user) == ["username", "name", "new-password"]
    answer = await accept(stranger, secret, name="Zoe", password="many small horses")
    assert answer.headers["location"] == "/"
    visitor = sign_ins.visit(stranger.cookies["adjoin"])
    assert visitor is not None
    assert (visitor.name, visitor.places[0].name) == ("Zoe", "Harbour Hotel")


async def test_somebody_known_gives_their_password_and_keeps_their_name(
    stranger: httpx.AsyncClient, world: World
) -> None:
    secret = invited(world, "charlie@alpine.example")
    user = User(stranger)
    await user.open(f"/invitation/{secret}")
    await user.should_see("You have an account with this address already")
    assert autocomplete_of(user) == ["username", "current-password"]
    await accept(stranger, secret, name="Somebody else", password=PASSWORD)
    visitor = sign_ins.visit(stranger.cookies["adjoin"])
    assert visitor is not None
    assert visitor.name == "Charlie"
    assert {place.name for place in visitor.places} == {"Alpine Lodge", "Harbour Hotel"}


async def test_a_weak_password_comes_back_with_what_to_do(
    stranger: httpx.AsyncClient, world: World
) -> None:
    secret = invited(world, "zoe@harbour.example")
    answer = await accept(stranger, secret, name="Zoe", password="short")
    user = User(stranger)
    await user.open(answer.headers["location"])
    await user.should_see("Choose a password of at least 10 characters.")
    assert "adjoin" not in stranger.cookies


async def test_the_link_is_no_place_to_guess_passwords(
    stranger: httpx.AsyncClient, world: World
) -> None:
    secret = invited(world, "charlie@alpine.example")
    user = User(stranger)
    for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS):
        answer = await accept(stranger, secret, password="a guess")
    await user.open(answer.headers["location"])
    await user.should_see("That is not the password of your account")
    answer = await accept(stranger, secret, password=PASSWORD)
    await user.open(answer.headers["location"])
    await user.should_see("Too many wrong tries.")


async def test_a_used_or_withdrawn_or_unknown_link_says_so(
    stranger: httpx.AsyncClient, world: World
) -> None:
    used = invited(world, "zoe@harbour.example")
    await accept(stranger, used, name="Zoe", password="many small horses")
    withdrawn = invited(world, "yan@harbour.example")
    invitations.withdraw(world.maya, invitations.waiting(world.maya, world.hotel)[0].id)
    user = User(stranger)
    for secret in (used, withdrawn, "unknown", "%00", "ä"):
        await user.open(f"/invitation/{secret}")
        await user.should_see("This door is closed")
        await user.should_see("Ask whoever invited you for a new one.")


async def test_who_is_signed_in_as_somebody_else_is_told(
    stranger: httpx.AsyncClient, world: World
) -> None:
    await stranger.post(
        "/auth/sign-in", data={"email": "maya@harbour.example", "password": PASSWORD}
    )
    user = User(stranger)
    await user.open(f"/invitation/{invited(world, 'zoe@harbour.example')}")
    await user.should_see("You are signed in as maya@harbour.example")
