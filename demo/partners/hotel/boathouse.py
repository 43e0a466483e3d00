"""The booking list of the boathouse: a second, older system with an API of its own, by page."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from demo.partners.hotel.guests import LANDS
from demo.partners.site import Answer, Request, Site, as_json

PATH = "/boathouse/api/v2"
HEADER = "X-Api-Key"
_COUNT, _MOST = 240, 100
_STATES = ("booked", "booked", "booked", "option", "in house", "left", "left", "annulled")
_REMARKS = (None, None, None, "Brings a kayak.", "Needs a cot.", "Arrives after 22:00.")


class Boathouse:
    """Apartments on the quay. is_known: whether a key opens it. began: its books hang on it."""

    def __init__(self, is_known: Callable[[str], bool], began: Callable[[], datetime]) -> None:
        self._is_known = is_known
        self._began = began

    def site(self) -> Site:
        return {("GET", f"{PATH}/bookings"): self.bookings}

    def bookings(self, request: Request) -> Answer:
        if not self._is_known(request.headers.get(HEADER.lower(), "")):
            return as_json({"error": "This key is unknown or was withdrawn."}, 401)
        page, size = _number(request, "page", 1), min(_MOST, _number(request, "per_page", 50))
        bookings = made(self._began())
        part = bookings[(page - 1) * size : page * size]
        pages = math.ceil(len(bookings) / size)
        return as_json({"bookings": part, "page": page, "pages": pages, "total": len(bookings)})


def made(began: datetime) -> list[dict[str, Any]]:
    """Return all bookings, the same ones for the same moment."""
    random = Random("Boathouse")  # noqa: S311 - makes data up
    return [_booking(random, number, began) for number in range(_COUNT)]


def _booking(random: Random, number: int, began: datetime) -> dict[str, Any]:
    land, nights = random.choice(LANDS), random.randint(2, 10)
    arrival = began + timedelta(days=number - _COUNT // 2)
    first, last = random.choice(land.first), random.choice(land.last)
    euros = f"{nights * random.randint(90, 240)},{random.choice(('00', '50'))}"
    return {
        "ref": f"BH-{4000 + number}",
        "state": random.choice(_STATES),
        "check_in": f"{arrival:%d.%m.%Y}",
        "check_out": f"{arrival + timedelta(days=nights):%d.%m.%Y}",
        "booked_at": f"{arrival - timedelta(days=random.randint(10, 90)):%d.%m.%Y %H:%M}",
        "guest": {"name": f"{first} {last}", "country": land.code},
        "apartment": f"{random.choice(('Skipper', 'Pilot', 'Bosun'))} {random.randint(1, 4)}",
        "adults": random.randint(1, 4),
        "price": {"amount": euros, "currency": "EUR"},
        "portal": random.choice(("Own site", "Booking.com", "Airbnb", "Phone")),
        "remarks": random.choice(_REMARKS),
    }


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else default
