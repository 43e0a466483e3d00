"""When a delivery is tried again. Pure."""

from datetime import timedelta

from domain import moments

MINUTE, HOUR = 60, 3600

# Seconds before each attempt: the reference schedule of Standard Webhooks 1.0.0.
DELAYS = (
    0,
    5,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
JITTER = 0.2
DISABLE_AFTER = timedelta(days=5)
DISABLE_AFTER_FAILURES = 5


def delay_before(number: int, jitter: float, retry_after: int | None = None) -> float | None:
    """Return the seconds to wait before attempt `number` (1 is the first), None if there is none.

    `jitter` between -1 and 1 moves the delay by up to 20 %, so that many failed deliveries do not
    come back at the same moment. A receiver that asks for a longer pause (`retry_after`, seconds)
    gets it.
    """
    if number > len(DELAYS):
        return None
    delay = DELAYS[number - 1] * (1 + JITTER * jitter)
    return max(delay, float(retry_after or 0))


def in_words() -> tuple[str, ...]:
    """Return when each attempt is made: "at once", then "5 seconds later", "5 minutes later", …"""
    later = (f"{moments.span(timedelta(seconds=delay))} later" for delay in DELAYS[1:])
    return "at once", *later


def is_hopeless(failing_for: timedelta, failures: int) -> bool:
    """Return whether an endpoint should be disabled: failing for days *and* several times.

    The second half keeps a quiet endpoint from being disabled by its second failure in a week.
    """
    return failing_for >= DISABLE_AFTER and failures >= DISABLE_AFTER_FAILURES
