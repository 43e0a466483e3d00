"""Log lines are structured, carry the id of their request, and leave secrets out."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

import logs

TOKEN = "adj_" + "E0D4A79E" * 5


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {
        name: logging.getLogger(name).level
        for name in ("adjoin", "adjoin.requests", "uvicorn", "dbos")
    }
    yield
    logging.captureWarnings(False)
    root.handlers[:], root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.getLogger("dbos").handlers.clear()


def _written(*, as_json: bool) -> io.StringIO:
    stream = io.StringIO()
    logs.configure(as_json=as_json, stream=stream)
    return stream


def test_a_json_line_has_time_level_message_request_and_facts() -> None:
    stream = _written(as_json=True)
    before = logs.request_id.set("case-1")
    logging.getLogger("adjoin.test").info("done in %s", "time", extra=logs.facts(status=200))
    logs.request_id.reset(before)
    line = json.loads(stream.getvalue())
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "adjoin.test",
        "message": "done in time",
        "request_id": "case-1",
        "status": 200,
    }


def test_a_plain_line_is_readable_and_cannot_be_forged() -> None:
    stream = _written(as_json=False)
    logging.getLogger("adjoin.test").warning("hello\n00:00:00 ERROR   forged \x1b[31m\ud800")
    assert stream.getvalue().count("\n") == 1
    assert "WARNING hello\\u000a" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("as_json", [True, False])
def test_a_stack_trace_is_kept_without_the_secrets_in_it(as_json: bool) -> None:
    stream = _written(as_json=as_json)
    try:
        raise ValueError(f"bad value\n{TOKEN}")
    except ValueError:
        logging.getLogger("adjoin.test").exception("failed")
    assert "test_logs.py" in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert TOKEN[4:] not in stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "token {}",
        "adp_{}",
        "whsec_{}+/=",
        "Authorization: Bearer {}",
        "authorization: basic {}",
        "{{'authorization': 'Digest {}'}}",
        "[(b'authorization', b'Basic {}')]",
        "{{'cookie': 'adjoin={}; theme=dark'}}",
        "set-cookie: adjoin={}; Path=/",
        "GET /_nicegui_ws/socket.io/?client_id={}&EIO=4",
        "http://portal.example/token/{} not found",
        "/invitation/{}?x=1",
        "password={}",
    ],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_what_looks_like_a_secret_is_left_out(text: str, as_json: bool) -> None:
    secret = TOKEN if text.startswith("token") else "s3cr3tS3cr3tS3cr3t"
    stream = _written(as_json=as_json)
    logger = logging.getLogger("adjoin.test")
    logger.info("%s", text.format(secret), extra=logs.facts(header=text.format(secret)))
    assert "s3cr3t" not in stream.getvalue()
    assert TOKEN[4:] not in stream.getvalue()
    assert "…" in stream.getvalue() or "\\u2026" in stream.getvalue()


def test_ordinary_words_stay() -> None:
    text = "the authorization was refused; token rotated; adjoin_jobs; /tokens/list; basic things"
    assert logs.redact(text) == text


def test_our_lines_are_shown_and_the_noise_of_others_is_not() -> None:
    stream = _written(as_json=True)
    for name in ("uvicorn.error", "dbos", "httpx", "aiohttp.access", "passlib"):
        logging.getLogger(name).info("noise")
        logging.getLogger(name).warning("trouble of %s", name)
    logging.getLogger("adjoin.jobs").info("ours")
    messages = [json.loads(line)["message"] for line in stream.getvalue().splitlines()]
    assert "noise" not in messages
    assert messages[-1] == "ours"
    assert len(messages) == 6
