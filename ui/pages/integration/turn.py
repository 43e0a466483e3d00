"""What state an integration is in, and what to do next."""

from collections.abc import Sequence
from datetime import datetime

from nicegui import ui

from domain import moments
from domain.integration_pages import LeftOut, Page, Row
from domain.readiness import AUTHORIZATION
from ui.components.ago import ago
from ui.components.button import Kind, button
from ui.components.callout import callout
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.pages.integration.moves import Moves
from ui.pages.integration.state import has_disabled_itself, is_first_run
from ui.pages.integration.words import ADVICE, TURNS, follows, run_address, stopped, tone
from ui.pages.source.words import counted

_READY = "Everything is in place. A dry run shows what would come in; Activate lets it flow."


class TurnPanel:
    """The panel on top of the page; draws itself anew when what it says has changed."""

    def __init__(self, visit: Visit, moves: Moves) -> None:
        self._visit = visit
        self._moves = moves
        self._owner = ""
        self._part = Part(self._draw, "turn")

    def show(self, found: Page, owner: str | None) -> None:
        """Show what has become of it; a run that comes and goes alone moves nothing.

        owner: who can put the last error right, None when nobody knows.
        """
        row = found.row
        self._owner = owner or ""
        self._part.show(
            _Said(
                found,
                (
                    row.status,
                    row.since,
                    row.reason,
                    row.meter.failures,
                    row.stopped,
                    row.paused,
                    row.left_out,
                    is_first_run(row),
                    row.next_run_at,
                    found.missing,
                    found.last_error,
                    owner,
                ),
            )
        )

    def _draw(self, said: "_Said") -> None:
        found = said.found
        {"draft": self._draft, "active": self._active, "disabled": self._disabled}[
            found.row.status
        ](found)

    def _draft(self, found: Page) -> None:
        if found.missing:
            with callout("warn", "A draft: not everything is there yet", icon="circle-dashed"):
                with ui.element("div").classes("turn-more"):
                    _draw_points([each.sentence for each in found.missing])
                    text("Then come back here and press Activate.", classes="muted")
                _draw_ways(found, [each.place for each in found.missing])
            return
        words = f"{_READY} {follows(found.row.schedule)}"
        with callout("info", "A draft: nothing flows yet", words, icon="circle-dashed"):
            self._moves.draw_activate(found.row)

    def _active(self, found: Page) -> None:
        row = found.row
        if row.meter.failures:
            title = "The last run failed" if row.meter.failures == 1 else "Runs keep failing"
            title = ". ".join(filter(None, (title, TURNS.get(self._owner))))
            with callout(tone(row.meter), title, found.last_error or None, "triangle-alert"):
                with ui.element("div").classes("turn-more"):
                    self._draw_advice()
                self._draw_next(found)
        elif row.stopped:
            self._stopped(found)
        elif row.left_out:
            self._left_out(found, row.left_out)
        elif is_first_run(row):
            words = "It brings in everything that is there. There is nothing for you to do."
            with callout("info", "The first run is on", words, icon="refresh-cw"):
                pass
        else:
            with callout("ok", "Active: there is nothing for you to do"):
                self._draw_next(found)
        if row.stopped and row.meter.failures:
            self._stopped(found)

    def _stopped(self, found: Page) -> None:
        row = found.row
        title = f"{stopped(row)} do not come in"
        words = "The data transfer is not active."
        if row.paused == row.stopped:
            words = "The source has changed. Put the mapping right, then press Activate there."
        is_all = len(row.stopped) == len(row.wanted)
        words += " Until then nothing comes in." if is_all else " What else you ticked goes on."
        with callout("warn", title, words, icon="circle-pause"):
            _draw_ways(found, [f"transfer:{key}" for key in row.stopped])

    def _left_out(self, found: Page, left: LeftOut) -> None:
        title = f"Active, but {counted(left.records, 'record')} could not be taken"
        words = "Everything else comes in. See why there, put it right, then press Retry rejected."
        with callout("warn", title, words, icon="circle-alert"):
            address = run_address(found.row.id, left.run_id)
            button("See what is left out", href=address, icon="arrow-right")
            self._draw_next(found)

    def _disabled(self, found: Page) -> None:
        row = found.row
        is_self = has_disabled_itself(row)
        tone, icon = ("bad", "triangle-alert") if is_self else ("muted", "circle-pause")
        with callout(tone, _why_disabled(row), row.reason or None, icon):
            with ui.element("div").classes("turn-more"):
                if is_self:
                    _draw_errors(found)
                    self._draw_advice()
                _draw_points(_still_to_say(found))
                text(_what_follows(found), classes="muted")
                with ui.element("div").classes("line small"):
                    ago(row.since, "Since", self._visit.zone)
            if found.missing:
                _draw_ways(found, [each.place for each in found.missing])
            else:
                self._moves.draw_enable(row)

    def _draw_advice(self) -> None:
        if advice := ADVICE.get(self._owner):
            text(advice)

    def _draw_next(self, found: Page) -> None:
        row = found.row
        with ui.element("div").classes("line small"):
            if row.next_run_at is None:
                text(f"It runs {row.schedule.words}.", "span")
            elif row.schedule.kind == "webhook":
                text("It runs when the source calls.", "span")
                _draw_when(row.next_run_at, self._visit.zone, "Next run in any case")
            else:
                _draw_when(row.next_run_at, self._visit.zone)


class _Said:
    """What the panel shows; equal when the words are."""

    def __init__(self, found: Page, words: tuple[object, ...]) -> None:
        self.found = found
        self._words = words

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Said) and self._words == other._words

    __hash__ = None  # type: ignore[assignment]


def _draw_when(due: datetime, zone: str, label: str = "Next run") -> None:
    if due <= moments.now():
        text("Next run any moment", "span")
    else:
        ago(due, label, zone)


def _draw_errors(found: Page) -> None:
    for label, sentence in (("First error", found.first_error), ("Last error", found.last_error)):
        if sentence and sentence != found.row.reason:
            text(f"{label}: {sentence}")
        if found.first_error == found.last_error:
            return


def _why_disabled(row: Row) -> str:
    if row.disabled_for == "refused":
        return f"It disabled itself: {row.source} refuses the credentials"
    return "It disabled itself" if has_disabled_itself(row) else "Disabled by hand"


def _still_to_say(found: Page) -> list[str]:
    """Return what is missing, but for refused credentials: those are the reason already."""
    is_said = found.row.disabled_for == "refused"
    return [
        each.sentence for each in found.missing if not (is_said and each.place == AUTHORIZATION)
    ]


def _what_follows(found: Page) -> str:
    if not found.missing:
        return "Enable tries one page of the source first."
    if found.row.disabled_for == "refused":
        return "Once the source is repaired, this goes on by itself."
    return "Then come back here and press Enable."


def _draw_points(sentences: Sequence[str]) -> None:
    if not sentences:
        return
    with ui.element("ul").classes("points"):
        for sentence in sentences:
            text(sentence, "li", "lost")


def _draw_ways(found: Page, places: Sequence[str]) -> None:
    """Draw a button to each place where something is to be done, the first one to be seen first."""
    ways = dict.fromkeys(_way(found, place) for place in places)
    for number, (label, address) in enumerate(ways):
        kind: Kind = "secondary" if number else "primary"
        button(label, href=address, kind=kind, icon="arrow-right")


def _way(found: Page, place: str) -> tuple[str, str]:
    """Return where something missing can be seen to: words and address."""
    source = f"/sources/{found.row.source_id}"
    if place == AUTHORIZATION:
        return "Repair the source", source
    if place == "wanted":
        return "Choose what comes in", f"/integrations/{found.row.id}/settings"
    key = place.removeprefix("transfer:")
    for offered in found.offered.types:
        if offered.type == key and offered.transfer_id:
            return f"Open {offered.label.lower()}", f"{source}/transfers/{offered.transfer_id}"
    return "Open the source", source
