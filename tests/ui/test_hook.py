"""The address that a source calls: on its page, in the form of an integration, and to whom."""

import pytest
from nicegui import ElementFilter
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from domain import hooks, integration_pages
from domain.integration_pages import Row
from domain.schedules import Schedule
from tests import flows, harvest
from tests.builders import PASSWORD, World
from tests.domain.test_hooks import CALLED, CHANGED
from tests.harvest import HotelSystem
from tests.ui import hands
from tests.ui.conftest import Person
from tests.ui.patience import until
from ui.components.secret import Secret

LABEL = "Address for calls"


@pytest.fixture(autouse=True)
def system(monkeypatch: pytest.MonkeyPatch) -> HotelSystem:
    """The hotel system behind every source."""
    return harvest.play(monkeypatch, "mews")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The secrets that were shown in the clear."""
    found: list[str] = []
    monkeypatch.setattr(Secret, "reveal", lambda _, value, seconds: found.append(value))
    return found


@pytest.fixture
async def maya(person: Person) -> User:
    return await person("maya@harbour.example")


@pytest.fixture
def source(world: World) -> str:
    source_id = harvest.source(world)
    harvest.active(world, source_id)
    return source_id


def secret(user: User) -> Secret:
    with user:
        found = [one for one in ElementFilter(kind=Secret) if one.props["label"] == LABEL]
    return found[0]


def ask(user: User) -> None:
    """Press Show beside the mask."""
    UserInteraction(user, {secret(user)}, None).trigger("show")


def call(world: World, source_id: str) -> str:
    address = hooks.reveal(world.maya, source_id, PASSWORD)
    (said,) = hooks.receive(address.rpartition("/")[2], [CHANGED])
    return said


async def show(user: User, shown: list[str]) -> str:
    """Have the address shown, after the password; return it."""
    ask(user)
    hands.fill(user, "Your password", PASSWORD)
    hands.press(user, "Show address")
    await until(lambda: bool(shown))
    return shown[-1]


async def test_a_manager_shows_the_address_after_the_password_and_reads_what_to_do(
    maya: User, source: str, world: World, shown: list[str]
) -> None:
    await hands.go(maya, f"/sources/{source}")
    await maya.should_see("Send the address to Mews support.")
    await maya.should_see("Mews can call this address whenever reservations, guests and spaces")
    assert secret(maya).props["masked"] == "Made when you first show it"
    address = await show(maya, shown)
    assert address.startswith("http://adjoin.test/in/adh_")
    assert secret(maya).props["masked"] == hooks.read(world.maya, source).address
    assert address not in str(secret(maya).props)


async def test_a_wrong_password_shows_nothing(maya: User, source: str, shown: list[str]) -> None:
    await hands.go(maya, f"/sources/{source}")
    ask(maya)
    hands.fill(maya, "Your password", "a guess")
    hands.press(maya, "Show address")
    await until(lambda: hands.complaint(maya, "Your password") is not None)
    assert shown == []


async def test_renewing_it_is_asked_first_and_stops_the_old_one(
    maya: User, source: str, world: World, shown: list[str]
) -> None:
    await hands.go(maya, f"/sources/{source}")
    old = await show(maya, shown)
    hands.press(maya, "Renew address")
    await maya.should_see("The present address stops at once.")
    hands.press(maya, "Renew address")
    await until(lambda: hooks.receive(old.rpartition("/")[2], [CHANGED]) == ["unknown"])
    await maya.should_see("Address for calls renewed: the old one stopped at once")


async def test_a_viewer_sees_that_it_calls_but_nothing_of_the_address(
    person: Person, source: str, world: World
) -> None:
    call(world, source)
    noah = await person("noah@harbour.example")
    await hands.go(noah, f"/sources/{source}")
    await noah.should_see("Last call received")
    await noah.should_see("Only a manager of Harbour Hotel can see and renew it.")
    assert secret(noah).props["masked"] == "Made when you first show it"
    await noah.should_not_see("Send the address to Mews support.")


async def test_charlie_and_the_operators_find_no_page(person: Person, source: str) -> None:
    for email in ("charlie@alpine.example", "olga@platform.example"):
        user = await person(email)
        await user.open(f"/sources/{source}")
        await user.should_see("There is no such page")


async def test_an_integration_is_made_to_run_when_mews_tells_us(
    maya: User, source: str, world: World
) -> None:
    await hands.go(maya, f"/integrations/new?source={source}")
    await maya.should_see("When Mews tells us")
    hands.fill(maya, "Schedule", "webhook")
    await maya.should_see("Send the address to Mews support.")
    hands.fill(maya, "Hours between two runs in any case", "12")
    hands.press(maya, "Activate")

    def flows() -> tuple[Row, ...]:
        return integration_pages.of_property(world.maya, world.hotel)

    await until(lambda: [row.status for row in flows()] == ["active"])
    (row,) = flows()
    assert row.schedule == Schedule("webhook", minutes=720)


async def test_hours_that_are_none_are_corrected_in_place(maya: User, source: str) -> None:
    await hands.go(maya, f"/integrations/new?source={source}")
    hands.fill(maya, "Schedule", "webhook")
    hands.fill(maya, "Hours between two runs in any case", "often")
    hands.press(maya, "Activate")
    await until(lambda: hands.complaint(maya, "Hours between two runs in any case") is not None)


async def test_the_page_of_an_integration_hears_of_a_call_at_once(
    maya: User, source: str, world: World
) -> None:
    integration = flows.active(world, source, schedule=CALLED)
    await hands.go(maya, f"/integrations/{integration}")
    await maya.should_see("when the source calls, and every 24 hours in any case")
    await maya.should_see("none yet")
    assert call(world, source) == "received"
    await maya.should_not_see("none yet")
    await maya.should_see("A run is queued")


async def test_settings_keep_what_was_chosen(maya: User, source: str, world: World) -> None:
    integration = flows.active(world, source, schedule=Schedule("webhook", minutes=180))
    await hands.go(maya, f"/integrations/{integration}/settings")
    assert hands.field(maya, "Hours between two runs in any case").value == "3"
    hands.press(maya, "Save")
    await until(lambda: flows.stored(integration).schedule == {"webhook": 180})
