"""What can go wrong on the way to another machine, as an error class and plain words."""

import ssl
from collections.abc import Iterator

import aiohttp
from aiohttp.http_exceptions import LineTooLong

_FAULTS: list[tuple[tuple[type[BaseException], ...], str, str]] = [
    # The order matters: aiohttp's exceptions inherit from each other and from OSError.
    ((aiohttp.ClientConnectorDNSError,), "dns", "its name could not be looked up"),
    (
        (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch, ssl.SSLError),
        "tls",
        "no secure connection could be made; its certificate may be wrong or out of date",
    ),
    ((TimeoutError,), "timeout", "it took too long"),
    ((aiohttp.ClientConnectorError,), "connect", "it could not be reached"),
    ((LineTooLong,), "too_large", "the headers of its answer were too large"),
    ((aiohttp.ClientResponseError,), "garbled", "its answer was not proper HTTP"),
    (
        (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError),
        "reset",
        "it broke off the connection",
    ),
    ((aiohttp.ClientError, ValueError), "garbled", "its answer could not be understood"),
]

EXPECTED = (aiohttp.ClientError, OSError, ValueError)
"""What a request may raise because of the network or the other side."""


def explain(fault: BaseException) -> tuple[str, str]:
    """Name the error class of a fault and say in a few plain words what happened.

    Returns (error class, clause), such as ("dns", "its name could not be looked up").
    """
    seen = next((cause for cause in _causes(fault) if isinstance(cause, LineTooLong)), fault)
    for types, error, words in _FAULTS:
        if isinstance(seen, types):
            return error, words
    return "garbled", "its answer could not be understood"


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__
