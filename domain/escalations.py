"""Escalations: what a partner tells the platform's engineers about a case. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain import case_words
from domain.refusals import invalid

MOST_PROPERTIES = 100_000
SHORT = 2_000  # characters: what was expected, and what came


@dataclass(frozen=True)
class Escalation:
    """What an engineer needs to know. `properties`: how many have the problem, as far as known."""

    text: str
    expected: str
    came: str
    request_id: str = ""
    since: date | None = None
    properties: int = 1


def checked(facts: Escalation, now: datetime) -> tuple[str, dict[str, object]]:
    """Return the words of an escalation, and the other facts as they are kept; refuses
    `invalid`."""
    text = case_words.text(facts.text, "Write what you have found.")
    expected = case_words.text(facts.expected, "Write what you expected.")
    came = case_words.text(facts.came, "Write what came instead.")
    if max(len(expected), len(came)) > SHORT:
        raise invalid(f"Keep what was expected and what came under {SHORT:,} characters each.")
    if len(facts.request_id) > 100:
        raise invalid("A request id is shorter than that: look at the header X-Request-Id.")
    if not 1 <= facts.properties <= MOST_PROPERTIES:
        raise invalid("Write how many properties have the problem, at least 1.")
    # Somewhere it is tomorrow already.
    if facts.since and not date(2000, 1, 1) <= facts.since <= now.date() + timedelta(days=1):
        raise invalid("Write since which day it happens: a day in the past.")
    return text, {
        "request_id": case_words.line(facts.request_id),
        "expected": expected,
        "came": came,
        "since": facts.since.isoformat() if facts.since else None,
        "properties": facts.properties,
    }


def kept(text: str, facts: Mapping[str, Any]) -> Escalation | None:
    """Return an escalation as it was made, None when there was none."""
    if not facts:
        return None
    since = date.fromisoformat(facts["since"]) if facts["since"] else None
    return Escalation(
        text, facts["expected"], facts["came"], facts["request_id"], since, facts["properties"]
    )
