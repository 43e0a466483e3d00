"""Structured logs: one line per event, with the id of its request, and never with a secret.

Whoever logs hands over facts beside the sentence: `log.info("…", extra=facts(status=200))`.
"""

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

request_id: ContextVar[str] = ContextVar("request_id", default="")

# Whatever looks like a secret, wherever it stands. Nothing should ever log one; this is the net
# under those who do, and under the texts of other people's exceptions.
_SECRETS = (
    (re.compile(r"(adj|adp|adh|whsec)_[A-Za-z0-9+/=_-]{4,}"), r"\1_…"),
    (re.compile(r"(?i)(bearer)(\s+|%20)[A-Za-z0-9._~+/=-]{8,}"), r"\1 …"),
    (
        re.compile(
            r"(?i)((?:authorization|cookie)['\"\\]*\s*[:=,]\s*b?['\"\\]*)"
            r"(?:(?:basic|digest|bearer)\s+)?[A-Za-z0-9._~+/=;%-][A-Za-z0-9._~+/=;%, -]*"
        ),
        r"\1…",
    ),
    (re.compile(r"(?i)(client_id|password|secret|token)=[^&\s'\"\\]+"), r"\1=…"),
    (re.compile(r"(?i)(case\+\d+)\.[a-z2-7]{26}"), r"\1.…"),  # where answers by mail go to
    (re.compile(r"/(token|invitation|in|in-mail)/[^/?#\s'\"\\]+"), r"/\1/…"),
)
# One of these stands in whatever the above finds, and in few lines: they are much quicker to find.
_SIGNS = (
    *("adj_", "adp_", "adh_", "whsec_", "bearer", "authorization", "cookie", "client_id"),
    *("password", "secret", "token", "case+", "/invitation/", "/in/", "/in-mail/"),
)
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def configure(*, as_json: bool, stream: TextIO | None = None) -> None:
    """Write the logs of this process to `stream`, the terminal unless it is given.

    `as_json` writes an object per line, for machines, and every request; otherwise lines are for
    people, without the requests for files and health.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("adjoin").setLevel(logging.INFO)
    logging.getLogger("adjoin.requests").setLevel(logging.DEBUG if as_json else logging.INFO)
    # uvicorn's notes name the address of every websocket, whose query string is a password.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    # The job queue puts a handler of its own on its logger if it finds none there.
    logging.getLogger("dbos").handlers = [handler]
    logging.getLogger("dbos").propagate = False
    logging.getLogger("dbos").setLevel(logging.WARNING)
    logging.captureWarnings(True)


def facts(**values: Any) -> dict[str, Any]:
    """Return the `extra` of a log call: values that become fields of the JSON line."""
    return {"facts": values}


def redact(text: str) -> str:
    """Return `text` with everything that looks like a secret left out."""
    lowered = text.casefold()
    if not any(sign in lowered for sign in _SIGNS):
        return text
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class JsonLines(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": _moment(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if request_id.get():
            line["request_id"] = redact(request_id.get())
        line |= {key: _clean(value) for key, value in getattr(record, "facts", {}).items()}
        if record.exc_info:
            line["trace"] = redact(self.formatException(record.exc_info))
        try:
            return orjson.dumps(line, default=_told).decode()
        except TypeError:  # halves of surrogate pairs, numbers beyond 64 bits
            return json.dumps(line, default=_told)


class PlainLines(logging.Formatter):
    """One line of text, and the stack trace under it where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        message = _UNPRINTABLE.sub(_escaped, record.getMessage())
        line = f"{_moment(record).astimezone():%H:%M:%S} {record.levelname:<7} {message}"
        if request_id.get():
            line += f"  [{request_id.get()}]"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return redact(line)


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _clean(value: Any) -> Any:
    return redact(value) if isinstance(value, str) else value


def _told(value: Any) -> str:
    return redact(str(value))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
