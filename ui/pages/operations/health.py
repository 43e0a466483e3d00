"""Health: what waits, what fails, and which parts of the platform answer."""

from datetime import datetime
from typing import Any

from nicegui import ui

from domain import moments, platform_health
from domain.engines import Row as Engine
from domain.platform_health import Destination, Overview, Trouble
from ui.ask import load
from ui.components.ago import ago, iso
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.listing import Column, Listing
from ui.components.page_title import page_title
from ui.components.part import Part
from ui.components.stat import stat
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change, gathered

_PENDING = "/operations/connections?status=pending"
LOOK_EVERY = 20.0  # seconds: that a process fell silent is told by nobody
_DESTINATIONS: list[Column] = [
    {"key": "name", "label": "To", "kind": "strong"},
    {"key": "waiting", "label": "Waiting", "kind": "number"},
    {"key": "failing", "label": "Tried in vain", "kind": "number"},
    {"key": "gave_up", "label": "Given up", "kind": "number"},
    {"key": "oldest", "label": "Oldest", "kind": "ago"},
    {"key": "endpoint", "label": "Webhook endpoint", "kind": "badge"},
]
_ENGINES: list[Column] = [
    {"key": "name", "label": "Process", "kind": "strong"},
    {"key": "state", "label": "State", "kind": "badge"},
    {"key": "running", "label": "Jobs running", "kind": "number"},
    {"key": "seen", "label": "Last sign of life", "kind": "ago"},
    {"key": "started", "label": "Started", "kind": "ago"},
]
_TROUBLES: list[Column] = [
    {"key": "name", "label": "Integration", "kind": "strong", "sub": "hotel"},
    {"key": "state", "label": "State", "kind": "badge"},
    {"key": "failures", "label": "Failures in a row", "kind": "number"},
    {"key": "since", "label": "Since", "kind": "ago"},
]


async def page(visit: Visit) -> None:
    with page_title("Health", "Whether everything that was promised is on its way."):
        pass
    sheet = Sheet(visit.zone)

    async def read() -> None:
        sheet.show(await load(platform_health.overview, visit.actor))

    refresh = gathered(read)
    await refresh()

    async def heard(change: Change) -> None:
        if change.noun not in ("run", "progress"):
            await refresh()

    visit.follow(heard)
    ui.timer(LOOK_EVERY, refresh, immediate=False)


class Sheet:
    """What is drawn; `show` brings it up to date in place."""

    def __init__(self, zone: str) -> None:
        with ui.element("div").classes("stack"):
            self._verdict: Part[tuple[str, ...]] = Part(_draw_verdict)
            self._numbers: Part[Overview] = Part(_draw_numbers)
            self._destinations = _section(
                "deliveries",
                "Deliveries",
                _DESTINATIONS,
                "Nothing waits and nothing fails: every notification has arrived.",
                zone,
            )
            self._troubles = _section(
                "integrations",
                "Integrations in trouble",
                _TROUBLES,
                "No integration is disabled, and the last runs of all others went well.",
                zone,
            )
            self._engines = _section(
                "engines",
                "Processes",
                _ENGINES,
                "No process has given a sign of life. Is one running?",
                zone,
            )
            with card("What Adjoin stands on", icon="server"):
                self._parts: Part[Overview] = Part(lambda it: facts(_facts(it, zone)))

    def show(self, found: Overview) -> None:
        if self._numbers.is_deleted:
            return
        self._verdict.show(_complaints(found))
        self._numbers.show(found)
        self._destinations.replace([_destination(each) for each in found.destinations])
        self._troubles.replace([_trouble(each) for each in found.troubles])
        self._engines.replace([_engine(each) for each in found.engines])
        self._parts.show(found)


def _section(name: str, title: str, columns: list[Column], empty: str, zone: str) -> Listing:
    with ui.element("section").classes("stack tight") as section:
        section.props["id"] = name
        text(title, "h2")
        return Listing(columns, [], label=title, empty=empty, zone=zone)


def _complaints(found: Overview) -> tuple[str, ...]:
    """Return what needs somebody now, in sentences; nothing when all is well."""
    missed = [engine.id for engine in found.engines if engine.is_missed]
    said = [
        (not found.engines, "No process runs jobs: nothing is delivered until one does."),
        (missed, f"{_listed(missed)} fell silent. Start it again: its jobs go on where they were."),
        (found.parts.database != "ready", f"The database gives {found.parts.database}."),
        (found.parts.tables != "ready", "The tables are of another version: run the migration."),
        (not found.parts.mail, "No mail server is set up, so no mail leaves. Set ADJOIN_SMTP_URL."),
        (found.undelivered, "Some deliveries are tried in vain. The partners below need a call."),
        (found.disabled, "Some integrations are disabled: their hotels get no data."),
    ]
    return tuple(sentence for is_so, sentence in said if is_so)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:3]) if names else ""


def _draw_verdict(complaints: tuple[str, ...]) -> None:
    if not complaints:
        with callout("ok", "All is well", "Nothing waits longer than it should."):
            pass
        return
    title = "One thing needs somebody" if len(complaints) == 1 else "Some things need somebody"
    with callout("warn", title, icon="triangle-alert"), ui.element("ul").classes("plain-list"):
        for sentence in complaints:
            text(sentence, "li")


def _draw_numbers(found: Overview) -> None:
    backlog, runs = found.backlog, found.runs
    with ui.element("div").classes("stats"):
        stat(f"{found.waiting:,}", "deliveries waiting", "#deliveries")
        stat(f"{found.undelivered:,}", "deliveries failing", "#deliveries")
        stat(f"{found.pending.count:,}", "requests pending", _PENDING)
        stat(f"{len(found.engines):,}", "processes seen", "#engines")
        stat(f"{backlog.waiting:,}", "jobs waiting", "#engines")
        stat(f"{backlog.running:,}", "jobs running", "#engines")
        stat(f"{runs.queued + runs.running:,}", "runs queued or on", "#integrations")
        stat(f"{runs.failed:,}", "runs failed in 24 hours", "#integrations")
        stat(f"{found.disabled:,}", "integrations disabled", "#integrations")


def _destination(each: Destination) -> dict[str, Any]:
    by_mail = {"status": "muted", "text": "None: told by mail"} if each.partner_id else None
    return {
        "id": each.partner_id or "people",
        "href": f"/operations/partners/{each.partner_id}" if each.partner_id else None,
        "name": each.name,
        "waiting": each.waiting,
        "failing": each.failing,
        "gave_up": each.gave_up,
        "oldest": iso(each.oldest),
        "endpoint": each.endpoint or by_mail,
    }


def _trouble(each: Trouble) -> dict[str, Any]:
    by = {"adjoin": "Disabled itself", "property": "Disabled by the hotel"}
    is_disabled = each.status == "disabled"
    words = by.get(each.disabled_by or "", "Disabled") if is_disabled else "Its last runs failed"
    return {
        "id": each.id,
        "href": f"/operations/properties/{each.property_id}",
        "name": each.name,
        "hotel": each.property,
        "state": {"status": "bad" if each.disabled_by == "adjoin" else "warn", "text": words},
        "failures": each.failures,
        "since": iso(each.since),
    }


def _engine(each: Engine) -> dict[str, Any]:
    tone, words = ("bad", "Fell silent") if each.is_missed else ("ok", "Alive")
    return {
        "id": each.id,
        "name": each.id,
        "state": {"status": tone, "text": words},
        "running": each.running,
        "seen": iso(each.seen_at),
        "started": iso(each.started_at),
    }


def _facts(found: Overview, zone: str) -> list[Fact]:
    parts, backlog = found.parts, found.backlog
    answers = f"{parts.kind}, answers in {parts.milliseconds:.1f} ms"
    return [
        ("Database", answers if parts.database == "ready" else f"{parts.kind}: {parts.database}"),
        ("Its tables", "Those of this version" if parts.tables == "ready" else parts.tables),
        ("Mail", "A mail server is set up" if parts.mail else "No mail server: no mail leaves"),
        ("Oldest job that waits", _since(backlog.oldest, zone)),
        ("Jobs for later", f"{backlog.delayed:,}"),
        ("Oldest pending request", _since(found.pending.oldest, zone)),
    ]


def _since(at: datetime | None, zone: str) -> Any:
    # The clocks of two machines may differ by a moment.
    return "None" if at is None else lambda: ago(min(at, moments.now()), zone=zone)
