"""The first visit: the code from the terminal makes the first operator, once."""

import httpx
import pytest
from nicegui.testing import User
from sqlmodel import select

from domain import setup, sign_ins
from storage import database
from storage.people import Membership
from tests.builders import World

FORM = {"name": "Olga", "email": "first@platform.example", "password": "correct horse 42"}


@pytest.fixture
def code(world: World) -> str:
    """The code of an installation that has no operator yet."""
    with database.transaction() as session:
        session.exec(
            select(Membership).where(Membership.role == "operator")
        ).one().ended_at = world.now
    return setup.open_door()


async def test_the_code_makes_an_operator_who_is_signed_in(
    stranger: httpx.AsyncClient, code: str
) -> None:
    user = User(stranger)
    await user.open("/setup")
    await user.should_see("Setup code")
    answer = await stranger.post("/auth/setup", data={"code": code.lower(), **FORM})
    assert answer.headers["location"] == "/"
    visitor = sign_ins.visit(stranger.cookies["adjoin"])
    assert visitor is not None
    assert [place.kind for place in visitor.places] == ["platform"]


async def test_a_wrong_code_is_refused_and_what_was_typed_stays(
    stranger: httpx.AsyncClient, code: str
) -> None:
    user = User(stranger)
    answer = await stranger.post("/auth/setup", data={"code": "0000", **FORM})
    await user.open(answer.headers["location"])
    await user.should_see("That is not the code that the terminal shows.")
    answer = await stranger.post("/auth/setup", data={"code": code, **FORM, "password": "short"})
    await user.open(answer.headers["location"])
    await user.should_see("Choose a password of at least 10 characters.")
    assert setup.is_needed()


async def test_afterwards_it_leads_to_sign_in(stranger: httpx.AsyncClient, code: str) -> None:
    await stranger.post("/auth/setup", data={"code": code, **FORM})
    user = User(stranger)
    await user.open("/setup")
    await user.should_see("Adjoin is set up")
    await user.should_see("Go to sign in")
    again = {"code": code, **FORM, "email": "second@platform.example"}
    answer = await stranger.post("/auth/setup", data=again)
    assert answer.headers["location"] == "/setup"
