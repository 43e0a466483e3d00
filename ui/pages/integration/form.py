"""The form of an integration, for a new one and for its settings: what, when, and who hears."""

from collections.abc import Mapping, Sequence

from nicegui import ui

from domain.alerts import Recipient
from domain.hooks import Row as Hook
from domain.integration_pages import OfferedSource, OfferedType
from domain.integrations import Draft
from domain.meter import Limits
from domain.schedules import LEAST_OFTEN, MOST_OFTEN, ONE_HOUR, Schedule
from domain.types_of_data import ALL
from ui.components.card import card
from ui.components.field import TextField, choice_cards, text_field
from ui.components.text import text
from ui.components.ticktree import Branch, TickTree
from ui.frame import Visit
from ui.pages.integration.recipients import Recipients
from ui.pages.integration.words import CHANGES, listed, where_to_open, why_closed
from ui.pages.source.hook import HookPanel

_SCHEDULES = {
    "every": ("Again and again", "Every so many minutes, day and night."),
    "daily": ("Once a day", "At a time on the clocks of the property."),
    "by_hand": ("Only by hand", "When somebody presses Run now."),
}


class Form:
    """The answers about one integration of a source that is chosen already."""

    def __init__(
        self,
        visit: Visit,
        source: OfferedSource,
        hook: Hook | None = None,
        *,
        name: str = "",
        wanted: Mapping[str, Sequence[str]] | None = None,
        schedule: Schedule | None = None,
        limits: Limits | None = None,
        recipients: Sequence[Recipient] = (),
    ) -> None:
        """Draw the form; `wanted` is what is ticked, None for all that could come in and does not.

        `hook` is how the source calls us, None when it never does.
        """
        self._visit = visit
        self._source = source
        self._hook = hook
        self._draw_what(_everything_new(source) if wanted is None else wanted)
        self._draw_when(schedule or Schedule())
        self._draw_who(recipients, limits or Limits())
        with card("What do you call it?", icon="tag"):
            self.name = text_field(
                "Name", value=name or source.new_name, hint="It stands in mails and in the history."
            )

    def _draw_what(self, wanted: Mapping[str, Sequence[str]]) -> None:
        lead = "Only the kinds of change that you tick are applied. The others are counted."
        with card("What comes in?", lead, icon="list-checks"):
            there = [each for each in self._source.types if each.transfer_id or each.type in wanted]
            self.tree = TickTree("What comes in", branches(self._source, there), wanted)
            if lacking := [each.label for each in self._source.types if each not in there]:
                with ui.element("p").classes("ticktree-rest"):
                    text(f"{listed(lacking)} have no data transfer yet.", "span")
                    link = text(f"Add one to {self._source.name}", "a")
                    link.props["href"] = f"/sources/{self._source.id}"

    def _draw_when(self, schedule: Schedule) -> None:
        with card("When does it run?", icon="clock"):
            self._kind = choice_cards(
                "Schedule",
                self._schedules(),
                value=schedule.kind,
                on_change=lambda _: self._follow(),
            )
            with ui.element("div").classes("below stack") as self._called:
                if self._hook is not None:
                    hours = schedule.minutes if schedule.kind == "webhook" else LEAST_OFTEN
                    self._looks = text_field(
                        "Hours between two runs in any case",
                        value=str(hours // ONE_HOUR),
                        hint="A call can get lost. What has changed meanwhile is found then.",
                    ).classes("short")
                    HookPanel(self._visit, self._hook)
            with ui.element("div").classes("below") as self._every:
                self._minutes = text_field(
                    "Minutes between two runs",
                    value=str(schedule.minutes if schedule.kind == "every" else Schedule.minutes),
                    hint="Only what has changed is asked for, if the source can tell.",
                ).classes("short")
            with ui.element("div").classes("below") as self._daily:
                self._at = text_field(
                    f"Time in {self._visit.zone}", value=schedule.at, placeholder="04:00"
                ).classes("short")
        self._follow()

    def _follow(self) -> None:
        self._called.set_visibility(self._kind.value == "webhook")
        self._every.set_visibility(self._kind.value == "every")
        self._daily.set_visibility(self._kind.value == "daily")

    def _schedules(self) -> dict[str, tuple[str, str]]:
        if self._hook is None:
            return _SCHEDULES
        called = (
            f"When {self._hook.caller} tells us",
            "Whenever something has changed over there.",
        )
        return {"webhook": called, **_SCHEDULES}

    def _draw_who(self, recipients: Sequence[Recipient], limits: Limits) -> None:
        lead = "One mail when it stops, one when it works again. Not a flood."
        with card("Who hears of it by mail?", lead, icon="mail"):
            self.recipients = Recipients(recipients)
        lead = "Both must come together. Refused credentials disable it at once."
        with (
            card("When does it disable itself?", lead, icon="gauge"),
            ui.element("div").classes("halves"),
        ):
            self._failures = text_field("Failed runs in a row", value=str(limits.failures_in_a_row))
            self._hours = text_field(
                "Hours without success", value=str(limits.hours_without_success)
            )
        self._warn_at = limits.warn_at

    @property
    def wanted(self) -> dict[str, tuple[str, ...]]:
        """What is ticked."""
        return {key: tuple(ticked) for key, ticked in self.tree.value.items() if ticked}

    def draft(self) -> Draft | None:
        """Return the answers, None when something must be corrected first; it says what."""
        minutes = self._minute_count()
        failures = _whole(self._failures, "Write a number of failed runs, such as 30.")
        hours = _whole(self._hours, "Write a number of hours, such as 24.")
        if not self.recipients.is_right() or minutes is None or failures is None or hours is None:
            return None
        return Draft(
            self._source.id,
            str(self.name.value or ""),
            self.wanted,
            Schedule(str(self._kind.value), minutes, str(self._at.value or "").strip()),
            Limits(failures, hours, self._warn_at),
            self.recipients.read(),
        )

    def _minute_count(self) -> int | None:
        if self._kind.value == "webhook":
            hours = _whole(self._looks, "Write a number of hours from 1 to 24.")
            return None if hours is None else hours * ONE_HOUR
        if self._kind.value != "every":
            return Schedule.minutes
        sentence = f"Write a number of minutes from {MOST_OFTEN} to {LEAST_OFTEN}."
        return _whole(self._minutes, sentence)


def branches(source: OfferedSource, types: Sequence[OfferedType]) -> list[Branch]:
    """Return the tree of what a source could bring in, of some types of data."""
    found: list[Branch] = []
    for offered in types:
        why_not = why_closed(offered, source.name)
        by = " and ".join(offered.brought_by)
        found.append(
            {
                "key": offered.type,
                "label": offered.label,
                "note": f"Already comes by {by}" if by else "",
                "why_not": why_not,
                "link": where_to_open(offered, source.id) if why_not else None,
                "leaves": [
                    {
                        "key": change,
                        "label": CHANGES[change],
                        "why_not": None
                        if change in offered.changes
                        else f"{source.kind_name} does not tell it",
                    }
                    for change in ALL[offered.type].changes
                ],
            }
        )
    return found


def _everything_new(source: OfferedSource) -> dict[str, tuple[str, ...]]:
    """Return all that can be had now, but for what another integration brings in already."""
    return {
        each.type: each.changes
        for each in source.types
        if each.transfer_status == "active" and not each.brought_by
    }


def _whole(field: TextField, sentence: str) -> int | None:
    """Return the number in a field, None and the sentence below it when it holds none."""
    written = str(field.value or "").strip()
    if written.isascii() and written.isdigit() and len(written) <= 6:
        return int(written)
    field.error(sentence).focus()
    return None
