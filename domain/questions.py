"""What an app asks at Connect: declared by the app as data, checked here. Pure.

A question is a dict: `key`, `label`, `kind` (text, email, url, number, choice), and optionally
`hint`, `required`, `choices` (list of texts), `pattern` (a regular expression for the whole
answer) with `pattern_words` (what it means, in words).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from domain.refusals import invalid

KINDS = ("text", "email", "url", "number", "choice")
LONGEST = 300
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")


def check(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, str]) -> dict[str, str]:
    """Return the cleaned answers; refuses `invalid` with one sentence for the first wrong one."""
    given = {}
    for question in questions:
        answer = str(answers.get(question["key"], "") or "").strip()
        if complaint := problem(question, answer):
            raise invalid(complaint)
        if answer:
            given[question["key"]] = answer
    return given


def problem(question: Mapping[str, Any], answer: str) -> str | None:
    """Return what is wrong with an answer in a sentence, None when it is fine."""
    label = question["label"]
    if not answer:
        return f"“{label}” is needed." if question.get("required") else None
    if len(answer) > LONGEST:
        return f"“{label}” is too long: {LONGEST} characters at most."
    if not answer.isprintable():
        return f"“{label}” has characters that cannot be shown. Please type it again."
    return _kind_problem(question, answer) or _pattern_problem(question, answer)


def _kind_problem(question: Mapping[str, Any], answer: str) -> str | None:
    label, kind = question["label"], question.get("kind", "text")
    if kind == "email" and not is_email(answer):
        return f"“{label}” should be an e-mail address, such as front.desk@hotel.example."
    if kind == "url" and not _is_web_address(answer):
        return f"“{label}” should be a web address that starts with https://."
    if kind == "number" and not re.fullmatch(r"\d{1,12}", answer):
        return f"“{label}” should be a whole number."
    if kind == "choice" and answer not in question.get("choices", ()):
        return f"Choose one of the answers to “{label}”."
    return None


def _pattern_problem(question: Mapping[str, Any], answer: str) -> str | None:
    pattern = question.get("pattern")
    if pattern and not re.fullmatch(pattern, answer):
        return f"“{question['label']}” should be {question.get('pattern_words', 'different')}."
    return None


def is_email(text: str) -> bool:
    """Return whether `text` looks like one e-mail address."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None and text.isprintable()


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)
