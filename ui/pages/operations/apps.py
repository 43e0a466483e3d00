"""Apps: the whole catalogue, drafts and retired ones too."""

from typing import Any

from nicegui import ui

from domain import app_drafts, apps
from domain.actors import Actor
from domain.app_drafts import Waiting
from domain.apps import Listed
from domain.places import Place
from ui.ask import load
from ui.components.ago import iso
from ui.components.button import button
from ui.components.listing import Column, Listing
from ui.components.page_title import page_title
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change

PATH = "/operations/apps"
STATES = {
    "draft": ("muted", "Draft"),
    "published": ("ok", "Published"),
    "retired": ("muted", "Retired"),
}
COLUMNS: list[Column] = [
    {"key": "name", "label": "App", "kind": "strong", "sub": "category"},
    {"key": "developer", "label": "Developed by", "kind": "text"},
    {"key": "activation", "label": "Activation", "kind": "text", "sub": "usual"},
    {"key": "connections", "label": "Connections", "kind": "number"},
    {"key": "state", "label": "State", "kind": "badge"},
]
_TEXTS: list[Column] = [
    {"key": "app", "label": "App", "kind": "strong"},
    {"key": "partner", "label": "Partner", "kind": "text"},
    {"key": "by", "label": "Written by", "kind": "text"},
    {"key": "at", "label": "When", "kind": "ago", "align": "end"},
]
_ACTIVATION = {"manual": "Manual", "automatic": "Automatic", "": "Core, at once"}


async def page(visit: Visit) -> None:
    listed = await load(apps.all_of_them, visit.actor)
    with page_title("Apps", "What the catalogue offers, and what is being prepared for it."):
        button("Add an app", href=f"{PATH}/new", kind="primary", icon="plus")
    with ui.element("div").classes("stack"):
        texts: Part[tuple[Waiting, ...]] = Part(lambda found: _draw_texts(found, visit.zone))
        listing = Listing(
            COLUMNS,
            [line(app) for app in listed],
            label="Apps",
            search="Search apps",
            empty="No app yet. Add a partner first, then its app.",
            zone=visit.zone,
        )
    texts.show(await load(app_drafts.waiting, visit.actor))

    async def heard(change: Change) -> None:
        if change.noun in ("app", "everything"):
            texts.show(await load(app_drafts.waiting, visit.actor))
            listing.replace([line(app) for app in await load(apps.all_of_them, visit.actor)])

    visit.follow(heard)


async def count(actor: Actor, _: Place) -> int:
    """Return how many apps have texts that wait to be published, for the menu."""
    return await load(app_drafts.count_waiting, actor)


def _draw_texts(found: tuple[Waiting, ...], zone: str) -> None:
    if not found:
        return
    with ui.element("section").classes("stack tight"):
        text("New texts to publish", "h2")
        Listing(
            _TEXTS,
            [_texts_line(each) for each in found],
            label="New texts to publish",
            zone=zone,
        )


def _texts_line(waiting: Waiting) -> dict[str, Any]:
    return {
        "id": waiting.slug,
        "href": f"{PATH}/{waiting.slug}#texts",
        "app": waiting.app,
        "partner": waiting.partner,
        "by": waiting.saved_by,
        "at": iso(waiting.saved_at),
    }


def line(app: Listed) -> dict[str, Any]:
    """Return an app as a line of a Listing with COLUMNS."""
    tone, words = STATES[app.state]
    return {
        "id": app.slug,
        "href": f"{PATH}/{app.slug}",
        "name": app.name,
        "category": app.category,
        "developer": app.developer,
        "activation": _ACTIVATION[app.activation],
        "usual": app.usual.words,
        "connections": app.connections,
        "state": {"status": tone, "text": words},
    }
