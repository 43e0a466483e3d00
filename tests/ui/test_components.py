"""The components as a page uses them: typed into, clicked, patched, and read back."""

import asyncio
import gc
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nicegui import ui
from nicegui.testing import User, user_simulation
from nicegui.testing.user_interaction import UserInteraction

from tests.ui.patience import until
from ui.components.badge import badge
from ui.components.button import Button, button
from ui.components.catalogue import FIRST, Catalogue
from ui.components.dialog import Dialog
from ui.components.field import checkbox, choice_cards, select_field, text_field
from ui.components.listing import Listing
from ui.look import STATUS, TONES

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def visiting(draw: Callable[[], None]) -> AsyncIterator[User]:
    """Open a page that consists of what `draw` draws."""
    async with user_simulation() as user:
        ui.page("/")(draw)
        await user.open("/")
        yield user


def test_every_status_has_a_tone_that_the_stylesheet_knows() -> None:
    assert {look.tone for look in STATUS.values()} <= set(TONES)
    assert all(look.label for status, look in STATUS.items() if status not in TONES)


def test_every_icon_that_is_named_anywhere_is_in_the_sprite() -> None:
    named = {look.icon for look in STATUS.values()}
    for folder, ending in (("ui", "*.py"), ("ui", "*.js"), ("demo", "*.py"), ("demo", "*.toml")):
        for file in (ROOT / folder).rglob(ending):
            named |= set(
                re.findall(r"""icon["']?\s*[=:(]\s*["']([a-z0-9-]+)["']""", file.read_text())
            )
    drawn = set(re.findall(r'symbol id="([^"]+)"', (ROOT / "ui/assets/icons.svg").read_text()))
    assert named - drawn == set()


async def test_a_double_click_on_a_slow_button_is_one_click() -> None:
    clicks: list[str] = []

    async def slowly() -> None:
        clicks.append("begun")
        await asyncio.sleep(0.05)
        clicks.append("done")

    async with visiting(lambda: button("Connect", slowly).mark("connect")) as user:
        user.find("Connect").click()
        user.find("Connect").click()
        await asyncio.sleep(0.15)
        assert clicks == ["begun", "done"]
        user.find("Connect").click()
        await asyncio.sleep(0.15)
        assert len(clicks) == 4


async def test_a_button_that_is_drawn_anew_while_it_waits_can_still_tell_what_came_of_it() -> None:
    told: list[str] = []

    def draw() -> None:
        room = ui.element("div")

        async def check() -> None:
            room.clear()
            await asyncio.sleep(0.05)  # until nothing of what was deleted is on its way any more
            gc.collect()
            told.append(ui.context.client.id)  # where a notice would be shown

        with room, ui.element("div"):
            button("Check now", check)

    async with visiting(draw) as user:
        elements = user.find("Check now").elements
        UserInteraction(user, {elements.pop()}, None).trigger("click")
        await until(lambda: told)


async def test_a_refused_button_shows_its_reason_and_does_nothing() -> None:
    clicks: list[str] = []
    why = "Only a manager can connect apps."

    def draw() -> None:
        button("Connect", lambda: clicks.append("click"), why_not=why)

    async with visiting(draw) as user:
        await user.should_see(why)
        user.find("Connect").click()
        found = user.find(kind=Button).elements.pop()
        found.refuse(None)
        assert not clicks
        user.find("Connect").click()
        await asyncio.sleep(0.05)
        assert clicks == ["click"]


async def test_correcting_a_field_takes_its_error_away() -> None:
    def draw() -> None:
        text_field("Property code", error="Use letters and digits only.")

    async with visiting(draw) as user:
        await user.should_see("Use letters and digits only.")
        user.find("Property code").type("HH02")
        await user.should_not_see("Use letters and digits only.")
        assert user.find("Property code").elements.pop().value == "HH02"  # type: ignore[attr-defined]


async def test_choices_are_made_by_clicking_their_words() -> None:
    chosen: dict[str, object] = {}

    def draw() -> None:
        fields = {
            "mail": choice_cards("Tell us by", {"hook": ("Webhook", "…"), "mail": ("Mail", "…")}),
            "language": select_field("Language", {"en": "English", "de": "German"}, value="en"),
            "tick": checkbox("Include the past"),
        }
        button("Save", lambda: chosen.update({k: f.value for k, f in fields.items()}))

    async with visiting(draw) as user:
        user.find("Mail").click()
        user.find("Include the past").click()
        user.find(kind=ui.select).click()
        user.find("German").click()
        user.find("Save").click()
        await asyncio.sleep(0.05)
        assert chosen == {"mail": "mail", "language": "de", "tick": True}


async def test_a_badge_changes_in_place() -> None:
    async with visiting(lambda: badge("pending").mark("status")) as user:
        await user.should_see("Pending")
        shown = user.find(marker="status").elements.pop()
        shown.set("active")  # type: ignore[attr-defined]
        await user.should_see("Active")
        assert shown.props["data-tone"] == "ok"


async def test_a_patched_card_keeps_its_status_when_the_list_is_sent_again() -> None:
    acted: list[str] = []
    apps = [
        {"slug": "akia", "name": "Akia", "developer": "Akia Inc.", "tagline": "Texts",
         "category": "Guests", "kind": "integrated", "status": None},
    ]  # fmt: skip

    async with visiting(lambda: Catalogue(apps, on_act=acted.append).mark("apps")) as user:  # type: ignore[arg-type,func-returns-value]
        await user.should_see("Akia Inc.")
        user.find(marker="apps").trigger("act", "akia")
        catalogue = user.find(kind=Catalogue).elements.pop()
        catalogue.patch("akia", "pending", {"label": "View", "enabled": True})
        catalogue.patch("somebody-elses", "active")
        assert acted == ["akia"]
        assert catalogue.props["apps"][0]["status"] == "pending"
        assert catalogue.props["apps"][0]["action"]["label"] == "View"


@pytest.mark.parametrize("forged", [None, {}, [], 7, "other", {"slug": "akia"}, ["akia"]])
async def test_only_what_is_shown_can_be_opened_or_acted_on(forged: object) -> None:
    told: list[object] = []
    app = {"slug": "akia", "name": "Akia", "developer": "", "tagline": "", "category": ""}
    column = {"key": "app", "label": "App", "kind": "strong"}

    def draw() -> None:
        Catalogue([app], on_act=told.append, on_open=told.append)  # type: ignore[list-item,func-returns-value]
        Listing([column], [{"id": "c1"}], label="L", on_act=told.append, on_open=told.append)  # type: ignore[list-item,func-returns-value]

    async with visiting(draw) as user:
        for kind in (Catalogue, Listing):
            for event in ("act", "open"):
                user.find(kind=kind).trigger(event, forged)
        user.find(kind=Listing).trigger("act", {"row": forged, "action": "end"})
        user.find(kind=Listing).trigger("act", {"row": "c1", "action": forged and None})
        assert told == []
        user.find(kind=Listing).trigger("act", {"row": "c1", "action": "end"})
        user.find(kind=Catalogue).trigger("open", "akia")
        assert told == [{"row": "c1", "action": "end"}, "akia"]


async def test_a_listing_tells_what_is_missing_and_patches_one_row() -> None:
    columns = [{"key": "app", "label": "App", "kind": "strong"}]

    def draw() -> None:
        Listing(columns, [], label="Connections", empty="No connections yet.")  # type: ignore[arg-type]

    async with visiting(draw) as user:
        await user.should_see("No connections yet.")
        listing = user.find(kind=Listing).elements.pop()
        listing.replace([{"id": 1, "app": "Akia", "status": "pending"}])
        await user.should_see("Akia")
        listing.patch(1, {"status": "active"})
        assert listing.props["rows"][0]["status"] == "active"


async def test_a_dialog_is_refilled_instead_of_rebuilt() -> None:
    async with visiting(lambda: None) as user:
        with user.client:  # type: ignore[union-attr]
            dialog = Dialog("Connect")
        before = len(user.client.elements)  # type: ignore[union-attr]
        for name in ("Akia", "D3x"):
            with dialog.refill(f"Connect {name}"):
                ui.label(f"{name} will read reservations.")
            with dialog.footer:
                button("Connect")
            dialog.open()
        await user.should_see("Connect D3x")
        await user.should_not_see("Akia will read reservations.")
        assert len(user.client.elements) == before + 2  # type: ignore[union-attr]


async def test_a_catalogue_of_two_thousand_apps_is_one_element_and_a_small_page() -> None:
    apps = [
        {"slug": f"a{i}", "name": f"App {i}", "developer": "D", "tagline": "T", "category": "C",
         "kind": "integrated", "status": None}
        for i in range(2000)
    ]  # fmt: skip
    async with visiting(lambda: Catalogue(apps).mark("apps")) as user:  # type: ignore[arg-type,func-returns-value]
        catalogue = user.find(kind=Catalogue).elements.pop()
        assert not list(catalogue.descendants())
        assert len(catalogue.props["apps"]) == FIRST
        sent: list[object] = []
        catalogue.run_method = lambda name, rows: sent.extend(rows)  # type: ignore[assignment,method-assign]
        user.find(kind=Catalogue).trigger("more")
        assert len(sent) + FIRST == 2000
