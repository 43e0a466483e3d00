"""What can be done with a case: the buttons, and the dialog that asks before each of them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from domain import cases
from domain.case_pages import Page
from ui.ask import act, attempt, show
from ui.components.button import Kind, button
from ui.components.dialog import Dialog
from ui.components.field import select_field, text_field
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit
from ui.pages.case.escalating import ask_escalation
from ui.pages.case.reply import tell

NOBODY = "nobody"


@dataclass(frozen=True)
class _Look:
    """How the button of a verb looks, what is asked before it, and the sentence after it.

    Sentences may name {partner} and {property}. `label` is of the field to write in.
    """

    button: str
    kind: Kind
    icon: str
    title: str
    lead: str
    label: str
    hint: str
    done: str


_LOOKS = {
    "resolve": _Look(
        "Resolve",
        "secondary",
        "circle-check",
        "Resolve the case",
        "Everybody reads what it was. {property} can reopen it within 14 days.",
        "What was it, and what solved it?",
        "A sentence that helps whoever meets it next.",
        "Resolved. Everybody reads it.",
    ),
    "return": _Look(
        "Return to {partner}",
        "secondary",
        "undo-2",
        "Return the case to {partner}",
        "The case is with {partner} again. {property} reads what you write too.",
        "What did you find, and what should {partner} do?",
        "",
        "The case is with {partner} again.",
    ),
    "reopen": _Look(
        "Reopen",
        "primary",
        "rotate-ccw",
        "Reopen the case",
        "It goes back to whoever had it last, with everything that was said.",
        "What does not work yet?",
        "",
        "Reopened. You are told as soon as somebody answers.",
    ),
}
_VERBS: dict[str, Callable[..., None]] = {
    "resolve": cases.resolve,
    "return": cases.return_to_partner,
    "reopen": cases.reopen,
}


class Moves:
    """The moves of one side on one page; build it once, while the page is drawn."""

    def __init__(self, visit: Visit, refresh: Callable[[], Awaitable[None]]) -> None:
        self._visit, self._refresh = visit, refresh
        self._dialog = Dialog()
        self._wide = Dialog(wide=True)

    def draw(self, found: Page) -> None:
        """Draw a button for each move that is open to who reads."""
        if "escalate" in found.moves:
            escalate = partial(ask_escalation, self._wide, self._visit, found, self._refresh)
            button("Escalate to the platform", escalate, icon="flag")
        for verb, look in _LOOKS.items():
            if verb in found.moves:
                ask = partial(self._ask, verb, found)
                button(_fill(look.button, found), ask, kind=look.kind, icon=look.icon)
        if "assign" in found.moves:
            button("Assign", partial(self._ask_assignment, found), icon="user-check")

    def _ask(self, verb: str, found: Page) -> None:
        look = _LOOKS[verb]
        is_needed = verb != "resolve" or found.side != "property"
        with self._dialog.refill(_fill(look.title, found)):
            text(_fill(look.lead, found), classes="dialog-lead")
            words = text_field(
                _fill(look.label, found),
                hint=look.hint,
                multiline=True,
                required=is_needed,
                optional=not is_needed,
                autofocus=True,
            )

        async def go() -> None:
            outcome = await attempt(
                _VERBS[verb], self._visit.actor, found.row.id, words.value or ""
            )
            if outcome.refusal is not None and outcome.refusal.code == "invalid":
                tell(outcome.refusal, words)
                return
            self._dialog.close()
            if outcome.refusal is not None:
                show(outcome.refusal)
            else:
                notice(_fill(look.done, found))
            await self._refresh()

        self._dialog.ask(_fill(look.button, found), go, icon=look.icon)

    def _ask_assignment(self, found: Page) -> None:
        people: dict[str, str] = {NOBODY: "Nobody yet"}
        people |= {person.id: person.name for person in found.people}
        with self._dialog.refill("Who takes care of it?"):
            text("Reminders about this case go to them.", classes="dialog-lead")
            chosen = select_field("Operator", people, value=found.row.assigned_to or NOBODY)

        async def go() -> None:
            whom = None if chosen.value in (None, NOBODY) else chosen.value
            outcome = await attempt(cases.assign, self._visit.actor, found.row.id, whom)
            if outcome.refusal is not None:
                chosen.error(outcome.refusal.message)
                return
            self._dialog.close()
            notice(f"{people[chosen.value]} takes care of it." if whom else "Nobody has it now.")
            await self._refresh()

        self._dialog.ask("Assign", go, icon="user-check")

    async def agree(self, found: Page) -> None:
        """Let the hotel agree that the evidence goes to the platform."""
        if await act(cases.agree, self._visit.actor, found.row.id):
            notice("Thank you. The platform can read the evidence now.")
            await self._refresh()


def _fill(sentence: str, found: Page) -> str:
    row = found.row
    return sentence.format(partner=row.partner or "the partner", property=row.property)
