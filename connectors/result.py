"""What came of one attempt to tell somebody something, by webhook or by mail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One attempt, as it is kept and shown to people.

    ok: the other side took the message.
    code: HTTP status or SMTP reply code; None when there was no answer.
    duration_ms: milliseconds from the first step to the last.
    body: the beginning of the answer (at most 20 kB), safe to store as text.
    error: class of failure, None when ok. Webhooks: blocked, dns, connect, tls, timeout, reset,
        garbled, too_large, http_3xx, http_4xx, http_5xx. Mail: address, sender, dns, connect,
        tls, timeout, reset, login, garbled, smtp_4xx, smtp_5xx.
    sentence: what happened, in plain words.
    retry_after: seconds (0..86400) the other side asked us to wait.
    gone: the receiver answered 410: it wants no more messages.
    permanent: trying the same again is pointless (a mailbox that doesn't exist).
    """

    ok: bool
    code: int | None
    duration_ms: int
    body: str
    error: str | None
    sentence: str
    retry_after: int | None = None
    gone: bool = False
    permanent: bool = False
