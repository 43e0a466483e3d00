"""Words for integrations and runs that several pages share."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.integration_pages import OfferedType, Row
from domain.meter import Meter
from domain.run_pages import Counts, Progress
from domain.run_pages import Row as Run
from domain.schedules import Schedule
from domain.types_of_data import ALL
from ui.components.ago import iso
from ui.components.runchart import Point

CHANGES = {
    "created": "Created",
    "updated": "Updated",
    "canceled": "Canceled",
    "deleted": "Deleted",
    "status_changed": "Status changed",
}
TRIGGERS = {
    "schedule": "On schedule",
    "hand": "By hand",
    "webhook": "Called by the source",
    "retry": "Rejects tried again",
    "enable": "After activating",
}
# By who can put an error right: what the reader is told about whose turn it is.
TURNS = {
    "property": "Your turn",
    "partner": "The partner’s turn",
    "platform": "Not your turn",
}
ADVICE = {
    "property": "",
    "partner": "Ask the partner to put it right.",
    "platform": "It is tried again by itself. If it lasts, ask whoever runs the other system.",
}
COUNTS = {
    "read": "read",
    "created": "created",
    "updated": "updated",
    "unchanged": "unchanged",
    "rejected": "rejected",
    "not_subscribed": "not subscribed",
    "deleted": "deleted",
}
LIVING = ("queued", "running")


def wanted(row: Row) -> list[tuple[str, str]]:
    """Return each wanted type of data with its ticked kinds of change."""
    return [
        (ALL[key].label, ", ".join(CHANGES[change].lower() for change in changes))
        for key, changes in row.wanted.items()
    ]


def follows(schedule: Schedule) -> str:
    """Say what follows activating, for those who think of it and those who have done it."""
    if schedule.kind == "by_hand":
        return "It runs whenever you press Run now."
    return "The first run follows at once."


def stopped(row: Row) -> str:
    """Return the types of data that do not come in, in words."""
    return listed([ALL[key].label for key in row.stopped])


def listed(labels: Sequence[str]) -> str:
    """Return labels as a sentence begins: "Reservations", "Guests, rates and spaces"."""
    first, *others = labels
    lower = [each.lower() for each in others]
    return " and ".join(filter(None, (", ".join([first, *lower[:-1]]), *lower[-1:])))


def why_closed(offered: OfferedType, source: str) -> str | None:
    """Return why nothing of a type can be ticked now, None when it can."""
    if offered.transfer_status == "active":
        return None
    if offered.transfer_status is None:
        return f"{source} has no data transfer for it yet."
    if offered.transfer_status == "paused":
        return "Its data transfer is paused: the source has changed."
    return "Its data transfer is inactive."


def where_to_open(offered: OfferedType, source_id: str) -> dict[str, str]:
    """Return the link to where a type can be brought to flow."""
    if offered.transfer_id is None:
        return {"label": "Add it to the source", "href": f"/sources/{source_id}"}
    label = "Put the mapping right" if offered.transfer_status == "paused" else "Activate it"
    return {
        "label": label,
        "href": f"/sources/{source_id}/transfers/{offered.transfer_id}",
    }


def tone(meter: Meter) -> str:
    """Return how bad an error meter is, as a tone."""
    if not meter.failures and not meter.share:
        return "ok"
    return "bad" if meter.warns_at >= max(meter.limits.warn_at, default=1.0) else "warn"


def meter_short(meter: Meter) -> str:
    """Return an error meter in very few words."""
    if not meter.failures:
        return "No errors"
    return f"{meter.failures} of {meter.limits.failures_in_a_row} in a row"


def progress(found: Progress | None, counts: Counts) -> tuple[float | None, str]:
    """Return the share and the words of a run that is on."""
    if found is None:
        return None, "Waits for its turn"
    if not counts.read:
        return None, "Asks for the first records"
    of = f" of about {counts.read / found.share:,.0f}" if found.share else ""
    told = [f"{counts.read:,}{of} records", f"{found.rate:,.0f} a second"]
    if found.share is None:
        told.append("the source does not tell how many there are")
    if found.seconds_left is not None:
        told.append(f"{_left(found.seconds_left)} left")
    return found.share, " · ".join(told)


def duration(seconds: float | None) -> str:
    """Return how long something took: "340 ms", "2.4 s", "3 min 20 s", "1 h 5 min"."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def point(run: Run) -> Point:
    """Return a run as a column of the chart."""
    counts = run.counts
    return {
        "id": run.id,
        "href": run_address(run.integration_id, run.id),
        "at": iso(run.queued_at),
        "status": run.status,
        "read": counts.read,
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
        "not_subscribed": counts.not_subscribed,
        "deleted": counts.deleted,
        "seconds": run.seconds,
    }


def run_address(integration_id: str, run_id: str) -> str:
    return f"/integrations/{integration_id}/runs/{run_id}"


def clock(at: datetime, zone: str) -> str:
    """Return a moment on the clocks of a place, "21 Nov, 14:02", that stays on one line."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%b, %H:%M}".replace(" ", "\N{NO-BREAK SPACE}")


def maybe(at: datetime | None) -> str | None:
    """Return a moment for a listing, None when there is none."""
    return iso(at) if at else None


def _left(seconds: float) -> str:
    if seconds < 2:
        return "a moment"
    return f"about {seconds:.0f} s" if seconds < 60 else f"about {duration(seconds)}"
