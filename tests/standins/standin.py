"""A hotel system that stands in for a real one: checks what it is asked, and can misbehave."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import ClientSession, web

Record = dict[str, Any]


@dataclass
class Faults:
    """What goes wrong at the stand-in. Everything is fine by default.

    revoked: the credentials are not accepted any more. wait: every answer is a 429 that asks to
    wait so many seconds. broken: so many answers are a 500 before all is well again. seconds: how
    late each answer is. html: a web page instead of data. endless: the first page for ever.
    flood: an answer that never ends. renamed: a field that has got another name. deep: levels of
    lists inside each other in every record. cut: the answer breaks off in the middle.
    """

    revoked: bool = False
    wait: int | None = None
    broken: int = 0
    seconds: float = 0
    html: bool = False
    endless: bool = False
    flood: bool = False
    renamed: tuple[str, str] | None = None
    deep: int = 0
    cut: bool = False


@dataclass
class Answer:
    """What the stand-in says. value None means no body at all."""

    value: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The question breaks the contract, or the credentials are wrong."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class StandIn:
    """A vendor's server. Subclasses answer; this class misbehaves and keeps accounts."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.hook = ""  # the address that it calls when something has changed
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.sent = 0
        self.connections: set[int] = set()

    async def answer(self, request: web.Request, body: bytes) -> Answer:
        """What a healthy server says. Raises Refused."""
        raise NotImplementedError

    def refusal(self) -> Answer:
        """What the vendor says to wrong credentials."""
        raise NotImplementedError

    async def tell(self, said: Any) -> int:
        """Call `hook` with what it says about a change; return the status of the answer."""
        async with ClientSession() as caller, caller.post(self.hook, json=said) as answer:
            return answer.status

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.asked.append(request.path_qs)
        self.connections.add(id(request.transport))
        await asyncio.sleep(self.faults.seconds)
        if misbehaved := await self._misbehave(request):
            return misbehaved
        try:
            answer = self.refusal() if self.faults.revoked else await self.answer(request, body)
        except Refused as refused:
            answer = refused.answer
        if answer.value is None:
            return web.Response(status=answer.status)
        text = json.dumps(answer.value)
        if self.faults.cut:
            text = text[: len(text) // 2]
        return web.Response(
            text=text, status=answer.status, headers=answer.headers, content_type="application/json"
        )

    async def _misbehave(self, request: web.Request) -> web.StreamResponse | None:
        faults = self.faults
        if faults.wait is not None:
            headers = {"Retry-After": str(faults.wait)}
            return web.json_response({"Message": "Too many"}, status=429, headers=headers)
        if faults.broken:
            faults.broken -= 1
            return web.json_response({"Message": "Oh"}, status=500)
        if faults.html:
            return web.Response(text="<!DOCTYPE html><p>Sign in", content_type="text/html")
        if faults.flood:
            return await self._flood(request)
        return None

    async def _flood(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        piece = b'["' + b"x" * 1_000_000
        try:
            while self.sent < 2_000_000_000:
                await response.write(piece)
                self.sent += len(piece)
        except (ConnectionError, asyncio.CancelledError):
            pass
        return response

    def shown(self, records: list[Record]) -> list[Record]:
        """Records as they are given out, with what is wrong with them today."""
        if self.faults.renamed:
            old, new = self.faults.renamed
            records = [{new if key == old else key: v for key, v in r.items()} for r in records]
        if self.faults.deep:
            inner: Any = 1
            for _ in range(self.faults.deep):
                inner = [inner]
            records = [{**record, "deep": inner} for record in records]
        return records


def changed_within(text: str, start: datetime | None, end: datetime | None) -> bool:
    """Whether a record that says when it was changed belongs between two moments."""
    moment = datetime.fromisoformat(text)
    return (start is None or moment >= start) and (end is None or moment <= end)
