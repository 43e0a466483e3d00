"""The card of what opens a source: whose account, how it went last, and the one step to mend it."""

from functools import partial
from typing import Any

from nicegui import ui

from connectors.authorization import METHODS
from domain import authorization_pages, authorizations, sources
from domain.authorization_pages import Row
from domain.sources import Page
from ui.ask import act_outside, load
from ui.components.ago import ago, moment
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.notice import notice
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.pages.source.authorization_dialog import AuthorizationDialog
from ui.pages.source.words import NOT_TRIED, authorization_state, why_not


class AuthorizationCard:
    """The card; `update` follows the source."""

    def __init__(self, visit: Visit, dialog: AuthorizationDialog, found: Page) -> None:
        self._visit = visit
        self._dialog = dialog
        self._found = found
        with card("Authorization", icon="lock-keyhole"):
            self._part = Part(self._draw, "stack tight")
        self.update(found)

    def update(self, found: Page) -> None:
        """Show what has become of it."""
        self._found = found
        self._part.show((found.authorization, found.address))

    def _draw(self, _: Any) -> None:
        row = self._found.authorization
        if row is None:
            where = f"{self._found.address} answers" if self._found.address else "It answers"
            text(f"{where} without credentials.", classes="muted")
            self._draw_add()
            return
        facts(self._facts(row))
        if row.status == "working" and not row.is_tried:
            text(NOT_TRIED, classes="muted")
        reason = why_not(self._visit)
        with ui.element("div").classes("actions"):
            button("Test again", partial(self._test, row), icon="refresh-cw", why_not=reason)
            if row.status == "working":  # else Repair stands in the panel on top
                label = "Change credentials"
                button(label, self._repair, icon="key-round", kind="quiet", why_not=reason)

    def _draw_add(self) -> None:
        if self._found.kind.methods:
            reason = why_not(self._visit)
            with ui.element("div").classes("actions"):
                button("Add credentials", self._add, icon="key-round", why_not=reason)

    def _add(self) -> None:
        found = self._found
        # Whoever agrees elsewhere comes back to the list of authorizations, not to this source.
        here = [METHODS[key] for key in found.kind.methods if not METHODS[key].kept]

        async def added(authorization_id: str) -> None:
            await act_outside(sources.authorize, self._visit.actor, found.row.id, authorization_id)

        self._dialog.add(found.kind, here, added, address=found.address, settings=found.settings)

    def _facts(self, row: Row) -> list[Fact]:
        zone = self._visit.zone
        found: list[Fact] = [
            ("Name", row.name),
            ("State", lambda: badge(*authorization_state(row))),
            ("Account", row.account or "not told by the system"),
            ("Credentials", row.method_label),
        ]
        if row.address:
            found.append(("Address", row.address))
        found.append(("Last tested", lambda: ago(row.checked_at, zone=zone)))
        if row.last_used_at is not None:
            found.append(("Last used", partial(ago, row.last_used_at, zone=zone)))
        if row.expires_at is not None:
            found.append(("Expires", moment(row.expires_at, zone)))
        others = [use.name for use in row.uses if use.id != self._found.row.id]
        if others:
            found.append(("Also used by", ", ".join(others)))
        return found

    def _repair(self) -> None:
        if self._found.authorization is not None:
            self._dialog.repair(self._found.authorization, self._found.kind)

    async def _test(self, row: Row) -> None:
        outcome = await act_outside(authorizations.check_again, self._visit.actor, row.id)
        if outcome.value:
            again = (await load(authorization_pages.read, self._visit.actor, row.id)).row
            notice(outcome.value, "bad" if again.last_error else "ok")


def draw_trouble(visit: Visit, found: Page, dialog: AuthorizationDialog) -> None:
    """Say on top of the page that the source is broken, or will be soon; with the step to take."""
    row = found.authorization
    if row is None:
        return
    reason = why_not(visit)

    def repair() -> None:
        dialog.repair(row, found.kind)

    if found.row.status == "broken":
        said = found.row.reason or row.last_error
        sentence = "Nothing is brought in until they are repaired. Mappings and history are kept."
        with callout("bad", f"{found.kind.name} refuses the credentials", f"{said} {sentence}"):
            button("Repair", repair, kind="primary", icon="wrench", why_not=reason)
    elif row.expires is not None and row.expires_at is not None:
        words = "have expired" if row.expires == "expired" else "expire soon"
        when = f"{moment(row.expires_at, visit.zone)}. Give new ones of the same account."
        with callout("warn", f"The credentials {words}", when):
            button("Change credentials", repair, kind="primary", icon="key-round", why_not=reason)
    elif row.last_error:
        with callout("warn", "The last test did not go through", row.last_error):
            text("Nothing is broken by that. Test again when the other system is back.")
