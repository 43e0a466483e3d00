"""The page of one connection: whose turn it is, what can be done, and that it follows by itself."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from nicegui import ElementFilter
from nicegui.elements.mixins.text_element import TextElement
from nicegui.testing import User

from connectors.vendor import Check
from connectors.vendors import VENDORS
from domain import connections, core, subscriptions, tokens
from storage import database
from storage.partners import Partner
from tests import builders
from tests.builders import PASSWORD, World
from tests.ui import hands
from tests.ui.conftest import Person
from tests.ui.patience import until
from ui.components.badge import Badge
from ui.components.copy import Copy
from ui.components.secret import Secret
from ui.components.steps import Steps

WORKS = Check(True, "acc-1", "Harbour at Mews", "Mews accepted the credentials.")
REFUSED = Check(False, None, None, "Mews does not accept these credentials.", "refused")
NOW = ("Partner activates", "now")
CREDENTIALS = {"client_token": "client", "access_token": "access"}


@pytest.fixture
async def maya(person: Person) -> User:
    return await person("maya@harbour.example")


@pytest.fixture
def mews(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """What Mews answers: the last of this list, every time."""
    answers = [WORKS]

    def answer(*_: Any) -> Check:
        return answers[-1]

    monkeypatch.setitem(VENDORS, "mews", replace(VENDORS["mews"], check=answer))
    return answers


async def look(user: User, connection_id: str) -> None:
    await user.open(f"/subscriptions/{connection_id}")
    await user.should_see("History")


def badge(user: User) -> str:
    with user:
        return next(one.text for one in ElementFilter(kind=Badge))


def steps(user: User) -> list[tuple[str, str]]:
    with user:
        (shown,) = ElementFilter(kind=Steps)
        return [(step["title"], step["state"]) for step in shown.props["items"]]


async def test_whom_to_call_is_said_once_and_can_be_copied(maya: User, world: World) -> None:
    with database.transaction() as session:
        partner = session.get_one(Partner, world.d3x)
        partner.contact_name, partner.contact_phone = "Dana Whitlock", "+44 20 7946 0000"
    connection_id = world.connect_active()
    connections.disable(world.dee, connection_id, "Maintenance.")
    await look(maya, connection_id)
    await maya.should_see("Whom do I call?")
    with maya:
        said = [one.text for one in ElementFilter(kind=TextElement)]
        to_copy = [one.props["value"] for one in ElementFilter(kind=Copy)]
    for way in ("Dana Whitlock", "help@d3x.example", "+44 20 7946 0000"):
        assert said.count(way) == 1
    assert to_copy == ["help@d3x.example", "+44 20 7946 0000"]


async def test_the_story_says_once_which_clock_it_reads(maya: User, world: World) -> None:
    await look(maya, world.connect("d3x"))
    await maya.should_see("Times in Europe/Berlin.")


async def test_the_step_of_the_partner_says_when_it_activated(maya: User, world: World) -> None:
    connection_id = world.connect("d3x", now=world.after(hours=-3))
    connections.activate(world.dee, connection_id, now=world.after(hours=-2))
    connections.disable(world.maya, connection_id, now=world.after(hours=-1))
    connections.enable(world.maya, connection_id, now=world.now)
    await look(maya, connection_id)
    with maya:
        (shown,) = ElementFilter(kind=Steps)
    words = {step["title"]: step["text"] for step in shown.props["items"]}
    zone = ZoneInfo("Europe/Berlin")
    assert words["Partner activated"].endswith(f"{world.after(hours=-2).astimezone(zone):%H:%M}")
    assert words["Active"].endswith(f"{world.now.astimezone(zone):%H:%M}")


async def test_a_pending_connection_says_whose_turn_it_is(maya: User, world: World) -> None:
    await look(maya, world.connect("d3x"))
    for words in ("Waiting for D3x", "Maya asked", "D3x Ltd Support"):
        await maya.should_see(words)
    assert badge(maya) == "Pending"
    assert hands.labels(maya) >= {"Nudge", "Withdraw", "Rotate token"}
    assert "Activate" not in hands.labels(maya)
    assert steps(maya) == [
        ("Requested", "done"),
        ("Partner notified", "now"),
        ("Partner activates", "next"),
        ("Active", "next"),
    ]


async def test_the_page_follows_the_partner_without_a_reload(maya: User, world: World) -> None:
    connection_id = world.connect("d3x")
    await look(maya, connection_id)
    (message,) = builders.messages_of(connection_id)

    builders.attempt(message.id, now=world.after(minutes=1))
    await until(lambda: steps(maya)[1:3] == [("Partner notified", "done"), NOW])
    await maya.should_see("Access token delivered to the partner")

    connections.activate(world.dee, connection_id)
    await until(lambda: badge(maya) == "Active")
    await until(lambda: steps(maya)[-1] == ("Active", "done"))
    assert hands.labels(maya) >= {"Disable", "Disconnect"}
    assert not {"Nudge", "Withdraw"} & hands.labels(maya)
    await maya.should_see("Activated")


async def test_what_is_typed_into_a_dialog_outlives_a_change(maya: User, world: World) -> None:
    connection_id = world.connect("d3x")
    await look(maya, connection_id)
    hands.press(maya, "Withdraw")
    open_secret(maya)
    hands.fill(maya, "Your password", "half of it")
    connections.activate(world.dee, connection_id)
    await until(lambda: badge(maya) == "Active")
    assert hands.field(maya, "Your password").value == "half of it"


async def test_a_move_that_came_too_late_is_refused_in_the_dialog(maya: User, world: World) -> None:
    connection_id = world.connect("d3x")
    await look(maya, connection_id)
    hands.press(maya, "Withdraw")
    await maya.should_see("Withdraw the request for D3x")
    connections.activate(world.dee, connection_id)
    await until(lambda: badge(maya) == "Active")
    hands.press(maya, "Withdraw")
    await maya.should_see("Nothing has changed")
    assert builders.connection(connection_id).status == "active"


async def test_a_rejection_is_read_in_the_words_of_the_partner(maya: User, world: World) -> None:
    connection_id = world.connect("d3x")
    connections.reject(world.dee, connection_id, "The code <b>HH-2</b> is not known to us.")
    await look(maya, connection_id)
    await maya.should_see("D3x Ltd wrote:")
    await maya.should_see("The code <b>HH-2</b> is not known to us.")
    await maya.should_see("There is no access token.")
    assert "Reconnect" in hands.labels(maya)


async def test_reconnect_asks_again_and_makes_the_request_pending(maya: User, world: World) -> None:
    connection_id = world.connect("d3x")
    connections.reject(world.dee, connection_id, "Not yet.")
    await look(maya, connection_id)
    hands.press(maya, "Reconnect")
    await maya.should_see("What will happen")
    hands.press(maya, "Reconnect")
    await until(lambda: badge(maya) == "Pending")
    assert builders.connection(connection_id).status == "pending"


async def test_a_nudge_goes_out_once_a_day(maya: User, world: World) -> None:
    connection_id = world.connect("d3x")
    await look(maya, connection_id)
    hands.press(maya, "Nudge")
    await until(lambda: not hands.button(maya, "Nudge").enabled)
    assert "The next one can go out from" in hands.button(maya, "Nudge").props["why-not"]
    (nudge,) = builders.messages_of(connection_id, "connection.nudged")
    assert nudge.mail_to == "help@d3x.example"


async def test_withdraw_says_what_stops_and_ends_the_request(maya: User, world: World) -> None:
    connection_id = world.connect("d3x")
    await look(maya, connection_id)
    hands.press(maya, "Withdraw")
    await maya.should_see("The access token stops working with the very next request.")
    hands.press(maya, "Withdraw")
    await until(lambda: badge(maya) == "Disconnected")


async def test_disconnect_says_that_the_partner_keeps_its_data(maya: User, world: World) -> None:
    connection_id = world.connect_active()
    await look(maya, connection_id)
    hands.press(maya, "Disconnect")
    await maya.should_see("D3x Ltd keeps the data it already has.")
    hands.fill(maya, "Reason", "We close for the winter.")
    hands.press(maya, "Disconnect")
    await until(lambda: badge(maya) == "Disconnected")
    await maya.should_see("There is no access token.")
    (message,) = builders.messages_of(connection_id, "connection.disconnected")
    assert "We close for the winter." in builders.body_of(message)


async def test_who_disabled_a_connection_enables_it_again(maya: User, world: World) -> None:
    connection_id = world.connect_active()
    await look(maya, connection_id)
    hands.press(maya, "Disable")
    await maya.should_see("Only Harbour Hotel can enable it again; D3x Ltd cannot.")
    hands.press(maya, "Disable")
    await until(lambda: badge(maya) == "Disabled")
    hands.press(maya, "Enable")
    await until(lambda: badge(maya) == "Active")


async def test_a_pause_of_the_partner_offers_no_enable(maya: User, world: World) -> None:
    connection_id = world.connect_active()
    connections.disable(world.dee, connection_id, "Your invoice is open.")
    await look(maya, connection_id)
    await maya.should_see("Paused by D3x")
    await maya.should_see("Your invoice is open.")
    assert "Enable" not in hands.labels(maya)


async def test_the_token_is_shown_after_the_password_only(
    maya: User, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, int]] = []
    monkeypatch.setattr(Secret, "reveal", lambda _, value, seconds: shown.append((value, seconds)))
    connection_id = world.connect_active()
    await look(maya, connection_id)
    open_secret(maya)
    hands.fill(maya, "Your password", "wrong")
    hands.press(maya, "Show token")
    await until(lambda: hands.complaint(maya, "Your password"))
    assert "not your password" in (hands.complaint(maya, "Your password") or "")
    assert not shown
    hands.fill(maya, "Your password", PASSWORD)
    hands.press(maya, "Show token")
    await until(lambda: shown)
    assert shown == [(builders.token_of(connection_id), 60)]
    await maya.should_see("Access token shown after the password")


async def test_a_rotation_leaves_the_old_token_a_day(maya: User, world: World) -> None:
    connection_id = world.connect_active()
    await look(maya, connection_id)
    old = secret(maya).props["masked"]
    hands.press(maya, "Rotate token")
    await maya.should_see("When shall the present token stop?")
    hands.press(maya, "Rotate token")
    await until(lambda: secret(maya).props["masked"] != old)
    await maya.should_see(f"The token before, {old}, works until")


async def test_a_rotation_at_once_leaves_nothing(maya: User, world: World) -> None:
    connection_id = world.connect_active()
    old = builders.token_of(connection_id)
    await look(maya, connection_id)
    hands.press(maya, "Rotate token")
    await maya.should_see("When shall the present token stop?")
    hands.fill(maya, "When shall the present token stop?", "at_once")
    hands.press(maya, "Rotate token")
    await until(lambda: builders.token_of(connection_id) != old)
    await maya.should_see("the old one stopped at once")
    await maya.should_not_see("The token before")


async def test_receipts_come_in_while_somebody_looks(maya: User, world: World) -> None:
    connection_id = world.connect_active()
    await look(maya, connection_id)
    await maya.should_see("not yet")
    tokens.authenticate(builders.token_of(connection_id))
    await maya.should_see("Access token used for the first time")
    (receipt,) = subscriptions.read(world.maya, connection_id).tokens
    assert receipt.first_used_at is not None


async def test_a_viewer_sees_everything_and_can_press_nothing(person: Person, world: World) -> None:
    connection_id = world.connect_active()
    noah = await person("noah@harbour.example")
    await look(noah, connection_id)
    await noah.should_see("Only a manager of this property can do this: ask Maya.")
    for label in ("Disable", "Disconnect", "Rotate token"):
        assert not hands.button(noah, label).enabled
    assert secret(noah).props["why-not"]
    hands.press(noah, "Disconnect")
    await noah.should_not_see("keeps the data it already has")


@pytest.mark.parametrize(
    "email", ["charlie@alpine.example", "dee@d3x.example", "olga@platform.example"]
)
async def test_others_find_nothing_here(person: Person, world: World, email: str) -> None:
    connection_id = world.connect_active()
    other = await person(email)
    await other.open(f"/subscriptions/{connection_id}")
    await other.should_see("There is no such page")
    await other.should_not_see("D3x Ltd")


async def test_a_core_app_shows_its_account_and_is_checked_again(
    maya: User, world: World, mews: list[Check]
) -> None:
    connection_id = core.connect(world.maya, world.hotel, "mews", CREDENTIALS)
    await look(maya, connection_id)
    await maya.should_see("Harbour at Mews")
    hands.press(maya, "Check now")
    await maya.should_see("Mews accepted the credentials.")
    assert "Rotate token" not in hands.labels(maya)


async def test_refused_credentials_break_a_core_app_and_repair_heals_it(
    maya: User, world: World, mews: list[Check]
) -> None:
    connection_id = core.connect(world.maya, world.hotel, "mews", CREDENTIALS)
    await look(maya, connection_id)
    mews.append(REFUSED)
    hands.press(maya, "Check now")
    await until(lambda: badge(maya) == "Broken")
    await maya.should_see("Mews does not accept these credentials.")
    mews.append(WORKS)
    hands.press(maya, "Repair")
    await maya.should_see("Client token")
    hands.fill(maya, "Client token", "client")
    hands.fill(maya, "Access token", "new")
    hands.press(maya, "Repair")
    await until(lambda: badge(maya) == "Connected")
    await maya.should_see("With new credentials")


async def test_a_check_heals_what_the_vendor_gave_back_and_nothing_is_said_thrice(
    maya: User, world: World, mews: list[Check]
) -> None:
    connection_id = core.connect(world.maya, world.hotel, "mews", CREDENTIALS)
    mews.append(REFUSED)
    core.check_again(world.maya, connection_id)
    await look(maya, connection_id)
    with maya:
        said = [one.text for one in ElementFilter(kind=TextElement)]
    assert said.count(REFUSED.sentence) == 1  # in the panel; the story tells it once more
    mews.append(WORKS)
    hands.press(maya, "Check now")
    await until(lambda: badge(maya) == "Connected")
    await maya.should_see("The credentials work again")


async def test_credentials_of_another_account_are_refused_in_the_dialog(
    maya: User, world: World, mews: list[Check]
) -> None:
    connection_id = core.connect(world.maya, world.hotel, "mews", CREDENTIALS)
    await look(maya, connection_id)
    mews.append(replace(WORKS, account_id="acc-2", account_name="Alpine at Mews"))
    hands.press(maya, "Change credentials")
    await maya.should_see("Client token")
    hands.fill(maya, "Client token", "client")
    hands.fill(maya, "Access token", "theirs")
    hands.press(maya, "Change")
    await maya.should_see("These credentials belong to Alpine at Mews")
    assert hands.field(maya, "Access token").value == "theirs"


async def test_what_waits_longer_than_others_did_says_so(maya: User, world: World) -> None:
    theirs = connections.connect(world.charlie, world.lodge, "d3x", now=world.after(hours=-9))
    connections.activate(world.dee, theirs, now=world.after(hours=-8))
    await look(maya, world.connect("d3x", now=world.after(minutes=-30)))
    await maya.should_see("Usually 1 hour, as the one activation so far")
    await maya.should_not_see("longer than usual")
    mine = subscriptions.of_property(world.maya, world.hotel)[0].id
    connections.withdraw(world.maya, mine)
    await look(maya, world.connect("d3x", now=world.after(hours=-6)))
    await maya.should_see("Waiting for D3x Ltd: longer than usual")
    await maya.should_see("D3x Ltd has had your request for 6 hours; usually it takes 1 hour.")


def secret(user: User) -> Secret:
    with user:
        return next(iter(ElementFilter(kind=Secret)))


def open_secret(user: User) -> None:
    user.find(kind=Secret).trigger("show")
