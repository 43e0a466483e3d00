"""The pages that explain the API: open to everybody, true to what the API says of itself."""

from inspect import signature
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from nicegui.testing import User

from connectors import webhook
from domain.events import EVENTS
from tests.builders import World
from tests.ui.conftest import BASE
from ui.pages.guide import Guide, start
from ui.pages.guide.access import Door
from ui.pages.guide.errors import Explained
from ui.pages.hub import guide as hub_guide

PAGES = ("reference", "access", "events", "errors", "errors/gone")
GARDEN = Door("The garden", "Open.", ["GET /v1/garden"], {"": ["A guest"], "gone": ["A burglar"]})
GONE = Explained("gone", 404, "It is gone", "Look elsewhere.", "partner")


@pytest.fixture
def extras() -> dict[str, Any]:
    return {"guide": Guide(BASE, "/api/v1/openapi.json", [GONE], [GARDEN])}


async def test_a_stranger_reads_all_of_them_and_learns_of_nobody(
    world: World, stranger: httpx.AsyncClient
) -> None:
    for path in ("/help", *(f"/help/{page}" for page in PAGES)):
        page = await stranger.get(path)
        assert page.status_code == 200, path
        assert "Alpine Lodge" not in page.text


async def test_an_error_says_what_to_do_and_who_can_do_it(
    world: World, stranger: httpx.AsyncClient
) -> None:
    reader = User(stranger)
    await reader.open("/help/errors/gone")
    for words in ("It is gone", "Look elsewhere.", "404", "You, the partner"):
        await reader.should_see(words)
    await reader.open("/help/errors/nonsense")
    await reader.should_see("There is no such error")


async def test_every_event_is_shown_with_its_schema(
    world: World, stranger: httpx.AsyncClient
) -> None:
    reader = User(stranger)
    await reader.open("/help/events")
    for name in EVENTS:
        await reader.should_see(name)


def test_both_guides_give_a_receiver_the_same_time() -> None:
    told = f"within {signature(webhook.Sender).parameters['timeout'].default} seconds"
    assert any(told in title for title, _ in hub_guide._rules())
    assert told in " ".join(start._WEBHOOKS.split())


async def test_the_quick_start_shows_the_programs_that_are_tested(
    house: FastAPI, stranger: httpx.AsyncClient
) -> None:
    reader = User(stranger)
    await reader.open("/help")
    await reader.should_see("Idempotency-Key")
    await reader.should_see("JavaScript")


async def test_who_may_call_what_is_told_in_plain_words(
    world: World, stranger: httpx.AsyncClient
) -> None:
    reader = User(stranger)
    await reader.open("/help/access")
    for words in ("The garden", "GET /v1/garden", "Gets in", "A guest", "gone", "A burglar"):
        await reader.should_see(words)
