"""Replay since a moment, asked for in a dialog: what failed, or what an endpoint was never sent."""

from datetime import timedelta

from domain import moments, replays
from domain.endpoints import Row
from ui.ask import act
from ui.components.dialog import Dialog
from ui.components.field import choice_cards, select_field
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit

_VERBS = {"failed": replays.recover, "missing": replays.replay_missing}
_WHAT = {
    "failed": ("What failed", "Given up, or waiting to be tried again."),
    "missing": (
        "What it was never sent",
        "Skipped while it was disabled, or sent only to your other endpoints.",
    ),
}
_SINCE = {1: "the last hour", 24: "the last 24 hours", 7 * 24: "the last 7 days"}
_SINCE |= {30 * 24: "the last 30 days"}


def ask(visit: Visit, dialog: Dialog, row: Row) -> None:
    """Open the dialog for one endpoint."""
    with dialog.refill("Replay deliveries"):
        text(
            "Each comes with the body that it had then. What was delivered is not sent again.",
            classes="dialog-lead",
        )
        what = choice_cards("What", _WHAT, value="failed")
        since = select_field("Of", _SINCE, value=24)

    async def go() -> None:
        moment = moments.now() - timedelta(hours=since.value)
        outcome = await act(_VERBS[what.value], visit.actor, row.id, moment)
        if outcome.value is not None:
            dialog.close()
            notice(_said(outcome.value), title="Replaying" if outcome.value else "Nothing to send")

    dialog.ask("Replay", go, icon="rotate-cw")


def _said(number: int) -> str:
    if not number:
        return "Nothing of that time is missing."
    if number == replays.AT_ONCE:
        return f"{number:,} deliveries are on the way. There may be more: replay again later."
    return "1 delivery is on the way." if number == 1 else f"{number} deliveries are on the way."
