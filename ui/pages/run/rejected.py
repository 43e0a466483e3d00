"""The records that a run had to leave out: why, and as the source gave them."""

import json

from nicegui import ui

from domain import reject_pages, run_pages
from domain.reject_pages import Rejected as Record
from domain.run_pages import Page
from domain.types_of_data import ALL
from ui.ask import load
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.card import card
from ui.components.code import code_block
from ui.components.field import segments
from ui.components.text import text
from ui.frame import Visit
from ui.pages.source.words import why_not

# What a record that is not left out any more has become, as a tone and in words.
_BECAME = {
    "fine": ("ok", "Came in"),
    "again": ("muted", "Came again for other reasons"),
    "gone": ("muted", "Not given any more"),
}
_LONGEST = 20_000  # characters of one record on the page


class Rejected:
    """The card; it reads some records at a time, and is not there when none were rejected."""

    def __init__(self, visit: Visit, run_id: str) -> None:
        self._visit = visit
        self._run_id = run_id
        self._type = ""
        self._last = ""
        self._shown: tuple[int, int, str | None] = (0, 0, None)
        self._mappings: dict[str, str] = {}
        self._frame = ui.element("div").classes("contents")

    async def show(self, found: Page) -> None:
        """Show the rejected records of a run; nothing moves while they are the same."""
        shown = (found.row.counts.rejected, found.left, found.newest)
        if shown == self._shown:
            return
        self._shown = shown
        transfers = f"/sources/{found.source_id}/transfers"
        self._mappings = {
            part.type: f"{transfers}/{part.transfer_id}" for part in found.parts if part.transfer_id
        }
        self._frame.clear()
        with self._frame, card("Left out", _lead(self._visit), icon="circle-alert"):
            types = {part.type: part.label for part in found.parts if part.counts.rejected}
            if len(types) > 1:
                segments(
                    "Type of data",
                    {"": "All", **types},
                    value=self._type,
                    on_change=lambda event: self._choose(event.value),
                )
            self._list = ui.element("ul").classes("rejects")
            self._more = button("Load more", self._load, icon="chevron-down")
            self._more.classes("load-older")
        await self._begin()

    async def _choose(self, type_key: str) -> None:
        self._type = type_key if type_key in ALL else ""
        await self._begin()

    async def _begin(self) -> None:
        self._list.clear()
        self._last = ""
        await self._load()

    async def _load(self) -> None:
        found = await load(
            reject_pages.of_run, self._visit.actor, self._run_id, self._type, after=self._last
        )
        if self._list.is_deleted:
            return
        if not found and not self._last:
            with self._list, ui.element("li"):
                text("Nothing is listed here any more.", classes="muted")
        self._last = found[-1].id if found else self._last
        self._more.set_visibility(len(found) == run_pages.SHOWN)
        with self._list:
            for record in found:
                self._draw(record)

    def _draw(self, record: Record) -> None:
        with ui.element("li"):
            with ui.element("details").classes("event"):
                with ui.element("summary"):
                    text(record.external_id or "No primary key", "code")
                    text(ALL[record.type].one.capitalize(), "span", "muted")
                    if record.resolved_at:
                        badge(*_BECAME[record.became])
                        ago(record.resolved_at, zone=self._visit.zone).classes("small muted")
                    else:
                        if record.times > 1:
                            badge("warn", f"Came {record.times} times")
                        _draw_reasons(record)
                if record.resolved_at:
                    text("Why it was left out then:", classes="small muted")
                    _draw_reasons(record)
                if record.times > 1:
                    ago(record.first_at, "It came first", self._visit.zone).classes("small muted")
                code_block(_written(record), f"JSON of {record.external_id or record.id}")
            if not record.resolved_at:
                self._draw_ways(record)

    def _draw_ways(self, record: Record) -> None:
        """Say what to do: correct it at the source, or go to the row of the mapping."""
        mapping, of_type = self._mappings.get(record.type), ALL[record.type]
        to_map = (each for each in record.reasons if not each.at_source)
        fields = (of_type.field(reason.target) for reason in to_map)
        with ui.element("p").classes("reject-ways"):
            if any(reason.at_source for reason in record.reasons):
                text("Correct it in the source system. The next run brings it in.", "span")
            for field in dict.fromkeys(filter(None, fields)) if mapping else ():
                link = text(f"{field.label} in the mapping", "a")
                link.props["href"] = f"{mapping}?at={field.key}"


def _lead(visit: Visit) -> str:
    if why_not(visit):
        return "What tells about guests is masked for you."
    return "Each with the reason, and as the source gave it."


def _draw_reasons(record: Record) -> None:
    of_type = ALL[record.type]
    with ui.element("div").classes("reject-reasons"):
        for reason in record.reasons:
            field = of_type.field(reason.target)
            label = field.label if field else reason.target
            begins = reason.sentence.startswith(label)
            text(reason.sentence if begins or not label else f"{label}: {reason.sentence}")


def _written(record: Record) -> str:
    written = json.dumps(record.raw, indent=2, ensure_ascii=False)
    if len(written) <= _LONGEST:
        return written
    return f"{written[:_LONGEST]}\n… the download has all of it"
