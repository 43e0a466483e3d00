"""Holds back a program that hammers: so many requests per token or key, and per address without.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10, on every answer of the API.
"""

import math
import time
from collections import OrderedDict

from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.callers import bearer_of, is_shaped
from api.notes import NOBODYS, Whose, current, note
from domain.pace import Limit, Memory, Programs, Verdict, fingerprint

_MOST_KNOWN = 10_000


class Pace:
    """Pure ASGI, around everything of the API, so that who hammers costs next to nothing.

    A token or key has its own count. Whoever shows none, or one that turns out to be wrong, is
    counted by address: after too many of those no unknown token from there is looked up, while
    programs that are known to hold a good one go on. Addresses are counted by each process.
    """

    def __init__(self, app: ASGIApp, *, base_url: str, limit: Limit) -> None:
        self._app = app
        self._base_url = base_url
        self._limit = limit
        self._addresses = Memory(limit)
        self._programs = Programs(limit)
        self._known: OrderedDict[str, Whose] = OrderedDict()
        self._refused: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        shown, address = bearer_of(scope), (scope.get("client") or ("",))[0]
        if not is_shaped(shown):
            await self._pass("address", address, self._addresses.hit(address), scope, receive, send)
            return
        program = fingerprint(shown)
        if program not in self._known:
            verdict = self._addresses.look(address)
            if not verdict.is_allowed:
                await self._pass("address", address, verdict, scope, receive, send)
                return
        note(whose=self._known.get(program, NOBODYS))
        status = await self._pass("token", program, await self._hit(program), scope, receive, send)
        if status == 401:
            self._known.pop(program, None)
            self._addresses.hit(address)
        elif status != 429:
            self._remember(program)

    async def _hit(self, program: str) -> Verdict:
        if self._programs.asks_the_database:
            return await to_thread.run_sync(self._programs.hit, program)
        return self._programs.hit(program)

    def _remember(self, program: str) -> None:
        """Remember a good token or key, and whose it is if that was asked: for the log."""
        noted = current.get()
        if noted is None or noted.whose == NOBODYS:
            return
        self._known[program] = noted.whose.itself
        self._known.move_to_end(program)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)

    async def _pass(
        self,
        who: str,
        counted: str,
        verdict: Verdict,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> int:
        """Answer as the verdict about `counted` says, and return the status of the answer."""
        statuses = []

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = (
                    f'"{who}";q={self._limit.quota};w={self._limit.seconds}'
                )
                headers["RateLimit"] = f'"{who}";r={verdict.left};t={verdict.seconds}'
            await send(message)

        inner = self._app
        if not verdict.is_allowed:
            inner = self._refusal(who, verdict)
            note(is_kept=self._is_new(counted))
        await inner(scope, receive, send_with_headers)
        return statuses[0] if statuses else 500

    def _is_new(self, counted: str) -> bool:
        """Whether nobody like this was refused within a second: the log needs no more of them."""
        now = time.monotonic()
        if now - self._refused.get(counted, -math.inf) < 1:
            return False
        if len(self._refused) > _MOST_KNOWN:
            self._refused.clear()
        self._refused[counted] = now
        return True

    def _refusal(self, who: str, verdict: Verdict) -> ASGIApp:
        limit, seconds = self._limit, verdict.seconds
        detail = (
            f"This {who} made {limit.quota} requests within {limit.seconds} seconds. "
            f"Try again in {seconds} {'second' if seconds == 1 else 'seconds'}."
        )
        headers = {"Retry-After": str(seconds)}
        return problems.answer(
            "too_many_requests", detail, base_url=self._base_url, headers=headers
        )
