"""Dialing: a connector that judges every host again at the moment it connects."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import aiohttp
import certifi
from aiohttp.abc import AbstractResolver, ResolveResult


class JudgingConnector(aiohttp.TCPConnector):
    """Asks the door about every request, and about every address that a name leads to."""

    def __init__(
        self,
        check: Callable[[str], None],
        resolve: Callable[[str, int], list[str]],
        tls: ssl.SSLContext | None,
    ) -> None:
        """check: raises for a URL that must not be asked (aiohttp looks no IP literal up).

        resolve: finds and judges the addresses of a host and port, blocking.
        """
        self._check = check
        self._lookups = _Resolver(resolve)
        super().__init__(
            resolver=self._lookups,
            ssl=tls or trusted(),
            # Receivers often close idle connections after five seconds. Being quicker than they
            # are keeps a message from being sent into a connection that is just closing.
            keepalive_timeout=4,
            limit=200,
            limit_per_host=64,
        )

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Any],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 (aiohttp's signature)
    ) -> Any:
        self._check(str(req.url))
        return await super().connect(req, traces, timeout)

    async def close(self, *, abort_ssl: bool = False) -> None:
        await super().close(abort_ssl=abort_ssl)
        await self._lookups.close()


class _Resolver(AbstractResolver):
    """Looks names up in threads of its own, so that a slow DNS starves nobody else."""

    def __init__(self, resolve: Callable[[str, int], list[str]]) -> None:
        self._resolve = resolve
        self._threads = ThreadPoolExecutor(16, "dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._resolve, host, port)
        return [_resolved(host, port, address) for address in found]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


async def read_at_most(stream: aiohttp.StreamReader, limit: int, into: bytearray) -> None:
    """Read the first `limit` bytes of an answer, or all of a shorter one.

    into: gets the bytes as they come, so that a connection that breaks off leaves its part.
    """
    while len(into) < limit and (piece := await stream.read(limit - len(into))):
        into += piece


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """The certificates we trust: the system's, and certifi's where a system has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _resolved(host: str, port: int, address: str) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=socket.AF_INET6 if ":" in address else socket.AF_INET,
        proto=0,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
