"""The catalogue: every app a property can have, and its status for each."""

from nicegui import ui

from domain import apps
from domain.apps import Card
from ui.ask import load
from ui.components.catalogue import Action, App, Catalogue
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.live import Change


async def page(visit: Visit) -> None:
    cards = await load(apps.catalogue, visit.actor, visit.place.id)
    with page_title("Apps", f"Find what {visit.place.name} needs, and press Connect."):
        pass
    catalogue = Catalogue(
        [_app(card) for card in cards],
        on_open=lambda slug: ui.navigate.to(f"/apps/{slug}"),
        on_act=lambda slug: ui.navigate.to(f"/apps/{slug}?connect=1"),
    )

    async def refresh(change: Change) -> None:
        if change.noun not in ("connection", "everything"):
            return
        for card in await load(apps.catalogue, visit.actor, visit.place.id):
            if change.noun == "everything" or card.connection_id == change.id:
                catalogue.patch(card.slug, card.status, _action(card))

    visit.follow(refresh)


def _app(card: Card) -> App:
    return {
        "slug": card.slug,
        "name": card.name,
        "developer": card.developer,
        "tagline": card.tagline,
        "category": card.category,
        "kind": card.kind,
        "activation": card.activation or None,
        "usual": card.usual.words or None,
        "icon": card.icon,
        "hue": card.hue,
        "status": card.status,
        "action": _action(card),
    }


def _action(card: Card) -> Action:
    if card.status in (None, "disconnected", "rejected"):
        label = "Connect" if card.status is None else "Reconnect"
        return {"label": label, "enabled": card.can_connect, "why_not": card.why_not or None}
    return {"label": "Open", "enabled": True, "why_not": None}
