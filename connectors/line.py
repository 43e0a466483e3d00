"""One way out that stays open: requests by synchronous callers over connections kept alive."""

import asyncio
import json as jsonlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from threading import Thread
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from connectors import faults
from connectors.dial import read_at_most

T = TypeVar("T")


class Unreachable(Exception):
    """The other side gave no usable answer. `error` is a class of `faults`, `reason` a clause."""

    def __init__(self, error: str, reason: str) -> None:
        super().__init__(reason)
        self.error = error
        self.reason = reason


@dataclass(frozen=True)
class Reply:
    """An HTTP answer: status code, headers by lower-case name, the whole body."""

    code: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Parse the body. Raises ValueError when it isn't JSON."""
        return jsonlib.loads(self.body)


class Way(Protocol):
    """What asks other machines for us: a door, or a line that was opened through it."""

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, seconds: float = 15
    ) -> Reply:
        """GET, for synchronous callers off the event loop. Raises Blocked, Unreachable."""

    def post(
        self,
        url: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = 15,
    ) -> Reply:
        """POST a JSON value or a form, as `get`. Raises Blocked, Unreachable."""


class Line:
    """A thread with an event loop and a session of its own, used as a context manager.

    So synchronous and asynchronous callers share one path out, with one time limit for the whole
    exchange, which no socket timeout can give. Made by `Door.line`.
    """

    def __init__(
        self,
        check: Callable[[str], None],
        session: Callable[[], aiohttp.ClientSession],
        largest: int,
        longest: float,
    ) -> None:
        """check: raises Blocked for a URL that must not be asked. largest: bytes of an answer.

        longest: seconds for one exchange, however many its asker would wait.
        """
        self._check = check
        self._start = session
        self._largest = largest
        self._longest = longest

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="line", daemon=True)
        self._thread.start()
        self._session = self._run(self._opened())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run(self._session.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, seconds: float = 15
    ) -> Reply:
        """GET over this line. Raises Blocked, Unreachable."""
        return self._ask("GET", url, headers or {}, None, seconds)

    def post(
        self,
        url: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = 15,
    ) -> Reply:
        """POST a JSON value or a form over this line. Raises Blocked, Unreachable."""
        if form is not None:
            kind, body = "application/x-www-form-urlencoded", urlencode(form).encode()
        else:
            kind, body = "application/json", jsonlib.dumps(json).encode()
        return self._ask("POST", url, {"Content-Type": kind, **(headers or {})}, body, seconds)

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Reply:
        self._check(url)
        return self._run(self._exchange(method, url, headers, body, seconds))

    async def _opened(self) -> aiohttp.ClientSession:
        return self._start()

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Reply:
        try:
            async with self._session.request(
                method,
                URL(url),
                headers=headers,
                data=body,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=min(seconds, self._longest)),
            ) as answer:
                content = bytearray()
                await read_at_most(answer.content, self._largest + 1, content)
                if len(content) > self._largest:
                    raise Unreachable("too_large", "its answer was too large")
                named = {name.lower(): value for name, value in answer.headers.items()}
                return Reply(answer.status, named, bytes(content))
        except faults.EXPECTED as fault:
            raise Unreachable(*faults.explain(fault)) from None

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()
