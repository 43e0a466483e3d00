"""Who is mailed about an integration, and about what: a short list that grows as it is filled."""

from collections.abc import Sequence

from nicegui import ui

from domain.alerts import MOST, Recipient
from ui.components.button import button
from ui.components.field import Checkbox, TextField, checkbox, text_field
from ui.components.text import text

_NUMBER = "Write a number from 0 to 100, or leave it empty."


class _Line:
    """The fields of one person."""

    def __init__(self, recipient: Recipient, number: int) -> None:
        above = recipient.rejects_above
        self.email: TextField = text_field(
            f"Mail address {number}" if number > 1 else "Mail address",
            value=recipient.email,
            type="email",
            placeholder="name@hotel.example",
        )
        with ui.element("div").classes("recipient-about"):
            self.on_disabled: Checkbox = checkbox("Disabled", value=recipient.on_disabled)
            self.on_failed: Checkbox = checkbox("Failed run", value=recipient.on_failed)
            self.above: TextField = text_field(
                "Rejects above %",
                value="" if above is None else f"{above:g}",
                placeholder="never",
            )

    @property
    def is_empty(self) -> bool:
        return not str(self.email.value or "").strip()

    @property
    def percent(self) -> float | None:
        """What was written as a share; refuses ValueError."""
        written = str(self.above.value or "").strip().removesuffix("%").strip()
        percent = float(written.replace(",", ".")) if written else None
        if percent is not None and not 0 <= percent <= 100:
            raise ValueError(written)
        return percent

    def read(self) -> Recipient:
        return Recipient(
            str(self.email.value or "").strip(),
            bool(self.on_disabled.value),
            bool(self.on_failed.value),
            self.percent,
        )


class Recipients:
    """The list; `is_right` says what to correct, `read` returns who is in it."""

    def __init__(self, recipients: Sequence[Recipient]) -> None:
        self._lines: list[tuple[ui.element, _Line]] = []
        self._list = ui.element("ul").classes("recipients")
        self._none = text("Nobody is mailed. You see here what happens.", classes="muted")
        for recipient in recipients:
            self._add(recipient)
        with ui.element("div").classes("actions below"):
            self._more = button("Add a person", self._add_empty, icon="plus")
        self._follow()

    def read(self) -> tuple[Recipient, ...]:
        """Return everybody who has an address."""
        return tuple(line.read() for _, line in self._lines if not line.is_empty)

    def is_right(self) -> bool:
        """Say whether every number can be taken; the first that cannot gets the keyboard."""
        for _, line in self._lines:
            try:
                _ = line.percent
            except ValueError:
                line.above.error(_NUMBER).focus()
                return False
        return True

    def _add_empty(self) -> None:
        self._add(Recipient(""))
        self._follow()
        self._lines[-1][1].email.focus()

    def _add(self, recipient: Recipient) -> None:
        with self._list, ui.element("li") as item:
            line = _Line(recipient, len(self._lines) + 1)
            button(
                "Leave this person out",
                lambda: self._remove(item),
                icon="x",
                kind="quiet",
                hide_label=True,
            )
        self._lines.append((item, line))

    def _remove(self, item: ui.element) -> None:
        self._lines = [each for each in self._lines if each[0] is not item]
        item.delete()
        self._follow()

    def _follow(self) -> None:
        self._none.set_visibility(not self._lines)
        full = f"{MOST} people can be mailed at most."
        self._more.refuse(full if len(self._lines) >= MOST else None)
