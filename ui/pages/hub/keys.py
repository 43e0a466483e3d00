"""Partner keys: with one of them your own program speaks for you; and what programs asked."""

from collections.abc import Sequence

from nicegui import ui

from domain import api_requests, partner_keys
from domain.partner_keys import NAME_MAX, Key
from ui.ask import act, attempt, load
from ui.components.ago import iso
from ui.components.button import button
from ui.components.card import card
from ui.components.dialog import Dialog
from ui.components.field import text_field
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.components.notice import notice
from ui.components.page_title import page_title
from ui.components.secret import copyable
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change
from ui.pages.requests_log import RequestsLog

_COLUMNS: list[Column] = [
    {"key": "name", "label": "Name", "kind": "strong", "sub": "masked"},
    {"key": "by", "label": "Made by", "kind": "text"},
    {"key": "made", "label": "Made", "kind": "ago"},
    {"key": "used", "label": "Last used", "kind": "ago"},
    {"key": "do", "label": "", "kind": "actions"},
]


async def page(visit: Visit) -> None:
    keys = await load(partner_keys.of_partner, visit.actor, visit.place.id)
    asked = await load(api_requests.of_partner, visit.actor, visit.place.id)
    dialog = Dialog()
    dialog.on_close(dialog.refill)  # nothing of a key stays in the page
    with page_title(
        "Partner keys", "With a key your own program answers requests and manages your endpoints."
    ):
        button("How to use it", href="/help", icon="book-open")
        button("Make key", lambda: shown.ask_new(), kind="primary", icon="plus")
    with ui.element("div").classes("stack"):
        shown: Keys = Keys(visit, dialog)
        log = RequestsLog(
            visit,
            api_requests.of_partner,
            visit.place.id,
            asked,
            "What your programs asked, with keys and access tokens, in the last 30 days.",
        )
    shown.show(keys)

    async def heard(change: Change) -> None:
        if change.noun in ("key", "everything"):
            shown.show(await load(partner_keys.of_partner, visit.actor, visit.place.id))
            await log.refresh()

    visit.follow(heard)


class Keys:
    """The list of keys, and the dialogs that make and revoke one."""

    def __init__(self, visit: Visit, dialog: Dialog) -> None:
        self._visit, self._dialog = visit, dialog
        self._names: dict[str, str] = {}
        with card("Your keys", "A key is shown once, when it is made.", icon="key-round"):
            self._listing = Listing(
                _COLUMNS,
                [],
                label="Partner keys",
                on_act=lambda wish: self._ask_revoke(wish["row"]),
                empty="No key yet. Your program needs one to speak for you.",
                zone=visit.zone,
            )

    def show(self, keys: Sequence[Key]) -> None:
        """Show these keys."""
        if self._listing.is_deleted:
            return
        self._names = {key.id: key.name for key in keys}
        self._listing.replace([_line(key) for key in keys])

    def ask_new(self) -> None:
        """Ask for the name of a new key in the dialog, and show the key there."""
        with self._dialog.refill("Make a key"):
            text(
                "It opens everything of yours that the API has, but never your account and your "
                "people. Use one for each program, so that each can be revoked by itself.",
                classes="dialog-lead",
            )
            field = text_field(
                "Name",
                hint="The history says it: “D3x (key Dashboard)”.",
                placeholder="Dashboard",
                required=True,
                autofocus=True,
            )
            field.props["maxlength"] = NAME_MAX

        async def make() -> None:
            outcome = await attempt(
                partner_keys.make, self._visit.actor, self._visit.place.id, field.value
            )
            if outcome.refusal is not None:
                field.error(outcome.refusal.message)
            elif outcome.value is not None:
                self._show_key(outcome.value.clear)

        self._dialog.ask("Make key", make, kind="primary", icon="plus")

    def _show_key(self, clear: str) -> None:
        with self._dialog.refill("Copy your key now"):
            text(
                "Adjoin shows it this once. Keep it where your program finds it, and nowhere else: "
                "whoever has it speaks for you.",
                classes="dialog-lead",
            )
            copyable(clear, "Partner key")
        with self._dialog.footer:
            button("I have stored it", self._dialog.close, kind="primary", icon="check")
        self._dialog.open()

    def _ask_revoke(self, key_id: str) -> None:
        name = self._names.get(key_id, "")
        with self._dialog.refill(f"Revoke “{name}”?"):
            text(
                "The program that uses it is refused from its next request on. This cannot be "
                "taken back; make another key instead.",
                classes="dialog-lead",
            )

        async def revoke() -> None:
            if await act(partner_keys.revoke, self._visit.actor, key_id):
                self._dialog.close()
                notice(f"The key “{name}” does not work any more.", title="Revoked")

        self._dialog.ask("Revoke", revoke, kind="danger", icon="ban")


def _line(key: Key) -> Line:
    return {
        "id": key.id,
        "name": key.name,
        "masked": key.masked,
        "by": key.made_by,
        "made": iso(key.made_at),
        "used": iso(key.last_used_at) if key.last_used_at else None,
        "do": [{"action": "revoke", "label": "Revoke", "icon": "ban"}],
    }
