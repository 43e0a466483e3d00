"""Webhooks as Standard Webhooks 1.0.0 describes them: signing, and one attempt to deliver."""

import base64
import hashlib
import hmac
import secrets as randomness
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus

import aiohttp
from yarl import URL

from connectors import faults
from connectors.dial import read_at_most, trusted
from connectors.door import Blocked, Door
from connectors.faults import retry_seconds
from connectors.result import Result

__all__ = ["Result", "Sender", "new_secret", "sign"]

PREFIX = "whsec_"
USER_AGENT = "Adjoin/0.1 (+webhooks)"
KEPT_BYTES = 20_000


def sign(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """Sign a message once with every secret (Standard Webhooks 1.0.0).

    secrets: "whsec_…", the newest first. timestamp: unix seconds of this attempt.
    Returns the value of the header `webhook-signature`: "v1,…" for each secret, with spaces
    between. Raises ValueError for no secret, a malformed one, or an id with a dot in it.
    """
    if not secrets or "." in message_id:
        raise ValueError("Signing needs a secret, and a message id without a dot.")
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_signature(_key(secret), signed)}" for secret in secrets)


def new_secret() -> str:
    """A fresh signing secret: 32 random bytes."""
    return PREFIX + base64.b64encode(randomness.token_bytes(32)).decode()


class Sender:
    """Delivers webhooks through the door, over one long-lived session."""

    def __init__(self, door: Door, timeout: float = 20) -> None:
        """timeout: seconds for a whole attempt, from the look-up to the end of the answer."""
        self._door = door
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        # Reading the certificates takes a tenth of a second: now, not in the event loop.
        trusted()

    async def send(self, url: str, secrets: Sequence[str], message_id: str, body: bytes) -> Result:
        """Make one attempt. Whatever network and receiver do becomes part of the Result.

        secrets: as in `sign`. body: the JSON document, exactly as it is signed.
        Raises ValueError only for secrets or ids that `sign` refuses.
        """
        headers = _headers(secrets, message_id, int(time.time()), body)
        started = time.monotonic()
        code: int | None = None
        retry_after: int | None = None
        answered = bytearray()
        trouble: tuple[str, str] | None = None
        try:
            self._door.check(url)
            async with self._open().post(
                URL(url), data=body, headers=headers, allow_redirects=False
            ) as answer:
                code = answer.status
                retry_after = retry_seconds(answer.headers.get("Retry-After"), datetime.now(UTC))
                await read_at_most(answer.content, KEPT_BYTES, answered)
                if not answer.content.at_eof():
                    # More than we keep: drop the connection rather than read it all.
                    answer.close()
        except Blocked as blocked:
            trouble = "blocked", blocked.reason
        except faults.EXPECTED as fault:
            error, words = faults.explain(fault)
            trouble = error, f"The receiver did not take the message: {words}."
        error_class, sentence = _judge(code, trouble)
        return Result(
            ok=error_class is None,
            code=code,
            duration_ms=round((time.monotonic() - started) * 1000),
            body=answered.decode(errors="replace").replace("\x00", ""),
            error=error_class,
            sentence=sentence,
            retry_after=retry_after,
            gone=code == HTTPStatus.GONE,
        )

    async def close(self) -> None:
        """Close the session; a later `send` opens a new one."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = self._door.session(self._timeout)
        return self._session


def _headers(
    secrets: Sequence[str], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secrets, message_id, timestamp, body),
    }


def _judge(code: int | None, trouble: tuple[str, str] | None) -> tuple[str | None, str]:
    """The error class (None for success) and the sentence for a status code or a trouble."""
    if trouble and (code is None or 200 <= code < 300):
        # An answer that breaks off is no promise that the message was taken. Sending it again
        # does no harm: the receiver knows the id.
        return trouble
    if code is None:
        return "garbled", "The receiver's answer could not be understood."
    if 200 <= code < 300:
        return None, f"The receiver took the message ({_status(code)})."
    return f"http_{code // 100}xx", f"The receiver answered {_status(code)}{_advice(code)}."


def _advice(code: int) -> str:
    if 300 <= code < 400:
        return ": it points to another address, and redirects are not followed"
    if code == HTTPStatus.GONE:
        return ": it wants no more messages at this address"
    return ""


def _status(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        raise ValueError("A signing secret starts with whsec_.")
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
