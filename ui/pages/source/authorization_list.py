"""The list of a property's authorizations, below its sources: what each opens, and how it is."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from connectors.sources import KINDS
from domain import authorizations
from domain.authorization_pages import Row
from domain.dependents import Use
from ui.ask import act, attempt
from ui.components import listing
from ui.components.ago import iso
from ui.components.dialog import Dialog
from ui.components.field import text_field
from ui.components.listing import Column, Listing
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit
from ui.pages.source.authorization_dialog import AuthorizationDialog
from ui.pages.source.words import authorization_state, why_not

_COLUMNS: list[Column] = [
    {"key": "name", "label": "Authorization", "kind": "strong", "sub": "how"},
    {"key": "status", "label": "State", "kind": "badge"},
    {"key": "account", "label": "Account", "kind": "text"},
    {"key": "uses", "label": "Used by", "kind": "links"},
    {"key": "checked", "label": "Last tested", "kind": "ago"},
    {"key": "do", "label": "", "kind": "actions"},
]


class AuthorizationList:
    """The list; hidden while there is none. Build it once with the page."""

    def __init__(self, visit: Visit, rows: Sequence[Row]) -> None:
        self._visit = visit
        self._dialog = Dialog()
        self._credentials = AuthorizationDialog(visit)
        self._rows: dict[str, Row] = {}
        with ui.element("section").classes("below-list") as self._room:
            text("Authorizations", "h2")
            text(
                "Credentials to other systems. Sources and core apps may share them.",
                classes="muted",
            )
            self._listing = Listing(
                _COLUMNS, [], label="Authorizations", zone=visit.zone, on_act=self._act
            )
        self.update(rows)

    def update(self, rows: Sequence[Row]) -> None:
        """Show what there is now."""
        found = {row.id: row for row in rows}
        self._room.set_visibility(bool(found))
        if found != self._rows:
            self._rows = found
            self._listing.replace([self._row(row) for row in rows])

    def _row(self, row: Row) -> listing.Row:
        reason, may_not = self._why_stays(row), why_not(self._visit)
        status, words = authorization_state(row)
        repair = {"action": "repair", "label": "Repair", "icon": "wrench", "why_not": may_not}
        return {
            "id": row.id,
            "name": row.name,
            "how": f"{row.kind_name} · {row.method_label}",
            "status": {"status": status, "text": words} if words else status,
            "account": row.account or row.address,
            "uses": [
                {"label": label, "href": _ADDRESSES[use.noun] + use.id} for label, use in _uses(row)
            ]
            or [{"label": "Nothing"}],
            "checked": iso(row.checked_at),
            "do": [
                *([repair] if row.status == "refused" else []),
                {"action": "rename", "label": "Rename", "why_not": may_not},
                {"action": "remove", "label": "Remove", "kind": "danger", "why_not": reason},
            ],
        }

    def _why_stays(self, row: Row) -> str | None:
        """Return why it cannot be removed."""
        if reason := why_not(self._visit):
            return reason
        uses = ", ".join(label for label, _ in _uses(row))
        return f"{uses} would stop. Remove that first." if uses else None

    def _act(self, wish: dict[str, Any]) -> None:
        row = self._rows[wish["row"]]
        if wish["action"] == "repair" and row.status == "refused" and not why_not(self._visit):
            self._credentials.repair(row, KINDS[row.kind])
        elif wish["action"] == "rename" and not why_not(self._visit):
            self._ask_name(row)
        elif wish["action"] == "remove" and not self._why_stays(row):
            self._ask_remove(row)

    def _ask_name(self, row: Row) -> None:
        with self._dialog.refill(f"Rename {row.name}"):
            name = text_field("Name", value=row.name, required=True, autofocus=True)

        async def rename() -> None:
            outcome = await attempt(
                authorizations.rename, self._visit.actor, row.id, str(name.value or "")
            )
            if outcome.refusal is not None:
                name.error(outcome.refusal.message).focus()
            else:
                self._dialog.close()

        self._dialog.ask("Rename", rename)

    def _ask_remove(self, row: Row) -> None:
        async def remove() -> None:
            if await act(authorizations.remove, self._visit.actor, row.id):
                self._dialog.close()
                notice(f"{row.name} is forgotten.", title="Removed")

        with self._dialog.refill(f"Remove {row.name}"):
            text(
                "Its credentials are deleted here. In the other system they stay valid until you "
                "withdraw them there.",
                classes="dialog-lead",
            )
        self._dialog.ask("Remove", remove, kind="danger", icon="trash-2")


_ADDRESSES = {"connection": "/subscriptions/", "source": "/sources/"}


def _uses(row: Row) -> list[tuple[str, Use]]:
    """Name what uses it; an app and a source are often called the same."""
    return [
        (f"{use.name} (app)" if use.noun == "connection" else use.name, use)
        for use in row.uses
        if use.status != "disconnected"
    ]
