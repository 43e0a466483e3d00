"""The lists of the stand-in for Mews, in pages: of a hotel that lives, from memory.

Paths, filters, cursors and answers as docs.mews.com has them: the newest first, a thousand at most,
and a cursor that is null only when the page is empty.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from demo.partners.hotel.chronicle import Chronicle
from demo.partners.hotel.life import Hotel, Record
from demo.partners.site import Answer, Request, Site, as_json

PATH = "/mews/api/connector/v1"
LISTS = {
    "reservations/getAll/2023-06-06": "Reservations",
    "customers/getAll": "Customers",
    "resources/getAll": "Resources",
    "rates/getAll": "Rates",
    "products/getAll": "Products",
    "services/getAll": "Services",
    "accountingCategories/getAll": "AccountingCategories",
}
RENAMED = ("ScheduledStartUtc", "ScheduledArrivalUtc")  # from, to
_MOST = 1000
Question = Mapping[str, Any]


class Mews:
    """accepted: gives the question of a request and the hotel whose tokens are in it, or None."""

    def __init__(
        self, chronicle: Chronicle, accepted: Callable[[Request], tuple[Question, str] | None]
    ) -> None:
        self._chronicle = chronicle
        self._accepted = accepted

    def site(self) -> Site:
        return {("POST", f"{PATH}/{path}"): self._list(key) for path, key in LISTS.items()}

    def _list(self, key: str) -> Callable[[Request], Answer]:
        def answer(request: Request) -> Answer:
            found = self._accepted(request)
            if found is None:
                return refused("Invalid ClientToken or AccessToken.", 401)
            question, hotel = found
            try:
                page = self._chronicle.look(hotel, lambda hotel: _page(hotel, key, question))
            except (KeyError, TypeError, ValueError, AttributeError):
                return refused(f"{key}: the question is not one that we know.", 400)
            if key == "Reservations" and self._chronicle.is_renamed:
                page = [_renamed(record) for record in page]
            return as_json({key: page, "Cursor": page[-1]["Id"] if page else None})

        return answer


def refused(words: str, code: int) -> Answer:
    return as_json({"Message": words, "RequestId": secrets.token_hex(16)}, code)


def _page(hotel: Hotel, key: str, question: Question) -> list[Record]:
    """Return copies: what a hotel has may change while it is being sent."""
    records, limitation = hotel.lists[key], question["Limitation"]
    count = int(limitation["Count"])
    if not 1 <= count <= _MOST or (key == "Customers" and "UpdatedUtc" not in question):
        raise ValueError
    window = question.get("UpdatedUtc")
    start, end = (window["StartUtc"], window["EndUtc"]) if window else ("", "~")
    services = question.get("ServiceIds")
    page: list[Record] = []
    for record in reversed(records[: _place(records, limitation.get("Cursor"))]):
        is_of_it = services is None or record["ServiceId"] in services
        if is_of_it and start <= record["UpdatedUtc"] <= end:
            page.append(dict(record))
            if len(page) == count:
                break
    return page


def _place(records: list[Record], cursor: str | None) -> int:
    """Return the place of the record that the last page ended with, which stays where it is."""
    if cursor is None:
        return len(records)
    return next(place for place, record in enumerate(records) if record["Id"] == cursor)


def _renamed(record: Record) -> Record:
    old, new = RENAMED
    return {new if name == old else name: value for name, value in record.items()}
