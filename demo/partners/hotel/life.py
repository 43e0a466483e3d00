"""The life of a made-up hotel: its lists, and what a minute changes in them.

Everything follows from the hotel's name, the moment it began and the number of the minute, so that
a hotel that has lived through the same minutes is the same hotel.
"""

from collections import deque
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from demo.partners.hotel import house, reservations
from demo.partners.hotel.guests import guest, written

Record = dict[str, Any]
OPENED = timedelta(days=1200)  # before the beginning
KEPT = 40  # changes that are told
_MOVED = 4  # reservations that guests change in a minute
_ASKED = 300  # reservations among which somebody is looked for who comes or goes today


class Step(NamedTuple):
    """What comes after a state. waits_for: the moment; noted_in: where it is noted when it was."""

    waits_for: str
    after: str
    noted_in: str
    words: str


_STEPS = {
    "Confirmed": Step("ScheduledStartUtc", "Started", "ActualStartUtc", "checked in"),
    "Started": Step("ScheduledEndUtc", "Processed", "ActualEndUtc", "checked out"),
}


class Hotel:
    """`lists` are by the names that Mews gives them, each from the oldest to the newest record.

    told: what happened last, the newest first: moment and sentence. changed: the reservations that
    have changed in the last minute.
    """

    def __init__(self, name: str, rooms: int, count: int, began: datetime) -> None:
        random = Random(name)  # noqa: S311 - makes data up
        self.name = name
        self.told: deque[tuple[datetime, str]] = deque(maxlen=KEPT)
        self.changed: list[str] = []
        self._house = house.built(random, rooms, began - OPENED)
        self._reservations, self._guests = reservations.written_down(
            random, self._house, count, began
        )
        self.lists: dict[str, list[Record]] = {
            "Reservations": self._reservations,
            "Customers": self._guests,
            "Resources": self._house.rooms,
            "Rates": self._house.rates,
            "Products": self._house.products,
            "Services": self._house.services,
            "AccountingCategories": self._house.categories,
        }

    def live(self, minute: int, now: datetime) -> None:
        """Let a minute pass: one booking more, one less, one guest comes or goes, some move."""
        random = Random(f"{self.name} {minute}")  # noqa: S311 - makes data up
        self.changed.clear()
        self._book(random, now)
        self._cancel(random, now)
        self._go_on(random, now)
        for _ in range(_MOVED):
            self._move(random, now)

    def _book(self, random: Random, now: datetime) -> None:
        known = self._guests
        known.append(guest(random, len(known) + 1001, now))
        day = now.replace(hour=0, minute=0, second=0) + timedelta(days=random.randrange(1, 120))
        nights = random.randint(1, 6)
        made = reservations.reservation(
            random,
            self._house,
            reservations.FIRST_NUMBER + len(self._reservations),
            guest=known[-1]["Id"],
            room=None,
            state="Optional" if random.random() < 0.3 else "Confirmed",
            arrival=day + timedelta(hours=reservations.ARRIVAL),
            departure=day + timedelta(days=nights, hours=reservations.DEPARTURE),
            created=now,
            updated=now,
        )
        self._reservations.append(made)
        self._tell(now, made, "booked")

    def _cancel(self, random: Random, now: datetime) -> None:
        if found := self._one(random, now, "Confirmed", "Optional"):
            found |= {"State": "Canceled", "CancelledUtc": written(now)}
            found |= {"CancellationReason": "Other", "AssignedResourceId": None}
            self._tell(now, found, "canceled")

    def _go_on(self, random: Random, now: datetime) -> None:
        """Let somebody in who is expected today, or out who leaves; else confirm an option."""
        tonight = written(now.replace(hour=23, minute=59))
        for found in random.sample(self._reservations, _ASKED):
            step = _STEPS.get(found["State"])
            if step and found[step.waits_for] <= tonight:
                found |= {"State": step.after, step.noted_in: written(now)}
                self._tell(now, found, step.words)
                return
        if option := self._one(random, now, "Optional"):
            option["State"] = "Confirmed"
            self._tell(now, option, "confirmed")

    def _move(self, random: Random, now: datetime) -> None:
        found = self._one(random, now, "Confirmed")
        if found is None:
            return
        if random.random() < 0.5:
            found["RateId"] = random.choice(self._house.rates)["Id"]
            self._tell(now, found, "moved to another rate")
        else:
            end = datetime.fromisoformat(found["ScheduledEndUtc"]) + timedelta(days=1)
            found["ScheduledEndUtc"] = written(end)
            self._tell(now, found, "stays a night longer")

    def _one(self, random: Random, now: datetime, *states: str) -> Record | None:
        """Return a reservation in one of these states whose guest is still to come."""
        tomorrow = written(now + timedelta(days=1))
        for _ in range(200):
            found = random.choice(self._reservations)
            if found["State"] in states and found["ScheduledStartUtc"] > tomorrow:
                return found
        return None

    def _tell(self, now: datetime, changed: Record, words: str) -> None:
        changed["UpdatedUtc"] = written(now)
        self.changed.append(changed["Id"])
        self.told.appendleft((now, f"Reservation {changed['Number']}: {words}."))
