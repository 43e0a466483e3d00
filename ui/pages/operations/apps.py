"""Apps: the whole catalogue, drafts and retired ones too."""

from typing import Any

from domain import apps
from domain.apps import Listed
from ui.ask import load
from ui.components.button import button
from ui.components.listing import Column, Listing
from ui.components.page_title import page_title
from ui.frame import Visit

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
_ACTIVATION = {"manual": "Manual", "automatic": "Automatic", "": "Core, at once"}


async def page(visit: Visit) -> None:
    listed = await load(apps.all_of_them, visit.actor)
    with page_title("Apps", "What the catalogue offers, and what is being prepared for it."):
        button("Add an app", href=f"{PATH}/new", kind="primary", icon="plus")
    Listing(
        COLUMNS,
        [line(app) for app in listed],
        label="Apps",
        search="Search apps",
        empty="No app yet. Add a partner first, then its app.",
        zone=visit.zone,
    )


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
