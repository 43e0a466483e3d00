"""Requests: hotels that wait for this partner, the longest waiting first, each with its answer."""

from collections.abc import Callable, Sequence
from functools import partial

from nicegui import ui

from domain import ages, moments, subscriptions
from domain.actors import Actor
from domain.places import Place
from domain.questions import is_email
from domain.subscriptions import Request
from ui.ask import attempt, load
from ui.components.ago import ago
from ui.components.badge import Badge, badge
from ui.components.button import button
from ui.components.card import Fact, facts
from ui.components.chips import Chip, Chips
from ui.components.empty import empty
from ui.components.link import mail_link
from ui.components.page_title import page_title
from ui.components.part import Part
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change
from ui.pages.hub.moves import Moves

AT_ONCE = 50  # more cards than that would make the page slow, and nobody reads them at once
ANSWERED_STAYS = 2.0  # seconds


async def page(visit: Visit) -> None:
    age = visit.query.get("age", "")
    age = age if age in ages.STEPS else ""

    async def read() -> Sequence[Request]:
        found = await load(subscriptions.requests, visit.actor, visit.place.id)
        now = moments.now()
        return [each for each in found if age in ("", ages.of(each.row.requested_at, now))]

    waiting = await read()
    with page_title("Requests", "Hotels that wait for your answer, the longest waiting first."):
        pass
    chips = [Chip("", "All", "/hub/requests")]
    chips += [Chip(key, label, age_address(key)) for key, (label, _) in ages.STEPS.items()]
    Chips("Filter by age", chips, age)
    with ui.element("div").classes("below"):
        queue = Queue(visit, AT_ONCE, none=_nothing_waits)
    queue.show(waiting)

    async def refresh() -> None:
        queue.show(await read())

    async def heard(change: Change) -> None:
        if change.noun in ("connection", "everything"):
            await refresh()

    visit.follow(heard)


def age_address(age: str) -> str:
    """Return the address of the requests of an age, a key of `ages.STEPS`."""
    return f"/hub/requests?age={age}"


async def count(actor: Actor, place: Place) -> int:
    """Return how many requests wait: the number in the menu."""
    return await load(subscriptions.count_requests, actor, place.id)


class Queue:
    """Cards of waiting requests that come and go one by one, while somebody looks at the others.

    An answered one stays where it is for a moment and says so, without buttons: else the next
    card would slide under the pointer, and a double click would answer that one too.
    """

    def __init__(
        self, visit: Visit, most: int, *, none: Callable[[], None], level: str = "h2"
    ) -> None:
        self._visit, self._most, self._level = visit, most, level
        self._moves = Moves(visit)
        self._cards: dict[str, _Card] = {}
        self._is_shown = False
        self._list = ui.element("div").classes("stack")
        self._rest = text("", classes="muted")
        self._empty: Part[bool] = Part(lambda is_empty: none() if is_empty else None)

    def show(self, waiting: Sequence[Request]) -> None:
        """Show the first of `waiting`, and how many more there are."""
        if self._list.is_deleted:
            return
        shown = {request.row.id: request for request in waiting[: self._most]}
        for key in self._cards.keys() - shown.keys():
            self._let_go(key)
        above: _Card | None = None
        for key, request in shown.items():
            if key in self._cards and self._cards[key].is_answered:
                self._cards.pop(key).element.delete()  # it was asked for once more meanwhile
            if key not in self._cards:
                self._cards[key] = self._new_card(above)
            above = self._cards[key]
            above.show(request)
        self._is_shown = True
        more = len(waiting) - len(shown)
        self._rest.text = f"{more} more are waiting." if more else ""
        self._rest.set_visibility(more > 0)
        self._show_whether_empty()

    def _new_card(self, above: "_Card | None") -> "_Card":
        with self._list:
            card = _Card(self._visit, self._moves, self._level)
        others = self._list.default_slot.children
        card.element.move(target_index=others.index(above.element) + 1 if above else 0)
        if self._is_shown:
            card.element.classes("fresh")
        return card

    def _let_go(self, key: str) -> None:
        card = self._cards[key]
        if card.is_answered:
            return

        def remove() -> None:
            if self._cards.get(key) is card:
                self._cards.pop(key).element.delete()
                self._show_whether_empty()

        card.say_answered()
        with self._list:
            ui.timer(ANSWERED_STAYS, remove, once=True)

    def _show_whether_empty(self) -> None:
        self._empty.show(not self._cards)
        self._list.set_visibility(bool(self._cards))


class _Card:
    """One request with its buttons, drawn anew when something about it has changed."""

    def __init__(self, visit: Visit, moves: Moves, level: str) -> None:
        self._visit, self._moves, self._level = visit, moves, level
        self._id = ""
        self.is_answered = False
        self.element = ui.element("article").classes("card request")
        with self.element:
            self._part: Part[Request] = Part(self._draw)

    def show(self, request: Request) -> None:
        """Show how the request stands."""
        self._id = request.row.id
        self._part.show(request)

    def say_answered(self) -> None:
        """Take the buttons away, and say what became of the request once that is read."""
        self.is_answered = True
        self._age.delete()
        self._actions.clear()
        with self._actions:
            outcome = badge("muted", "Answered")

        async def read() -> None:
            found = await attempt(subscriptions.read, self._visit.actor, self._id)
            if found.value is not None and not outcome.is_deleted:
                status = found.value.row.status
                outcome.set(status, _ANSWERS.get(status))

        with self.element:
            ui.timer(0, read, once=True)

    def _draw(self, request: Request) -> None:
        row, zone = request.row, self._visit.zone
        with ui.element("div").classes("request-head"):
            tile(row.icon, row.hue)
            with ui.element("div").classes("grow"):
                heading = text(f"{row.property_name} wants {row.app_name}", self._level)
                self.element.props["aria-labelledby"] = heading.html_id
                with ui.element("p").classes("muted"):
                    ago(row.requested_at, f"{request.requested_by} asked", zone)
                    if row.usual.words:
                        text(f" · {row.usual.words}", "span")
                    if request.nudged_at:
                        text(" · ", "span")
                        ago(request.nudged_at, "nudged", zone).classes("nudged")
            self._age = _age(request)
        _draw_answers(request)
        with ui.element("div").classes("actions") as self._actions:
            self._moves.buttons(row, ("activate", "reject"))
            button("Look at it", href=f"/hub/connections/{row.id}", kind="quiet")


_ANSWERS = {"active": "Activated", "rejected": "Rejected", "disconnected": "Withdrawn"}


def _draw_answers(request: Request) -> None:
    """Draw what the hotel answered, and whom to write to when it didn't say."""
    found: list[Fact] = list(request.answers)
    if not any(is_email(answer) for _, answer in request.answers):
        found.append(("E-mail", partial(mail_link, request.requested_by_email)))
    facts(found)


def _age(request: Request) -> Badge:
    if request.row.takes_longer:
        return badge("bad", "Longer than usual")
    if request.row.activation == "automatic":
        return badge("info", "Activates by itself")
    return badge("warn", "Your turn")


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
