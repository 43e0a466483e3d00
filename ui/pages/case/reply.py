"""The box at the end of a case in which somebody writes, with files."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from domain import attachments, cases
from domain.refusals import Refusal
from ui.ask import attempt, show
from ui.components.attach import Attach
from ui.components.button import button
from ui.components.card import card
from ui.components.field import TextField, checkbox, text_field
from ui.frame import Visit

_HINT = "Or drop them here: pictures, PDF, text, CSV, JSON, Excel. 10 MB each, 5 at once."
STILL_SENDING = "Your files are still on their way. Press it again in a moment."


class Reply:
    """The box; what was typed stays until it has been taken."""

    def __init__(self, visit: Visit, case_id: str, sent: Callable[[], Awaitable[None]]) -> None:
        """`sent` brings the page up to date after a message was taken."""
        self._visit, self._case_id, self._sent = visit, case_id, sent
        self._is_sending = False
        with card() as self._card:
            self._card.classes("answer-box drop-zone").mark("answer")
            self._text = text_field("Your message", multiline=True)
            for keys in ("ctrl", "meta"):
                self._text.on(f"keydown.{keys}.enter", self._send, [])
            self._is_interim = checkbox(
                "We answer again",
                hint="It stays your turn, and the others read that you are at it.",
            )
            with ui.element("div").classes("answer-foot"):
                self._files = attach()
                button("Send", self._send, kind="primary", icon="send")

    def show(self, *, is_open: bool, is_mine: bool) -> None:
        """Be there only while this side may write, or has written something that is not sent.

        `is_mine`: it is this side's turn, which it may keep.
        """
        self._card.set_visibility(is_open or bool(self._text.value))
        self._is_interim.set_visibility(is_mine)

    async def _send(self) -> None:
        """Send what is written, once: keys and button may come at the same time."""
        if self._files.is_busy:
            self._text.error(STILL_SENDING)
        elif not self._is_sending:
            self._is_sending = True
            try:
                await self._write()
            finally:
                self._is_sending = False

    async def _write(self) -> None:
        words = self._text.value or ""
        files, is_interim = uploads(self._files), bool(self._is_interim.value)
        outcome = await attempt(
            cases.write, self._visit.actor, self._case_id, words, files, is_interim=is_interim
        )
        if outcome.refusal is not None:
            tell(outcome.refusal, self._text)
            return
        self._text.value, self._is_interim.value = "", False
        self._files.forget()
        await self._sent()


def attach() -> Attach:
    """Draw the place for files of a message."""
    return Attach(
        _wrong,
        accept=[f".{ending}" for ending in attachments.ENDINGS],
        largest=attachments.LARGEST,
        most=attachments.MOST,
        hint=_HINT,
    )


def uploads(files: Attach) -> list[attachments.Upload]:
    """Return what has been attached, as the domain takes it."""
    return [attachments.Upload(one.name, one.content) for one in files.files]


def tell(refusal: Refusal, field: TextField) -> None:
    """Show below a field why something was refused; whoever was signed out signs in again."""
    if refusal.code == "signed_out":
        show(refusal)
    else:
        field.error(refusal.message).focus()


def _wrong(name: str, content: bytes) -> str | None:
    try:
        attachments.must_be_welcome(name, content)
    except Refusal as refusal:
        return refusal.message
    return None
