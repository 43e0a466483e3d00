"""How a partner moves a connection: the buttons, and the dialog that asks before some of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from domain import connections, lifecycle
from domain.subscriptions import Row
from ui.ask import act, attempt, show
from ui.components.button import Kind, button
from ui.components.dialog import Dialog
from ui.components.field import text_field
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit


@dataclass(frozen=True)
class _Look:
    """How the button of one verb looks, and the sentence after it."""

    kind: Kind
    icon: str
    done: str


@dataclass(frozen=True)
class _Question:
    """What is asked before a verb, with {app} and {hotel}."""

    title: str
    warning: str
    label: str
    hint: str


_LOOKS = {
    "activate": _Look("primary", "circle-check", "{app} is active at {hotel}."),
    "enable": _Look("primary", "play", "{app} works again at {hotel}."),
    "reject": _Look("secondary", "x", "Rejected. {hotel} reads your reason."),
    "disable": _Look("secondary", "pause", "{app} is paused at {hotel}."),
    "disconnect": _Look("danger", "unplug", "{app} and {hotel} are disconnected."),
}
_VERBS: dict[str, Callable[..., None]] = {
    "activate": connections.activate,
    "reject": connections.reject,
    "disable": connections.disable,
    "enable": connections.enable,
    "disconnect": connections.disconnect,
}
_QUESTIONS = {
    "reject": _Question(
        "Reject the request of {hotel}",
        "The access token stops working at once. {hotel} can put right what you write, and ask "
        "again.",
        "Why do you reject it?",
        "The hotel reads this. Say what they should do or send.",
    ),
    "disable": _Question(
        "Disable {app} at {hotel}",
        "The access token answers 403 until you enable the connection again. Only you can do that; "
        "{hotel} sees that you paused it.",
        "Reason",
        "The hotel reads this.",
    ),
    "disconnect": _Question(
        "Disconnect {app} from {hotel}",
        "The access token is revoked at once and waiting notifications are canceled. Please delete "
        "the data of {hotel} that you no longer need. You cannot undo this: only {hotel} can ask "
        "again, and gets a new token.",
        "Reason",
        "The hotel reads this.",
    ),
}


class Moves:
    """The moves of a partner's people on one page; build it once, while the page is drawn."""

    def __init__(self, visit: Visit) -> None:
        self._actor = visit.actor
        self._dialog = Dialog()

    def buttons(self, row: Row, verbs: Sequence[str]) -> None:
        """Draw a button for each of `verbs`, as the lifecycle offers them."""
        for verb, look in _LOOKS.items():
            if verb in verbs:
                start = self._ask if verb in _QUESTIONS else self._move
                button(verb.capitalize(), partial(start, verb, row), kind=look.kind, icon=look.icon)

    async def _move(self, verb: str, row: Row) -> None:
        if await act(_VERBS[verb], self._actor, row.id):
            notice(_fill(_LOOKS[verb].done, row))

    def _ask(self, verb: str, row: Row) -> None:
        question = _QUESTIONS[verb]
        move = lifecycle.INTEGRATED.move(verb)
        is_needed = move is not None and move.needs_reason
        with self._dialog.refill(_fill(question.title, row)):
            text(_fill(question.warning, row), classes="dialog-lead")
            reason = text_field(
                question.label,
                hint=question.hint,
                multiline=True,
                required=is_needed,
                optional=not is_needed,
            )

        async def go() -> None:
            outcome = await attempt(_VERBS[verb], self._actor, row.id, reason.value)
            if outcome.refusal is not None and outcome.refusal.code == "invalid":
                reason.error(outcome.refusal.message).focus()
                return
            self._dialog.close()
            if outcome.refusal is not None:
                show(outcome.refusal)
            else:
                notice(_fill(_LOOKS[verb].done, row))

        kind: Kind = "primary" if verb == "disable" else "danger"
        self._dialog.ask(verb.capitalize(), go, kind=kind, icon=_LOOKS[verb].icon)


def _fill(sentence: str, row: Row) -> str:
    return sentence.format(app=row.app_name, hotel=row.property_name)
