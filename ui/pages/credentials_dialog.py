"""The dialog that takes a core app's credentials and has them checked at once."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import ui

from connectors.vendor import CredentialField
from domain import catalogue, core, subscriptions
from domain.drafts import Permission
from ui.ask import Outcome, attempt_outside
from ui.components.callout import callout
from ui.components.dialog import Dialog
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit
from ui.pages.answers import Form, ask_credentials
from ui.pages.permissions import draw_permissions

Check = Callable[[dict[str, str]], Awaitable[Outcome[Any]]]


class CredentialsDialog:
    """Connects a core app, connects it once more, or gives it new credentials.

    Build it once with the page. The vendor is asked before anything is saved; what was typed stays
    when the vendor refuses, and goes when the dialog closes.
    """

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._dialog = Dialog()
        self._form = Form()
        self._dialog.on_close(lambda: self._form.forget())

    def connect(self, page: catalogue.Page) -> None:
        """Ask for the credentials of the app of `page`, connect, and go to the connection."""
        visit, app = self._visit, page.card

        async def check(given: dict[str, str]) -> Outcome[Any]:
            outcome = await attempt_outside(
                core.connect, visit.actor, visit.place.id, app.slug, given
            )
            if outcome:
                notice(f"{app.name} accepted the credentials.", title="Connected")
                ui.navigate.to(f"/subscriptions/{outcome.value}")
            return outcome

        verb = "Reconnect" if app.status else "Connect"
        self._open(verb, app.name, page.credential_fields, check, page.permissions)

    def repair(self, page: subscriptions.Page) -> None:
        """Ask for other credentials of the same account, and put them in place of the old ones."""
        visit, row = self._visit, page.row

        async def check(given: dict[str, str]) -> Outcome[Any]:
            outcome = await attempt_outside(core.repair, visit.actor, row.id, given)
            if outcome:
                notice(f"{row.app_name} accepted the new credentials.", title="Saved")
            return outcome

        verb = "Repair" if row.status == "broken" else "Change credentials of"
        self._open(verb, row.app_name, page.credential_fields, check)

    def _open(
        self,
        verb: str,
        app: str,
        wanted: Sequence[CredentialField],
        check: Check,
        permissions: Sequence[Permission] | None = None,
    ) -> None:
        with self._dialog.refill(f"{verb} {app}"):
            refused = ui.element("div").classes("refused")
            with ui.element("div").classes("stack"):
                text(
                    f"{app} is asked at once whether it accepts these credentials. "
                    "They are saved only if it does, and nobody can read them here afterwards.",
                    classes="muted",
                )
                with ui.element("section"):
                    self._form = ask_credentials(wanted)
                if permissions is not None:
                    with ui.element("section"):
                        text("What the platform will do with your data", "h3")
                        draw_permissions(permissions)
            busy = text("", classes="busy-line").props('role="status"')

        async def submit() -> None:
            refused.clear()
            if not self._form.is_complete():
                return
            busy.text = f"Checking with {app}…"
            outcome = await check(self._form.answers)
            self._finish(outcome, refused)
            busy.text = ""

        self._dialog.ask(verb.partition(" ")[0], submit, icon="plug-zap")

    def _finish(self, outcome: Outcome[Any], refused: ui.element) -> None:
        if outcome.refusal is None:
            self._dialog.close()
        elif self._dialog.is_open:
            with refused, callout("bad", "Nothing was saved", outcome.refusal.message):
                pass
        else:
            notice(outcome.refusal.message, "bad")
