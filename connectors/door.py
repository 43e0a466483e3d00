"""The one way out to the Internet: judges every address, when it is saved and when it is dialed."""

import asyncio
import json as jsonlib
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from connectors import faults
from connectors.addresses import forbidden
from connectors.dial import JudgingConnector, read_at_most
from connectors.urls import Blocked, entry, judge_address, judge_host, parse, plain

__all__ = ["Blocked", "Door", "Reply", "Unreachable", "forbidden"]

LONGEST_REPLY = 1_000_000
USER_AGENT = "Adjoin/0.1"

LOOKUP_SECONDS = 5.0
# The resolver cannot be interrupted: who waits for it leaves in time, and its thread stays behind.
_lookups = ThreadPoolExecutor(8, "lookups")

Lookup = Callable[[str, int], list[str]]


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


def system_lookup(host: str, port: int) -> list[str]:
    """Ask the machine's resolver for the addresses of a host. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Door:
    """Where we may connect to.

    allowed_hosts: exact host names or IP literals, optionally with ":port", which the operator
        allowed: they may be private and may use plain http.
    lookup: finds the addresses of a host; raises OSError.
    tls: which certificates to trust; by default the system's and certifi's.
    """

    allowed_hosts: frozenset[str] = frozenset()
    lookup: Lookup = field(default=system_lookup, repr=False, compare=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False, compare=False)

    def check(self, url: str) -> None:
        """Judge how an address is written, without asking the DNS. Raises Blocked."""
        _, host, port, scheme = parse(url)
        if self._allows(host, port):
            return
        if scheme != "https":
            raise Blocked("The address must start with https://.")
        judge_host(host)

    def addresses(self, host: str, port: int) -> list[str]:
        """Look a host up and judge every address found. Blocks on the DNS, for LOOKUP_SECONDS.

        Raises Blocked when the host isn't found in time, or when one of its addresses isn't
        public and the operator didn't allow the host.
        """
        search = _lookups.submit(self._resolve, host, port)
        try:
            return search.result(LOOKUP_SECONDS)
        except OSError:  # a TimeoutError is one, too
            if search.done():
                raise Blocked(f"{host} could not be found. Check how it is spelt.") from None
            search.cancel()
            raise Blocked(f"{host} was not found in time. Please try again in a moment.") from None

    def vet(self, url: str) -> None:
        """Everything that is judged when an address is saved: spelling and DNS. Raises Blocked."""
        self.check(url)
        _, host, port, _ = parse(url)
        self.addresses(host, port)

    def connector(self) -> aiohttp.TCPConnector:
        """A connector that judges again what it is about to dial. Needs a running event loop."""
        return JudgingConnector(self.check, self._resolve, self.tls)

    def session(self, seconds: float) -> aiohttp.ClientSession:
        """A session over `connector()`: no proxies, no cookies, `seconds` for all of a request."""
        return aiohttp.ClientSession(
            connector=self.connector(),
            timeout=aiohttp.ClientTimeout(total=seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            # An unpacked answer could be a thousand times larger than what was read.
            auto_decompress=False,
            trust_env=False,
            headers={"Accept-Encoding": "identity", "User-Agent": USER_AGENT},
        )

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, seconds: float = 15
    ) -> Reply:
        """GET, for synchronous callers off the event loop. Raises Blocked, Unreachable."""
        return self._request("GET", url, headers or {}, None, seconds)

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
        if form is not None:
            kind, body = "application/x-www-form-urlencoded", urlencode(form).encode()
        else:
            kind, body = "application/json", jsonlib.dumps(json).encode()
        return self._request("POST", url, {"Content-Type": kind, **(headers or {})}, body, seconds)

    def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Reply:
        # A thread and a loop of its own: one path out for synchronous and asynchronous callers,
        # and a time limit that holds for the whole exchange, which no socket timeout can do.
        self.check(url)
        exchange = self._exchange(method, url, headers, body, seconds)
        with ThreadPoolExecutor(1, "door") as own:
            return own.submit(asyncio.run, exchange).result()

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Reply:
        try:
            async with (
                self.session(seconds) as session,
                session.request(
                    method, URL(url), headers=headers, data=body, allow_redirects=False
                ) as answer,
            ):
                content = bytearray()
                await read_at_most(answer.content, LONGEST_REPLY + 1, content)
                named = {name.lower(): value for name, value in answer.headers.items()}
                reply = Reply(answer.status, named, bytes(content))
        except faults.EXPECTED as fault:
            raise Unreachable(*faults.explain(fault)) from None
        if len(reply.body) > LONGEST_REPLY:
            raise Unreachable("too_large", "its answer was too large")
        return reply

    def _resolve(self, host: str, port: int) -> list[str]:
        try:
            found = self.lookup(host, port)
        except UnicodeError as fault:
            raise OSError("not a name") from fault
        if not found:
            raise OSError("no address")
        if not self._allows(plain(host), port):
            for address in found:
                judge_address(host, address)
        return found

    def _allows(self, host: str, port: int) -> bool:
        return any(
            host == name and allowed_port in (None, port)
            for name, allowed_port in map(entry, self.allowed_hosts)
        )
