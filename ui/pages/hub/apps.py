"""My apps: what this partner offers in the catalogue."""

from nicegui import ui

from domain import apps
from domain.apps import Listed
from ui.ask import load
from ui.components.badge import badge
from ui.components.card import card
from ui.components.empty import empty
from ui.components.page_title import page_title
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit

STATES = {
    "published": ("ok", "In the catalogue"),
    "draft": ("muted", "Draft"),
    "retired": ("muted", "Retired"),
}


async def page(visit: Visit) -> None:
    found = await load(apps.of_partner, visit.actor, visit.place.id)
    with page_title("My apps", "What hotels find in the catalogue. You write the texts."):
        pass
    if not found:
        with (
            card(),
            empty(
                "layout-grid",
                "No app yet",
                "Operators of the platform add apps. Ask for yours; then you write its texts here.",
            ),
        ):
            pass
    with ui.element("div").classes("doors"):
        for app in found:
            _card(app)


def _card(app: Listed) -> None:
    with ui.element("article").classes("app-card"):
        with ui.element("div").classes("app-card-head"):
            tile(app.icon, app.hue)
            with ui.element("div"):
                with text("", "h2", "app-card-title"):
                    text(app.name, "a").props["href"] = f"/hub/apps/{app.slug}"
                text(app.category)
        with ui.element("div").classes("line"):
            badge(*STATES[app.state])
            if app.activation == "automatic":
                badge("info", "Automatic")
        with ui.element("div").classes("app-card-foot"), ui.element("p").classes("app-card-meta"):
            text(_counted(app.connections), "span")
            text(time_words(app), "span")


def time_words(app: Listed) -> str:
    """Return how long an activation takes, in words."""
    if app.activation == "automatic":
        return "Activates by itself"
    words = app.usual.words
    return f"Activation {words}" if words else "No activation yet, so no usual time"


def _counted(connections: int) -> str:
    return "1 connection" if connections == 1 else f"{connections} connections"
