"""Made-up reservations, in the shape of Mews: no room has two guests at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from demo.partners.hotel.guests import guest, new_id, written
from demo.partners.hotel.house import ADULT, CHILD, House

BEFORE, AHEAD = 130, 170  # days that the books reach back and forward
ARRIVAL, DEPARTURE = 14, 10  # o'clock, in UTC
FIRST_NUMBER = 20_001
NEWEST = 100  # records
REQUESTED = 12  # reservations that wait for the hotel's answer, at the beginning
_ORIGINS = ("Distributor", "ChannelManager", "Commander", "Navigator", "Connector")
_OFTEN = (26, 44, 20, 6, 4)
_REASONS = ("Other", "BookedElsewhere", "PriceTooHigh", "ConfirmationMissed", "NoShow")


def written_down(
    random: Random, house: House, count: int, now: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return `count` reservations and their guests, each list from the oldest to the newest."""
    stays = sorted(_stays(random, house, count, now), key=lambda stay: stay["created"])[-count:]
    guests: list[dict[str, Any]] = []
    reservations = []
    for number, stay in enumerate(stays, start=FIRST_NUMBER):
        if not guests or random.random() < 0.68:
            guests.append(guest(random, len(guests) + 1001, stay["created"]))
        stay["guest"] = random.choice(guests[-900:])["Id"]
        reservations.append(reservation(random, house, number, **stay))
    # What is odd is not among the newest, which are the sample that a mapping is tried on.
    settled = reservations[:-NEWEST]
    for waiting in random.sample([r for r in settled if _lies_ahead(r, now)], REQUESTED):
        waiting |= {"State": "Requested", "AssignedResourceId": None}
    # Guests who came over from an older system, with dates that no calendar has.
    for old, text in zip(random.sample(guests[:-NEWEST], 3), _NO_DATES, strict=True):
        old["BirthDate"] = text
    return reservations, guests


_NO_DATES = ("1968-02-30", "0000-00-00", "1975-13-04")


def reservation(
    random: Random,
    house: House,
    number: int,
    *,
    guest: str,
    room: str | None,
    state: str,
    arrival: datetime,
    departure: datetime,
    created: datetime,
    updated: datetime,
) -> dict[str, Any]:
    """Return one reservation as the vendor gives it."""
    is_canceled = state == "Canceled"
    (adults,) = random.choices((1, 2, 3), (35, 58, 7))
    (children,) = random.choices((0, 1, 2), (8, 1, 1))
    return {
        "Id": new_id(random),
        "ServiceId": house.services[0]["Id"],
        "AccountId": guest,
        "AccountType": "Customer",
        "CreatorProfileId": house.kinds[0],
        "UpdaterProfileId": house.kinds[0],
        "BookerId": None,
        "Number": str(number),
        "State": state,
        "Origin": random.choices(_ORIGINS, _OFTEN)[0],
        "CommanderOrigin": None,
        "OriginDetails": None,
        "CreatedUtc": written(created),
        "UpdatedUtc": written(updated),
        "CancelledUtc": written(updated) if is_canceled else None,
        "VoucherId": None,
        "BusinessSegmentId": None,
        "Options": {"OwnerCheckedIn": state == "Started", "ConnectorCheckIn": False},
        "RateId": random.choice(house.rates)["Id"],
        "CreditCardId": None,
        "GroupId": new_id(random),
        "RequestedResourceCategoryId": random.choice(house.kinds),
        "AssignedResourceId": None if is_canceled else room,
        "AssignedResourceLocked": False,
        "ChannelNumber": None,
        "CancellationReason": random.choice(_REASONS) if is_canceled else None,
        "ReleasedUtc": None,
        "ScheduledStartUtc": written(arrival),
        "ActualStartUtc": written(arrival) if state in ("Started", "Processed") else None,
        "ScheduledEndUtc": written(departure),
        "ActualEndUtc": written(departure) if state == "Processed" else None,
        "Purpose": random.choice(("Leisure", "Leisure", "Business")),
        "PersonCounts": [
            {"AgeCategoryId": ADULT, "Count": adults},
            *([{"AgeCategoryId": CHILD, "Count": children}] if children else []),
        ],
    }


def _stays(random: Random, house: House, count: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Go from room to room and through the books; one of nine stays was canceled.

    The pauses between stays are as long as it takes to have `count` of them, and some to spare.
    """
    nights = (1, 2, 2, 3, 3, 4, 5, 7)
    room_nights = (BEFORE + AHEAD) * len(house.rooms)
    pause = max(0.0, room_nights / (1.05 * count) - sum(nights) / len(nights))
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for room in house.rooms:
        day = today - timedelta(days=BEFORE) + timedelta(days=random.randrange(9))
        while day < today + timedelta(days=AHEAD):
            stayed = random.choice(nights)
            yield _stay(random, room["Id"], day, stayed, now)
            day += timedelta(days=stayed + round(random.expovariate(1 / pause) if pause else 0))


def _stay(random: Random, room: str, day: datetime, nights: int, now: datetime) -> dict[str, Any]:
    arrival = day + timedelta(hours=ARRIVAL)
    departure = day + timedelta(days=nights, hours=DEPARTURE)
    lead = timedelta(days=random.expovariate(1 / 35), minutes=random.randrange(1440))
    created = min(arrival - lead, now - timedelta(minutes=random.randrange(30, 40 * 1440)))
    state, updated = _state(random, arrival, departure, created, now)
    return {
        "room": room,
        "state": state,
        "arrival": arrival,
        "departure": departure,
        "created": created,
        "updated": max(created, min(updated, now - timedelta(minutes=3))),
    }


def _state(
    random: Random, arrival: datetime, departure: datetime, created: datetime, now: datetime
) -> tuple[str, datetime]:
    """Return how far a stay has come, and when it came there."""
    if random.random() < 0.11:
        return "Canceled", created + (min(arrival, now) - created) * random.random()
    if departure < now:
        return "Processed", departure
    if arrival < now:
        return "Started", arrival
    return ("Optional" if random.random() < 0.06 else "Confirmed"), created


def _lies_ahead(reservation: dict[str, Any], now: datetime) -> bool:
    is_open = reservation["State"] in ("Confirmed", "Optional")
    return is_open and bool(reservation["ScheduledStartUtc"] > written(now + timedelta(days=7)))
