"""The secret address that a source calls: how to set it up over there, and when it last called."""

from collections.abc import Sequence

from nicegui import ui

from domain import hooks
from domain.hooks import Row
from domain.types_of_data import ALL
from ui.ask import attempt, attempt_slowly, load
from ui.components.ago import ago
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import facts
from ui.components.dialog import Dialog
from ui.components.field import text_field
from ui.components.notice import notice
from ui.components.part import Part
from ui.components.secret import secret
from ui.components.text import text
from ui.frame import Visit

SHOWN_FOR = 60  # seconds
_NOT_MADE = "Made when you first show it"


class HookPanel:
    """Draws it here; an address that is shown stays shown while the source calls."""

    def __init__(self, visit: Visit, found: Row) -> None:
        self._visit = visit
        self._found = found
        self._dialog = Dialog()
        may = bool(found.moves)
        why_not = None if may else f"Only a manager of {visit.place.name} can see and renew it."
        with ui.element("div").classes("stack tight"):
            text(_tells(found), classes="muted")
            self._secret = secret(
                found.address or _NOT_MADE,
                self._ask_password,
                label="Address for calls",
                why_not=why_not,
            )
            if may:
                with ui.element("ol").classes("hook-steps"):
                    for step in found.steps:
                        text(step, "li")
            self._facts = Part(self._draw_facts)
            with ui.element("div").classes("actions"):
                button("Renew address", self._ask_renewal, icon="refresh-cw", why_not=why_not)
        self._facts.show(found)

    def update(self, found: Row) -> None:
        """Show what has become of it."""
        before, self._found = self._found, found
        if found.address != before.address:
            self._secret.set(found.address or _NOT_MADE)
        self._facts.show(found)

    def _draw_facts(self, found: Row) -> None:
        called, zone = found.called_at, self._visit.zone
        facts([("Last call received", (lambda: ago(called, zone=zone)) if called else "none yet")])

    async def _refresh(self) -> None:
        self.update(await load(hooks.read, self._visit.actor, self._found.source_id))

    def _ask_password(self) -> None:
        caller = self._found.caller
        with self._dialog.refill("Show the address"), ui.element("div").classes("stack"):
            text(
                f"Whoever has this address can start runs in the place of {caller}, but brings "
                "nothing in: a run asks the source. Showing it is written into the history. It "
                f"hides again after {SHOWN_FOR} seconds.",
                classes="muted",
            )
            with ui.element("div") as form:
                password = text_field(
                    "Your password", secret=True, autocomplete="current-password", required=True
                )

        async def show() -> None:
            outcome = await attempt_slowly(
                hooks.reveal, self._visit.actor, self._found.source_id, password.value or ""
            )
            if outcome.refusal is not None:
                password.error(outcome.refusal.message).focus()
                return
            password.value = ""
            self._dialog.close()
            await self._refresh()
            self._secret.reveal(outcome.value or "", SHOWN_FOR)

        with self._dialog.footer:
            button("Cancel", self._dialog.close)
            go = button("Show address", show, kind="primary", icon="eye")
        form.on(
            "keydown.enter", js_handler=f"() => document.getElementById('{go.html_id}').click()"
        )
        self._dialog.open()
        password.focus()

    def _ask_renewal(self) -> None:
        caller = self._found.caller
        with self._dialog.refill("Renew the address"):
            refused = ui.element("div").classes("refused")
            text(
                f"The present address stops at once. {caller} is not heard until it calls the new "
                "one; meanwhile, integrations look by the clock.",
                classes="muted",
            )

        async def renew() -> None:
            refused.clear()
            outcome = await attempt(hooks.renew, self._visit.actor, self._found.source_id)
            if outcome.refusal is not None:
                with refused, callout("bad", "Nothing has changed", outcome.refusal.message):
                    pass
                return
            self._dialog.close()
            await self._refresh()
            notice(f"Show the new address, and set it up at {caller}.", title="Renewed")

        self._dialog.ask("Renew address", renew, icon="refresh-cw")


def _tells(found: Row) -> str:
    told = _listed([ALL[key].label.lower() for key in found.types])
    return (
        f"{found.caller} can call this address whenever {told} change. Each call starts the "
        f"integrations that run “When {found.caller} tells us”; many calls at once start one run."
    )


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
