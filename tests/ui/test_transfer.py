"""The mapping editor: suggestions, rows, a live preview, versions; and what browsers may forge."""

from typing import Any

import pytest
from nicegui.testing import User

from domain import integrations, mappings, transfers
from domain.mapping.rows import Row
from storage import database
from storage.sources import Transfer
from tests import flows, harvest
from tests.builders import World
from tests.harvest import HotelSystem
from tests.ui.conftest import Person
from tests.ui.hands import button, go, press
from tests.ui.hub import finds_nothing, page_words
from tests.ui.mapping import editor, is_done, offers, send, sources, standing
from tests.ui.patience import until
from ui.components.mapping import MappingEditor
from ui.pages.transfer.values import offered_conversions

MAYA, NOAH = "maya@harbour.example", "noah@harbour.example"
ONLY_MANAGERS = "Only a manager of Harbour Hotel can do this."


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> HotelSystem:
    return harvest.play(monkeypatch, "mews")


@pytest.fixture
def source_id(world: World, system: HotelSystem) -> str:
    return harvest.source(world)


@pytest.fixture
def sampled(world: World, source_id: str) -> str:
    """A transfer with sample records, and nothing mapped."""
    transfer_id = harvest.transfer(world, source_id)
    transfers.sample(world.maya, transfer_id, now=world.now)
    return transfer_id


@pytest.fixture
async def maya(person: Person) -> User:
    return await person(MAYA)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the editor in the browser was told: (method, arguments…)."""
    told: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        MappingEditor, "run_method", lambda self, name, *args: told.append((name, *args))
    )
    return told


def path_of(world: World, transfer_id: str) -> str:
    row = transfers.read(world.maya, transfer_id).row
    return f"/sources/{row.source_id}/transfers/{row.id}"


async def look(user: User, world: World, transfer_id: str) -> None:
    await go(user, path_of(world, transfer_id))
    await user.should_see("Reservations mapping")


def saved(world: World, transfer_id: str) -> dict[str, Row]:
    return {row.target: row for row in mappings.read(world.maya, transfer_id).rows}


def last(answers: list[tuple[Any, ...]], name: str) -> tuple[Any, ...]:
    return next(each for each in reversed(answers) if each[0] == name)


# Suggestions


async def test_suggestions_are_drafts_until_somebody_accepts_them(
    maya: User, world: World, sampled: str
) -> None:
    await look(maya, world, sampled)
    draft = standing(maya)["drafts"]["external_id"]
    assert (draft["source"], draft["confidence"] >= 90) == ("Id", True)
    assert draft["cells"][0] == ["res-1", "res-1", None]
    assert sources(maya) == saved(world, sampled) == {}
    send(maya, "accept", {"targets": ["external_id"]})
    await until(lambda: sources(maya) == {"external_id": "Id"})
    assert saved(world, sampled)["external_id"] == Row("external_id", "path", "Id")
    assert "external_id" not in standing(maya)["drafts"]


async def test_many_suggestions_are_taken_at_once_and_undone_at_once(
    maya: User, world: World, sampled: str
) -> None:
    await look(maya, world, sampled)
    targets = list(standing(maya)["drafts"])
    send(maya, "accept", {"targets": targets})
    await until(lambda: set(sources(maya)) == set(targets))
    await is_done(maya)
    assert standing(maya)["undo"]
    send(maya, "undo")
    await until(lambda: sources(maya) == {})
    assert saved(world, sampled) == {}
    assert not standing(maya)["undo"]
    notes = [version.note for version in mappings.history(world.maya, sampled)]
    assert notes == ["Undo", ""]


# Rows


async def test_a_chosen_field_is_saved_at_once_with_a_conversion_that_fits(
    maya: User, world: World, sampled: str
) -> None:
    await look(maya, world, sampled)
    send(maya, "pick", {"target": "arrival", "path": "Start"})
    await until(lambda: sources(maya) == {"arrival": "Start"})
    assert saved(world, sampled)["arrival"].transform == "date"
    assert standing(maya)["samples"][0]["cells"]["arrival"] == ["2026-12-02", "2026-12-02", None]
    assert standing(maya)["saved"]["number"] == 1


async def test_a_row_shows_what_it_would_do_before_it_is_saved(
    maya: User, world: World, sampled: str, answers: list[tuple[Any, ...]]
) -> None:
    await look(maya, world, sampled)
    row = {"target": "notes", "take": "expression", "source": "Guest.Name", "options": {}}
    send(maya, "try", {"ticket": 7, "row": row | {"transform": "text"}})
    await until(lambda: answers)
    _, ticket, cells, problem = last(answers, "tried")
    assert (ticket, problem, cells[0]) == (7, None, ["Guest 1", "Guest 1", None])
    assert saved(world, sampled) == {}


def test_what_makes_a_text_first_offers_how_that_text_is_read() -> None:
    offered = {each["key"]: each["options"] for each in offered_conversions()}
    keys = {
        (transform, kind): [option["key"] for option in offered[transform][kind]]
        for transform, kind in (("join", "moment"), ("split", "money"), ("date", "date"))
    }
    assert keys["join", "moment"] == ["more", "separator", "format", "time_zone", "default"]
    assert {"separator", "part", "currency", "unit", "default"} <= set(keys["split", "money"])
    assert keys["date", "date"] == ["format", "time_zone", "default"]


async def test_a_row_that_makes_no_sense_says_so_and_is_not_saved(
    maya: User, world: World, sampled: str, answers: list[tuple[Any, ...]]
) -> None:
    await look(maya, world, sampled)
    row = {"target": "notes", "take": "expression", "source": "[", "transform": "text"}
    send(maya, "try", {"ticket": 1, "row": row})
    await until(lambda: answers)
    assert last(answers, "tried")[3]
    send(maya, "keep", row)
    await until(lambda: any(each[0] == "refuse" for each in answers))
    assert last(answers, "refuse")[1] == "notes"
    assert saved(world, sampled) == {}


async def test_errors_of_conversion_stand_at_their_cell(
    maya: User, world: World, sampled: str
) -> None:
    await look(maya, world, sampled)
    row = {"target": "arrival", "take": "path", "source": "Number", "transform": "date"}
    send(maya, "keep", {**row, "options": {}})
    await until(lambda: "arrival" in sources(maya))
    before, after, error = standing(maya)["samples"][0]["cells"]["arrival"]
    assert (before, after) == ("1001", "")
    assert "“1001”" in error
    assert "5 of 5 sample records" in standing(maya)["wrong"]["arrival"]


async def test_duplicate_primary_keys_are_found_before_activation(
    maya: User, world: World, sampled: str
) -> None:
    await look(maya, world, sampled)
    send(maya, "pick", {"target": "external_id", "path": "State"})
    await until(lambda: "external_id" in sources(maya))
    assert "5 of 5 sample records share theirs" in standing(maya)["wrong"]["external_id"]
    await maya.should_see("Choose a field that tells them apart.")


async def test_what_is_missing_leads_to_its_place(
    maya: User, world: World, sampled: str, answers: list[tuple[Any, ...]]
) -> None:
    await look(maya, world, sampled)
    await maya.should_see("4 required fields are missing before Activate")
    await maya.should_see(
        "Primary key, status, arrival and departure: a suggestion waits for each."
    )
    press(maya, "Go there")
    await until(lambda: ("go", "external_id") in answers)


async def test_what_no_suggestion_waits_for_is_told_by_itself(
    maya: User, world: World, sampled: str, answers: list[tuple[Any, ...]]
) -> None:
    wrong = Row("status", "path", "Number", "choice")
    mappings.save(world.maya, sampled, [wrong], expected_version=0)
    await look(maya, world, sampled)
    await maya.should_see("4 things are missing before Activate")
    await maya.should_see("Primary key, arrival and departure: a suggestion waits for each.")
    press(maya, "Go there")
    await until(lambda: ("go", "status") in answers)


async def test_a_complete_mapping_is_activated_on_its_page(
    maya: User, world: World, source_id: str
) -> None:
    transfer_id = harvest.mapped(world, source_id)
    await look(maya, world, transfer_id)
    await maya.should_see("Everything is in place")
    press(maya, "Activate")
    await until(lambda: harvest.row_of(Transfer, transfer_id).status == "active")
    await maya.should_not_see("Everything is in place")
    await maya.should_see("Nothing brings reservations in yet")
    await until(lambda: "Deactivate" in offers(maya, "What to do with this data transfer"))


async def test_an_active_mapping_says_which_integration_brings_its_data_in(
    maya: User, world: World, source_id: str
) -> None:
    transfer_id = harvest.active(world, source_id)
    integration = flows.draft(world, source_id)
    await look(maya, world, transfer_id)
    await maya.should_see("The integration Flow would, but it is not active.")
    integrations.activate(world.maya, integration)
    await maya.should_see("Flow brings reservations in at its next run")
    await maya.should_see("It runs every 15 minutes.")
    assert button(maya, "Open the integration").props["href"] == f"/integrations/{integration}"
    integrations.disable(world.maya, integration)
    await maya.should_see("The integration Flow would, but it is disabled.")


async def test_an_active_mapping_refuses_to_lose_what_it_needs(
    maya: User, world: World, source_id: str, answers: list[tuple[Any, ...]]
) -> None:
    transfer_id = harvest.active(world, source_id)
    await look(maya, world, transfer_id)
    send(maya, "clear", "arrival")
    await until(lambda: any(each[0] == "refuse" for each in answers))
    _, target, sentence = last(answers, "refuse")
    assert (target, "Arrival: every reservation needs it" in sentence) == ("arrival", True)
    assert "arrival" in saved(world, transfer_id)


# Versions, copies, other people


async def test_every_version_is_told_and_can_be_restored(
    maya: User, world: World, source_id: str
) -> None:
    transfer_id = harvest.mapped(world, source_id)
    await look(maya, world, transfer_id)
    send(maya, "clear", "guest_name")
    await until(lambda: "guest_name" not in sources(maya))
    press(maya, "Versions")
    await maya.should_see("Version 2")
    await maya.should_see("Guest name: no longer filled (was from ")
    press(maya, "Restore")
    await until(lambda: sources(maya).get("guest_name") == "Guest.Name")
    assert mappings.history(world.maya, transfer_id)[0].note == "Version 1 again"


async def test_the_mapping_of_another_source_is_copied_and_undone(
    maya: User, world: World, sampled: str
) -> None:
    harvest.mapped(world, harvest.source(world, name="Spa"))
    await look(maya, world, sampled)
    press(maya, "Copy from…")
    await maya.should_see("Mews · Harbour Hotel · 6 rows")
    press(maya, "Copy")
    await until(lambda: len(sources(maya)) == len(harvest.ROWS))
    await until(lambda: standing(maya)["undo"])
    send(maya, "undo")
    await until(lambda: sources(maya) == {})


async def test_what_somebody_else_saved_appears_without_reload(
    maya: User, world: World, sampled: str
) -> None:
    await look(maya, world, sampled)
    row = Row("number", "path", "Number")
    mappings.save(world.maya, sampled, [row], expected_version=0)
    await until(lambda: sources(maya) == {"number": "Number"})
    assert not standing(maya)["undo"]


async def test_a_lost_field_is_mended_with_what_it_is_called_now(
    maya: User, world: World, source_id: str
) -> None:
    transfer_id = harvest.active(world, source_id)
    harvest.paused(world, transfer_id)
    await look(maya, world, transfer_id)
    await maya.should_see("Paused: the source has changed")
    assert standing(maya)["lost"]["arrival"] == {"path": "Start", "instead": "StartDate"}
    send(maya, "pick", {"target": "arrival", "path": "StartDate"})
    await until(lambda: sources(maya)["arrival"] == "StartDate")
    assert standing(maya)["lost"] == {}
    assert saved(world, transfer_id)["arrival"].transform == "date"


async def test_a_pause_is_told_once_beside_what_mends_it_and_ends_with_activate(
    maya: User, world: World, source_id: str
) -> None:
    transfer_id = harvest.active(world, source_id)
    harvest.paused(world, transfer_id)
    await look(maya, world, transfer_id)
    await maya.should_see(
        "“Start”, which fills Arrival, is gone; it is probably called “StartDate” now."
    )
    await maya.should_not_see("missing before Activate")
    await maya.should_not_see("Go there")
    press(maya, "Use StartDate")
    await maya.should_see("Paused: the mapping fits the source again")
    await maya.should_not_see("Everything is in place")
    press(maya, "Activate")
    await until(lambda: harvest.row_of(Transfer, transfer_id).status == "active")
    await maya.should_not_see("Paused: ")


async def test_what_else_is_missing_while_paused_stands_in_the_same_panel(
    maya: User, world: World, source_id: str, answers: list[tuple[Any, ...]]
) -> None:
    transfer_id = harvest.active(world, source_id)
    harvest.paused(world, transfer_id)
    rows = [*harvest.without(harvest.ROWS, "departure"), Row("departure", "path", "Id", "date")]
    mappings.save(world.maya, transfer_id, rows, expected_version=1)
    await look(maya, world, transfer_id)
    await maya.should_see("which fills Arrival, is gone")
    await maya.should_see("5 of 5 sample records are like that.")
    press(maya, "Go there")
    await until(lambda: ("go", "departure") in answers)


async def test_names_that_are_found_by_an_id_say_so_at_their_rows(
    maya: User, world: World, source_id: str
) -> None:
    by_id = (*harvest.without(harvest.ROWS, "guest_name"), Row("guest_id", "path", "Guest.Email"))
    transfer_id = harvest.mapped(world, source_id, by_id)
    guests = harvest.transfer(world, source_id, "guests")
    await look(maya, world, transfer_id)
    assert standing(maya)["behind"] == {}
    with database.transaction() as session:
        session.get_one(Transfer, guests).status = "active"
    await look(maya, world, transfer_id)
    assert standing(maya)["behind"] == {"guest_name": "Filled from Guests by Guest ID."}
    send(maya, "clear", "guest_id")
    await until(lambda: standing(maya)["behind"] == {})


async def test_a_source_that_cannot_be_read_says_why_until_it_can(
    maya: User, world: World, source_id: str, system: HotelSystem
) -> None:
    transfer_id = harvest.transfer(world, source_id)
    await look(maya, world, transfer_id)
    system.fault = harvest.Fault("vendor_fault", "Mews has a problem of its own (500).")
    press(maya, "Read samples")
    await maya.should_see("The source could not be read")
    await maya.should_see("Mews has a problem of its own (500).")
    system.fault = None
    press(maya, "Read samples")
    await maya.should_not_see("The source could not be read")
    assert len(standing(maya)["samples"]) == 5


# Those who may only look, or not even that


async def test_a_viewer_reads_masked_samples_and_changes_nothing(
    person: Person, world: World, source_id: str
) -> None:
    transfer_id = harvest.mapped(world, source_id)
    noah = await person(NOAH)
    await look(noah, world, transfer_id)
    await noah.should_see("You can look, but not change anything")
    assert editor(noah).props["why-not"] == ONLY_MANAGERS
    assert button(noah, "Read samples").props["why-not"] == ONLY_MANAGERS
    assert standing(noah)["samples"][0]["cells"]["guest_name"][:2] == ["•••", "•••"]
    assert "Guest 1" not in page_words(noah)
    before = saved(world, transfer_id)
    send(noah, "clear", "guest_name")
    send(noah, "undo")
    send(noah, "pick", {"target": "notes", "path": "Id"})
    send(noah, "keep", {"target": "notes", "take": "constant", "source": "x"})
    send(noah, "try", {"ticket": 1, "row": {"target": "notes", "take": "path", "source": "Id"}})
    await look(noah, world, transfer_id)
    assert saved(world, transfer_id) == before


async def test_the_wrong_source_in_the_address_finds_nothing(
    person: Person, world: World, sampled: str, source_id: str
) -> None:
    other = harvest.source(world, name="Spa")
    await finds_nothing(person, f"/sources/{other}/transfers/{sampled}", MAYA)
    await finds_nothing(person, f"/sources/{source_id}/transfers/tra_never", MAYA)


FORGED: list[tuple[str, Any]] = [
    ("pick", None),
    ("pick", {"target": "arrival", "path": "no.such.path"}),
    ("pick", {"target": "no_such_field", "path": "Id"}),
    ("pick", {"target": ["arrival"], "path": {"a": 1}}),
    ("accept", {"targets": "arrival"}),
    ("accept", {"targets": ["no_such_field", 7, {"a": 1}]}),
    ("accept", ["arrival"]),
    ("keep", {"target": "arrival"}),
    ("keep", {"target": "arrival", "take": "run", "source": "Id"}),
    ("keep", {"target": "arrival", "take": "path", "source": 7}),
    ("keep", {"target": "arrival", "take": "path", "source": "Start", "transform": "eval"}),
    ("keep", {"target": "arrival", "take": "path", "source": "Start", "options": [1]}),
    ("keep", {"target": "id", "take": "path", "source": "Start"}),
    ("keep", {"target": "notes", "take": "constant", "source": "x" * 200_000}),
    ("keep", "arrival"),
    ("clear", {"target": "arrival"}),
    ("clear", "no_such_field"),
    ("try", {"ticket": "1", "row": {}}),
    ("try", {"ticket": True, "row": {"target": "arrival"}}),
    ("undo", None),
]


async def test_what_a_browser_forges_changes_nothing(
    maya: User, world: World, sampled: str, answers: list[tuple[Any, ...]]
) -> None:
    await look(maya, world, sampled)
    for event, args in FORGED:
        send(maya, event, args)
        # The next one is heard only when this one is through.
        await is_done(maya)
    send(maya, "pick", {"target": "number", "path": "Number"})
    await until(lambda: "number" in sources(maya))
    assert set(saved(world, sampled)) == {"number"}
    assert harvest.row_of(Transfer, sampled).version == 1
