"""The access token of a connection: masked, shown after the password, rotated, with receipts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from nicegui import ui

from domain import tokens
from domain.subscriptions import Page
from domain.tokens import Receipt
from ui.ask import attempt, attempt_slowly
from ui.components.ago import ago, moment
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import card, facts
from ui.components.dialog import Dialog
from ui.components.field import choice_cards, text_field
from ui.components.icon import icon
from ui.components.notice import notice
from ui.components.secret import secret
from ui.components.text import text
from ui.frame import Visit
from ui.pages.connection.moves import not_yours

SHOWN_FOR = 60  # seconds


class TokenCard:
    """The card; receipts come and go while somebody looks, and a shown token stays shown."""

    def __init__(self, visit: Visit, found: Page) -> None:
        self._visit = visit
        self._found = found
        self._dialog = Dialog()
        why_not = not_yours(found)
        with card("Access token", f"{found.row.app_name} calls us with it.", icon="key-round"):
            with ui.element("div").classes("stack tight") as self._living:
                newest = _newest(found)
                masked = newest.masked if newest is not None else ""
                self._secret = secret(masked, self._ask_password, why_not=why_not)
                self._receipts = ui.element("div").classes("receipts")
                with ui.element("div").classes("actions"):
                    button("Rotate token", self._ask_rotation, icon="refresh-cw", why_not=why_not)
            self._gone = text(
                "There is no access token. It was revoked when the connection ended; "
                "reconnecting makes a new one.",
                classes="muted",
            )
        self._draw_receipts()

    def update(self, found: Page) -> None:
        """Show what has become of the token."""
        before, self._found = self._found, found
        if found.tokens == before.tokens:
            return
        old, new = _newest(before), _newest(found)
        if new is not None and (old is None or old.id != new.id):
            self._secret.set(new.masked)
        self._draw_receipts()

    def _draw_receipts(self) -> None:
        receipts = self._found.tokens
        self._living.set_visibility(bool(receipts))
        self._gone.set_visibility(not receipts)
        self._receipts.clear()
        with self._receipts:
            for receipt in receipts:
                if receipt.status == "superseded":
                    self._draw_superseded(receipt)
                else:
                    self._draw_facts(receipt)

    def _draw_facts(self, receipt: Receipt) -> None:
        items = [
            ("Made", self._time(receipt.issued_at)),
            (f"Delivered to {self._found.row.developer}", self._time(receipt.delivered_at)),
            ("Opened from the mail", self._time(receipt.opened_at)),
            ("First used", self._time(receipt.first_used_at)),
            ("Last used", self._time(receipt.last_used_at)),
        ]
        by_mail = any(each.channel == "mail" for each in self._found.notifications)
        if receipt.opened_at is None and not by_mail:
            del items[2]  # a token that travels by webhook is not opened by anybody
        facts(items)

    def _draw_superseded(self, receipt: Receipt) -> None:
        with ui.element("div").classes("superseded"):
            icon("clock", 16)
            with ui.element("div"):
                end = moment(receipt.expires_at or receipt.issued_at, self._visit.zone)
                text(f"The token before, {receipt.masked}, works until {end}.")
                if receipt.last_used_at is not None:
                    ago(receipt.last_used_at, "Last used", self._visit.zone).classes("muted small")
                else:
                    text("It was never used.", classes="muted small")

    def _time(self, at: datetime | None) -> str | Callable[[], Any]:
        if at is None:
            return "not yet"
        return lambda: ago(at, zone=self._visit.zone)

    def _ask_password(self) -> None:
        row = self._found.row
        with self._dialog.refill("Show the access token"), ui.element("div").classes("stack"):
            text(
                f"Whoever has this token can act as {row.app_name} on the data of "
                f"{row.property_name}. Showing it is written into the history. It hides again "
                f"after {SHOWN_FOR} seconds.",
                classes="muted",
            )
            with ui.element("div") as form:
                password = text_field(
                    "Your password", secret=True, autocomplete="current-password", required=True
                )

        async def show() -> None:
            typed = password.value or ""
            outcome = await attempt_slowly(tokens.reveal, self._visit.actor, row.id, typed)
            if outcome.refusal is not None:
                password.error(outcome.refusal.message).focus()
                return
            password.value = ""
            self._dialog.close()
            self._secret.reveal(outcome.value or "", SHOWN_FOR)

        with self._dialog.footer:
            button("Cancel", self._dialog.close)
            go = button("Show token", show, kind="primary", icon="eye")
        form.on(
            "keydown.enter", js_handler=f"() => document.getElementById('{go.html_id}').click()"
        )
        self._dialog.open()
        password.focus()

    def _ask_rotation(self) -> None:
        row = self._found.row
        with self._dialog.refill("Rotate the access token"):
            refused = ui.element("div").classes("refused")
            with ui.element("div").classes("stack"):
                text(
                    f"A new token is made and {row.developer} is notified of it. The connection "
                    "itself goes on as it is.",
                    classes="muted",
                )
                when = choice_cards(
                    "When shall the present token stop?",
                    {
                        "overlap": (
                            "In 24 hours",
                            f"{row.developer} has time to change over, and nothing is interrupted.",
                        ),
                        "at_once": (
                            "At once",
                            "For a token that somebody else may have seen. "
                            f"{row.app_name} stands still until it uses the new one.",
                        ),
                    },
                    value="overlap",
                )

        async def rotate() -> None:
            refused.clear()
            at_once = when.value == "at_once"
            outcome = await attempt(tokens.rotate, self._visit.actor, row.id, at_once=at_once)
            if outcome.refusal is not None:
                with refused, callout("bad", "Nothing has changed", outcome.refusal.message):
                    pass
                return
            self._dialog.close()
            notice(f"{row.developer} is being notified of the new token.", title="Rotated")

        self._dialog.ask("Rotate token", rotate, icon="refresh-cw")


def _newest(found: Page) -> Receipt | None:
    return next((each for each in found.tokens if each.status == "issued"), None)
