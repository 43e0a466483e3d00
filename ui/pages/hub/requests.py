"""Requests: hotels that wait for this partner, the longest waiting first, each with its answer."""

from collections.abc import Callable, Sequence

from nicegui import ui

from domain import subscriptions
from domain.actors import Actor
from domain.places import Place
from domain.subscriptions import Request
from ui.ask import load
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.card import facts
from ui.components.empty import empty
from ui.components.page_title import page_title
from ui.components.part import Part
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.hub.moves import Moves

AT_ONCE = 50  # more cards than that would make the page slow, and nobody reads them at once


async def page(visit: Visit) -> None:
    waiting = await load(subscriptions.requests, visit.actor, visit.place.id)
    with page_title("Requests", "Hotels that wait for your answer, the longest waiting first."):
        pass
    queue = Queue(visit, AT_ONCE, none=_nothing_waits)
    queue.show(waiting)

    async def refresh() -> None:
        queue.show(await load(subscriptions.requests, visit.actor, visit.place.id))

    renew = gathered(refresh)

    async def heard(change: Change) -> None:
        if change.noun in ("connection", "everything"):
            await renew()

    visit.follow(heard)


async def count(actor: Actor, place: Place) -> int:
    """Return how many requests wait: the number in the menu."""
    return await load(subscriptions.count_requests, actor, place.id)


class Queue:
    """Cards of waiting requests that come and go one by one, while somebody looks at the others."""

    def __init__(
        self, visit: Visit, most: int, *, none: Callable[[], None], level: str = "h2"
    ) -> None:
        self._visit, self._most, self._level = visit, most, level
        self._moves = Moves(visit)
        self._cards: dict[Request, ui.element] = {}
        self._is_shown = False
        self._list = ui.element("div").classes("stack")
        self._rest = text("", classes="muted")
        self._empty: Part[bool] = Part(lambda is_empty: none() if is_empty else None)

    def show(self, waiting: Sequence[Request]) -> None:
        """Show the first of `waiting`, and how many more there are."""
        if self._list.is_deleted:
            return
        shown = waiting[: self._most]
        for gone in self._cards.keys() - set(shown):
            self._cards.pop(gone).delete()
        for place, request in enumerate(shown):
            if request not in self._cards:
                with self._list:
                    card = _card(request, self._moves, self._visit.zone, self._level)
                card.move(target_index=place)
                if self._is_shown:
                    card.classes("fresh")
                self._cards[request] = card
        self._is_shown = True
        more = len(waiting) - len(shown)
        self._rest.text = f"{more} more are waiting." if more else ""
        self._rest.set_visibility(more > 0)
        self._empty.show(not waiting)
        self._list.set_visibility(bool(waiting))


def _card(request: Request, moves: Moves, zone: str, level: str) -> ui.element:
    row = request.row
    with ui.element("article").classes("card request") as card:
        with ui.element("div").classes("request-head"):
            tile(row.icon, row.hue)
            with ui.element("div").classes("grow"):
                heading = text(f"{row.property_name} wants {row.app_name}", level)
                card.props["aria-labelledby"] = heading.html_id
                with ui.element("p").classes("muted"):
                    ago(row.requested_at, f"{request.requested_by} asked", zone)
                    if row.usual.words:
                        text(f" · {row.usual.words}", "span")
            _age(request)
        if request.answers:
            facts(request.answers)
        with ui.element("div").classes("actions"):
            moves.buttons(row, ("activate", "reject"))
            button("Look at it", href=f"/hub/connections/{row.id}", kind="quiet")
    return card


def _age(request: Request) -> None:
    if request.row.takes_longer:
        badge("bad", "Longer than usual")
    elif request.row.activation == "automatic":
        badge("info", "Activates by itself")
    else:
        badge("warn", "Your turn")


def _nothing_waits() -> None:
    with (
        ui.element("div").classes("card"),
        empty(
            "door-open",
            "Nobody is waiting",
            "When a hotel presses Connect for one of your apps, its request appears here at once. "
            "You need not reload this page.",
        ),
    ):
        button("Look at your connections", href="/hub/connections", icon="plug-zap")
