"""How long ago something was, ticking in the browser, with the exact time one hover away."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui

Time = datetime | str


class Ago(ui.element, component="ago.js"):
    """A <time> that says "3 hours ago" and goes on counting by itself."""

    def __init__(self, at: Time, prefix: str = "", zone: str = "UTC") -> None:
        super().__init__()
        self._props.update({"at": iso(at), "prefix": prefix, "zone": zone})

    def set(self, at: Time) -> None:
        """Count from another moment."""
        self._props["at"] = iso(at)

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [self._props["prefix"], moment(self._props["at"], self._props["zone"])]


def ago(at: Time, prefix: str = "", zone: str = "UTC") -> Ago:
    """Show `prefix` and how long ago `at` was (a UTC datetime or ISO 8601 text).

    The title is the exact time in `zone`, a name like "Europe/Berlin".
    """
    return Ago(at, prefix, zone)


def moment(at: Time, zone: str = "UTC") -> str:
    """Return the exact time for people, "21 Nov 2025, 14:02 CET", in the given time zone."""
    there = datetime.fromisoformat(iso(at)).astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%b %Y, %H:%M %Z}"


def iso(at: Time) -> str:
    """Return ISO 8601 with an offset; a time without one is taken as UTC, as storage keeps it."""
    time = datetime.fromisoformat(at) if isinstance(at, str) else at
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).isoformat()
