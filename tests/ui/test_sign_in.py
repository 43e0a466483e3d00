"""The sign-in page: what it says, where it leads, and what it offers in a demo."""

from typing import Any

import httpx
import pytest
from nicegui import ElementFilter
from nicegui.testing import User
from sqlmodel import select

from domain import throttle
from storage import database
from storage.people import Membership
from tests.builders import PASSWORD, World
from tests.ui.conftest import BASE
from ui.components.accounts import Accounts
from ui.components.front import FrontForm

WRONG = "The e-mail address or the password is wrong."
MAYA = "maya@harbour.example"


@pytest.fixture
def extras() -> dict[str, Any]:
    return {
        "accounts": [
            {"name": "Maya", "email": MAYA, "role": "Manager, Harbour Hotel", "password": PASSWORD}
        ]
    }


async def enter(browser: httpx.AsyncClient, email: str, password: str) -> httpx.Response:
    form = {"email": email, "password": password}
    return await browser.post("/auth/sign-in", data=form, headers={"origin": BASE})


def form_of(user: User) -> dict[str, Any]:
    with user:
        return dict(next(iter(ElementFilter(kind=FrontForm))).props)


async def test_password_managers_know_the_fields(stranger: httpx.AsyncClient) -> None:
    user = User(stranger)
    await user.open("/sign-in")
    fields = {field["name"]: field["autocomplete"] for field in form_of(user)["fields"]}
    assert fields == {"email": "username", "password": "current-password"}
    assert form_of(user)["action"] == "/auth/sign-in"


async def test_the_same_sentence_whether_or_not_there_is_such_an_account(
    stranger: httpx.AsyncClient,
) -> None:
    user = User(stranger)
    for email in (MAYA, "nobody@harbour.example"):
        answer = await enter(stranger, email, "not the password")
        await user.open(answer.headers["location"])
        await user.should_see(WRONG)
        assert form_of(user)["fields"][0]["value"] == email
        await user.open("/sign-in")
        await user.should_not_see(WRONG)


async def test_guessing_is_slowed_down_with_a_sentence(stranger: httpx.AsyncClient) -> None:
    user = User(stranger)
    for _ in range(throttle.PER_ACCOUNT_AND_ADDRESS):
        await enter(stranger, MAYA, "not the password")
    answer = await enter(stranger, MAYA, PASSWORD)
    await user.open(answer.headers["location"])
    await user.should_see("Too many wrong tries. Please wait a quarter of an hour and try again.")


async def test_who_is_signed_in_goes_on(stranger: httpx.AsyncClient) -> None:
    await enter(stranger, MAYA, PASSWORD)
    answer = await stranger.get("/sign-in?next=/apps")
    assert (answer.status_code, answer.headers["location"]) == (303, "/apps")


async def test_the_page_takes_the_visitor_to_where_they_wanted_to_go(
    stranger: httpx.AsyncClient,
) -> None:
    user = User(stranger)
    await user.open("/sign-in?next=/apps/d3x")
    assert form_of(user)["hidden-values"] == {"next": "/apps/d3x"}
    await user.open("/sign-in?next=//evil.example")
    assert form_of(user)["hidden-values"] == {"next": "/"}


async def test_without_an_operator_it_leads_to_the_setup(
    stranger: httpx.AsyncClient, world: World
) -> None:
    with database.transaction() as session:
        operator = session.exec(select(Membership).where(Membership.role == "operator")).one()
        operator.ended_at = world.now
    answer = await stranger.get("/sign-in")
    assert (answer.status_code, answer.headers["location"]) == (303, "/setup")


async def test_a_demo_offers_its_accounts_and_they_sign_in(stranger: httpx.AsyncClient) -> None:
    user = User(stranger)
    await user.open("/sign-in")
    await user.should_see("Manager, Harbour Hotel")
    with user:
        offered = next(iter(ElementFilter(kind=Accounts))).props["accounts"][0]
    answer = await enter(stranger, offered["email"], offered["password"])
    assert answer.headers["location"] == "/"
