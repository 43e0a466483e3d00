"""Fixtures for pages: the whole site on the test database, and people who look at it."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from nicegui import Client, ui
from nicegui.functions.download import download
from nicegui.functions.navigate import Navigate
from nicegui.functions.notify import notify
from nicegui.testing import User
from nicegui.testing.general import nicegui_reset_globals
from nicegui.testing.user_notify import UserNotify

from storage import changes
from tests.builders import PASSWORD, World
from ui import live, site

# Pages draw what they have loaded a moment later, on a busy machine many moments later; a test
# that sees what it waits for goes on at once.
for wait in (User.should_see, User.should_not_see):
    wait.__kwdefaults__["retries"] = 150

BASE = "http://adjoin.test"
Person = Callable[[str], Awaitable[User]]


@pytest.fixture
def extras() -> dict[str, Any]:
    """What else the site is put together with, as a demo does: override it in a test's module."""
    return {}


@pytest.fixture
async def house(
    world: World, extras: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> AsyncIterator[FastAPI]:
    """The site, put together as main.assemble does, on the database of `world`.

    Deliveries don't run. A page that logs an error fails the test.
    """
    with _fresh_framework():
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        site.install(app, base_url=BASE, **extras)
        stop_listening = changes.listen(live.heard)
        async with app.router.lifespan_context(app):
            yield app
        stop_listening()
    errors = [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
    assert not errors, [record.getMessage() for record in errors]


class Notices(UserNotify):
    """Remembers the notices of one person's window.

    NiceGUI's own gives every notice to whoever was looked at last, which may be somebody else.
    """

    def __init__(self, user: User, everybody: list["Notices"]) -> None:
        super().__init__()
        self._user, self._everybody = user, everybody
        everybody.append(self)

    def __call__(self, message: str, **_: Any) -> None:
        window = ui.context.client
        for one in self._everybody:
            if one._user.client is window:
                one.messages.append(message)


@pytest.fixture
async def person(house: FastAPI) -> AsyncIterator[Person]:
    """Sign somebody in: `maya = await person("maya@harbour.example")`, then `maya.open("/apps")`.

    Several people look at the same site, each with a browser of their own. Everybody's password
    is `builders.PASSWORD`.
    """
    notices: list[Notices] = []
    async with AsyncExitStack() as browsers:

        async def sign_in(email: str) -> User:
            browser = httpx.AsyncClient(transport=httpx.ASGITransport(house), base_url=BASE)
            await browsers.enter_async_context(browser)
            form = {"email": email, "password": PASSWORD}
            answer = await browser.post("/auth/sign-in", data=form, headers={"origin": BASE})
            assert answer.headers.get("location") == "/", f"{email} could not sign in"
            user = User(browser)
            user.notify = Notices(user, notices)
            return user

        yield sign_in
    ui.navigate, ui.notify, ui.download = Navigate(), notify, download


@pytest.fixture
async def stranger(house: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which nobody is signed in; `User(stranger)` looks at pages with it."""
    transport = httpx.ASGITransport(house)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as browser:
        yield browser
    ui.navigate, ui.notify, ui.download = Navigate(), notify, download


@pytest.fixture
def departures(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Windows that were sent to a page loaded anew: the id of each client, and the path.

    The simulated browser does not follow them.
    """
    seen: list[tuple[str, str]] = []
    monkeypatch.setattr(
        Client, "open", lambda client, path, new_tab=False: seen.append((client.id, path))
    )
    return seen


@contextmanager
def _fresh_framework() -> Iterator[None]:
    """NiceGUI's state is global: begin with none of it, and leave none behind."""
    live._events.clear()
    with nicegui_reset_globals():
        try:
            yield
        finally:
            # What is only forgotten stays in memory, and each test would search through all of it.
            for client in list(Client.instances.values()):
                client.delete()
            # Else the modules that registered pages would be imported a second time.
            Client.page_routes.clear()
            live._events.clear()
