"""Operations: what needs an operator, how the platform is, who waits, and what fails."""

from dataclasses import dataclass

from nicegui import ui

from domain import case_pages, moments, operations, platform_health
from domain.case_pages import Row as Case
from domain.operations import Failing, Overview
from domain.subscriptions import Row
from ui.ask import load
from ui.components.ago import iso
from ui.components.bars import Bar, bars
from ui.components.button import button
from ui.components.card import card
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.components.page_title import page_title
from ui.components.part import Part
from ui.components.stat import stat
from ui.components.steps import Step, steps
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change, gathered
from ui.look import STATUS
from ui.pages.case.lines import line
from ui.pages.operations.search import draw_box

_WAITING: list[Column] = [
    {"key": "app", "label": "App", "kind": "strong", "sub": "developer"},
    {"key": "hotel", "label": "Property", "kind": "text"},
    {"key": "since", "label": "Asked", "kind": "ago"},
    {"key": "usual", "label": "Usual time", "kind": "text"},
    {"key": "late", "label": "Compared", "kind": "badge"},
]
_FAILING: list[Column] = [
    {"key": "partner", "label": "Partner", "kind": "strong"},
    {"key": "messages", "label": "Not delivered", "kind": "number"},
    {"key": "oldest", "label": "Oldest", "kind": "ago"},
    {"key": "endpoint", "label": "Webhook endpoint", "kind": "badge"},
]
_CASES: list[Column] = [
    {"key": "title", "label": "Case", "kind": "strong", "sub": "number"},
    {"key": "app", "label": "App", "kind": "text", "sub": "hotel"},
    {"key": "status", "label": "State", "kind": "badge"},
    {"key": "assigned", "label": "Assigned to", "kind": "text", "sub": "turn"},
    {"key": "age", "label": "Reported", "kind": "ago"},
]
_HEALTH = "/operations/health"
CASES_AT_ONCE = 5
_STATUSES = ("pending", "active", "connected", "broken", "disabled", "rejected", "disconnected")


@dataclass(frozen=True)
class News:
    """Everything that the page shows; `cases` are those that are open."""

    overview: Overview
    health: platform_health.Overview
    cases: tuple[Case, ...]

    @property
    def to_answer(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.is_mine_to_answer)


async def page(visit: Visit) -> None:
    async def read() -> News:
        cases = await load(case_pages.of_platform, visit.actor)
        return News(
            await load(operations.overview, visit.actor),
            await load(platform_health.overview, visit.actor),
            tuple(case for case in cases if case.status != "resolved"),
        )

    news = await read()
    with page_title(
        "Operations", "How the platform is. Connecting and activating stay with its two sides."
    ):
        pass
    draw_box()
    sheet = Sheet(visit.zone)
    sheet.show(news)

    async def refresh() -> None:
        sheet.show(await read())

    renew = gathered(refresh)

    async def heard(change: Change) -> None:
        if change.noun not in ("notice", "run", "progress"):
            await renew()

    visit.follow(heard)


class Sheet:
    """What is drawn; `show` brings it up to date in place."""

    def __init__(self, zone: str) -> None:
        with ui.element("div").classes("stack"):
            self._first_steps = Part(_draw_first_steps)
            self._due: Part[tuple[_Number, ...]] = Part(_draw_due, "stats six")
            with ui.element("section").classes("stack tight"):
                text("Cases", "h2")
                self._cases = Listing(
                    _CASES,
                    [],
                    label="Cases that are open",
                    empty="No case is open: nobody waits for the platform.",
                    zone=zone,
                )
                text("All cases", "a", "more-link").props["href"] = "/operations/cases"
            with ui.element("section").classes("stack tight"):
                text("Waiting longest", "h2")
                self._waiting = Listing(
                    _WAITING,
                    [],
                    label="Requests that wait longest",
                    empty="No request waits for a partner.",
                    zone=zone,
                )
            with ui.element("section").classes("stack tight"):
                text("Deliveries that fail", "h2")
                self._failing = Listing(
                    _FAILING,
                    [],
                    label="Partners that notifications do not reach",
                    empty="Every notification has reached its partner.",
                    zone=zone,
                )
            self._numbers = Part(_draw_numbers, "stack")

    def show(self, news: News) -> None:
        if self._numbers.is_deleted:
            return
        overview = news.overview
        self._due.show(_due(news))
        first = sorted(news.cases, key=lambda case: not case.is_mine_to_answer)[:CASES_AT_ONCE]
        self._cases.replace([_case_line(case) for case in first])
        self._first_steps.show(_steps(overview))
        self._numbers.show(overview)
        self._waiting.replace([_waiting_line(row) for row in overview.waiting])
        self._failing.replace([_failing_line(row) for row in overview.failing])


_Number = tuple[int | str, str, str]  # what it says, its words, and its list


def _due(news: News) -> tuple[_Number, ...]:
    """Return the numbers that may ask for somebody."""
    mine, health = len(news.to_answer), news.health
    unassigned = sum(case.assigned_to is None for case in news.cases)
    numbers: list[_Number] = [
        (
            mine,
            "case to answer" if mine == 1 else "cases to answer",
            "/operations/cases?state=mine",
        ),
        (unassigned, "taken by nobody", "/operations/cases?assigned=nobody"),
        (health.waiting, "deliveries waiting", _HEALTH),
        (health.undelivered, "deliveries failing", _HEALTH),
        (health.disabled, _count(health.disabled, "disabled integration"), _HEALTH),
    ]
    if health.pending.oldest is not None:
        waited = moments.span(moments.now() - health.pending.oldest)
        pending = "/operations/connections?status=pending"
        numbers.append((waited, "oldest request waits", pending))
    return tuple(numbers)


def _draw_due(numbers: tuple[_Number, ...]) -> None:
    for number, words, href in numbers:
        stat(number, words, href)


def _case_line(case: Case) -> Line:
    return line(case, "platform", "/operations/cases") | {"assigned": case.assigned or "Nobody yet"}


def _draw_numbers(overview: Overview) -> None:
    with ui.element("div").classes("stats"):
        stat(overview.properties, "properties", "/operations/properties")
        stat(overview.partners, "partners", "/operations/partners")
        stat(overview.apps, "apps in the catalogue", "/operations/apps")
        if overview.drafts:
            stat(overview.drafts, _count(overview.drafts, "draft app"), "/operations/apps")
        if overview.texts:
            stat(overview.texts, "with new texts to publish", "/operations/apps")
    if not overview.statuses:
        return
    with card("Connections", icon="plug-zap"):
        bars(
            [
                Bar(STATUS[status].label, number, address, STATUS[status].tone)
                for status in _STATUSES
                if (number := overview.statuses.get(status, 0))
                and (address := f"/operations/connections?status={status}")
            ]
        )


def _count(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"


def _waiting_line(row: Row) -> Line:
    return {
        "id": row.id,
        "href": f"/operations/connections/{row.id}",
        "app": row.app_name,
        "developer": row.developer,
        "hotel": row.property_name,
        "since": iso(row.requested_at),
        "usual": row.usual.words or "not known yet",
        "late": {"status": "warn", "text": "Longer than usual"} if row.takes_longer else None,
    }


def _failing_line(failing: Failing) -> Line:
    return {
        "id": failing.partner_id,
        "href": f"/operations/partners/{failing.partner_id}",
        "partner": failing.partner,
        "messages": failing.messages,
        "oldest": iso(failing.oldest),
        "endpoint": failing.endpoint or {"status": "muted", "text": "None: told by mail"},
    }


def _steps(overview: Overview) -> tuple[Step, ...]:
    """Return the first steps of an empty platform, nothing once all are done."""
    done = (overview.partners, overview.apps, overview.properties, overview.people)
    if all(done):
        return ()
    now = next(index for index, number in enumerate(done) if not number)
    return tuple(
        {
            "title": title,
            "text": words,
            "state": "done" if number else "now" if index == now else "next",
        }
        for index, ((title, words, _, _), number) in enumerate(zip(_FIRST, done, strict=True))
    )


_FIRST = (
    ("A partner", "who develops apps", "Add a partner", "/operations/partners?new=1"),
    ("An app", "in the catalogue", "Add an app", "/operations/apps/new"),
    ("A property", "that connects them", "Add a property", "/operations/properties?new=1"),
    ("People", "at both", "Invite people", "/operations/properties"),
)


def _draw_first_steps(items: tuple[Step, ...]) -> None:
    if not items:
        return
    _, _, label, href = next(
        first for first, item in zip(_FIRST, items, strict=True) if item["state"] == "now"
    )
    with card("First steps", "Four of them, then hotels can press Connect.", icon="door-open"):
        steps(items)
        with ui.element("div").classes("actions form-end"):
            button(label, href=href, kind="primary", icon="plus")
