"""Data: the records that came in, by type; searched, filtered, sorted and paged in the database."""

from urllib.parse import urlencode

from nicegui import ui

from domain import records
from domain.records import Found
from domain.types_of_data import ALL, Field
from ui.ask import attempt, load, show
from ui.components.button import button
from ui.components.chips import Chip, Chips
from ui.components.empty import empty
from ui.components.page_title import page_title
from ui.components.part import Part
from ui.components.recordtable import Head, RecordTable, Sheet
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.records.filters import Filters
from ui.pages.records.values import cell, fields, kind
from ui.pages.records.wish import Wish

FIRST = "reservations"


async def page(visit: Visit, type: str = FIRST) -> None:
    wish = Wish.of(visit.query.multi_items())
    outcome = await attempt(records.search, visit.actor, visit.place.id, type, wish.query)
    found = outcome.value
    if outcome.refusal is not None or found is None:
        # An old or mistyped address: everything is shown instead, with what is wrong with it.
        wish = Wish()
        found = await load(records.search, visit.actor, visit.place.id, type, wish.query)
    if outcome.refusal is not None:
        show(outcome.refusal)
    counts = await load(records.counts, visit.actor, visit.place.id)
    with page_title("Data", f"Everything that came in for {visit.place.name}."):
        pass
    chips = Chips(
        "Type of data",
        [Chip(key, each.label, f"/records/{key}") for key, each in ALL.items()],
        type,
    )
    for key, number in counts.items():
        chips.count(key, number)
    room = _Room(visit, type, wish, found)
    room.draw(is_empty=not counts[type])
    visit.follow(room.follow)


class _Room:
    """The table and its tools; the address of the page always says what is shown."""

    def __init__(self, visit: Visit, type_key: str, wish: Wish, found: Found) -> None:
        self._visit = visit
        self._type = type_key
        self._wish = wish
        self._found = found
        self._may_see = visit.place.role == "manager"
        self._refresh = gathered(self._read)
        self._table: RecordTable | None = None

    def draw(self, *, is_empty: bool) -> None:
        of_type = self._found.type
        if is_empty and self._wish == Wish():
            self._draw_nothing()
            return
        with ui.element("div").classes("stack tight below"):
            self._table = RecordTable(
                [self._head(field) for field in fields(of_type)],
                self._sheet(),
                label=of_type.label,
                one=of_type.one,
                search=f"Search {of_type.label.lower()}",
                text=self._wish.text,
                on_search=lambda words: self._change(text=words),
                on_sort=self._sort,
                on_page=lambda number: self._change(page=number),
            )
            with self._table.add_slot("tools"):
                self._filters = Filters(
                    of_type, self._wish, self._found.sources, self._change, may_see=self._may_see
                )
            with self._table:
                self._none = Part(self._draw_none)
        self._none.show(self._wish)

    async def follow(self, change: Change) -> None:
        """What a run has brought in is seen when it has ended; the reader stays where they are."""
        if change.noun in ("integration", "source", "everything") and self._table:
            await self._refresh()

    async def _change(self, **wanted: object) -> None:
        """Want to see something else; all but another page begins at the first."""
        self._wish = self._wish.but(**{"page": 1, **wanted})
        self._filters.show(self._wish)
        address = self._wish.address()
        query = f"?{urlencode(address)}" if address else ""
        ui.navigate.history.replace(f"/records/{self._type}{query}")
        await self._refresh()

    async def _sort(self, key: str) -> None:
        again = key == self._current_sort()
        await self._change(sort=key, descending=again and not self._wish.descending)

    async def _read(self) -> None:
        outcome = await attempt(
            records.search, self._visit.actor, self._visit.place.id, self._type, self._wish.query
        )
        if self._table is None or self._table.is_deleted:
            return
        if outcome.refusal is not None:
            self._table.show(self._sheet())  # it waits no more
            show(outcome.refusal)
        elif outcome.value is not None:
            self._found = outcome.value
            self._table.show(self._sheet())
            self._none.show(self._wish)

    def _current_sort(self) -> str:
        return self._wish.sort or records.SORTED_BY.get(self._type, "name")

    def _head(self, field: Field) -> Head:
        return {
            "key": field.key,
            "label": field.label,
            "kind": kind(self._found.type, field),
            "fixed": field.key in self._found.filled
            or not records.may_ask(self._found.type, field, self._may_see),
        }

    def _sheet(self) -> Sheet:
        found = self._found
        first = (found.page - 1) * self._wish.query.size + 1
        return {
            "rows": [self._row(row) for row in found.rows],
            "sort": self._current_sort(),
            "descending": self._wish.descending,
            "page": found.page,
            "pages": found.pages,
            "first": first,
            "total": found.total,
        }

    def _row(self, row: records.Row) -> dict[str, object]:
        of_type = self._found.type
        cells = {
            field.key: cell(of_type, field, row.values, self._visit.zone)
            for field in fields(of_type)
        }
        lead = fields(of_type)[0]
        if not cells[lead.key] or (lead.is_personal and not self._may_see):
            cells[lead.key] = row.name
        return {"id": row.id, "href": f"/records/{self._type}/{row.id}", **cells}

    def _draw_none(self, wish: Wish) -> None:
        one = self._found.type.one
        with ui.element("div").classes("listing-empty"):
            text(f"No {one} fits." if wish.is_narrowed else f"No {one} is here any more.")
            if wish.text and self._found.type.is_about_guests and not self._may_see:
                text("What tells about guests is masked for you, and is not searched.")
            with ui.element("div").classes("actions"):
                if wish.text:
                    button("Clear the search", self._clear, icon="x")
                if wish.filters or wish.source_id:
                    button("Remove the filters", self._remove_filters, icon="x")

    async def _clear(self) -> None:
        if self._table:
            self._table.write("")
        await self._change(text="")

    async def _remove_filters(self) -> None:
        await self._change(filters=(), source_id="")

    def _draw_nothing(self) -> None:
        of_type = self._found.type
        with empty(
            "table-2",
            f"No {of_type.label.lower()} yet",
            "They come in by an integration: from the hotel system, an API or a table.",
        ):
            button("Go to the integrations", href="/integrations", kind="primary", icon="workflow")
