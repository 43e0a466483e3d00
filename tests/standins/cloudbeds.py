"""Stands in for Cloudbeds: a key in a header, page numbers with a total, failures with 200."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from aiohttp import web

from tests.standins.operation import Operation
from tests.standins.samples import BEGINNING, resolved, sample
from tests.standins.standin import Answer, Record, Refused, StandIn, changed_within

SPEC = "cloudbeds/pms-v1.3-openapi.yaml"
KEY = {"api_key": "cbat_ThisIsAKeyOfThirtyTwoLetters"}
IDS = {
    "getReservations": "reservationID",
    "getGuestList": "guestID",
    "getRooms": "roomID",
    "getRatePlans": "rateID",
    "getItems": "itemID",
}
MOST = 100


class Cloudbeds(StandIn):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.inactive = False
        self.records = {call: _made(call, count) for call in IDS}

    def refusal(self) -> Answer:
        value = {"error": "access_denied", "message": "The authorization server denied it."}
        return Answer(value, 401, {"X-Request-ID": "cb-77"})

    async def answer(self, request: web.Request, body: bytes) -> Answer:
        call = request.path.removeprefix("/api/v1.3/")
        if request.headers.get("x-api-key") != KEY["api_key"]:
            raise Refused(self.refusal())
        if self.inactive:
            return Answer({"success": False, "message": "This user is not active anymore"})
        operation = _operation(call)
        complaints = operation.complaints(request.query, None)
        if complaints:
            self.complaints += complaints
            return Answer({"success": False, "message": "; ".join(complaints)})
        value = self._page(call, request)
        self.complaints += [] if self.faults.renamed else operation.answer_faults(value)
        return Answer(value)

    def _page(self, call: str, request: web.Request) -> dict[str, Any]:
        query = request.query
        start, end = (_moment(query, one) for one in ("From", "To"))
        found = self.records[call]
        if start or end:
            found = [r for r in found if changed_within(r["dateModified"], start, end)]
        size = min(int(query.get("pageSize", 20)), MOST)
        first = 0 if self.faults.endless else (int(query.get("pageNumber", 1)) - 1) * size
        page = self.shown(found[first : first + size])
        value: dict[str, Any] = {"success": True, "data": page}
        if call == "getGuestList":
            value["data"] = {record["guestID"]: record for record in page}
        if call == "getRooms":
            value["data"] = [{"propertyID": "31415", "rooms": page}]
        if call in ("getReservations", "getGuestList", "getRooms"):
            value |= {"count": len(page), "total": len(found)}
        else:
            value["data"] = self.shown(found)
        return value


def _moment(query: Any, end: str) -> datetime | None:
    found = query.get(f"modified{end}") or query.get(f"results{end}")
    return datetime.fromisoformat(found) if found else None


def _operation(call: str) -> Operation:
    return Operation(SPEC, "get", f"/{call}")


@cache
def _made(call: str, count: int) -> list[Record]:
    operation = _operation(call)
    schema = resolved(operation.answer_schema(), operation.root)
    items = schema["properties"]["data"]
    items = items.get("items") or items["additionalProperties"]
    if call == "getRooms":
        items = items["properties"]["rooms"]["items"]
    made = [sample(items, operation.root, number) for number in range(count)]
    for number, record in enumerate(made):
        record[IDS[call]] = f"{call}-{number:05}"
        if "dateModified" in record:
            changed = BEGINNING + timedelta(hours=number)
            record["dateModified"] = changed.isoformat()
    return made
