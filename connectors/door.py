"""The one way out to the Internet: judges every address, when it is saved and when it is dialed."""

import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from connectors.addresses import forbidden
from connectors.dial import JudgingConnector
from connectors.line import Line, Reply, Unreachable
from connectors.urls import Blocked, entry, judge_address, judge_host, parse, plain

__all__ = ["Blocked", "Door", "Line", "Reply", "Unreachable", "forbidden"]

LONGEST_REPLY = 1_000_000
LARGEST_PAGE = 32_000_000
USER_AGENT = "Adjoin/0.1"

LOOKUP_SECONDS = 5.0
# The resolver cannot be interrupted: who waits for it leaves in time, and its thread stays behind.
_lookups = ThreadPoolExecutor(8, "lookups")

Lookup = Callable[[str, int], list[str]]


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

    def session(self, seconds: float | None) -> aiohttp.ClientSession:
        """A session over `connector()`: no proxies, no cookies, `seconds` for all of a request.

        seconds: None where every request brings its own limit.
        """
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
        with self.line(LONGEST_REPLY) as line:
            return line.get(url, headers=headers, seconds=seconds)

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
        with self.line(LONGEST_REPLY) as line:
            return line.post(url, json=json, form=form, headers=headers, seconds=seconds)

    def line(self, largest: int = LARGEST_PAGE, longest: float = 120) -> Line:
        """Open a line for many requests: `with door.line() as line: line.get(…)`.

        largest: bytes of one answer; a larger one is Unreachable as "too_large", read no further.
        longest: seconds for one exchange, also for those who would wait longer.
        Keeps connections alive between requests, through the same judgement as every request.
        """
        return Line(self.check, lambda: self.session(None), largest, longest)

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
