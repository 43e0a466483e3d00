"""Files to send along with a message: chosen, dropped or pasted, and refused at their place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import events, ui

from ui.components.thread import size

_LONGEST = 20  # entries of the list; whoever goes on sending pushes out the oldest


@dataclass(frozen=True)
class Kept:
    """A file that has arrived; `wrong` is the sentence that says why it is not taken."""

    key: str
    name: str
    content: bytes
    wrong: str = ""


class Attach(ui.upload, component="attach.js"):
    """A button, a list of what has arrived, and a zone to drop files on.

    The zone is the nearest element around with the class `drop-zone`.
    """

    def __init__(
        self,
        check: Callable[[str, bytes], str | None],
        *,
        accept: Sequence[str],
        largest: int,
        most: int,
        hint: str,
    ) -> None:
        """Take files of at most `largest` bytes, `most` of them.

        `check(name, content)` returns the sentence that says why a file is not welcome, None if it
        is. `accept` are endings such as ".png": what the browser's own dialog offers.
        """
        super().__init__(on_upload=self._take, max_file_size=largest, multiple=True)
        self._check, self._largest, self._most = check, largest, most
        self._kept: list[Kept] = []
        self._count = 0
        self.is_busy = False
        self._props.update({"accept": ",".join(accept), "largest": largest, "most": most})
        self._props["hint"] = hint
        self.on("remove", lambda event: self._remove(event.args))
        self.on("busy", lambda event: self._set_busy(event.args))
        self._show()

    @property
    def files(self) -> list[Kept]:
        """The files that are welcome, in the order in which they arrived."""
        return [one for one in self._kept if not one.wrong]

    def forget(self) -> None:
        """Take every file away, because it was sent."""
        self._kept = []
        self._show()

    async def _take(self, event: events.UploadEventArguments) -> None:
        self._count += 1
        key, name = f"kept-{self._count}", event.file.name
        content = b""
        if len(self.files) >= self._most:
            wrong: str | None = f"{self._most} files at most with one message."
        elif event.file.size() > self._largest:
            wrong = f"Too large: {self._largest // 1_000_000} MB at most."
        else:
            content = await event.file.read()
            wrong = self._check(name, content)
        kept = Kept(key, name, b"", wrong) if wrong else Kept(key, name, content)
        self._kept = [*self._kept[-_LONGEST:], kept]
        self._show()

    def _remove(self, key: Any) -> None:
        self._kept = [one for one in self._kept if one.key != key]
        self._show()

    def _set_busy(self, is_busy: Any) -> None:
        self.is_busy = is_busy is True

    def _show(self) -> None:
        self._props["taken"] = self._count
        self._props["files"] = [
            {
                "key": one.key,
                "name": one.name,
                "size": size(len(one.content)),
                "error": one.wrong or None,
            }
            for one in self._kept
        ]

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [words for one in self._kept for words in (one.name, one.wrong)]
