"""What can be done with a connection: one button for each move that its reader may make now."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from domain import catalogue, connections, lifecycle, waiting
from domain.subscriptions import HOTEL, Page
from ui.ask import act, attempt
from ui.components.ago import moment
from ui.components.button import Kind, button
from ui.components.callout import callout
from ui.components.dialog import Dialog
from ui.components.field import TextField, text_field
from ui.components.icon import icon
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit
from ui.pages.connect_dialog import ConnectDialog
from ui.pages.connection import cautions
from ui.pages.credentials_dialog import CredentialsDialog

_LOOKS: dict[str, tuple[str, Kind]] = {
    "withdraw": ("undo-2", "secondary"),
    "disable": ("pause", "secondary"),
    "enable": ("play", "primary"),
    "disconnect": ("unplug", "danger"),
    "reconnect": ("plug", "primary"),
    "repair": ("wrench", "primary"),
}
_DONE = {
    "withdraw": "The request was withdrawn. The history keeps it.",
    "disable": "The connection is paused. Only your side can enable it again.",
    "disconnect": "The connection has ended. Its answers and history are kept.",
}


class Moves:
    """Draws the buttons, and holds the dialogs that open before a move is made."""

    def __init__(self, visit: Visit, refresh: Callable[[], Awaitable[None]]) -> None:
        self._visit = visit
        self._refresh = refresh
        self._dialog = Dialog()
        self._connect_dialog = ConnectDialog(visit)
        self.credentials = CredentialsDialog(visit)

    def draw(self, found: Page) -> None:
        """Draw the buttons for the state of `found`; viewers see them with the reason why not."""
        if found.row.status == "pending":
            why_not = self._why_no_nudge(found)
            button("Nudge", lambda: self._nudge(found), icon="bell", why_not=why_not)
        for verb in _open_moves(found):
            icon_name, kind = _LOOKS[verb]
            button(
                verb.capitalize(),
                self._handler(verb, found),
                kind=kind,
                icon=icon_name,
                why_not=not_yours(found),
            )

    def _handler(self, verb: str, found: Page) -> Callable[[], Any]:
        if verb == "repair":
            return lambda: self.credentials.repair(found)
        if verb == "reconnect":
            return lambda: self._reconnect(found)
        if verb == "enable":
            return lambda: self._enable(found)
        return lambda: self._warn(verb, found)

    async def _nudge(self, found: Page) -> None:
        if await act(waiting.nudge, self._visit.actor, found.row.id):
            notice(f"{found.row.developer} gets a mail that asks them to look.", title="Nudged")

    async def _enable(self, found: Page) -> None:
        if await act(connections.enable, self._visit.actor, found.row.id):
            notice(f"{found.row.app_name} works again.", title="Enabled")

    async def _reconnect(self, found: Page) -> None:
        visit = self._visit
        outcome = await act(catalogue.read, visit.actor, visit.place.id, found.row.app_slug)
        if outcome.value is None:
            return
        app = outcome.value
        if not app.card.can_connect:
            notice(app.card.why_not or "Somebody else was faster.", "bad")
            await self._refresh()
        elif app.card.kind == "core":
            self.credentials.connect(app)
        else:
            self._connect_dialog.open(app)

    def _warn(self, verb: str, found: Page) -> None:
        """Say what stops, and make the move when the answer is yes."""
        caution = cautions.before(verb, found)
        with self._dialog.refill(caution.title):
            refused = ui.element("div").classes("refused")
            with ui.element("div").classes("stack"):
                _draw_caution(caution)
                reason = _ask_reason(found) if caution.asks_reason else None

        async def move() -> None:
            refused.clear()
            reasons = (reason.value or "",) if reason is not None else ()
            make = getattr(connections, verb)
            outcome = await attempt(make, self._visit.actor, found.row.id, *reasons)
            if outcome.refusal is None:
                self._dialog.close()
                notice(_DONE[verb])
                return
            with refused, callout("bad", "Nothing has changed", outcome.refusal.message):
                pass

        kind: Kind = "danger" if verb == "disconnect" else "primary"
        self._dialog.ask(verb.capitalize(), move, kind=kind, icon=_LOOKS[verb][0])

    def _why_no_nudge(self, found: Page) -> str | None:
        if reason := not_yours(found):
            return reason
        if found.contact is None or not found.contact.email:
            return f"{found.row.developer} has not given an address for mail."
        if found.next_nudge_at is not None:
            when = moment(found.next_nudge_at, self._visit.zone)
            return f"A nudge was sent. The next one can go out from {when} on."
        return None


def not_yours(found: Page) -> str | None:
    """Return why the reader of `found` may not act, None when they may."""
    return catalogue.managers_only(found.managers) if found.side == "viewer" else None


def _open_moves(found: Page) -> tuple[str, ...]:
    """Return the moves of the property's side, also to those who may only look at them."""
    if found.side == "viewer":
        row = found.row
        return lifecycle.of(row.kind).open_to(row.status, "property", found.disabled_by)
    return found.moves if found.side in HOTEL else ()


def _draw_caution(caution: cautions.Caution) -> None:
    with ui.element("ul").classes("points"):
        for icon_name, words in caution.points:
            with ui.element("li"):
                icon(icon_name, 17)
                text(words, "span")
    if caution.warning:
        with callout("warn", caution.warning, icon="triangle-alert"):
            pass


def _ask_reason(found: Page) -> TextField:
    is_read = found.row.kind == "integrated"
    hint = f"{found.row.developer} reads it." if is_read else "It stays in the history."
    field = text_field("Reason", multiline=True, hint=hint)
    field.props["optional"] = True
    return field
