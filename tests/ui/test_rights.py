"""Who sees which page: all of the site map, opened by everybody, against tests/rights.txt."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from nicegui import ElementFilter
from nicegui.testing import User

from domain import cases, evidence, history, hooks, subscriptions
from domain.escalations import Escalation
from storage import database, encryption
from storage.messages import Endpoint
from tests import builders, harvest, rights
from tests.builders import PASSWORD, World
from tests.domain import scenes
from tests.domain.conftest import FakeVendor, mews
from tests.domain.scenes import Scene
from tests.ui.conftest import Person
from tests.ui.hands import labels
from tests.ui.hub import page_words
from ui.frame import Page
from ui.site import PAGES

TABLE = rights.table("page")
EVERYBODY = ("maya", "noah", "charlie", "dee", "finn", "olga")
# What an operator must never find a button for; a case is resolved, and no connection.
FORBIDDEN = {
    "Connect", "Reconnect", "Activate", "Reject", "Disconnect", "Disable", "Enable",
    "Nudge", "Show token", "Rotate token", "Run now", "Dry run", "Repair",
}  # fmt: skip
__all__ = ["mews"]


@pytest.fixture
def places(world: World, mews: FakeVendor, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """One of everything at Harbour Hotel and D3x: what stands for each part of a page's path."""
    scene = scenes.build(world, harvest.play(monkeypatch, "mews", "rest"))
    case_id = cases.open_(world.maya, scene.active, "No reservations", "Since noon.")
    cases.escalate(world.dee, case_id, Escalation("We see nothing.", "Reservations", "Nothing"))
    cases.agree(world.maya, case_id)
    (pack, *_) = evidence.of_case(world.dee, case_id)
    return {
        "slug": scene.app,
        "connection_id": scene.active,
        "source_id": scene.source,
        "transfer_id": scene.moving,
        "integration_id": scene.flow,
        "run_id": scene.run,
        "type": "reservations",
        "record_id": str(scene.record),
        "message_id": scene.message,
        "property_id": scene.hotel,
        "partner_id": scene.d3x,
        "person_id": scene.somebody,
        "case_id": case_id,
        "pack_id": pack.id,
        "row_id": history.of_connection(world.maya, scene.active)[0].id,
    } | _secrets(scene)


def _secrets(scene: Scene) -> dict[str, str]:
    """What no operator may ever read, in clear and masked."""
    with database.reading() as session:
        signing = encryption.decrypt(session.get_one(Endpoint, scene.endpoint).secret)
    (receipt, *_) = subscriptions.read(scene.world.maya, scene.active).tokens
    return {
        "the token": builders.token_of(scene.active),
        "the pending token": builders.token_of(scene.pending),
        "the signing secret": signing,
        "the address for calls": hooks.reveal(scene.world.maya, scene.source, PASSWORD),
        "the masked token": receipt.masked,
    }


def test_the_table_has_every_page_of_the_site() -> None:
    assert {page.path for page in PAGES} == TABLE.keys()


@pytest.mark.parametrize("name", EVERYBODY)
async def test_everybody_sees_what_the_table_says(
    name: str, world: World, places: dict[str, str], person: Person
) -> None:
    somebody = await person(world.emails[name])
    if name == "dee":  # who works for two partners
        await somebody.open(f"/?place={world.d3x}")
        await _drawn(somebody)
    seen = {}
    for page in PAGES:
        await somebody.open(page.path.format(**places))
        seen[page.path] = await _drawn(somebody)
        if name == "olga":
            _hold_back(somebody, page, places)
    assert seen == {path: row[name] for path, row in TABLE.items()}


async def test_nobody_sees_a_page_without_signing_in(
    house: FastAPI, stranger: httpx.AsyncClient, places: dict[str, str]
) -> None:
    for page in PAGES:
        answer = await stranger.get(page.path.format(**places))
        assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in"), page.path


def _hold_back(olga: User, page: Page, places: dict[str, str]) -> None:
    """Hold that an operator finds no button that moves a connection, and no secret."""
    assert not FORBIDDEN & labels(olga), page.path
    said = page_words(olga)
    for what, secret in places.items():
        # Evidence, to which the hotel has agreed, tells tokens apart by their first and last signs.
        is_evidence = what == "the masked token" and page.path.startswith("/evidence")
        if what.startswith("the ") and not is_evidence:
            assert secret not in said, f"{what} on {page.path}"


async def _drawn(user: User) -> str:
    """Wait until a page is drawn, and return whether it was shown: ok or no."""
    async with asyncio.timeout(20):
        while True:
            with user:
                if any(one.visible for one in ElementFilter(content="There is no such")):
                    return "no"
                if any(one.visible for one in ElementFilter(marker="page")):
                    return "ok"
            await asyncio.sleep(0.002)
