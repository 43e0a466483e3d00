"""What an app asks at Connect: declared by the app as data, checked here. Pure.

A question is a dict: `key`, `label`, `kind` (text, email, url, number, choice), and optionally
`hint`, `required`, `choices` (list of texts), `pattern` (a regular expression for the whole
answer, which then has 60 characters at most) with `pattern_words` (what it means, in words).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from domain import patterns
from domain.refusals import Refusal, invalid

KINDS = ("text", "email", "url", "number", "choice")
LONGEST = 300
MOST = 20  # questions of one app
# What a mail can be addressed to without further ado: no quotes, nothing outside ASCII.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9-]{1,63}"
_EMAIL = re.compile(rf"{_ATOM}(\.{_ATOM})*@{_LABEL}(\.{_LABEL})+")


def checked(questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return declared questions tidied up; refuses `invalid` with a sentence for the first that
    could not be asked. A question without a `key` gets one from its label."""
    if len(questions) > MOST:
        raise invalid(f"Ask {MOST} questions at most.", "platform")
    tidy: list[dict[str, Any]] = []
    for number, question in enumerate(questions, 1):
        tidy.append(_declared(question, number, {other["key"] for other in tidy}))
    return tidy


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


def _declared(question: Mapping[str, Any], number: int, taken: set[str]) -> dict[str, Any]:
    label = " ".join(str(question.get("label") or "").split())
    kind = question.get("kind") or "text"
    if not label or len(label) > 80:
        raise _wrong(number, "needs a text of 80 characters at most")
    if kind not in KINDS:
        raise _wrong(number, f"must be one of these: {', '.join(KINDS)}")
    tidy: dict[str, Any] = {"key": _key(question, label), "label": label, "kind": kind}
    if tidy["key"] in taken:
        raise _wrong(number, "is asked twice")
    if hint := " ".join(str(question.get("hint") or "").split()):
        tidy["hint"] = hint[:LONGEST]
    if question.get("required"):
        tidy["required"] = True
    if kind == "choice":
        tidy["choices"] = _choices(question, number)
    if pattern := str(question.get("pattern") or "").strip():
        tidy |= _pattern(question, pattern, number)
    return tidy


def _key(question: Mapping[str, Any], label: str) -> str:
    given = str(question.get("key") or "").strip()
    return given[:60] or re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:60] or "answer"


def _choices(question: Mapping[str, Any], number: int) -> list[str]:
    found = [" ".join(str(choice).split()) for choice in question.get("choices") or ()]
    choices = list(dict.fromkeys(choice for choice in found if choice))
    if len(choices) < 2:
        raise _wrong(number, "needs at least two answers to choose from")
    return choices


def _pattern(question: Mapping[str, Any], pattern: str, number: int) -> dict[str, str]:
    words = " ".join(str(question.get("pattern_words") or "").split())
    if complaint := patterns.problem(pattern):
        raise _wrong(number, f"has a pattern that {complaint}")
    if not words:
        raise _wrong(number, "has a pattern: say in words what it stands for")
    return {"pattern": pattern, "pattern_words": words}


def _wrong(number: int, complaint: str) -> Refusal:
    return invalid(f"Question {number} {complaint}.", "platform")


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
    if pattern and not patterns.fits(pattern, answer):
        return f"“{question['label']}” should be {question.get('pattern_words', 'different')}."
    return None


def is_email(text: str) -> bool:
    """Return whether `text` is one e-mail address that `connectors.mail` can write to."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname)
