"""The hub's first page: who waits, what fails, and the first steps of a new partner."""

from dataclasses import dataclass

from nicegui import ui

from domain import endpoints, partners, subscriptions
from domain.endpoints import Row as Endpoint
from domain.partners import Overview
from domain.subscriptions import Request
from ui.ask import load
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import card
from ui.components.empty import empty
from ui.components.page_title import page_title
from ui.components.stat import stat
from ui.components.steps import Step, steps
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.hub.requests import Queue

AT_ONCE = 3


@dataclass(frozen=True)
class News:
    """Everything that the page shows."""

    overview: Overview
    waiting: tuple[Request, ...]
    endpoints: tuple[Endpoint, ...]

    @property
    def has_worked(self) -> bool:
        return any(endpoint.worked_at for endpoint in self.endpoints)


async def page(visit: Visit) -> None:
    async def read() -> News:
        who = visit.actor, visit.place.id
        return News(
            await load(partners.overview, *who),
            await load(subscriptions.requests, *who),
            await load(endpoints.of_partner, *who),
        )

    sheet = Sheet(visit, await read())

    async def refresh() -> None:
        sheet.show(await read())

    renew = gathered(refresh)

    async def heard(change: Change) -> None:
        await renew()

    visit.follow(heard)


class Sheet:
    """What is drawn; `show` brings it up to date in place."""

    def __init__(self, visit: Visit, news: News) -> None:
        self._visit = visit
        self._news: News | None = None
        with page_title(visit.place.name, "Your Developer Hub: hotels ask, you open the door."):
            button("Webhooks & mail", href="/hub/endpoint", icon="webhook")
        with ui.element("div").classes("stack"):
            self._alarms = ui.element("div").classes("stack")
            self._beginning = ui.element("div")
            self._numbers = ui.element("div").classes("stats")
            with ui.element("div").classes("columns"):
                with ui.element("section").classes("stack tight") as waiting:
                    heading = text("Waiting for you", "h2")
                    waiting.props["aria-labelledby"] = heading.html_id
                    self._queue = Queue(visit, AT_ONCE, none=_nothing_waits, level="h3")
                    self._more = text("", "a", "more-link")
                    self._more.props["href"] = "/hub/requests"
                with card("Endpoints", "Where Adjoin calls you.", icon="webhook"):
                    self._health = ui.element("div").classes("stack tight")
        self.show(news)

    def show(self, news: News) -> None:
        """Show what is true now; parts that stay the same are left alone."""
        if self._numbers.is_deleted or news == self._news:
            return
        before, self._news = self._news, news
        self._queue.show(news.waiting)
        more = len(news.waiting) - AT_ONCE
        self._more.text = f"All {len(news.waiting)} requests"
        self._more.set_visibility(more > 0)
        if before is None or before.overview != news.overview:
            self._redraw(self._numbers, news, _draw_numbers)
        if before is None or before.endpoints != news.endpoints:
            self._redraw(self._alarms, news, _draw_alarms)
            self._redraw(self._health, news, self._draw_health)
        self._redraw(self._beginning, news, _draw_beginning)

    def _redraw(self, holder: ui.element, news: News, draw: object) -> None:
        holder.clear()
        with holder:
            draw(news)
        holder.set_visibility(bool(holder.default_slot.children))

    def _draw_health(self, news: News) -> None:
        if not news.endpoints:
            text("None yet. Adjoin writes to your contact address instead.", classes="muted")
        for endpoint in news.endpoints:
            with ui.element("div").classes("health"):
                with ui.element("div").classes("line"):
                    link = text(endpoint.url, "a", "endpoint-url grow")
                    link.props["href"] = "/hub/endpoint"
                    _draw_status(endpoint)
                with ui.element("p").classes("muted small"):
                    if endpoint.worked_at:
                        ago(endpoint.worked_at, "Last took a delivery", self._visit.zone)
                    else:
                        text("Has not taken a delivery yet", "span")


def _draw_status(endpoint: Endpoint) -> None:
    if endpoint.status == "enabled" and endpoint.failing_since:
        badge("warn", "Failing")
    else:
        badge(endpoint.status)


def _draw_numbers(news: News) -> None:
    overview = news.overview
    failing = overview.failing_deliveries
    stat(overview.waiting, "waiting for you", "/hub/requests")
    stat(overview.active, "active connections", "/hub/connections?status=active")
    stat(failing, "failing deliveries", "/hub/deliveries?status=failing")
    stat(overview.apps, "app" if overview.apps == 1 else "apps", "/hub/apps")


def _draw_alarms(news: News) -> None:
    for endpoint in news.endpoints:
        if endpoint.status == "disabled" and endpoint.disabled_by == "adjoin":
            with callout(
                "bad",
                f"Adjoin disabled {endpoint.url}",
                f"{endpoint.disabled_why} Nothing is lost: put it right, enable it, and replay "
                "what it missed.",
            ):
                button("Look at the endpoint", href="/hub/endpoint", icon="webhook", small=True)


def _draw_beginning(news: News) -> None:
    """Draw the first steps, until a new partner has taken them all."""
    done = [bool(news.endpoints), news.has_worked, news.overview.active > 0]
    if all(done) or news.overview.active:
        return
    with card("First steps", "Three steps, and hotels can use your app.", icon="door-open"):
        steps([_step(number, done) for number in range(3)])
        with ui.element("div").classes("actions form-end"):
            if not done[0]:
                button("Add your endpoint", href="/hub/endpoint", kind="primary", icon="plus")
            elif not done[1]:
                button("Send a test event", href="/hub/endpoint", kind="primary", icon="send")
            elif news.waiting:
                button("See who waits", href="/hub/requests", kind="primary", icon="hourglass")


_STEPS = (
    ("Add your endpoint", "where Adjoin calls you"),
    ("Check our signature", "paste the verifier, send a test event"),
    ("Activate the first hotel", "when its request comes"),
)


def _step(number: int, done: list[bool]) -> Step:
    title, words = _STEPS[number]
    is_next = done.index(False) == number
    state = "done" if done[number] else "now" if is_next else "next"
    return {"title": title, "text": words, "state": state}


def _nothing_waits() -> None:
    with (
        card(),
        empty(
            "door-open",
            "Nobody is waiting",
            "When a hotel presses Connect for one of your apps, it appears here at once.",
            level="h3",
        ),
    ):
        button("Look at your connections", href="/hub/connections", icon="plug-zap")
