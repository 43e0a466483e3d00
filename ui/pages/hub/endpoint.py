"""One webhook endpoint on the page: how it fares, what can be done with it, its secret once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from nicegui import ui

from domain import deliveries, endpoints, moments, retries
from domain.deliveries import Page as Delivery
from domain.endpoints import Choosable, Row
from ui.ask import Outcome, act, attempt, attempt_outside, load
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import Kind, button
from ui.components.callout import callout
from ui.components.card import Fact, facts
from ui.components.dialog import Dialog
from ui.components.field import TextField, text_field
from ui.components.notice import notice
from ui.components.part import Part
from ui.components.secret import copyable
from ui.components.text import text
from ui.frame import Visit
from ui.pages.hub import replay, wishes, words
from ui.pages.hub.wishes import Wishes


class EndpointCard:
    """An endpoint that is brought up to date in place; the dialog is shared by all cards."""

    def __init__(self, visit: Visit, dialog: Dialog, row: Row, choosable: Choosable) -> None:
        self._visit, self._dialog, self._choosable = visit, dialog, choosable
        self._test_id: str | None = None
        with ui.element("section").classes("card endpoint") as self.element:
            self._body = Part(self._draw, "stack tight")
            self._test = ui.element("div").classes("endpoint-test").props('aria-live="polite"')
        self.show(row, choosable)

    def show(self, row: Row, choosable: Choosable) -> None:
        """Show the endpoint as it is now, and offer what can be chosen now."""
        self._choosable = choosable
        self._body.show((row, wishes.hotels(row, choosable)))

    async def hear(self, message_id: str) -> None:
        """Look again at the test event, if that is what a change is about."""
        if self._test_id is not None and message_id in (self._test_id, ""):
            delivery = await load(deliveries.read, self._visit.actor, self._test_id)
            if not self.element.is_deleted:
                self._draw_test(delivery)

    def _draw(self, shown: tuple[Row, str]) -> None:
        row, hotels = shown
        with ui.element("div").classes("line endpoint-head"):
            heading = text(row.url, "h2", "endpoint-url grow")
            badge(row.status)
        self.element.props["aria-labelledby"] = heading.html_id
        _draw_health(row, self._visit.zone)
        facts(_facts(row, hotels, self._visit.zone))
        self._draw_actions(row)

    def _draw_actions(self, row: Row) -> None:
        is_off = row.status != "enabled"
        first = "Enable this endpoint first." if is_off else None
        with ui.element("div").classes("actions"):
            if is_off:
                self._button("Enable", self._enable, row, "play", kind="primary")
            if row.replayable:
                label = f"Replay {row.replayable}"
                kind: Kind = "secondary" if is_off else "primary"
                self._button(label, self._replay, row, "rotate-cw", kind=kind, why_not=first)
            self._button("Send test event", self._send_test, row, "send", why_not=first)
            self._button("Choose events", self._ask_events, row, "list-checks")
            since = partial(replay.ask, self._visit, self._dialog)
            self._button("Replay since", since, row, "history", why_not=first)
            self._button("Rotate secret", self._ask_rotate, row, "refresh-cw")
            self._button("Change address", self._ask_url, row, "pencil")
            if not is_off:
                self._button("Disable", self._ask_disable, row, "pause")
            self._button("Remove", self._ask_remove, row, "trash-2", kind="danger")

    def _button(
        self,
        label: str,
        start: Callable[[Row], Any],
        row: Row,
        icon: str,
        *,
        kind: Kind = "secondary",
        why_not: str | None = None,
    ) -> None:
        button(label, partial(start, row), kind=kind, icon=icon, why_not=why_not, small=True)

    def _draw_test(self, delivery: Delivery) -> None:
        self._test.clear()
        if not delivery.tries:
            with (
                self._test,
                callout("info", "The test event is on its way", "The result appears here."),
            ):
                return
        last = delivery.tries[0]
        title = "Your endpoint took the test event" if last.ok else "The test event did not arrive"
        sentence = f"{last.sentence} It took {words.took(last.duration_ms)}."
        with self._test, callout("ok" if last.ok else "bad", title, sentence):
            button("Look at it", href=f"/hub/deliveries/{delivery.row.id}", small=True)

    async def _send_test(self, row: Row) -> None:
        outcome = await act(endpoints.send_test_event, self._visit.actor, row.id)
        if outcome.value is not None:
            self._test_id = outcome.value
            await self.hear(outcome.value)

    async def _enable(self, row: Row) -> None:
        if await act(endpoints.enable, self._visit.actor, row.id):
            notice("Adjoin sends to this endpoint again.", title="Enabled")

    async def _replay(self, row: Row) -> None:
        outcome = await act(endpoints.replay_skipped, self._visit.actor, row.id)
        if outcome.value is not None:
            notice(f"{_counted(outcome.value)} on the way once more.", title="Replaying")

    def _ask_rotate(self, row: Row) -> None:
        def draw() -> None:
            text(
                "You get a new secret. For 24 hours every delivery carries a signature of each, so "
                "nothing breaks while you exchange it. After that the old secret is worthless.",
                classes="dialog-lead",
            )

        async def go() -> None:
            outcome = await act(endpoints.rotate_secret, self._visit.actor, row.id)
            if outcome.value is not None:
                show_secret(self._dialog, outcome.value.secret)

        self._ask("Rotate the signing secret", draw, "Rotate secret", go)

    def _ask_events(self, row: Row) -> None:
        drawn: list[Wishes] = []

        def draw() -> None:
            text("This holds from the next event on.", classes="dialog-lead")
            drawn.append(Wishes(self._choosable, row.events, row.property_ids))

        async def go() -> None:
            (wish,) = drawn
            if not wish.check():
                return
            outcome = await attempt(
                endpoints.choose,
                self._visit.actor,
                row.id,
                events=wish.events,
                property_ids=wish.property_ids,
            )
            if outcome.refusal is not None:
                wish.error(outcome.refusal.message)
                return
            self._dialog.close()
            notice("From the next event on, this endpoint gets what you chose.", title="Changed")

        self._ask("Choose events and properties", draw, "Save", go)

    def _ask_url(self, row: Row) -> None:
        fields: list[TextField] = []

        def draw() -> None:
            text("The secret stays the same.", classes="dialog-lead")
            fields.append(address_field(row.url))

        async def go() -> None:
            outcome = await attempt_outside(
                endpoints.change_url, self._visit.actor, row.id, fields[0].value
            )
            if settled(outcome, fields[0]):
                self._dialog.close()
                notice("The next delivery goes to the new address.", title="Changed")

        self._ask("Change the address", draw, "Change address", go)

    def _ask_disable(self, row: Row) -> None:
        def draw() -> None:
            text(
                "Adjoin stops sending to it. What happens meanwhile is kept, and you can replay "
                "it once the endpoint is enabled again.",
                classes="dialog-lead",
            )

        async def go() -> None:
            if await act(endpoints.disable, self._visit.actor, row.id):
                self._dialog.close()
                notice("Nothing is sent to this endpoint now.", title="Disabled")

        self._ask("Disable this endpoint", draw, "Disable", go)

    def _ask_remove(self, row: Row) -> None:
        def draw() -> None:
            text(
                "What waits for it is canceled, and its secret is forgotten. This cannot be "
                "undone; to pause it, choose Disable instead.",
                classes="dialog-lead",
            )
            text(row.url, "p", "endpoint-url")

        async def go() -> None:
            if await act(endpoints.remove, self._visit.actor, row.id):
                self._dialog.close()
                notice("The endpoint is gone.", title="Removed")

        self._ask("Remove this endpoint", draw, "Remove", go, is_dangerous=True)

    def _ask(
        self,
        title: str,
        draw: Callable[[], None],
        label: str,
        go: Callable[[], object],
        *,
        is_dangerous: bool = False,
    ) -> None:
        with self._dialog.refill(title):
            draw()
        self._dialog.ask(label, go, kind="danger" if is_dangerous else "primary")


def address_field(value: str = "") -> TextField:
    """Draw the field for an endpoint's address."""
    return text_field(
        "Address",
        value=value,
        placeholder="https://hooks.example.com/adjoin",
        hint="It starts with https:// and can be reached from the internet.",
        required=True,
        type="url",
    )


def settled(outcome: Outcome[Any], field: TextField) -> bool:
    """Return whether a wish was granted; if not, say under `field` what to correct."""
    if outcome.refusal is not None:
        field.error(outcome.refusal.message).focus()
    return outcome.ok


def show_secret(dialog: Dialog, secret: str) -> None:
    """Show a signing secret in `dialog`, this once."""
    with dialog.refill("Copy your signing secret now"):
        text(
            "Adjoin shows it this once. Keep it where your program finds it, and nowhere else: "
            "whoever has it can pretend to be Adjoin.",
            classes="dialog-lead",
        )
        copyable(secret, "Signing secret")
    with dialog.footer:
        button("I have stored it", dialog.close, kind="primary", icon="check")
    dialog.open()


def _draw_health(row: Row, zone: str) -> None:
    if row.status == "disabled" and row.disabled_by == "adjoin":
        with callout(
            "bad",
            "Adjoin disabled this endpoint",
            f"{row.disabled_why} Put your receiver right, press Enable, then replay what it "
            "missed. Nothing is lost.",
        ):
            _since(row, zone)
    elif row.status == "disabled":
        with callout(
            "muted",
            "You disabled this endpoint",
            "Nothing is sent to it. What happens meanwhile is kept and can be replayed.",
        ):
            _since(row, zone)
    elif row.failing_since:
        with callout(
            "warn",
            f"Failing: {row.failures} in a row",
            f"If every delivery fails for {moments.span(retries.DISABLE_AFTER)}, Adjoin disables "
            "this endpoint and writes to you.",
        ):
            ago(row.failing_since, "The first failure was", zone)


def _since(row: Row, zone: str) -> None:
    if row.disabled_at:
        ago(row.disabled_at, "Disabled", zone)


def _facts(row: Row, hotels: str, zone: str) -> list[Fact]:
    worked_at, overlap = row.worked_at, row.overlap_until
    found: list[Fact] = [
        ("Gets", wishes.said(row)),
        ("Properties", hotels),
        ("Last took a delivery", partial(ago, worked_at, zone=zone) if worked_at else "never yet"),
    ]
    if overlap:
        left = moments.span(max(overlap - moments.now(), timedelta()))
        found.append(("Signing secret", f"rotated; the old one signs too, for {left} more"))
    else:
        found.append(("Signing secret", "set; shown only once, when it was made"))
    if row.replayable:
        found.append(("Missed", f"{_counted(row.replayable)} skipped or given up"))
    return found


def _counted(number: int) -> str:
    return "1 delivery" if number == 1 else f"{number} deliveries"
