"""The frame around every page: what fails, what is not there, and what changes meanwhile."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from nicegui import Client, ui

from tests.builders import World
from tests.ui.conftest import BASE, Person
from tests.ui.hands import go
from tests.ui.patience import until
from ui import frame, live
from ui.components.shell import Topbar
from ui.live import Change, Follower

MAYA = "maya@harbour.example"


@dataclass(frozen=True)
class Changed:
    noun: str
    id: str
    property_id: str | None = None
    partner_id: str | None = None


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Callable[[frame.Builder], None]:
    """Put another builder in the place of /account, before the site is installed."""

    def install(build: frame.Builder) -> None:
        from ui import site

        pages = tuple(
            replace(page, build=build) if page.path == "/account" else page for page in site.PAGES
        )
        monkeypatch.setattr(site, "PAGES", pages)

    return install


@pytest.fixture
def scene() -> dict[str, object]:
    return {"fails": True, "heard": [], "before_follow": None}


@pytest.fixture(autouse=True)
def _builder(account: Callable[[frame.Builder], None], scene: dict[str, object]) -> None:
    async def page(visit: frame.Visit) -> None:
        ui.label("half a page")
        await asyncio.sleep(0)
        if scene["fails"]:
            raise RuntimeError("SELECT secret FROM drawers")
        if scene["before_follow"]:
            live.heard(Changed("connection", "c1", visit.place.id))
            await asyncio.sleep(0.01)
        ui.label("the whole page")
        visit.follow(scene["heard"].append)  # type: ignore[attr-defined]

    account(page)


async def test_a_page_that_fails_says_so_and_can_be_tried_again(
    person: Person, scene: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    maya = await person(MAYA)
    await maya.open("/account")
    await maya.should_see("This page did not open")
    await maya.should_not_see("SELECT")
    await maya.should_not_see("half a page")
    assert "the page /account did not open" in caplog.text
    caplog.clear()
    scene["fails"] = False
    maya.find("Try again").click()
    await maya.should_see("the whole page")
    await maya.should_not_see("This page did not open")


@pytest.mark.parametrize("path", ["/account/x", "/apps/x/y", "//%5B", "/%5B", "/x%5D"])
async def test_an_address_that_is_none_is_not_found_and_nothing_fails(
    person: Person, path: str, scene: dict[str, object]
) -> None:
    scene["fails"] = False
    maya = await person(MAYA)
    answer = await maya.http_client.get(BASE + path)
    assert answer.status_code == 404
    await go(maya, "/account")
    await maya.should_see("the whole page")


async def test_a_change_that_comes_while_a_page_is_built_is_told_to_it(
    world: World, person: Person, scene: dict[str, object]
) -> None:
    scene |= {"fails": False, "before_follow": True}
    maya = await person(MAYA)
    await go(maya, "/account")
    await until(lambda: scene["heard"] == [live.EVERYTHING])


async def test_changes_are_told_one_after_the_other_and_many_as_everything(
    person: Person, scene: dict[str, object]
) -> None:
    scene["fails"] = False
    maya = await person(MAYA)
    await go(maya, "/account")
    told: list[str] = []
    running = 0

    async def handler(change: Change) -> None:
        nonlocal running
        running += 1
        assert running == 1
        await asyncio.sleep(0.01)
        told.append(change.noun)
        running -= 1

    with maya:
        follower = Follower(handler)
        changes = [Changed("connection", "1"), Changed("message", "2"), Changed("message", "3")]
        await asyncio.gather(*(follower.tell(change) for change in changes))
    assert told == ["connection", "everything"]


async def test_a_handler_that_fails_once_hears_of_the_next_change(
    person: Person, scene: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    scene["fails"] = False
    maya = await person(MAYA)
    await go(maya, "/account")
    told: list[str] = []

    def handler(change: Change) -> None:
        told.append(change.id)
        if len(told) == 1:
            raise RuntimeError

    with maya:
        follower = Follower(handler)
        await follower.tell(Changed("connection", "1"))
        await follower.tell(Changed("connection", "2"))
    assert told == ["1", "2"]
    caplog.clear()


async def test_nothing_is_kept_for_a_sign_in_whose_windows_are_gone(
    world: World, person: Person, scene: dict[str, object]
) -> None:
    scene["fails"] = False
    maya = await person(MAYA)
    await go(maya, "/account")
    assert live._events
    assert maya.client is not None
    for client in list(Client.instances.values()):
        client.delete()
    assert not live._events


@pytest.mark.parametrize("forged", [None, {}, [], 7, "somewhere-else", {"key": "x"}])
async def test_a_place_that_a_browser_made_up_changes_nothing(
    person: Person, scene: dict[str, object], forged: object, departures: list[tuple[str, str]]
) -> None:
    scene["fails"] = False
    maya = await person(MAYA)
    await go(maya, "/account")
    maya.find(kind=Topbar).trigger("place", forged)
    await asyncio.sleep(0.02)
    assert not departures
    await maya.should_see("the whole page")
