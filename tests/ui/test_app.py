"""The page of an app, and the dialogs in which a hotel connects it."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from nicegui import ElementFilter
from nicegui.testing import User

from connectors.vendor import Check
from connectors.vendors import VENDORS
from domain import connections, subscriptions
from storage import database
from storage.partners import Partner
from tests import builders
from tests.builders import World
from tests.ui import hands
from tests.ui.conftest import Person
from tests.ui.patience import until
from ui.components.prose import Prose

QUESTIONS = [
    {"key": "contact", "label": "Contact person", "kind": "email", "required": True},
    {
        "key": "code",
        "label": "Hotel code",
        "pattern": "D3-[A-Z]{3}",
        "pattern_words": "like D3-HRB",
    },
    {"key": "locks", "label": "Door locks", "kind": "choice", "choices": ["Keys", "Cards"]},
]
RICH: dict[str, Any] = {
    "description": "Does **everything**.\n\n<script>alert(1)</script>",
    "setup_notes": "1. Press *Connect*\n2. Wait",
    "permissions": ["reservations:read", "orders:write"],
    "questions": QUESTIONS,
    "usual_minutes": 240,
}


@pytest.fixture
def akia(world: World) -> str:
    """An app of D3x Ltd with everything that an app can have; its slug."""
    with builders.adding() as rows:
        builders.add_app(rows, "akia", "Akia", world.now, partner_id=world.d3x, **RICH)
    return "akia"


@pytest.fixture
async def maya(person: Person) -> User:
    return await person("maya@harbour.example")


async def test_the_page_says_everything_before_the_click(maya: User, akia: str) -> None:
    await maya.open(f"/apps/{akia}")
    for words in (
        "Developed and supported by D3x Ltd",
        "Manual activation, usually 4 hours",
        "Manual: somebody at D3x Ltd activates it",
        "Usually 4 hours, as the partner promises",
        "Read reservations",
        "Post charges to a bill",
        "D3x Ltd Support",
        "help@d3x.example",
        "Not connected",
    ):
        await maya.should_see(words)


async def test_the_usual_time_is_the_median_of_what_was_seen(
    maya: User, world: World, akia: str
) -> None:
    connection_id = connections.connect(
        world.maya, world.hotel, akia, {"contact": "maya@harbour.example"}, now=world.now
    )
    connections.activate(world.dee, connection_id, now=world.after(hours=2))
    await maya.open(f"/apps/{akia}")
    await maya.should_see("Usually 2 hours, as the one activation so far")


async def test_what_the_partner_wrote_cannot_run(maya: User, akia: str) -> None:
    await maya.open(f"/apps/{akia}")
    await maya.should_see("What it does")
    with maya:
        html = "".join(text.props["innerHTML"] for text in ElementFilter(kind=Prose))
    assert "<strong>everything</strong>" in html
    assert "<script" not in html


async def test_a_viewer_reads_why_not_and_whom_to_ask(person: Person, akia: str) -> None:
    noah = await person("noah@harbour.example")
    await noah.open(f"/apps/{akia}?connect=1")
    await noah.should_see("Only a manager of this property can do this: ask Maya.")
    assert not hands.button(noah, "Connect").enabled
    await noah.should_not_see("What will happen")


async def test_an_app_that_does_not_exist_is_not_found(maya: User) -> None:
    await maya.open("/apps/nothing")
    await maya.should_see("There is no such page")


async def test_the_dialog_says_step_by_step_what_will_happen(maya: User, akia: str) -> None:
    await open_dialog(maya, akia)
    for words in (
        "Adjoin makes an access token",
        "D3x Ltd is notified by webhook",
        "D3x Ltd activates",
        "nobody at the platform can",
    ):
        await maya.should_see(words)


async def test_the_dialog_says_how_the_token_travels(maya: User, world: World, akia: str) -> None:
    await open_dialog(maya, akia)
    await maya.should_see("The token travels with it.")
    with database.transaction() as session:
        partner = session.get_one(Partner, world.d3x)
        partner.notify_by_webhook = False
    await open_dialog(maya, akia)
    await maya.should_see("The token travels with a link that opens once.")
    with database.transaction() as session:
        session.get_one(Partner, world.d3x).token_in_mail = True
    await open_dialog(maya, akia)
    await maya.should_see("The token travels with it.")


async def test_an_automatic_app_promises_to_become_active_by_itself(maya: User) -> None:
    await open_dialog(maya, "freeguides")
    await maya.should_see("FreeGuides becomes active by itself")


async def test_every_wrong_answer_has_its_sentence_and_nothing_is_lost(
    maya: User, world: World, akia: str
) -> None:
    await open_dialog(maya, akia)
    hands.fill(maya, "Contact person", "maya at harbour")
    hands.fill(maya, "Hotel code", "204")
    hands.press(maya, "Connect")
    await until(lambda: hands.complaint(maya, "Contact person"))
    assert "should be an e-mail address" in (hands.complaint(maya, "Contact person") or "")
    assert hands.complaint(maya, "Hotel code") == "“Hotel code” should be like D3-HRB."
    assert hands.complaint(maya, "Door locks") is None
    assert hands.field(maya, "Hotel code").value == "204"
    assert not subscriptions.of_property(world.maya, world.hotel)


async def test_connect_leads_to_the_pending_connection(maya: User, world: World, akia: str) -> None:
    await open_dialog(maya, akia)
    hands.fill(maya, "Contact person", " maya@harbour.example ")
    hands.fill(maya, "Door locks", "Cards")
    hands.press(maya, "Connect")
    await maya.should_see("Waiting for D3x Ltd")
    (row,) = subscriptions.of_property(world.maya, world.hotel)
    assert maya.back_history[-1] == f"/subscriptions/{row.id}"
    answers = subscriptions.read(world.maya, row.id).answers
    assert answers == (("Contact person", "maya@harbour.example"), ("Door locks", "Cards"))


async def test_whoever_was_slower_reads_a_sentence_and_keeps_the_answers(
    maya: User, world: World, akia: str
) -> None:
    await open_dialog(maya, akia)
    hands.fill(maya, "Contact person", "maya@harbour.example")
    connections.connect(world.maya, world.hotel, akia, {"contact": "somebody@else.example"})
    hands.press(maya, "Connect")
    await maya.should_see("Akia was asked already. It is the partner’s turn now.")
    assert hands.field(maya, "Contact person").value == "maya@harbour.example"


async def test_the_page_follows_the_connection(maya: User, world: World) -> None:
    await maya.open("/apps/d3x")
    await maya.should_see("Not connected")
    connection_id = world.connect("d3x")
    await maya.should_see("Waiting for D3x")
    connections.activate(world.dee, connection_id)
    await maya.should_see("Nothing to do")
    assert hands.labels(maya) >= {"Open connection"}
    assert "Connect" not in hands.labels(maya)


async def test_core_credentials_are_checked_at_once(
    maya: User, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = answer_with(monkeypatch, Check(True, "1", "Harbour", "Mews accepted them."))
    await open_dialog(maya, "mews")
    assert hands.field(maya, "Access token").props["type"] == "password"
    hands.fill(maya, "Client token", "client")
    hands.fill(maya, "Access token", "access")
    hands.press(maya, "Connect")
    await maya.should_see("Account: Harbour")
    assert given == [{"client_token": "client", "access_token": "access"}]
    (row,) = subscriptions.of_property(world.maya, world.hotel)
    assert row.status == "connected"


async def test_refused_credentials_are_not_saved_and_not_lost(
    maya: User, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_with(monkeypatch, Check(False, None, None, "Mews does not accept them.", "refused"))
    await open_dialog(maya, "mews")
    hands.fill(maya, "Client token", "client")
    hands.press(maya, "Connect")
    await until(lambda: hands.complaint(maya, "Access token"))
    assert hands.complaint(maya, "Access token") == "“Access token” is needed."
    hands.fill(maya, "Access token", "wrong")
    hands.press(maya, "Connect")
    await maya.should_see("Mews does not accept them.")
    assert hands.field(maya, "Access token").value == "wrong"
    assert not subscriptions.of_property(world.maya, world.hotel)


async def test_the_dialog_says_that_it_waits_for_the_vendor(
    maya: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_answered = threading.Event()
    unreachable = Check(False, None, None, "Mews gave no answer.", "unreachable")
    answer_with(monkeypatch, unreachable, after=has_answered)
    await open_dialog(maya, "mews")
    hands.fill(maya, "Client token", "client")
    hands.fill(maya, "Access token", "access")
    hands.press(maya, "Connect")
    await maya.should_see("Checking with Mews…")
    has_answered.set()
    await maya.should_see("Mews gave no answer. Nothing was saved.")
    await maya.should_not_see("Checking with Mews…")


async def open_dialog(user: User, slug: str) -> None:
    await user.open(f"/apps/{slug}?connect=1")
    await user.should_see("Cancel")


def answer_with(
    monkeypatch: pytest.MonkeyPatch, check: Check, *, after: threading.Event | None = None
) -> list[dict[str, str]]:
    """Let Mews answer every check with `check`; returns the credentials that it is asked about."""
    given: list[dict[str, str]] = []

    def answer(_door: Any, _address: str, credentials: dict[str, str]) -> Check:
        given.append(credentials)
        if after is not None:
            after.wait(5)
        return check

    monkeypatch.setitem(VENDORS, "mews", replace(VENDORS["mews"], check=answer))
    return given
