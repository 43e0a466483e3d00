"""Stands in for Apaleo: client credentials, page numbers, and 204 past the end."""

import base64
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from aiohttp import web

from tests.standins.operation import Operation
from tests.standins.samples import BEGINNING, sample
from tests.standins.standin import Answer, Record, Refused, StandIn, changed_within

CLIENT = {"client_id": "HRBR-ADJOIN", "client_secret": "aSecretOfThirtyLetters"}
LISTS = {"/booking/v1/reservations": "reservations", "/inventory/v1/units": "units"}
MOST = 200


class Apaleo(StandIn):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.tokens = 0
        self.expired = 0
        self.records = {path: _made(path, count) for path in LISTS}

    def refusal(self) -> Answer:
        return Answer({"error": "invalid_client", "error_description": "Unknown client."}, 400)

    async def answer(self, request: web.Request, body: bytes) -> Answer:
        if request.path == "/connect/token":
            return self._token(request, body)
        token = request.headers.get("Authorization", "")
        if token != f"Bearer token-{self.tokens}" or self.expired == self.tokens:
            raise Refused(Answer(None, 401))
        operation = _operation(request.path)
        complaints = operation.complaints(request.query, None)
        if complaints:
            self.complaints += complaints
            raise Refused(Answer({"messages": complaints}, 422))
        value = self._page(request)
        if value is None:
            return Answer(None, 204)
        self.complaints += [] if self.faults.renamed else operation.answer_faults(value)
        return Answer(value)

    def _token(self, request: web.Request, body: bytes) -> Answer:
        pair = f"{CLIENT['client_id']}:{CLIENT['client_secret']}"
        basic = base64.b64encode(pair.encode()).decode()
        if request.headers.get("Authorization") != f"Basic {basic}":
            raise Refused(self.refusal())
        if body != b"grant_type=client_credentials":
            raise Refused(Answer({"error": "unsupported_grant_type"}, 400))
        self.tokens += 1
        token = f"token-{self.tokens}"
        return Answer({"access_token": token, "expires_in": 3600, "token_type": "Bearer"})

    def _page(self, request: web.Request) -> dict[str, Any] | None:
        query = request.query
        start, end = (
            datetime.fromisoformat(query[key]) if key in query else None for key in ("from", "to")
        )
        found = self.records[request.path]
        if query.get("dateFilter") == "Modification":
            found = [r for r in found if changed_within(r["modified"], start, end)]
        size = min(int(query["pageSize"]), MOST)
        first = 0 if self.faults.endless else (int(query["pageNumber"]) - 1) * size
        page = found[first : first + size]
        if not page:
            return None
        return {LISTS[request.path]: self.shown(page), "count": len(found)}


def _operation(path: str) -> Operation:
    return Operation(f"apaleo/{path.split('/')[1]}.json", "get", path)


@cache
def _made(path: str, count: int) -> list[Record]:
    operation, key = _operation(path), LISTS[path]
    schema = operation.root["definitions"][operation.answer_schema()["$ref"].split("/")[-1]]
    items = schema["properties"][key]["items"]
    made = [sample(items, operation.root, number) for number in range(count)]
    for number, record in enumerate(made):
        changed = BEGINNING + timedelta(hours=number)
        record["id"] = f"{key}-{number:05}"
        if "modified" in record:
            record["modified"] = changed.isoformat()
    return made
