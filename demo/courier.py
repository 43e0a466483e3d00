"""Carries the past's messages: records that they arrived then, without sending them again now."""

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlmodel import col, select

from connectors.result import Result
from connectors.webhook import Sender
from demo.post_office import PostOffice
from domain import attempts, retries
from domain.attempts import Parcel
from domain.installation import current
from storage import database
from storage.messages import Message

# What a receiver that was being updated answered, before it took the message.
BEING_UPDATED = (
    Result(
        ok=False,
        code=503,
        duration_ms=412,
        body="upgrade in progress",
        error="http_5xx",
        sentence="The receiver answered 503 Service Unavailable.",
    ),
    Result(
        ok=False,
        code=None,
        duration_ms=20_004,
        body="",
        error="timeout",
        sentence="The receiver did not take the message: it took too long.",
    ),
)


class Courier:
    """Brings what waits to its destination, through the same `begin` and `end` as every attempt.

    The jobs that the queue holds for these messages find them delivered and do nothing.
    """

    def __init__(self, post_office: PostOffice | None) -> None:
        self._post_office = post_office
        self._random = random.Random(7)  # noqa: S311 - only makes durations look alike

    def deliver(
        self, at: datetime, *, trouble: tuple[Result, ...] = (), really: bool = False
    ) -> None:
        """Deliver everything that waits, a moment after `at`.

        trouble: how webhooks fail before they succeed. really: send webhooks to their programs
        now, so that these know of them.
        """
        while waiting := _waiting():
            for message_id, channel in waiting:
                failures = trouble if channel == "webhook" else ()
                self._carry(message_id, at, failures, really)

    def _carry(
        self, message_id: str, at: datetime, failures: tuple[Result, ...], really: bool
    ) -> None:
        moment = at + timedelta(milliseconds=self._random.randint(200, 900))
        for number, failure in enumerate((*failures, None), start=1):
            parcel = attempts.begin(message_id, 1, number, now=moment)
            assert parcel is not None, "nobody else delivers while the past is played"
            result = failure or self._success(parcel, really)
            moment += timedelta(milliseconds=result.duration_ms)
            attempts.end(parcel, result, now=moment)
            moment += timedelta(seconds=retries.delay_before(number + 1, 0) or 0)

    def _success(self, parcel: Parcel, really: bool) -> Result:
        if parcel.channel == "webhook":
            if really:
                return _send(parcel)
            took = self._random.randint(38, 190)
            words = "The receiver took the message (200 OK)."
            return Result(True, 200, took, '{"received": true}', None, words)
        if self._post_office:
            self._post_office.put(parcel.target, parcel.subject, parcel.body, parcel.started_at)
        took = self._random.randint(60, 320)
        return Result(True, 250, took, "OK: kept", None, "The mail server took the letter.")


def _waiting() -> list[tuple[str, str]]:
    """Return the ids and channels of the messages that wait, in the order they were made."""
    with database.reading() as session:
        rows = session.exec(
            select(Message.id, Message.channel)
            .where(Message.status == "waiting")
            .order_by(col(Message.id))
        )
        return list(rows)


def _send(parcel: Parcel) -> Result:
    """Send a webhook for real; a thread of its own, because a loop may run in this one."""
    with ThreadPoolExecutor(1, "courier") as own:
        return own.submit(asyncio.run, _sent(parcel)).result()


async def _sent(parcel: Parcel) -> Result:
    sender = Sender(current().door)
    try:
        body = parcel.body.encode()
        return await sender.send(parcel.target, parcel.secrets, parcel.message_id, body)
    finally:
        await sender.close()
