"""What the made-up hotels have lived through, kept in a file, so that a restart changes nothing."""

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from demo.partners.hotel.life import Hotel
from demo.partners.inbox import write_private

MINUTE = timedelta(minutes=1)
# Name: rooms, reservations at the beginning.
HOUSES = {"Harbour Hotel": (118, 5000), "Alpine Lodge": (42, 900), "City Suites": (64, 1200)}

Found = TypeVar("Found")


class Chronicle:
    """The hotels, and the minutes that have passed for them; all of them live by one clock.

    While the program stands still, so do the hotels. is_renamed: the new version of the vendor's
    API is out, in which a field has another name.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self._file = folder / "hotels.json"
        self._lock = threading.RLock()
        self._hotels: dict[str, Hotel] = {}
        self.began, self._spans, self.is_renamed = now, list[list[str | int]](), False
        if self._file.exists():
            kept = json.loads(self._file.read_text())
            self.began, self._spans = datetime.fromisoformat(kept["began"]), kept["spans"]
            self.is_renamed = kept["is_renamed"]
        self._last = max(now, self.began)
        self._stands_still = False
        self._listeners: list[Callable[[], None]] = []

    def begin(self, at: datetime) -> None:
        """Forget everything, and begin at a moment; time stands still until `go_on`."""
        with self._lock:
            self._hotels.clear()
            self.began = self._last = at
            self._spans, self.is_renamed, self._stands_still = [], False, True
            self._save()

    def pass_until(self, moment: datetime) -> None:
        """Let every full minute pass until then."""
        with self._lock:
            while self._last + MINUTE <= moment:
                self._last += MINUTE
                self._pass(self._last)

    def pass_one(self, now: datetime) -> None:
        """Let one minute more happen, now."""
        with self._lock:
            self._pass(now)
        self._tell()

    def when_something_happens(self, listener: Callable[[], None]) -> None:
        """Have `listener` called after each minute that passes by itself, or because it should."""
        self._listeners.append(listener)

    def go_on(self) -> None:
        """Let time pass by itself from now on."""
        with self._lock:
            self._stands_still = False

    def rename(self, *, is_renamed: bool) -> None:
        with self._lock:
            self.is_renamed = is_renamed
            self._save()

    def look(self, name: str, at: Callable[[Hotel], Found]) -> Found:
        """Return what `at` finds in a hotel, while nothing changes there.

        Raises KeyError for a hotel that is not there.
        """
        with self._lock:
            if name not in self._hotels:
                self._hotels[name] = self._relived(name)
            return at(self._hotels[name])

    def keep_going(self) -> None:
        """Let time pass for ever, in a thread of its own."""
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self) -> None:
        while True:
            time.sleep(1)
            before = self._last
            if not self._stands_still:
                self.pass_until(datetime.now(UTC))
                if self._last != before:
                    self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _pass(self, moment: datetime) -> None:
        minute = sum(int(count) for _, count in self._spans)
        for hotel in self._hotels.values():
            hotel.live(minute, moment)
        self._note(moment)
        self._save()

    def _note(self, moment: datetime) -> None:
        """Minutes that follow each other are kept as one span: its first minute, and how many."""
        if self._spans:
            start, count = self._spans[-1]
            if datetime.fromisoformat(str(start)) + int(count) * MINUTE == moment:
                self._spans[-1] = [start, int(count) + 1]
                return
        self._spans.append([moment.isoformat(), 1])

    def _relived(self, name: str) -> Hotel:
        hotel, minute = Hotel(name, *HOUSES[name], self.began), 0
        for start, count in self._spans:
            for passed in range(int(count)):
                hotel.live(minute, datetime.fromisoformat(str(start)) + passed * MINUTE)
                minute += 1
        return hotel

    def _save(self) -> None:
        kept = {
            "began": self.began.isoformat(),
            "spans": self._spans,
            "is_renamed": self.is_renamed,
        }
        write_private(self._file, json.dumps(kept))
