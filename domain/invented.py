"""Invented records: a hotel that never was, for partners to try things out. Pure.

The same day gives the same records, under the same ids whatever the day. Nobody in it is a real
person: names are first names with things for last names, and mails go to a domain that is kept for
examples (RFC 2606).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

CURRENCY = "EUR"
FLOORS, ROOMS_PER_FLOOR = 4, 12
BEFORE, AFTER = timedelta(days=180), timedelta(days=180)  # of today: when stays begin
_SEED = "a hotel that never was"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = _words(
    "Ada Amir Anouk Beni Carla Dario Edda Emil Farah Finn Greta Hugo Ida Ilja Jana Jonas Kaja Levi "
    "Lina Malik Mara Milo Nela Nuri Olga Oskar Pia Quirin Rosa Ruben Sanna Silas Tara Tilo Uma "
    "Vera Viggo Wanda Yara Zeno"
)
_LAST = _words(
    "Acorn Amber Anchor Birch Bramble Brook Candle Cedar Clover Copper Dahlia Ember Fern Feather "
    "Garnet Harbour Hazel Heather Ivy Juniper Kestrel Lantern Larch Linden Maple Meadow Moss "
    "Nettle Orchard Pebble Pepper Plume Quill Reed Rowan Saffron Sparrow Thistle Willow Yarrow"
)
_COUNTRIES = (("DE", "de-DE"), ("AT", "de-AT"), ("CH", "de-CH"), ("FR", "fr-FR"), ("NL", "nl-NL"))
_NOTES = (None, None, None, None, "Quiet room, please.", "Late arrival.")
_CHANNELS = ("Website", "Phone", "Walk-in", "Booking channel", "Travel agency")

Values = dict[str, Any]


@dataclass(frozen=True)
class Invented:
    """A record as a source would give it: its primary key there, and its fields."""

    key: str
    values: Mapping[str, Any]

    def with_(self, **values: Any) -> "Invented":
        return replace(self, values={**self.values, **values})


def hotel(today: date) -> dict[str, list[Invented]]:
    """Return all records of the hotel by the keys of their types; stays lie around `today`."""
    random = Random(_SEED)  # noqa: S311 - nothing depends on its being hard to guess
    rooms = list(_rooms(random))
    stays, guests = [], []
    for room in rooms:
        for number, (arrival, nights) in enumerate(_nights(random, today), 1):
            guest = _guest(random, f"G-{room.key}-{number}", today)
            guests.append(guest)
            stays.append(
                _stay(random, f"R-{room.key}-{number}", room, guest, arrival, nights, today)
            )
    return {
        "services": _listed(_SERVICES, "SRV"),
        "accounting_categories": _listed(_CATEGORIES, "AC"),
        "products": _listed(_PRODUCTS, "PRD"),
        "rates": _listed(_RATES, "RAT"),
        "spaces": rooms,
        "guests": guests,
        "reservations": stays,
    }


def newcomer(number: int, today: date) -> tuple[Invented, Invented]:
    """Return the `number`-th reservation that is made later on, and its guest."""
    random = Random(f"{_SEED} {number}")  # noqa: S311
    room = random.choice(list(_rooms(Random(_SEED))))  # noqa: S311
    guest = _guest(random, f"G-new-{number}", today)
    arrival = today + timedelta(days=random.randint(1, 90))
    stay = _stay(
        random, f"R-new-{number}", room, guest, arrival, random.randint(1, 5), today, is_new=True
    )
    return stay, guest


# Details


def _rooms(random: Random) -> Iterator[Invented]:
    for floor in range(1, FLOORS + 1):
        for door in range(1, ROOMS_PER_FLOOR + 1):
            number = f"{floor}{door:02}"
            is_suite = door > ROOMS_PER_FLOOR - 2
            beds = 1 if door <= 4 else 2
            yield Invented(
                number,
                {
                    "name": number,
                    "number": number,
                    "category": "Suite" if is_suite else "Single" if beds == 1 else "Double",
                    "kind": "suite" if is_suite else "room",
                    "floor": str(floor),
                    "beds": beds,
                    "max_guests": beds + is_suite * 2,
                    "active": True,
                    "state": random.choice(("clean", "clean", "dirty", "inspected")),
                },
            )


def _nights(random: Random, today: date) -> Iterator[tuple[date, int]]:
    """Return the stays in one room, each after the one before: the day of arrival, and nights."""
    day = today - BEFORE + timedelta(days=random.randint(0, 5))
    while day < today + AFTER:
        nights = random.choice((1, 1, 2, 2, 2, 3, 3, 4, 5, 7))
        yield day, nights
        day += timedelta(days=nights + random.choice((0, 0, 1, 2, 4, 9)))


def _guest(random: Random, key: str, today: date) -> Invented:
    first, last = random.choice(_FIRST), random.choice(_LAST)
    country, language = random.choice(_COUNTRIES)
    return Invented(
        key,
        {
            "first_name": first,
            "last_name": last,
            "email": f"{first}.{last}.{key}@guests.example".lower(),
            "language": language,
            "nationality": country,
            "country": country,
            "birth_date": date(1990, 1, 1) - timedelta(days=random.randint(-4000, 15_000)),
            "vip": random.random() < 0.03,
            "updated": _at(today - BEFORE - timedelta(days=random.randint(1, 300)), 10),
        },
    )


def _stay(
    random: Random,
    key: str,
    room: Invented,
    guest: Invented,
    arrival: date,
    nights: int,
    today: date,
    *,
    is_new: bool = False,
) -> Invented:
    rate = random.choice(_RATES)
    departure = arrival + timedelta(days=nights)
    booked = today if is_new else min(arrival - timedelta(days=random.randint(0, 120)), today)
    status = "confirmed" if is_new else _status(random, arrival, departure, today)
    total = nights * (rate["base_price"] + random.randint(0, 60) * 100)
    return Invented(
        key,
        {
            "number": key.removeprefix("R-").upper(),
            "status": status,
            "arrival": arrival,
            "departure": departure,
            "created": _at(booked, random.randint(0, 7)),
            "updated": _at(booked, 8),
            "canceled": _at(booked, 9) if status == "canceled" else None,
            "guest_id": guest.key,
            "guest_name": f"{guest.values['first_name']} {guest.values['last_name']}",
            "space_id": room.key,
            "space_name": room.values["name"],
            "rate_id": f"RAT-{rate['code']}",
            "rate_name": rate["name"],
            "adults": min(room.values["max_guests"], random.randint(1, 2)),
            "children": int(random.random() < 0.1),
            "total": total,
            "total_currency": CURRENCY,
            "balance": total if status in ("confirmed", "inquired", "started") else 0,
            "balance_currency": CURRENCY,
            "channel": random.choice(_CHANNELS),
            "notes": random.choice(
                (None, None, None, None, "Quiet room, please.", "Late arrival.")
            ),
        },
    )


def _status(random: Random, arrival: date, departure: date, today: date) -> str:
    chance = random.random()
    if chance < 0.06:
        return "canceled"
    if departure <= today:
        return "no_show" if chance < 0.08 else "ended"
    if arrival <= today:
        return "started"
    return "inquired" if chance < 0.12 else "confirmed"


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def _listed(rows: tuple[Values, ...], prefix: str) -> list[Invented]:
    return [Invented(f"{prefix}-{row['code']}", row) for row in rows]


_SERVICES: tuple[Values, ...] = (
    {"name": "Stay", "code": "STAY", "kind": "stays", "starts": "15:00", "ends": "11:00"},
    {"name": "Restaurant", "code": "REST", "kind": "extras", "starts": "07:00", "ends": "23:00"},
    {"name": "Spa", "code": "SPA", "kind": "extras", "starts": "09:00", "ends": "21:00"},
    {"name": "Car park", "code": "PARK", "kind": "extras"},
)
_CATEGORIES: tuple[Values, ...] = tuple(
    {
        "name": name,
        "code": code,
        "external_code": f"X{code}",
        "ledger_code": f"8{code}",
        "classification": group,
        "active": True,
    }
    for code, name, group in (
        ("100", "Room revenue", "Accommodation"),
        ("110", "Room revenue, no shows", "Accommodation"),
        ("200", "Food", "Food and beverage"),
        ("210", "Beverages", "Food and beverage"),
        ("220", "Breakfast", "Food and beverage"),
        ("300", "Spa treatments", "Wellness"),
        ("400", "Parking", "Other revenue"),
        ("410", "Other revenue", "Other revenue"),
        ("500", "City tax", "Taxes"),
        ("600", "Deposits", "Payments"),
        ("610", "Card payments", "Payments"),
        ("620", "Cash", "Payments"),
    )
)
_PRODUCTS: tuple[Values, ...] = tuple(
    {
        "name": name,
        "code": code,
        "price": price,
        "price_currency": CURRENCY,
        "charging": charging,
        "service_id": f"SRV-{service}",
        "accounting_category_id": f"AC-{category}",
        "active": True,
    }
    for code, name, price, charging, service, category in (
        ("BRK", "Breakfast", 1900, "per person and night", "STAY", "220"),
        ("HB", "Half board", 4200, "per person and night", "STAY", "200"),
        ("WELC", "Welcome drink", 900, "per person", "REST", "210"),
        ("MINI", "Minibar", 650, "once", "REST", "210"),
        ("DINN", "Dinner, three courses", 4900, "per person", "REST", "200"),
        ("LATE", "Late check-out", 3500, "once", "STAY", "410"),
        ("EARL", "Early check-in", 2500, "once", "STAY", "410"),
        ("DOG", "Dog", 1500, "per night", "STAY", "410"),
        ("COT", "Cot", 0, "per night", "STAY", "410"),
        ("XBED", "Extra bed", 3900, "per night", "STAY", "100"),
        ("TAX", "City tax", 250, "per person and night", "STAY", "500"),
        ("PARK", "Parking", 1800, "per night", "PARK", "400"),
        ("MASS", "Massage, 50 minutes", 8900, "once", "SPA", "300"),
        ("DAYS", "Day spa", 3200, "once", "SPA", "300"),
    )
)
_RATES: tuple[Values, ...] = tuple(
    {
        "name": name,
        "code": code,
        "currency": CURRENCY,
        "active": True,
        "public": is_public,
        "base_price": price,
        "base_price_currency": CURRENCY,
        "service_id": "SRV-STAY",
    }
    for code, name, price, is_public in (
        ("BAR", "Best available", 14900, True),
        ("FLEX", "Flexible", 16900, True),
        ("NRF", "Not refundable", 12900, True),
        ("BB", "With breakfast", 17900, True),
        ("WEEK", "Stay seven, pay six", 12800, True),
        ("CORP", "Corporate", 13900, False),
        ("GROUP", "Group", 11900, False),
        ("STAFF", "Staff of partners", 8900, False),
    )
)
