"""The hub's first page: who waits and how long, what fails, and a new partner's first steps."""

from dataclasses import dataclass

from nicegui import ui

from domain import ages, case_pages, endpoints, moments, partners, subscriptions
from domain.case_pages import Row as Case
from domain.endpoints import Row as Endpoint
from domain.partners import Overview
from domain.subscriptions import Request
from ui.ask import load
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.bars import Bar, bars
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
from ui.live import Change, gathered
from ui.pages.case.words import short
from ui.pages.hub.requests import Queue, age_address

AT_ONCE = 3
_Endpoints = tuple[Endpoint, ...]


@dataclass(frozen=True)
class News:
    """Everything that the page shows."""

    overview: Overview
    waiting: tuple[Request, ...]
    endpoints: _Endpoints
    cases: tuple[Case, ...]  # that are open


async def page(visit: Visit) -> None:
    async def read() -> News:
        who = visit.actor, visit.place.id
        return News(
            await load(partners.overview, *who),
            await load(subscriptions.requests, *who),
            await load(endpoints.of_partner, *who),
            tuple(
                case
                for case in await load(case_pages.of_partner, *who)
                if case.status != "resolved"
            ),
        )

    sheet = Sheet(visit, await read())

    async def refresh() -> None:
        sheet.show(await read())

    renew = gathered(refresh)

    async def heard(change: Change) -> None:
        if change.noun != "notice":
            await renew()

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
                with ui.element("div").classes("stack"):
                    self._ages: Part[dict[str, int]] = Part(_draw_ages)
                    self._cases: Part[tuple[Case, ...]] = Part(self._draw_cases)
                    with card("Endpoints", "Where Adjoin calls you.", icon="webhook"):
                        self._health = Part(self._draw_health, "stack tight")
                        text("Webhooks & mail", "a", "more-link").props["href"] = "/hub/endpoint"
        self.show(news)

    def show(self, news: News) -> None:
        """Show what is true now."""
        self._alarms.show(news.endpoints)
        self._beginning.show(news)
        self._numbers.show(news)
        asked = [request.row.requested_at for request in news.waiting]
        self._ages.show(ages.counted(asked, moments.now()))
        self._cases.show(news.cases)
        self._health.show(news.endpoints)
        self._queue.show(news.waiting)
        self._more.text = f"All {len(news.waiting)} requests"
        self._more.set_visibility(len(news.waiting) > AT_ONCE)

    def _draw_cases(self, found: tuple[Case, ...]) -> None:
        if not found:
            return
        with card("Open cases", "What hotels have reported.", icon="life-buoy"):
            with ui.element("ul").classes("rows"):
                for case in sorted(found, key=lambda case: not case.is_mine_to_answer)[:AT_ONCE]:
                    self._draw_case(case)
            text("All cases", "a", "more-link").props["href"] = "/hub/cases"

    def _draw_case(self, case: Case) -> None:
        with ui.element("li"):
            with ui.element("div").classes("grow"):
                link = text(case.title, "a", "row-name")
                link.props["href"] = f"/hub/cases/{case.id}"
                with ui.element("p").classes("muted small"):
                    text(f"{case.property}, ", "span")
                    ago(case.turn_since, zone=self._zone)
            tone = "warn" if case.is_mine_to_answer else "info"
            badge(tone, short(case, "partner"))

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


def _draw_numbers(news: News) -> None:
    overview = news.overview
    stat(overview.waiting, "waiting for you", "/hub/requests")
    stat(overview.active, "active connections", "/hub/connections?status=active")
    stat(overview.failing_deliveries, "failing deliveries", "/hub/deliveries?status=failing")
    mine = sum(case.is_mine_to_answer for case in news.cases)
    stat(mine, "case to answer" if mine == 1 else "cases to answer", "/hub/cases?show=mine")
    stat(overview.apps, "app" if overview.apps == 1 else "apps", "/hub/apps")


def _draw_ages(counts: dict[str, int]) -> None:
    """Draw how long requests have waited, once more than one does."""
    if sum(counts.values()) < 2:
        return
    tones = dict(zip(counts, ("info", "info", "warn", "bad"), strict=True))
    with card("Waiting for you, by age", icon="hourglass"):
        bars(
            [
                Bar(ages.STEPS[key][0], number, age_address(key), tones[key])
                for key, number in counts.items()
            ]
        )


def _draw_alarms(found: _Endpoints) -> None:
    for endpoint in found:
        if endpoint.status == "enabled" and endpoint.failing_since:
            _draw_failing(endpoint)
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


def _draw_failing(endpoint: Endpoint) -> None:
    times = "time" if endpoint.failures == 1 else "times"
    with callout(
        "warn",
        "An endpoint does not take our deliveries",
        f"{endpoint.failures} {times} in a row. They are tried again; what nobody takes for five "
        "days disables the endpoint.",
    ):
        text(endpoint.url, classes="reason")
        button(
            "Look at the failing deliveries",
            href="/hub/deliveries?status=failing",
            icon="send",
            small=True,
        )


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
