"""The card of an integration's runs: a chart of the last ones, and all of them as a list."""

from collections.abc import Sequence

from domain import run_pages
from domain.run_pages import Row
from ui.ask import load
from ui.components import listing
from ui.components.button import button
from ui.components.card import card
from ui.components.listing import Column, Listing
from ui.components.runchart import RunChart
from ui.frame import Visit
from ui.pages.integration.words import LIVING, TRIGGERS, clock, duration, point, run_address

_CHARTED, _LISTED, _MORE = 30, 8, 30
_COLUMNS: list[Column] = [
    {"key": "at", "label": "Queued", "kind": "strong", "sub": "why"},
    {"key": "status", "label": "Status", "kind": "badge", "sub": "sentence"},
    {"key": "read", "label": "Read", "kind": "number"},
    {"key": "created", "label": "Created", "kind": "number"},
    {"key": "updated", "label": "Updated", "kind": "number"},
    {"key": "unchanged", "label": "Unchanged", "kind": "number"},
    {"key": "rejected", "label": "Rejected", "kind": "number"},
    {"key": "took", "label": "Took", "kind": "number"},
]


class RunsCard:
    """The card; `update` follows the newest runs, older ones that were loaded stay."""

    def __init__(self, visit: Visit, integration_id: str, rows: Sequence[Row]) -> None:
        self._visit = visit
        self._integration_id = integration_id
        self.rows = list(rows)
        self._limit = _LISTED
        self._has_older = len(rows) == run_pages.SHOWN
        with card("Runs", icon="history"):
            self._chart = RunChart([], zone=visit.zone)
            self._listing = Listing(
                _COLUMNS,
                [],
                label="Runs",
                zone=visit.zone,
                whole=True,
                empty="It has not run yet.",
            )
            self._older = button("Show older", self._show_older, icon="chevron-down")
            self._older.classes("load-older")
        self._show()

    def update(self, newest: Sequence[Row]) -> None:
        """Show the newest runs, read afresh, and below them the older ones."""
        if self._listing.is_deleted:
            return
        before = self.rows
        last = newest[-1] if len(newest) == run_pages.SHOWN else None
        older = [row for row in before if last and row.queued_at < last.queued_at]
        self.rows = [*newest, *older]
        if [row.id for row in self.rows] != [row.id for row in before]:
            self._show()
            return
        self._show_chart()
        for row, old in zip(self.rows, before, strict=True):
            if row != old:
                self._listing.patch(row.id, self._line(row))

    async def _show_older(self) -> None:
        self._limit += _MORE
        if self._has_older and self._limit > len(self.rows):
            found = await load(
                run_pages.of_integration,
                self._visit.actor,
                self._integration_id,
                before=self.rows[-1].queued_at,
            )
            self.rows.extend(found)
            self._has_older = len(found) == run_pages.SHOWN
        self._show()

    def _show(self) -> None:
        self._show_chart()
        self._listing.replace([self._line(row) for row in self.rows[: self._limit]])
        self._older.set_visibility(self._has_older or len(self.rows) > self._limit)

    def _show_chart(self) -> None:
        ended = [row for row in self.rows if not row.is_dry and row.status not in LIVING]
        self._chart.replace([point(row) for row in reversed(ended[:_CHARTED])])
        self._chart.set_visibility(len(ended) > 1)

    def _line(self, row: Row) -> listing.Row:
        counts = row.counts
        return {
            "id": row.id,
            "href": run_address(row.integration_id, row.id),
            "at": when(row, self._visit.zone),
            "why": why(row),
            "status": row.status,
            "sentence": row.sentence if row.status == "failed" else None,
            "read": counts.read or None,
            "created": counts.created or None,
            "updated": counts.updated or None,
            "unchanged": counts.unchanged or None,
            "rejected": counts.rejected or None,
            "took": duration(row.seconds) or None,
        }


def why(row: Row) -> str:
    """Return why a run was made: "On schedule", "Dry run by Maya"."""
    if row.is_dry:
        return f"Dry run by {row.who}"
    if row.trigger == "hand":
        return f"By {row.who}"
    return TRIGGERS[row.trigger]


def when(row: Row, zone: str) -> str:
    """Return when a run was queued, on the clocks of a place."""
    return clock(row.queued_at, zone)
