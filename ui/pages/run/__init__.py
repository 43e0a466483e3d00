"""One run: how far it is or how it ended, what it counted, and what it had to leave out."""

from nicegui import ui

from domain import reject_pages, run_pages, runs
from domain.refusals import not_found
from domain.run_pages import Page, Part, Row
from ui.ask import act, load
from ui.components.badge import badge
from ui.components.bar import progress
from ui.components.button import button
from ui.components.callout import callout
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.components.notice import notice
from ui.components.page_title import breadcrumb
from ui.components.part import Part as Piece
from ui.components.stat import stat
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.integration.run_list import when, why
from ui.pages.integration.words import ADVICE, COUNTS, LIVING, TURNS, duration, listed, run_address
from ui.pages.integration.words import progress as told
from ui.pages.run.previews import draw_previews
from ui.pages.run.rejected import Rejected
from ui.pages.source.words import counted, why_not

_CHANGING = ("created", "updated", "rejected", "deleted")

_NONE_LEFT = {
    False: "None of them is left out any more.",
    True: "What is still left out came again since, and is listed with the newer run.",
}


async def page(visit: Visit, integration_id: str, run_id: str) -> None:
    found = await load(run_pages.read, visit.actor, run_id)
    if found.property_id != visit.place.id or found.row.integration_id != integration_id:
        raise not_found("This run")
    room = _Room(visit, found)
    room.draw()
    await room.load_rejects()
    visit.follow(room.follow)


class _Room:
    """The parts of the page, and how they hear of changes."""

    def __init__(self, visit: Visit, found: Page) -> None:
        self._visit = visit
        self._found = found
        self.refresh = gathered(self._refresh)

    def draw(self) -> None:
        visit, row = self._visit, self._found.row
        words = "Dry run" if row.is_dry else "Run"
        back = f"/integrations/{row.integration_id}"
        at = when(row, visit.zone)
        breadcrumb(
            [("Integrations", "/integrations"), (self._found.integration, back), (words, None)]
        )
        with ui.element("header").classes("page-title"):
            with ui.element("div").classes("grow"):
                with ui.element("div").classes("line"):
                    text(f"{words} of {at}", "h1")
                    self._badge = badge(row.status)
                self._lead = text("", classes="lead")
            self._verbs = Piece(self._draw_verbs, "actions")
        with ui.element("div").classes("stack"):
            self._outcome = Piece(self._draw_outcome)
            with ui.element("section").classes("card running") as self._on:
                self._on.props["aria-label"] = "Progress"
                self._bar = progress("Progress of the run")
            self._numbers = Piece(self._draw_numbers)
            self._parts = Listing(
                _columns(row), [], label="Counts by type of data", zone=visit.zone, whole=True
            )
            self._parts.classes("wrapping" if row.is_dry else "")
            self._quiet = text("", classes="muted")
            self._previews = Piece(draw_previews)
            self._rejected = Rejected(visit, row.id)
        self._show()

    async def load_rejects(self) -> None:
        """Read the rejected records, when there are any."""
        await self._rejected.show(self._found)

    async def follow(self, change: Change) -> None:
        if change.id == self._found.row.id or change.noun == "everything":
            await self.refresh()

    async def _refresh(self) -> None:
        """Read the run again, and change on the page what has become different."""
        self._found = await load(run_pages.read, self._visit.actor, self._found.row.id)
        if not self._lead.is_deleted:
            self._show()
            await self._rejected.show(self._found)

    def _show(self) -> None:
        found, row = self._found, self._found.row
        self._badge.set(row.status)
        took = f", took {duration(row.seconds)}" if row.ended_at and row.seconds else ""
        self._lead.text = f"{why(row)}{took}"
        rejects = (found.left, found.fine, found.newest)
        self._verbs.show((row.status, row.moves, rejects, row.counts.rejected))
        self._outcome.show(
            (
                row.status,
                row.sentence,
                row.owner,
                rejects,
                row.counts,
                found.skipped,
            )
        )
        self._on.set_visibility(row.status in LIVING)
        share, words = told(row.progress, row.counts)
        self._bar.set(share, row.sentence or words)
        self._numbers.show(row.counts)
        quiet = [part.label for part in found.parts if _is_quiet(part)]
        self._parts.replace([_line(part, row) for part in found.parts if not _is_quiet(part)])
        self._parts.set_visibility(len(quiet) < len(found.parts))
        self._quiet.text = f"{listed(quiet)}: nothing new." if quiet else ""
        self._quiet.set_visibility(bool(quiet))
        self._previews.show((row.is_dry, row.status, found.previews))

    def _draw_verbs(self, _: object) -> None:
        row, found = self._found.row, self._found
        reason = why_not(self._visit)
        if row.status in LIVING:
            button("Cancel", self._cancel, icon="x", why_not=reason)
            return
        if row.is_dry and row.status.startswith("succeeded"):
            button("Run now", self._run, kind="primary", icon="play", why_not=reason)
        if row.counts.rejected:
            button("Download rejects", self._download, icon="download")
            if not row.is_dry:
                none_left = None if found.left else _NONE_LEFT[found.newest is not None]
                button(
                    "Retry rejected",
                    self._retry,
                    kind="primary",
                    icon="rotate-cw",
                    why_not=reason or none_left,
                )

    def _draw_outcome(self, _: object) -> None:
        row, found = self._found.row, self._found
        if row.status == "failed":
            title = ". ".join(filter(None, ("It failed", TURNS.get(row.owner or ""))))
            with callout("bad", title, row.sentence):
                if advice := ADVICE.get(row.owner or ""):
                    text(advice)
                if found.request_id:
                    text(f"The other system calls it {found.request_id}.", classes="muted")
        elif row.status == "canceled":
            by = f" by {row.canceled_by}" if row.canceled_by else ""
            with callout("muted", f"Canceled{by}", "What it had brought in by then stays."):
                pass
        elif row.status == "succeeded_with_rejects":
            self._draw_rejects_left()
        elif row.status == "succeeded":
            words = "It wrote no record." if row.is_dry else ""
            title = "Every record could be read" if row.is_dry else "Every record was taken"
            if not any(getattr(row.counts, key) for key in (*_CHANGING, "not_subscribed")):
                title = "Nothing would change" if row.is_dry else "There was nothing to change"
            with callout("ok", title, words or None):
                pass
        if found.skipped and row.status != "canceled":
            self._draw_skipped()

    def _draw_skipped(self) -> None:
        found = self._found
        words = "The data transfer was not active then, or it was not ticked yet."
        title = f"{listed(found.skipped)} were not asked for"
        with callout("warn", title, words, icon="circle-pause"):
            address = f"/integrations/{found.row.integration_id}"
            button(f"Open {found.integration}", href=address, icon="arrow-right")

    def _draw_rejects_left(self) -> None:
        row, left, newest = self._found.row, self._found.left, self._found.newest
        rejected = counted(row.counts.rejected, "record")
        if row.is_dry:
            title, words = f"{rejected} would be rejected", "It wrote no record. See why below."
        elif not left:
            title, words = f"{rejected} could not be taken then", _NONE_LEFT[newest is not None]
        else:
            title = f"{counted(left, 'record')} could not be taken"
            if fine := self._found.fine:
                are = "is" if left == 1 else "are"
                have = "has" if fine == 1 else "have"
                title = f"{fine} of {rejected} {have} come in since; {left} {are} left out still"
            words = "See below why, and what to do about each. Then press Retry rejected."
            if row.counts.rejected < row.counts.read and not newest and not fine:
                words = f"All others were. {words}"
            if newest:
                words += " Some more came again since: they are listed with the run they came in."
        with callout("warn" if left or newest else "ok", title, words, icon="circle-alert"):
            if newest:
                address = run_address(row.integration_id, newest)
                button("Open the newer run", href=address, icon="arrow-right")

    def _draw_numbers(self, counts: run_pages.Counts) -> None:
        with ui.element("div").classes("stats"):
            for key, label in COUNTS.items():
                number = getattr(counts, key)
                if number or key in ("read", "created", "updated", "unchanged", "rejected"):
                    stat(f"{number:,}", _told(key, label, self._found.row))

    async def _cancel(self) -> None:
        if await act(runs.cancel, self._visit.actor, self._found.row.id):
            notice("What it has brought in so far stays.", title="Canceled")

    async def _run(self) -> None:
        integration_id = self._found.row.integration_id
        outcome = await act(runs.run_now, self._visit.actor, integration_id)
        if outcome.value is not None:
            ui.navigate.to(run_address(integration_id, outcome.value))

    async def _retry(self) -> None:
        outcome = await act(runs.retry, self._visit.actor, self._found.row.id)
        if outcome.value is not None:
            notice("They are mapped as the mapping is now.", title="Trying them again")
            ui.navigate.to(run_address(self._found.row.integration_id, outcome.value))

    async def _download(self) -> None:
        outcome = await act(reject_pages.as_csv, self._visit.actor, self._found.row.id)
        if outcome.value is not None:
            name = f"rejected-{self._found.row.queued_at:%Y-%m-%d-%H%M}.csv"
            ui.download.content(outcome.value, name, "text/csv")


def _told(key: str, label: str, row: Row) -> str:
    """Return what a count is called: what a dry run counts has not happened."""
    return f"would be {label}" if row.is_dry and key in _CHANGING else label


def _columns(row: Row) -> list[Column]:
    numbers: list[Column] = [
        {"key": key, "label": _told(key, label, row).capitalize(), "kind": "number"}
        for key, label in COUNTS.items()
    ]
    return [
        {"key": "label", "label": "Type of data", "kind": "strong", "sub": "how"},
        *numbers,
        {"key": "state", "label": "Complete", "kind": "badge", "sub": "sentence"},
    ]


def _is_quiet(part: Part) -> bool:
    """Whether there is nothing to say of a type of data but that it was asked for."""
    return part.is_complete and not part.error and not any(part.counts)


def _line(part: Part, row: Row) -> Line:
    numbers = {key: getattr(part.counts, key) or None for key in COUNTS}
    return {
        "id": part.type,
        "label": part.label,
        "how": _how(part, row),
        **numbers,
        "state": _state(part, row.status),
        "sentence": part.sentence or None,
    }


def _how(part: Part, row: Row) -> str:
    if row.trigger == "retry":
        return "only what was rejected"
    return "only what has changed" if part.since else "all of it"


def _state(part: Part, status: str) -> dict[str, str]:
    if part.error:
        return {"status": "bad", "text": "Broke off"}
    if part.is_complete:
        return {"status": "ok", "text": "Yes"}
    if status in LIVING:
        return {"status": "info", "text": "Not yet"}
    return {"status": "muted", "text": "No"}
