"""Records of a long table, a page at a time: what is searched, sorted and paged, others decide."""

from collections.abc import Callable, Sequence
from inspect import isawaitable
from typing import Any, TypedDict

from nicegui import ui

from ui.components.plain import keep

_LONGEST = 200  # characters of a search


class Head(TypedDict, total=False):
    """One column; `kind` is text, number, badge or ago (ISO 8601 text). `fixed` columns cannot be
    sorted by; `sub` names a second key, shown small below the value."""

    key: str
    label: str
    kind: str
    fixed: bool
    sub: str


class Sheet(TypedDict):
    """One page. rows: each with `id`, `href` and the texts of its cells; a badge is {tone, text}.

    first: the number of the first row; total: how many there are on all pages.
    """

    rows: list[dict[str, Any]]
    sort: str
    descending: bool
    page: int
    pages: int
    first: int
    total: int


class RecordTable(ui.element, component="recordtable.js"):
    """The table with its search box and pager; `show` puts another page into it."""

    def __init__(
        self,
        heads: Sequence[Head],
        sheet: Sheet,
        *,
        label: str,
        one: str,
        search: str,
        text: str = "",
        zone: str = "UTC",
        on_search: Callable[[str], Any],
        on_sort: Callable[[str], Any],
        on_page: Callable[[int], Any],
    ) -> None:
        """Show a page. one: the word for a record; search: the placeholder of the box; zone: the
        time zone of exact times."""
        super().__init__()
        self._sortable = {head["key"] for head in heads if not head.get("fixed")}
        self.sheet = sheet
        self._props.update({"heads": list(heads), "label": label, "one": one, "search": search})
        self._props["zone"] = zone
        self._props["text"] = text
        keep(self, sheet=sheet)
        self.on("search", lambda event: self._search(on_search, event.args))
        self.on("sort", lambda event: self._sort(on_sort, event.args))
        self.on("page", lambda event: self._page(on_page, event.args))

    def show(self, sheet: Sheet) -> None:
        """Show another page."""
        self.sheet = sheet
        keep(self, sheet=sheet)
        self.run_method("show", sheet)

    def write(self, text: str) -> None:
        """Put another text into the search box, for which nobody is asked."""
        self._props["text"] = text
        self.run_method("write", text)

    # What a browser sends may be forged: only what could have been asked is passed on.

    async def _search(self, handler: Callable[[str], Any], text: Any) -> None:
        if isinstance(text, str):
            await _called(handler, text[:_LONGEST])

    async def _sort(self, handler: Callable[[str], Any], key: Any) -> None:
        if isinstance(key, str) and key in self._sortable:
            await _called(handler, key)

    async def _page(self, handler: Callable[[int], Any], page: Any) -> None:
        if type(page) is int and 1 <= page <= self.sheet["pages"]:
            await _called(handler, page)

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        found: list[Any] = []
        for row in self.sheet["rows"]:
            for value in row.values():
                found.append(value["text"] if isinstance(value, dict) else value)
        return [words for words in found if isinstance(words, str)]


async def _called(handler: Callable[..., Any], given: object) -> None:
    result = handler(given)
    if isawaitable(result):
        await result
