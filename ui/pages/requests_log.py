"""What programs asked of the API: the part of a page that shows the last requests."""

from collections.abc import Callable, Sequence

from domain.api_requests import PAGE, Row
from ui.ask import load
from ui.components.ago import iso
from ui.components.button import button
from ui.components.card import card
from ui.components.field import segments
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.frame import Visit

_OUTCOMES = {"": "All", "ok": "Fine", "refused": "Refused", "failed": "Failed at Adjoin"}
_COLUMNS: list[Column] = [
    {"key": "asked", "label": "Request", "kind": "strong", "sub": "request"},
    {"key": "status", "label": "Answer", "kind": "badge", "sub": "code"},
    {"key": "took", "label": "Took", "kind": "number"},
    {"key": "at", "label": "When", "kind": "ago", "align": "end"},
]


class RequestsLog:
    """A card with the last requests, to be filtered by how they ended, and older ones."""

    def __init__(
        self,
        visit: Visit,
        read: Callable[..., tuple[Row, ...]],
        whose: str,
        rows: Sequence[Row],
        lead: str,
    ) -> None:
        """Show `rows`; `read(actor, whose, outcome=…, before=…)` of the domain reads others."""
        self._visit, self._read, self._whose = visit, read, whose
        self._rows = list(rows)
        with card("Requests", lead, icon="list"):
            self._outcome = segments(
                "Requests by how they ended",
                _OUTCOMES,
                value="",
                on_change=lambda _: self._reload(),
            )
            self._listing = Listing(
                _COLUMNS,
                [],
                label="Requests",
                empty="No such request in the last 30 days.",
                zone=visit.zone,
                whole=True,
            )
            self._older = button("Show older requests", self._show_older, icon="chevron-down")
            self._older.classes("load-older")
        self._show(has_older=len(rows) == PAGE)

    async def refresh(self) -> None:
        """Read the newest requests again."""
        if not self._listing.is_deleted:
            await self._reload()

    async def _reload(self) -> None:
        self._rows = list(await self._load(None))
        self._show(has_older=len(self._rows) == PAGE)

    async def _show_older(self) -> None:
        found = await self._load(self._rows[-1].id)
        self._rows.extend(found)
        self._show(has_older=len(found) == PAGE)

    async def _load(self, before: str | None) -> tuple[Row, ...]:
        return await load(
            self._read,
            self._visit.actor,
            self._whose,
            outcome=self._outcome.value or "",
            before=before,
        )

    def _show(self, *, has_older: bool) -> None:
        self._listing.replace([line(row) for row in self._rows])
        self._older.set_visibility(has_older)


def line(row: Row) -> Line:
    """Return a request as a line of a Listing."""
    return {
        "id": row.id,
        "asked": f"{row.method} {row.endpoint or '(no such address)'}",
        "request": row.request_id,
        "status": {"status": _tone(row.status), "text": str(row.status)},
        "code": row.code or None,
        "took": f"{row.duration_ms:,} ms",
        "at": iso(row.at),
    }


def _tone(status: int) -> str:
    return "ok" if status < 400 else "warn" if status < 500 else "bad"
