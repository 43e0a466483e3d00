"""The one-time link of a mail: looking opens nothing, pressing opens it once."""

import httpx
import pytest
from nicegui.testing import User
from sqlmodel import select

from domain import connections, token_links
from storage import database
from storage.connections import Token
from tests.builders import World, events_of, token_of
from tests.ui.hands import press


@pytest.fixture
def connection(world: World) -> str:
    return world.connect()


@pytest.fixture
def secret(world: World, connection: str) -> str:
    with database.transaction() as session:
        token = session.exec(select(Token).where(Token.connection_id == connection)).one()
        return token_links.make(session, token, world.now)


async def test_a_mail_scanner_does_not_use_it_up(
    stranger: httpx.AsyncClient, secret: str, connection: str
) -> None:
    for _ in range(3):
        answer = await stranger.get(f"/token/{secret}")
        assert answer.status_code == 200
        assert token_of(connection) not in answer.text
    assert token_links.is_open(secret)


async def test_the_button_shows_the_token_once_to_whoever_has_the_link(
    stranger: httpx.AsyncClient, secret: str, connection: str
) -> None:
    user = User(stranger)
    await user.open(f"/token/{secret}")
    await user.should_not_see(token_of(connection))
    press(user, "Show the access token")
    await user.should_see(token_of(connection))
    for words in ("D3x", "Harbour Hotel", "this link does not open again"):
        await user.should_see(words)
    assert "token.opened" in events_of(connection)
    await user.open(f"/token/{secret}")
    await user.should_see("This link is used up")
    await user.should_not_see(token_of(connection))


async def test_two_windows_press_and_one_gets_it(
    stranger: httpx.AsyncClient, secret: str, connection: str
) -> None:
    first, second = User(stranger), User(stranger)
    await first.open(f"/token/{secret}")
    await second.open(f"/token/{secret}")
    press(first, "Show the access token")
    await first.should_see(token_of(connection))
    press(second, "Show the access token")
    await second.should_see("This link has been opened already")
    await second.should_not_see(token_of(connection))


async def test_the_link_of_a_revoked_token_is_closed(
    stranger: httpx.AsyncClient, secret: str, connection: str, world: World
) -> None:
    connections.withdraw(world.maya, connection)
    user = User(stranger)
    await user.open(f"/token/{secret}")
    await user.should_see("This link is used up")
