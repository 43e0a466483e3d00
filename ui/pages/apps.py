"""The catalogue: every app a property can have, and its status for each."""

from nicegui import ui

from domain import catalogue
from domain.catalogue import ENDED, Card
from ui.ask import load
from ui.components.catalogue import Action, App, Catalogue
from ui.components.empty import empty
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.live import Change


async def page(visit: Visit) -> None:
    cards = await load(catalogue.of_property, visit.actor, visit.place.id)
    with page_title("Apps", f"Find what {visit.place.name} needs, and press Connect."):
        pass
    if not cards:
        _draw_nothing()
        return
    shown = {card.slug: card for card in cards}

    def act(slug: str) -> None:
        if slug in shown:
            ui.navigate.to(_next_page(shown[slug]))

    drawn = Catalogue(
        [_app(card) for card in cards],
        on_open=lambda slug: ui.navigate.to(f"/apps/{slug}"),
        on_act=act,
    )

    async def refresh(change: Change) -> None:
        for card in await _changed(visit, change):
            if card != shown.get(card.slug):
                shown[card.slug] = card
                drawn.patch(card.slug, card.status, _action(card))

    visit.follow(refresh)


async def _changed(visit: Visit, change: Change) -> tuple[Card, ...]:
    """Return the cards that a change may have touched: usually one, read by itself."""
    if change.noun == "everything":
        return await load(catalogue.of_property, visit.actor, visit.place.id)
    if change.noun != "connection":
        return ()
    card = await load(catalogue.card, visit.actor, visit.place.id, change.id)
    return (card,) if card else ()


def _next_page(card: Card) -> str:
    if _is_open(card):
        return f"/subscriptions/{card.connection_id}"
    return f"/apps/{card.slug}?connect=1"


def _is_open(card: Card) -> bool:
    return card.status is not None and card.status not in ENDED


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
    if _is_open(card):
        return {"label": "Open", "enabled": True, "why_not": None}
    label = "Reconnect" if card.status else "Connect"
    return {"label": label, "enabled": card.can_connect, "why_not": card.why_not or None}


def _draw_nothing() -> None:
    with empty(
        "door-closed",
        "No apps yet",
        "The people who run this platform have not published an app so far. "
        "As soon as they do, you find it here.",
    ):
        pass
