"""What can go wrong on the way to another machine, as an error class and plain words."""

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from aiohttp.http_exceptions import LineTooLong

LONGEST_WAIT = 86_400
"""Seconds that anybody may ask us to wait, at most."""

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


class Fault(Exception):
    """Another system gave no usable answer to a question.

    error: "refused" (a person must correct the credentials), "not_permitted" (the credentials
        work, but may not do this), "rate_limited", "unreachable", "vendor_fault" (all three: try
        again later), "garbled" (not the answer that was expected), "too_large", "endless" (the
        same page again and again) or "blocked" (the operator didn't allow the address).
    sentence: plain words for hotel people, without any credential in them.
    retry_after: seconds (0..86400) the other side asked us to wait, or None.
    request_id: the other side's name for the request, for a case.
    """

    def __init__(
        self,
        error: str,
        sentence: str,
        request_id: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.error = error
        self.sentence = sentence
        self.request_id = request_id
        self.retry_after = retry_after


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


def retry_seconds(header: str | None, now: datetime) -> int | None:
    """Seconds to wait by a `Retry-After` header, in either form; None when it says nothing."""
    text = (header or "").strip()
    if re.fullmatch("[0-9]+", text):
        digits = text.lstrip("0") or "0"
        return LONGEST_WAIT if len(digits) > 5 else min(int(digits), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0, min(round((moment - now).total_seconds()), LONGEST_WAIT))
