"""What people wrote to each other, the oldest first, with their files and links to messages."""

import re
from collections.abc import Sequence
from typing import Any, TypedDict

from nicegui import ui

from ui.components.link import safe_url
from ui.components.plain import keep

_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+")
_ENDS_A_SENTENCE = ".,;:!?)]}’'"


class Part(TypedDict, total=False):
    """A piece of a message: mere words, or words that lead to a web page."""

    text: str
    href: str


class File(TypedDict):
    """A file of a message; `size` in words, `picture` when a browser can show it."""

    name: str
    size: str
    href: str
    picture: bool


class Said(TypedDict):
    """One message.

    `at` is ISO 8601; `side` one of property, partner, platform, adjoin; `from_` says where that is
    ("Harbour Hotel"); `tag` and `tone` say what the message did to the case, empty for mere words.
    A `quiet` one is no message but a line: `tag` and `who`, such as "Taken care of by Ben." "Olga".
    """

    id: str
    at: str
    who: str
    initials: str
    side: str
    from_: str
    quiet: bool
    tag: str
    tone: str
    parts: list[Part]
    files: list[File]


class Thread(ui.element, component="thread.js"):
    """Messages that can grow at the end while somebody is reading or writing."""

    def __init__(self, rows: Sequence[Said], *, path: str, zone: str, label: str) -> None:
        """Show `rows`; `path` is the page's address, for the links to single messages."""
        super().__init__()
        self._rows = list(rows)
        self._props.update({"zone": zone, "label": label, "path": path})
        keep(self, rows=[_plain(row) for row in rows])

    def update_to(self, rows: Sequence[Said]) -> None:
        """Add those of `rows` that are not shown yet; what was said is never changed."""
        known = {row["id"] for row in self._rows}
        new = [row for row in rows if row["id"] not in known]
        if new:
            self._rows.extend(new)
            keep(self, rows=[*self._props["rows"]])  # for whoever loads the page later
            self.run_method("add", [_plain(row) for row in new])

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        shown: list[Any] = []
        for row in self._rows:
            shown += [row["who"], row["from_"], row["tag"]]
            shown.append("".join(part["text"] for part in row["parts"]))
            shown += [file["name"] for file in row["files"]]
        return shown


def parts(text: str) -> list[Part]:
    """Split what somebody wrote into words and the links to web pages in it; all stays text."""
    found: list[Part] = []
    end = 0
    for match in _ADDRESS.finditer(text):
        address = match[0].rstrip(_ENDS_A_SENTENCE)
        if safe_url(address) is None:
            continue
        found += [{"text": text[end : match.start()]}, {"text": address, "href": address}]
        end = match.start() + len(address)
    found.append({"text": text[end:]})
    return [part for part in found if part["text"]]


def initials(name: str) -> str:
    """Return one or two letters for a name."""
    words = name.split()
    return "".join(word[0] for word in words[:: max(1, len(words) - 1)][:2]).upper()


def size(count: int) -> str:
    """Return how large a file of `count` bytes is: "812 bytes", "14 kB", "2.1 MB"."""
    if count < 1000:
        return f"{count} bytes" if count != 1 else "1 byte"
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{count // 1000} kB"


def _plain(row: Said) -> dict[str, Any]:
    return {key.rstrip("_"): value for key, value in row.items()}
