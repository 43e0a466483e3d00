"""One source: its authorization, its data transfers with their gear, its files, its trouble."""

import gc
import threading
from typing import Any

import pytest
from nicegui import ElementFilter, ui
from nicegui.elements.upload_files import SmallFileUpload
from nicegui.testing import User

from connectors.sources import KINDS
from domain import authorizations, history, integrations, sources, transfers
from storage.sources import Transfer
from tests import flows, harvest
from tests.builders import World
from tests.harvest import HotelSystem
from tests.ui.conftest import Person
from tests.ui.hands import button, fill, go, labels, press
from tests.ui.hub import confirm, page_words
from tests.ui.mapping import choose, offers
from tests.ui.patience import until
from ui.look import ASSETS

MAYA, NOAH = "maya@harbour.example", "noah@harbour.example"
ONLY_MANAGERS = "Only a manager of Harbour Hotel can do this."
GEAR = "What to do with reservations"
CSV = b"Id;Vorname;Nachname\n1;J\xf6rg;M\xfcller\n2;Anna;Berg\n"


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> HotelSystem:
    return harvest.play(monkeypatch, "mews")


@pytest.fixture
def opens(world: World, system: HotelSystem) -> str:
    return harvest.authorize(world)


@pytest.fixture
def source_id(world: World, opens: str) -> str:
    return harvest.source(world, authorization_id=opens)


@pytest.fixture
async def maya(person: Person) -> User:
    return await person(MAYA)


def status(transfer_id: str) -> str:
    return str(harvest.row_of(Transfer, transfer_id).status)


# The authorization


async def test_a_refusal_breaks_the_source_and_one_step_repairs_it(
    maya: User, world: World, source_id: str, opens: str, system: HotelSystem
) -> None:
    transfer_id = harvest.active(world, source_id)
    await go(maya, f"/sources/{source_id}")
    system.says = harvest.REFUSED
    press(maya, "Test again")
    await maya.should_see("Mews refuses the credentials")
    await maya.should_see("Nothing is brought in until they are repaired.")
    press(maya, "Repair")
    await maya.should_see("They must belong to the same account")
    fill(maya, "Client token", "C-new-1234567890")
    fill(maya, "Access token", "A-new-1234567890")
    system.says = harvest.ACCEPTED
    confirm(maya, "Test and save")
    await maya.should_not_see("Mews refuses the credentials")
    assert sources.read(world.maya, source_id).row.status == "working"
    assert status(transfer_id) == "active"


async def test_a_source_without_credentials_is_given_some(
    maya: User, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest.play(monkeypatch, "rest")
    source_id = harvest.unlocked(world)
    await go(maya, f"/sources/{source_id}")
    await maya.should_see("https://api.pms.example answers without credentials.")
    press(maya, "Add credentials")
    await maya.should_see("New authorization for REST / JSON")
    fill(maya, "Token", "T-new-1234567890")
    confirm(maya, "Test and save")
    await maya.should_see("Change credentials")
    assert sources.read(world.maya, source_id).row.authorization_id is not None


async def test_credentials_of_another_account_do_not_repair(
    maya: User, world: World, source_id: str, opens: str, system: HotelSystem
) -> None:
    authorizations.refused(opens, "Mews does not accept them.", now=world.now)
    await go(maya, f"/sources/{source_id}")
    press(maya, "Repair")
    await maya.should_see("They must belong to the same account")
    fill(maya, "Client token", "C-new-1234567890")
    fill(maya, "Access token", "A-new-1234567890")
    system.says = harvest.Check(True, "ent_2", "Another Hotel", "Mews accepted the credentials.")
    confirm(maya, "Test and save")
    await maya.should_see("These credentials belong to Another Hotel")
    assert sources.read(world.maya, source_id).row.status == "broken"


# Data transfers


async def test_a_data_transfer_is_added_inactive_and_reads_samples(
    maya: User, world: World, source_id: str
) -> None:
    await go(maya, f"/sources/{source_id}")
    await maya.should_see("Nothing is brought in yet.")
    choose(maya, "Add data transfer", "reservations")
    await maya.should_see("Reservations mapping")
    await until(lambda: transfers.of_source(world.maya, source_id)[0].sampled_at)
    assert transfers.of_source(world.maya, source_id)[0].status == "inactive"


async def test_the_gear_offers_what_the_state_allows(
    maya: User, world: World, source_id: str
) -> None:
    transfer_id = harvest.mapped(world, source_id)
    await go(maya, f"/sources/{source_id}")
    assert list(offers(maya, GEAR)) == ["Mapping", "Activate", "Remove"]
    choose(maya, GEAR, "activate")
    await until(lambda: status(transfer_id) == "active")
    await until(lambda: list(offers(maya, GEAR)) == ["Mapping", "Deactivate", "Remove"])
    choose(maya, GEAR, "activate")  # forged: it is not offered any more
    choose(maya, GEAR, {"key": "remove"})
    choose(maya, GEAR, "deactivate")
    await until(lambda: status(transfer_id) == "inactive")


async def test_activate_lists_everything_that_is_missing(
    maya: User, world: World, source_id: str
) -> None:
    transfer_id = harvest.transfer(world, source_id)
    await go(maya, f"/sources/{source_id}")
    choose(maya, GEAR, "activate")
    await maya.should_see("Reservations: not yet")
    await maya.should_see("5 things are missing before Activate")
    for sentence in (
        "Choose the primary key: the field that tells the records apart.",
        "Arrival: every reservation needs it. Choose where it comes from.",
        "Read sample records, so that the mapping can be tried.",
    ):
        await maya.should_see(sentence)
    assert status(transfer_id) == "inactive"


async def test_a_data_transfer_is_removed_after_a_word_of_caution(
    maya: User, world: World, source_id: str
) -> None:
    harvest.mapped(world, source_id)
    await go(maya, f"/sources/{source_id}")
    choose(maya, GEAR, "remove")
    await maya.should_see("Its mapping goes with all versions")
    confirm(maya, "Remove")
    await maya.should_see("Nothing is brought in yet.")
    assert transfers.of_source(world.maya, source_id) == ()


async def test_what_is_active_leads_to_the_integration_that_it_needs(
    maya: User, person: Person, world: World, source_id: str
) -> None:
    transfer_id = harvest.active(world, source_id)
    new = f"/integrations/new?source={source_id}"
    for path in (f"/sources/{source_id}/transfers/{transfer_id}", f"/sources/{source_id}"):
        await go(maya, path)
        await maya.should_see("Nothing brings reservations in yet")
        assert button(maya, "New integration").props["href"] == new
    noah = await person(NOAH)
    await go(noah, f"/sources/{source_id}")
    assert button(noah, "New integration").props["why-not"] == ONLY_MANAGERS
    integration = flows.draft(world, source_id)
    await maya.should_not_see("Nothing brings reservations in yet")
    await maya.should_see("Brought in by")
    same = integrations.Draft("", "Flow", {"guests": ("created",)})
    integrations.change(world.maya, integration, same)
    await maya.should_see("Tick it in the settings of the integration Flow.")
    href = f"/integrations/{integration}/settings"
    assert button(maya, "Open the settings").props["href"] == href


async def test_a_paused_transfer_says_what_is_gone_and_what_it_is_called_now(
    maya: User, world: World, source_id: str, system: HotelSystem
) -> None:
    transfer_id = harvest.active(world, source_id)
    await go(maya, f"/sources/{source_id}")
    harvest.paused(world, transfer_id)
    await maya.should_see("Reservations are paused: the source changed")
    await maya.should_see("“Start”, which fills Arrival, is gone")
    await maya.should_see("it is probably called “StartDate” now")
    assert "Paused" in page_words(maya)


async def test_a_viewer_sees_every_button_with_the_reason(
    person: Person, world: World, source_id: str
) -> None:
    harvest.mapped(world, source_id)
    noah = await person(NOAH)
    await go(noah, f"/sources/{source_id}")
    for label in ("Test again", "Change credentials", "Add data transfer"):
        assert button(noah, label).props["why-not"] == ONLY_MANAGERS
    found = offers(noah, GEAR)
    assert found == {"Mapping": None, "Activate": ONLY_MANAGERS, "Remove": ONLY_MANAGERS}
    choose(noah, GEAR, "activate")  # forged
    choose(noah, "What to do with this source", "remove")
    await noah.should_not_see("Remove Front desk")
    assert transfers.of_source(world.maya, source_id)[0].status == "inactive"


# The source itself


async def test_another_source_of_the_account_is_named_as_soon_as_it_is_there(
    maya: User, world: World, source_id: str
) -> None:
    await go(maya, f"/sources/{source_id}")
    await maya.should_not_see("reads the same account")
    again = harvest.source(world, name="Again")
    await maya.should_see("Again reads the same account, Harbour Hotel at Mews")
    harvest.active(world, again)
    harvest.active(world, source_id)
    await maya.should_see("Reservations are active in both, so that each record comes in twice")
    assert button(maya, "Open Again").props["href"] == f"/sources/{again}"


async def test_it_is_renamed_where_it_stands(maya: User, world: World, source_id: str) -> None:
    await go(maya, f"/sources/{source_id}")
    choose(maya, "What to do with this source", "rename")
    await maya.should_see("Rename this source")
    fill(maya, "Name", "Night audit")
    confirm(maya, "Rename")
    await until(lambda: sources.read(world.maya, source_id).row.name == "Night audit")
    await maya.should_see("Front desk → Night audit")
    assert "Night audit" in page_words(maya)


async def test_it_is_removed_with_what_it_brought(maya: User, world: World, source_id: str) -> None:
    await go(maya, f"/sources/{source_id}")
    choose(maya, "What to do with this source", "remove")
    await maya.should_see("all records that came from it")
    confirm(maya, "Remove")
    await maya.should_see("No source yet")
    assert sources.of_property(world.maya, world.hotel) == ()


async def test_its_history_grows_while_somebody_looks(
    maya: User, world: World, source_id: str
) -> None:
    await go(maya, f"/sources/{source_id}")
    assert history.WORDS["source.added"] in page_words(maya)
    transfers.add(world.maya, source_id, "rates")
    added = f"Rates: {history.WORDS['transfer.added']}"
    await until(lambda: added in page_words(maya))


def test_every_kind_of_source_has_a_drawing_that_we_have() -> None:
    sprite = (ASSETS / "icons.svg").read_text()
    assert [kind.key for kind in KINDS.values() if f'id="{kind.icon}"' not in sprite] == []
    assert len({kind.hue for kind in KINDS.values()}) == len(KINDS)


# Files


@pytest.fixture
def files(world: World) -> str:
    return sources.add(world.maya, world.hotel, sources.Draft("file", "Old system"), now=world.now)


async def test_a_file_is_uploaded_and_sampled_at_once(
    maya: User, world: World, files: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    transfer_id = transfers.add(world.maya, files, "guests", now=world.now)
    await go(maya, f"/sources/{files}")
    await maya.should_see("No file yet")
    is_shown, sample = threading.Event(), transfers.sample

    def sample_once_shown(*asked: Any) -> int:
        is_shown.wait(30)
        return sample(*asked)

    # The part with the button is drawn anew while the samples are still read.
    monkeypatch.setattr(transfers, "sample", sample_once_shown)
    await send(maya, "gaeste.csv", CSV)
    await maya.should_see("gaeste.csv")
    gc.collect()  # what was pressed is really gone, as it is in a server that runs for long
    is_shown.set()
    await until(lambda: "Samples" in maya.notify.messages)
    await until(lambda: transfers.read(world.maya, transfer_id).row.sampled_at)
    assert sources.read(world.maya, files).uploads[0].size == len(CSV)
    await maya.should_see("Replace the file of guests")


async def test_a_file_that_is_no_table_says_so_and_is_not_kept(
    maya: User, world: World, files: str
) -> None:
    transfers.add(world.maya, files, "guests", now=world.now)
    await go(maya, f"/sources/{files}")
    await send(maya, "empty.csv", b"")
    await until(lambda: "This file is empty." in maya.notify.messages)
    assert sources.read(world.maya, files).uploads == ()


async def test_a_viewer_uploads_nothing(person: Person, world: World, files: str) -> None:
    transfers.add(world.maya, files, "guests", now=world.now)
    noah = await person(NOAH)
    await go(noah, f"/sources/{files}")
    assert button(noah, "Upload guests").props["why-not"] == ONLY_MANAGERS
    assert "Test again" not in labels(noah)
    with noah:
        assert not list(ElementFilter(kind=ui.upload, only_visible=False))


async def send(user: User, name: str, content: bytes) -> None:
    with user:
        (upload,) = ElementFilter(kind=ui.upload, only_visible=False)
    await upload.handle_uploads([SmallFileUpload(name, "text/csv", content)])
