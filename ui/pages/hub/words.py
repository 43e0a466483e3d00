"""What events, failures and durations are called in the hub."""

from domain import events
from domain.deliveries import Row, Try

EVENTS = {
    "connection.requested": "Connection requested",
    "connection.activated": "Connection activated",
    "connection.rejected": "Connection rejected",
    "connection.disabled": "Connection disabled",
    "connection.enabled": "Connection enabled",
    "connection.disconnected": "Connection disconnected",
    "connection.nudged": "Nudge from the hotel",
    "connection.reminded": "Reminder of a request",
    "token.rotated": "Access token rotated",
    "mapping.changed": "Value mapping changed",
    "source.removed": "Source of a property removed",
    "endpoint.test": "Test event",
    "endpoint.disabled": "Endpoint disabled",
}
ERRORS = {
    "blocked": "Address not allowed",
    "dns": "Name not found",
    "connect": "Not reachable",
    "tls": "No secure connection",
    "timeout": "Timed out",
    "reset": "Broken off",
    "garbled": "Answer not understood",
    "too_large": "Answer too large",
    "http_3xx": "Redirected",
    "http_4xx": "Refused",
    "http_5xx": "Server error",
    "address": "Mail address refused",
    "sender": "Sender refused",
    "login": "Mail server refused our sign-in",
    "smtp_4xx": "Mail server asks to wait",
    "smtp_5xx": "Mail refused",
    "no_mail_server": "No mail server",
}


def event(name: str) -> str:
    """Return an event's name for people; one that we don't know yet keeps its own."""
    row = events.EVENTS.get(name)
    if row is not None and row.type_of_data:
        return f"{events.GROUPS[row.group]} {change(name)}"
    return EVENTS.get(name, name)


def change(name: str) -> str:
    """Return what happened in an event: its last part."""
    return name.rpartition(".")[2]


def title(row: Row) -> str:
    """Return what a delivery is, for people."""
    is_example = row.is_test and row.event != "endpoint.test"
    return f"{event(row.event)} (example)" if is_example else event(row.event)


def target(row: Row) -> str:
    """Return where a delivery goes."""
    return row.target or "an endpoint that was removed"


def outcome(attempt: Try) -> str:
    """Return what came of an attempt in two or three words, with the code if there was one."""
    word = "Delivered" if attempt.ok else ERRORS.get(attempt.error or "", "Failed")
    return f"{word} · {attempt.code}" if attempt.code else word


def attempts(number: int) -> str:
    """Return "1 attempt", "2 attempts"."""
    return "1 attempt" if number == 1 else f"{number} attempts"


def took(milliseconds: int) -> str:
    """Return a duration: "85 ms", "1.2 s"."""
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def and_list(words: list[str]) -> str:
    """Return "one", "one and two", "one, two and three"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
