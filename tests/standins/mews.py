"""Stands in for Mews: tokens in the body, newest first, a cursor that ends with an empty page."""

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from aiohttp import web

from tests.standins.operation import Operation
from tests.standins.samples import BEGINNING, resolved, sample
from tests.standins.standin import Answer, Record, Refused, StandIn, changed_within

SPEC = "mews/connector-api.openapi31.json"
TOKENS = {"client_token": "C" * 32, "access_token": "A" * 32}
LISTS = {
    "reservations/getAll/2023-06-06": "Reservations",
    "customers/getAll": "Customers",
    "resources/getAll": "Resources",
    "rates/getAll": "Rates",
    "products/getAll": "Products",
    "services/getAll": "Services",
    "accountingCategories/getAll": "AccountingCategories",
}


class Mews(StandIn):
    """`count` records of each type, each changed an hour after the one before."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.records = {path: _made(path, count) for path in LISTS}

    def refusal(self) -> Answer:
        return Answer({"Message": "Invalid AccessToken.", "RequestId": "77-aa"}, 401)

    async def answer(self, request: web.Request, body: bytes) -> Answer:
        path = request.path.removeprefix("/api/connector/v1/")
        operation = _operation(path)
        question = json.loads(body)
        complaints = operation.complaints(request.query, question) + _more(path, question)
        if complaints:
            self.complaints += complaints
            raise Refused(Answer({"Message": "; ".join(complaints), "RequestId": "1"}, 400))
        if question["AccessToken"] != TOKENS["access_token"]:
            raise Refused(self.refusal())
        value = self._page(path, question)
        self.complaints += [] if self.faults.renamed else operation.answer_faults(value)
        return Answer(value)

    def _page(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        window = question.get("UpdatedUtc") or {}
        start, end = (
            datetime.fromisoformat(window[key]) if key in window else None
            for key in ("StartUtc", "EndUtc")
        )
        found = [r for r in self.records[path] if changed_within(r["UpdatedUtc"], start, end)]
        limitation = question["Limitation"]
        ids = [record["Id"] for record in found]
        cursor = None if self.faults.endless else limitation.get("Cursor")
        first = ids.index(cursor) + 1 if cursor else 0
        page = found[first : first + limitation["Count"]]
        value = self._empty(path)
        value |= {LISTS[path]: self.shown(page), "Cursor": page[-1]["Id"] if page else None}
        return value

    def _empty(self, path: str) -> dict[str, Any]:
        """The other lists that the contract requires beside the one that is read."""
        operation = _operation(path)
        schema = operation.answer_schema()
        made = {}
        for key in schema.get("required", []):
            inner = resolved(schema["properties"][key], operation.root)
            made[key] = [] if inner.get("type") == "array" else sample(inner, operation.root, 1)
        return made


def _operation(path: str) -> Operation:
    return Operation(SPEC, "post", f"/api/connector/v1/{path}")


def _more(path: str, question: dict[str, Any]) -> list[str]:
    """What Mews' documentation says in words only."""
    complaints = []
    count = question.get("Limitation", {}).get("Count")
    if not isinstance(count, int) or not 1 <= count <= 1000:
        complaints.append("Count must be from 1 to 1000")
    if path == "customers/getAll" and not question.get("UpdatedUtc"):
        complaints.append("customers need a filter")
    if "ServiceIds" in question and not question["ServiceIds"]:
        complaints.append("ServiceIds must not be empty")
    if window := question.get("UpdatedUtc"):
        start, end = (datetime.fromisoformat(window[key]) for key in ("StartUtc", "EndUtc"))
        if not timedelta(0) <= end - start <= timedelta(days=89):
            complaints.append("an interval has three months at most")
    return complaints


@cache
def _made(path: str, count: int) -> list[Record]:
    operation = _operation(path)
    items = operation.answer_schema()["properties"][LISTS[path]]["items"]
    made = [sample(items, operation.root, number) for number in range(count)]
    for number, record in enumerate(made):
        changed = BEGINNING + timedelta(hours=number)
        record |= {"Id": f"{LISTS[path]}-{number:05}", "UpdatedUtc": changed.isoformat()}
    return made[::-1]
