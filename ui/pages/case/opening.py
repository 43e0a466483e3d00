"""The dialog in which a hotel reports what does not work on one of its connections."""

from collections.abc import Sequence

from nicegui import ui

from domain import cases, subscriptions, support
from domain.routes import QUESTION
from domain.subscriptions import Row
from domain.support import Answer
from ui.ask import attempt, load, show
from ui.components.attach import Attach
from ui.components.button import button
from ui.components.callout import callout
from ui.components.dialog import Dialog
from ui.components.field import TextField, select_field, text_field
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit
from ui.pages.case.reply import STILL_SENDING, attach, tell, uploads
from ui.pages.contact import draw_ways

_WRONG_DOOR = ("wrong_route", "still_pending", "already_open", "in_sandbox")


class Opening:
    """The dialog; build it once, while the page is drawn."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._dialog = Dialog(wide=True)

    async def choose(self) -> None:
        """Ask which connection it is about, and go on with that one."""
        rows = await load(subscriptions.of_property, self._visit.actor, self._visit.place.id)
        with self._dialog.refill("Report a problem"):
            if not rows:
                text(
                    "A problem is reported about a connection, and nothing is connected yet. "
                    "Browse the apps and press Connect first."
                )
                with self._dialog.footer:
                    button("Browse apps", href="/apps", kind="primary", icon="layout-grid")
                self._dialog.open()
                return
            chosen = select_field("Which app is it about?", _names(rows), required=True)

        async def go() -> None:
            if chosen.value is None:
                chosen.error("Please choose the app.").focus()
                return
            await self.ask(chosen.value)

        self._dialog.ask("Go on", go, icon="arrow-right")

    async def ask(self, connection_id: str) -> None:
        """Ask what does not work, with what is known filled in."""
        answer = await load(support.of_connection, self._visit.actor, connection_id)
        with self._dialog.refill("Report a problem"):
            if answer.takes_cases:
                self._draw(answer, connection_id)
            else:
                self._draw_other_way(answer)
        self._dialog.open()

    def _draw_other_way(self, answer: Answer) -> None:
        """Say why this is no case now, whose turn it is, and how to reach them."""
        route = answer.route
        with callout(route.tone, f"{answer.app}: {route.title}", route.problem):
            if answer.contact is not None:
                draw_ways(answer.contact)
        with self._dialog.footer:
            button("Close", self._dialog.close)
            path = f"/subscriptions/{answer.connection_id}"
            button("Look at the connection", href=path, kind="primary", icon="plug-zap")

    def _draw(self, answer: Answer, connection_id: str) -> None:
        text(_lead(answer), classes="dialog-lead")
        if answer.route.step.href.startswith("/support/"):
            with callout("info", "Something about it is reported already", icon="life-buoy"):
                button("Look at that case first", href=answer.route.step.href, small=True)
        refused = ui.element("div").classes("refused")
        with ui.element("div").classes("drop-zone report"):
            title = text_field(
                "In a few words", value=answer.draft.title, required=True, autofocus=True
            )
            words = text_field(
                "What does not work?",
                hint="What you did, what you expected, and what came instead. Since when?",
                value=answer.draft.text,
                multiline=True,
                required=True,
            )
            words.classes("tall")
            files = attach()

        async def go() -> None:
            if answer.route.whose == "nobody" and _is_unanswered(words):
                words.error("Write below what you wanted to do, and what happened instead.").focus()
                return
            await self._open(connection_id, title, words, files, refused)

        with self._dialog.footer:
            button("Cancel", self._dialog.close)
            button("Send report", go, kind="primary", icon="send")

    async def _open(
        self,
        connection_id: str,
        title: TextField,
        words: TextField,
        files: Attach,
        refused: ui.element,
    ) -> None:
        if files.is_busy:
            words.error(STILL_SENDING)
            return
        outcome = await attempt(
            cases.open_,
            self._visit.actor,
            connection_id,
            title.value or "",
            words.value or "",
            uploads(files),
        )
        refused.clear()
        if outcome.value is not None:
            notice("Sent. You are told as soon as somebody answers.")
            ui.navigate.to(f"/support/{outcome.value}")
        elif outcome.refusal is not None and outcome.refusal.code in _WRONG_DOOR:
            with refused, callout("info", "Not this way", outcome.refusal.message):
                button("Look at the connection", href=f"/subscriptions/{connection_id}")
        elif outcome.refusal is not None and outcome.refusal.code == "invalid":
            field = title if not (title.value or "").strip() else words
            tell(outcome.refusal, field)
        elif outcome.refusal is not None:
            show(outcome.refusal)


def _names(rows: Sequence[Row]) -> dict[str, str]:
    return {row.id: row.app_name for row in rows}


def _is_unanswered(words: TextField) -> bool:
    """Whether nobody has written anything below the question with which a draft ends."""
    return (words.value or "").rstrip().endswith(QUESTION)


def _lead(answer: Answer) -> str:
    lead = f"{answer.whom} reads it and answers here; you are told by mail too."
    if answer.kind == "core":
        lead += " What Adjoin knows of the connection goes along, without passwords and guests."
    return lead
