"""An API like many others, in five ways to give long lists."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from tests.standins.samples import BEGINNING
from tests.standins.standin import Answer, Refused, StandIn, changed_within

TOKEN = {"token": "rest-token-that-nobody-guesses"}
PATHS = {"types": {"reservations": {"path": "/v2/stays", "records": "data.items"}}}
STYLES: dict[str, dict[str, Any]] = {
    "none": {"paging": "none"},
    "page": {"paging": "page", "page_parameter": "page", "total_path": "data.total"},
    "offset": {"paging": "offset", "page_parameter": "skip", "total_path": "data.total"},
    "cursor": {"paging": "cursor", "page_parameter": "after", "next_path": "data.last"},
    "next": {"paging": "next", "next_path": "data.next"},
    "link": {"paging": "next"},
}
EVERYWHERE = {"size_parameter": "limit", "size": "40", "since_parameter": "changed_since"}
PARAMETERS = {"page", "skip", "after", "limit", "changed_since"}


class Rest(StandIn):
    def __init__(self, count: int, style: str) -> None:
        super().__init__()
        self.style = style
        self.records = [
            {
                "id": f"stay-{number:05}",
                "guest": {"name": f"Guest {number}"},
                "changed": (BEGINNING + timedelta(hours=number)).isoformat(),
            }
            for number in range(count)
        ]

    async def change(self, number: int, guest: str) -> int:
        """Let a guest have another name, and tell of it."""
        self.records[number] |= {"guest": {"name": guest}, "changed": datetime.now(UTC).isoformat()}
        return await self.tell({"id": f"change of {guest}", "types": ["reservations"]})

    def refusal(self) -> Answer:
        return Answer({"error": "invalid token rest-token-that-nobody-guesses"}, 401)

    async def answer(self, request: web.Request, body: bytes) -> Answer:
        if request.headers.get("Authorization") != f"Bearer {TOKEN['token']}":
            raise Refused(self.refusal())
        self.complaints += [f"no parameter {one}" for one in request.query if one not in PARAMETERS]
        if request.path != "/v2/stays":
            raise Refused(Answer({"message": "There is nothing here."}, 404))
        return self._page(request)

    def _page(self, request: web.Request) -> Answer:
        query = request.query
        since = datetime.fromisoformat(query["changed_since"]) if "changed_since" in query else None
        found = [r for r in self.records if changed_within(r["changed"], since, None)]
        size = len(found) or 1 if self.style == "none" else int(query.get("limit", 40))
        first = 0 if self.faults.endless else self._first(query, size)
        page = found[first : first + size]
        data: dict[str, Any] = {"items": self.shown(page), "total": len(found)}
        has_more = first + size < len(found)
        asking = f"/v2/stays?limit={size}&skip={first + size}"
        if since:
            asking += f"&changed_since={query['changed_since'].replace('+', '%2B')}"
        if self.style == "cursor" and has_more:
            data["last"] = first + size
        if self.style == "next" and has_more:
            data["next"] = asking
        headers = {}
        if self.style == "link" and has_more:
            headers["Link"] = f'</v2/stays?limit=1>; rel="first", <{asking}>; rel="next"'
        return Answer({"data": data}, headers=headers)

    def _first(self, query: Any, size: int) -> int:
        if self.style == "page":
            return (int(query["page"]) - 1) * size
        return int(query.get("after" if self.style == "cursor" else "skip", 0))
