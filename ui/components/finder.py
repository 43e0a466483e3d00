"""A search over everything, as somebody types: names, codes and IDs, each to be copied."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypedDict

from nicegui import ui

from ui.components.plain import keep

_LONGEST = 100  # characters of a search


class Hit(TypedDict):
    """A record. type: a key of the labels; public_id: its ID in the Connector API."""

    type: str
    number: int
    name: str
    code: str
    external_id: str
    public_id: str
    source: str
    is_active: bool


Hits = tuple[Sequence[Hit], Sequence[str]]  # and of which types there is more


class Finder(ui.element, component="finder.js"):
    """The search box and what it finds.

    on_find(text): returns what has it in name, code or ID. on_open(type, number): a record was
    pressed.
    """

    def __init__(
        self,
        text: str,
        found: Hits,
        labels: Mapping[str, str],
        *,
        on_find: Callable[[str], Awaitable[Hits]],
        on_open: Callable[[str, int], Any],
    ) -> None:
        """Show what was found for `text`; `labels` are the words for many of each type."""
        super().__init__()
        self._labels = labels
        self._on_find, self._on_open = on_find, on_open
        self._props["text"] = text
        keep(self, found=list(found[0]), more=list(found[1]), labels=dict(labels))
        self.on("find", lambda event: self._find(event.args))
        self.on("open", lambda event: self._open(event.args))

    # What a browser sends may be forged: only what could have been sent is passed on.

    async def _find(self, args: Any) -> None:
        if not isinstance(args, dict):
            return
        ticket, text = args.get("ticket"), args.get("text")
        if type(ticket) is int and isinstance(text, str):
            hits, more = await self._on_find(text[:_LONGEST])
            if not self.is_deleted:
                keep(self, found=list(hits), more=list(more))
                self.run_method("show", ticket, text, list(hits), list(more))

    def _open(self, args: Any) -> None:
        if not isinstance(args, dict):
            return
        if args.get("type") in self._labels and type(args.get("number")) is int:
            self._on_open(args["type"], args["number"])

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [words for hit in self._props["found"] for words in (hit["name"], hit["code"])]
