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
from ui.components.part import Part
from ui.components.stat import stat
from ui.components.steps import Step, steps
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change
from ui.pages.hub.requests import Queue

AT_ONCE = 3
_Endpoints = tuple[Endpoint, ...]


@dataclass(frozen=True)
class News:
    """Everything that the page shows."""

    overview: Overview
    waiting: tuple[Request, ...]
    endpoints: _Endpoints


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

    async def heard(_: Change) -> None:
        await refresh()

    visit.follow(heard)


class Sheet:
    """What is drawn; `show` brings it up to date in place."""

    def __init__(self, visit: Visit, news: News) -> None:
        self._zone = visit.zone
        with page_title(visit.place.name, "Hotels ask for your apps; you open the door."):
            button("Sandbox", href="/hub/sandbox", icon="sparkles")
            button("Quick start", href="/help", icon="book-open")
        with ui.element("div").classes("stack"):
            self._alarms = Part(_draw_alarms, "stack")
            self._beginning = Part(_draw_beginning)
            self._numbers = Part(_draw_numbers, "stats")
            with ui.element("div").classes("columns"):
                with ui.element("section").classes("stack tight") as waiting:
                    heading = text("Waiting for you", "h2")
                    waiting.props["aria-labelledby"] = heading.html_id
                    self._queue = Queue(visit, AT_ONCE, none=_nothing_waits, level="h3")
                    self._more = text("", "a", "more-link")
                    self._more.props["href"] = "/hub/requests"
                with card("Endpoints", "Where Adjoin calls you.", icon="webhook"):
                    self._health = Part(self._draw_health, "stack tight")
                    text("Webhooks & mail", "a", "more-link").props["href"] = "/hub/endpoint"
        self.show(news)

    def show(self, news: News) -> None:
        """Show what is true now."""
        self._alarms.show(news.endpoints)
        self._beginning.show(news)
        self._numbers.show(news.overview)
        self._health.show(news.endpoints)
        self._queue.show(news.waiting)
        self._more.text = f"All {len(news.waiting)} requests"
        self._more.set_visibility(len(news.waiting) > AT_ONCE)

    def _draw_health(self, found: _Endpoints) -> None:
        if not found:
            text("None yet. Adjoin writes to your contact address instead.", classes="muted")
        for endpoint in found:
            with ui.element("div").classes("health"):
                with ui.element("div").classes("line endpoint-head"):
                    text(endpoint.url, "span", "endpoint-url grow")
                    _draw_status(endpoint)
                with ui.element("p").classes("muted small"):
                    if endpoint.worked_at:
                        ago(endpoint.worked_at, "Last took a delivery", self._zone)
                    else:
                        text("Has not taken a delivery yet", "span")


def _draw_status(endpoint: Endpoint) -> None:
    if endpoint.status == "enabled" and endpoint.failing_since:
        badge("warn", "Failing")
    else:
        badge(endpoint.status)


def _draw_numbers(overview: Overview) -> None:
    stat(overview.waiting, "waiting for you", "/hub/requests")
    stat(overview.active, "active connections", "/hub/connections?status=active")
    stat(overview.failing_deliveries, "failing deliveries", "/hub/deliveries?status=failing")
    stat(overview.apps, "app" if overview.apps == 1 else "apps", "/hub/apps")


def _draw_alarms(found: _Endpoints) -> None:
    off = [row for row in found if row.status == "disabled" and row.disabled_by == "adjoin"]
    if not off:
        return
    title = (
        "Adjoin disabled an endpoint" if len(off) == 1 else f"Adjoin disabled {len(off)} endpoints"
    )
    with callout("bad", title, "Nothing is lost: put it right, enable it, replay what it missed."):
        for endpoint in off:
            text(f"{endpoint.url}: {endpoint.disabled_why}", classes="reason")
        button("Look at your endpoints", href="/hub/endpoint", icon="webhook", small=True)


def _draw_beginning(news: News) -> None:
    """Draw the first steps, until a new partner has an active connection."""
    if news.overview.active:
        return
    done = [bool(news.endpoints), any(endpoint.worked_at for endpoint in news.endpoints), False]
    with card("First steps", "Three steps, and hotels can use your app.", icon="door-open"):
        steps([_step(number, done) for number in range(3)])
        with ui.element("div").classes("actions form-end"):
            if not done[0]:
                button("Add your endpoint", href="/hub/endpoint", kind="primary", icon="plus")
            elif not done[1]:
                button("Send a test event", href="/hub/endpoint", kind="primary", icon="send")


_STEPS = (
    ("Add your endpoint", "where Adjoin calls you"),
    ("Check our signature", "paste the verifier, send a test event"),
    ("Activate the first hotel", "when its request comes"),
)


def _step(number: int, done: list[bool]) -> Step:
    title, words = _STEPS[number]
    is_next = done.index(False) == number
    return {
        "title": title,
        "text": words,
        "state": "done" if done[number] else "now" if is_next else "next",
    }


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
