"""A long list of operators: searched and cut into pages in the database, and kept up to date."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from nicegui import ui

from domain.paging import Page
from ui.components.recordtable import Head, RecordTable, Sheet
from ui.components.text import text as words
from ui.frame import Visit
from ui.live import gathered

T = TypeVar("T")
Read = Callable[[str, int], Awaitable[Page[T]]]


class Paged(Generic[T]):
    """The table with its search; the address of the page always says what is shown."""

    def __init__(
        self,
        visit: Visit,
        heads: Sequence[Head],
        read: Read[T],
        line: Callable[[T], dict[str, Any]],
        *,
        path: str,
        label: str,
        one: str,
        search: str,
        empty: str,
        **filters: str,
    ) -> None:
        """`read(text, number)` returns a page, `line` makes a row of what is on it; `filters` are
        what else the address says."""
        self._visit, self._heads, self._read, self._line = visit, heads, read, line
        self._path, self._filters = path, {key: value for key, value in filters.items() if value}
        self._labels = {"label": label, "one": one, "search": search}
        self._empty = empty
        self.text = visit.query.get("q", "").strip()[:200]
        self._number = _number(visit.query.get("page", ""))
        self._table: RecordTable | None = None
        self.refresh = gathered(self._refresh)

    async def draw(self) -> None:
        """Read the first page that is wanted, and show it here."""
        found = await self._read(self.text, self._number)
        self._table = RecordTable(
            [{**head, "fixed": True} for head in self._heads],
            self._sheet(found),
            text=self.text,
            zone=self._visit.zone,
            on_search=self._search,
            on_sort=lambda _: None,
            on_page=self._turn,
            **self._labels,
        )
        with self._table:
            words(self._empty, classes="listing-empty")

    async def _refresh(self) -> None:
        found = await self._read(self.text, self._number)
        if self._table is not None and not self._table.is_deleted:
            self._table.show(self._sheet(found))

    async def _search(self, text: str) -> None:
        self.text, self._number = text.strip(), 1
        await self._go()

    async def _turn(self, number: int) -> None:
        self._number = number
        await self._go()

    async def _go(self) -> None:
        wanted = {**self._filters, "q": self.text}
        wanted["page"] = str(self._number) if self._number > 1 else ""
        query = urlencode({key: value for key, value in wanted.items() if value})
        ui.navigate.history.replace(f"{self._path}?{query}" if query else self._path)
        await self.refresh()

    def _sheet(self, found: Page[T]) -> Sheet:
        return {
            "rows": [self._line(row) for row in found.rows],
            "sort": "",
            "descending": False,
            "page": found.at.number,
            "pages": found.at.pages,
            "first": found.at.first,
            "total": found.at.total,
        }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
