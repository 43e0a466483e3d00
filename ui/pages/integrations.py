"""Integrations: what flows from which source, how fresh it is, and how far from failing."""

from nicegui import ui

from domain import integration_pages
from domain.actors import Actor
from domain.integration_pages import Row
from domain.places import Place
from ui.ask import load
from ui.components import listing
from ui.components.button import button
from ui.components.empty import empty
from ui.components.listing import Column, Listing
from ui.components.page_title import page_title
from ui.frame import Visit
from ui.live import Change, gathered
from ui.look import STATUS
from ui.pages.integration.state import has_disabled_itself, state
from ui.pages.integration.words import clock, maybe, meter_short, stopped, tone
from ui.pages.source.words import counted, why_not

_COLUMNS: list[Column] = [
    {"key": "name", "label": "Integration", "kind": "strong", "sub": "about"},
    {"key": "status", "label": "Status", "kind": "badge", "sub": "note"},
    {"key": "run", "label": "Last run", "kind": "badge", "sub": "ran"},
    {"key": "fresh", "label": "Fresh as of", "kind": "ago"},
    {"key": "meter", "label": "Errors", "kind": "badge", "sub": "step"},
]
_NOUNS = ("integration", "run", "source", "transfer", "everything")


async def page(visit: Visit) -> None:
    found = await load(integration_pages.of_property, visit.actor, visit.place.id)
    has_source = await _has_source(visit)
    with page_title("Integrations", f"What keeps the data of {visit.place.name} flowing."):
        if found or has_source:
            _new_button(visit)
    shown = _Shown(visit, ui.element("div"), has_source)
    shown.update(found)

    async def refresh() -> None:
        shown.update(await load(integration_pages.of_property, visit.actor, visit.place.id))

    renew = gathered(refresh)

    async def heard(change: Change) -> None:
        if change.noun in _NOUNS:
            await renew()

    visit.follow(heard)


async def count(actor: Actor, place: Place) -> int:
    """Return how many integrations have disabled themselves; a viewer could not help it."""
    if place.role != "manager":
        return 0
    return await load(integration_pages.count_stopped, actor, place.id)


async def _has_source(visit: Visit) -> bool:
    return bool(await load(integration_pages.offered, visit.actor, visit.place.id))


def _new_button(visit: Visit) -> None:
    button(
        "New integration",
        href="/integrations/new",
        kind="primary",
        icon="plus",
        why_not=why_not(visit),
    )


class _Shown:
    """The list, or the way to the first integration while there is none."""

    def __init__(self, visit: Visit, room: ui.element, has_source: bool) -> None:
        self._visit = visit
        self._room = room
        self._has_source = has_source
        self._rows: list[listing.Row] | None = None
        self._listing: Listing | None = None

    def update(self, found: tuple[Row, ...]) -> None:
        """Show `found`; rows that kept their place are changed where they stand."""
        first = sorted(found, key=lambda row: not has_disabled_itself(row))
        rows, before = [_line(row, self._visit.zone) for row in first], self._rows
        if rows == before or self._room.is_deleted:
            return
        self._rows = rows
        if self._listing is None or not rows:
            self._draw(rows)
        elif before is None or [row["id"] for row in rows] != [row["id"] for row in before]:
            self._listing.replace(rows)
        else:
            for row, old in zip(rows, before, strict=True):
                if row != old:
                    self._listing.patch(row["id"], row)

    def _draw(self, rows: list[listing.Row]) -> None:
        self._room.clear()
        self._listing = None
        with self._room:
            if rows:
                self._listing = Listing(_COLUMNS, rows, label="Integrations", zone=self._visit.zone)
            elif self._has_source:
                self._draw_first()
            else:
                self._draw_no_source()

    def _draw_first(self) -> None:
        with empty(
            "workflow",
            "Nothing flows yet",
            "Your source is there. Choose what to bring in from it, how often, and who hears "
            "about it when it stops.",
        ):
            _new_button(self._visit)

    def _draw_no_source(self) -> None:
        with empty(
            "workflow",
            "Nothing flows yet",
            "An integration brings data in from a source again and again. Add the source first: "
            "the system that holds your reservations, or a table to upload.",
        ):
            button("Go to the sources", href="/sources", kind="primary", icon="database")


def _line(row: Row, zone: str) -> listing.Row:
    status, words = state(row)
    return {
        "id": row.id,
        "href": f"/integrations/{row.id}",
        "name": row.name,
        "about": _about(row),
        "status": {"status": status, "text": words},
        "note": _note(row, zone),
        "run": _run(row),
        "ran": clock(row.last_run.at, zone) if row.last_run and not row.running else None,
        "fresh": maybe(row.last_success_at),
        "meter": _errors(row),
        "step": _step(row),
    }


def _about(row: Row) -> str:
    source = f"from {row.source}, " if row.source != row.name else ""
    return f"{source}{row.schedule.words}"


def _note(row: Row, zone: str) -> str | None:
    if row.status == "active" and row.stopped:
        return f"{stopped(row)} do not come in"
    if row.status == "disabled":
        who = "by itself" if has_disabled_itself(row) else "by hand"
        return f"{who}, {clock(row.since, zone)}"
    return None


def _run(row: Row) -> str | dict[str, str] | None:
    if row.running:
        return "running"
    if row.last_run is None:
        return {"status": "muted", "text": "None yet"}
    if row.last_run.status == "succeeded_with_rejects":
        return {"status": "warn", "text": "With rejects"}
    return row.last_run.status if row.last_run.status in STATUS else None


def _errors(row: Row) -> dict[str, str] | None:
    if row.status != "active" and not has_disabled_itself(row):
        return None
    if row.disabled_for == "refused":
        return {"status": "bad", "text": "Credentials refused"}
    if row.left_out and not row.meter.failures:
        return {"status": "warn", "text": f"{counted(row.left_out.records, 'record')} left out"}
    return {"status": tone(row.meter), "text": meter_short(row.meter)}


def _step(row: Row) -> dict[str, str] | None:
    if row.disabled_for == "refused":
        return {"label": "Repair the source", "href": f"/sources/{row.source_id}"}
    return None
