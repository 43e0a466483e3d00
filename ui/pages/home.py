"""Home: what needs you, what waits for others, what simply works, and how fresh the data are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from nicegui import ui

from domain import (
    case_pages,
    freshness,
    integration_pages,
    moments,
    notices,
    subscriptions,
    support,
)
from domain.case_pages import Row as Case
from domain.freshness import Row as Fresh
from domain.notices import Row as Notice
from domain.routes import OF_DATA, WISHES
from domain.subscriptions import Row
from domain.support import Answer
from ui.ask import load
from ui.bell import LOOK
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import Kind, button
from ui.components.callout import callout
from ui.components.card import card
from ui.components.empty import empty
from ui.components.page_title import page_title
from ui.components.part import Part
from ui.components.stat import stat
from ui.components.text import text
from ui.components.tile import tile
from ui.frame import Visit
from ui.live import Change, gathered
from ui.look import STATUS
from ui.pages import connections, whom
from ui.pages import freshness as fresh
from ui.pages.case.words import short
from ui.pages.hub import home as hub
from ui.pages.integration.due import Due, draw_due, due
from ui.pages.operations import home as operations

_NOUNS = (
    "connection",
    "integration",
    "transfer",
    "case",
    "notice",
    "values",
    "endpoint",
    "everything",
)
# What is said of nothing else on this page.
_ONLY_NOTICED = ("values.gone", "case.evidence")
# The routes of connections that stand open, and yet something is wrong.
_TROUBLES = (
    "value_missing",
    "unreachable",
    "endpoint_disabled",
    "endpoint_failing",
    "calls_failed",
    "calls_refused",
)


@dataclass(frozen=True)
class News:
    """Everything that a hotel's page shows; `cases` are those that are open."""

    rows: tuple[Row, ...]
    of_data: tuple[Due, ...]
    fresh: tuple[Fresh, ...]
    cases: tuple[Case, ...]
    noticed: tuple[Notice, ...]
    answers: tuple[Answer, ...]

    @property
    def troubles(self) -> tuple[Answer, ...]:
        """What is wrong with connections by themselves; what is with the data is said of those."""
        return tuple(
            replace(each, route=each.apart) for each in self.answers if each.apart.key in _TROUBLES
        )

    @property
    def held_up(self) -> tuple[str, ...]:
        """The apps that work with data which do not come in, though they should."""
        return tuple(each.app for each in self.answers if each.route.key in OF_DATA - WISHES)

    @property
    def cases_of_mine(self) -> tuple[Case, ...]:
        """The cases in which it is the hotel's turn, whoever of its people reads."""
        return tuple(case for case in self.cases if case.turn == "property")

    @property
    def needs_nobody(self) -> bool:
        is_due = any(row.is_due for row in self.rows)
        return not (is_due or self.of_data or self.cases_of_mine or self.noticed or self.troubles)


async def page(visit: Visit) -> None:
    if visit.place.kind == "partner":
        await hub.page(visit)
    elif visit.place.kind == "platform":
        await operations.page(visit)
    else:
        await _hotel(visit)


async def _hotel(visit: Visit) -> None:
    found = await _read(visit)
    greeting = _greeting(moments.now(), visit.zone)
    with page_title(f"{greeting}, {visit.visitor.name.split()[0]}"):
        button("Browse apps", href="/apps", icon="layout-grid")
    room: Part[News] = Part(lambda found: _draw(visit, found), "stack")
    room.show(found)

    async def refresh() -> None:
        found = await _read(visit)
        if not room.is_deleted:
            room.show(found)

    renew = gathered(refresh)

    async def heard(change: Change) -> None:
        if change.noun in _NOUNS:
            await renew()

    visit.follow(heard)


async def _read(visit: Visit) -> News:
    who = visit.actor, visit.place.id
    cases = await load(case_pages.of_property, *who)
    return News(
        await load(subscriptions.of_property, *who),
        due(await load(integration_pages.of_property, *who)),
        await load(freshness.of_property, *who),
        tuple(case for case in cases if case.status != "resolved"),
        tuple(
            each
            for each in await load(notices.of_person, visit.actor)
            if each.place_key == visit.place.key and each.kind in _ONLY_NOTICED
        ),
        await load(support.of_property, *who),
    )


def _draw(visit: Visit, news: News) -> None:
    for each in news.of_data:
        draw_due(visit, each, news.held_up if len(news.of_data) == 1 else ())
    if news.rows:
        _draw_connections(visit, news)
    else:
        _draw_first_steps(visit.place.name)
    fresh.draw(news.fresh, visit.zone)


def _draw_connections(visit: Visit, news: News) -> None:
    rows = news.rows
    waiting, fine = (connections.shown(rows, key) for key in ("waiting", "working"))
    resting = [row for row in rows if row not in (*waiting, *fine) and not row.is_due]
    in_trouble = {each.connection_id for each in news.troubles}
    if news.needs_nobody:
        with callout("ok", "Nothing needs you", "No connection waits for somebody at the hotel."):
            pass
    for row in rows:
        if row.is_due and row.status in _DUE:
            _draw_due(row, visit.zone, may_act=visit.place.role == "manager")
    for each in news.noticed:
        with callout("warn", each.title, each.text, LOOK[each.kind][0]):
            button("Look at it", href=each.href, kind="primary")
    for trouble in news.troubles:
        whom.draw_problem(trouble)
    if news.cases_of_mine:
        with card("Cases that wait for your answer", icon="life-buoy"):
            _draw_cases(news.cases_of_mine, visit)
    _draw_numbers(news)
    others = [row for row in waiting if row.id not in in_trouble]
    if others:
        with card("Waiting for others", "You need not do anything.", icon="hourglass"):
            _draw_rows(others, visit.zone)
    if fine:
        with card("Works", icon="circle-check"), ui.element("ul").classes("neighbours"):
            for row in fine:
                _draw_neighbour(row)
    if resting:
        _draw_resting(len(resting))


def _draw_numbers(news: News) -> None:
    with ui.element("div").classes("stats"):
        for key, one, many in (
            ("due", "needs you", "need you"),
            ("waiting", "waits for others", "wait for others"),
            ("working", "connected", "connected"),
        ):
            number = len(connections.shown(news.rows, key))
            stat(number, one if number == 1 else many, f"/subscriptions?show={key}")
        number = len(news.cases)
        stat(number, "open case" if number == 1 else "open cases", "/support?show=open")


def _draw_cases(cases: Sequence[Case], visit: Visit) -> None:
    side = "viewer" if visit.place.role == "viewer" else "property"
    with ui.element("ul").classes("rows"):
        for case in cases:
            with ui.element("li"):
                with ui.element("div").classes("grow"):
                    link = text(case.title, "a", "row-name")
                    link.props["href"] = f"/support/{case.id}"
                    with ui.element("p").classes("muted small"):
                        text(f"{case.app}, ", "span")
                        ago(case.turn_since, "answered", visit.zone)
                badge("warn", short(case, side))


def _draw_due(row: Row, zone: str, *, may_act: bool) -> None:
    look = STATUS[row.status]
    news, for_manager, for_viewer, said = _DUE[row.status]
    title = f"{row.app_name} {news}"
    with callout(look.tone, title, for_manager if may_act else for_viewer, look.icon):
        if row.reason:
            with ui.element("div").classes("turn-more"):
                text(f"{said(row)}:", classes="muted")
                text(row.reason, "blockquote", "quote")
        kind: Kind = "primary" if may_act else "secondary"
        button(f"Open {row.app_name}", href=f"/subscriptions/{row.id}", kind=kind)
        ago(row.since, look.label, zone).classes("muted small")


# What the property should look at: the news, what a manager and a viewer do about it, whose words.
_DUE: dict[str, tuple[str, str, str, Callable[[Row], str]]] = {
    "rejected": (
        "was rejected",
        "Open it to put right what they wrote, then press Reconnect.",
        "A manager must put right what they wrote, and reconnect.",
        lambda row: f"{row.developer} wrote",
    ),
    "broken": (
        "needs new credentials",
        "Open it and press Repair; nothing is lost.",
        "A manager must enter new credentials; nothing is lost.",
        lambda row: f"{row.app_name} said",
    ),
}


def _draw_rows(rows: Sequence[Row], zone: str) -> None:
    with ui.element("ul").classes("rows"):
        for row in rows:
            with ui.element("li"):
                tile(row.icon, row.hue, 40)
                with ui.element("div").classes("grow"):
                    _draw_link(row)
                    with ui.element("p").classes("muted small"):
                        _draw_age(row, zone)
                if row.takes_longer:
                    text("Longer than usual", "span", "badge").props('data-tone="warn"')
                badge(row.status)


def _draw_age(row: Row, zone: str) -> None:
    if row.status == "pending":
        ago(row.requested_at, "Asked", zone)
        if row.usual.words:
            text(f", {row.usual.words}", "span")
    else:
        text(f"{row.turn.short}, ", "span")
        ago(row.since, zone=zone)


def _draw_neighbour(row: Row) -> None:
    with ui.element("li"):
        tile(row.icon, row.hue, 32)
        _draw_link(row)
        badge(row.status)


def _draw_link(row: Row) -> None:
    text(row.app_name, "a", "row-name").props["href"] = f"/subscriptions/{row.id}"


def _draw_resting(count: int) -> None:
    words = "1 more is paused or has ended." if count == 1 else f"{count} more are paused or ended."
    with ui.element("p").classes("muted"):
        text(f"{words} ", "span")
        text("See all subscriptions", "a").props["href"] = "/subscriptions"


def _draw_first_steps(hotel: str) -> None:
    with (
        card(),
        empty(
            "door-open",
            f"Open {hotel}’s first door",
            "Find an app, look at what it will read and change, and press Connect. Its partner "
            "opens the other side, and you watch it happen here.",
        ),
    ):
        button("Browse apps", href="/apps", kind="primary", icon="layout-grid")


def _greeting(now: datetime, zone: str) -> str:
    hour = now.astimezone(ZoneInfo(zone)).hour
    return "Good morning" if 4 <= hour < 12 else "Good day" if hour < 18 else "Good evening"
