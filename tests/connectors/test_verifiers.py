"""Our signatures against independent verifiers, and the verifiers that partners paste."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import pytest
import standardwebhooks
import svix.webhooks

from connectors.verifiers import source
from connectors.webhook import Sender, new_secret, sign
from tests.connectors.receivers import Seen, Serve, recording

FOLDER = Path(__file__).parents[1] / "verifiers"
INSTALL = "npm install --no-package-lock --prefix tests/verifiers"
BODY = '{"type": "connection.requested", "data": {"property": "Zürich – 山"}}'.encode()


@dataclass(frozen=True)
class Message:
    """What a partner's app has in hand when a webhook arrives."""

    secret: str
    headers: Mapping[str, str]
    body: bytes
    wrapped: bool = False

    def with_header(self, name: str, value: str) -> "Message":
        return replace(self, headers={**self.headers, name: value})

    def without(self, name: str) -> "Message":
        return replace(self, headers={n: v for n, v in self.headers.items() if n != name})


Verify = Callable[[list[Message]], list[str | None]]


def _message(secrets: list[str], seconds_ago: int = 0) -> Message:
    timestamp = int(time.time()) - seconds_ago
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secrets, "msg_1", timestamp, BODY),
    }
    return Message(secrets[0], headers, BODY)


def _one_by_one(verify: Callable[[Message], object]) -> Verify:
    def verdict(message: Message) -> str | None:
        try:
            verify(message)
        except Exception as fault:
            return str(fault) or type(fault).__name__
        return None

    return lambda messages: [verdict(message) for message in messages]


def _pasted() -> ModuleType:
    """The Python verifier, run from the text that the Developer Hub shows."""
    module = ModuleType("pasted")
    exec(compile(source("python"), "pasted.py", "exec"), module.__dict__)
    return module


def _node(module: str) -> Verify:
    def verify(messages: list[Message]) -> list[str | None]:
        cases = [
            {
                "secret": message.secret,
                "headers": dict(message.headers),
                "body": message.body.decode(),
                "wrapped": message.wrapped,
            }
            for message in messages
        ]
        done = subprocess.run(
            ["node", "verify.mjs", module],
            cwd=FOLDER,
            input=json.dumps(cases),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        verdicts: list[str | None] = json.loads(done.stdout)
        return verdicts

    return verify


def _need_node() -> None:
    if shutil.which("node") is None:
        pytest.skip("Node.js is missing. Get it with: apt-get install nodejs npm")


def _ours_in_python() -> Verify:
    pasted = _pasted()
    return _one_by_one(lambda m: pasted.verify(m.secret, m.headers, m.body))


def _ours_in_javascript() -> Verify:
    _need_node()
    return _node(str(FOLDER.parents[1] / "connectors/verifiers/javascript.mjs"))


def _standardwebhooks_in_python() -> Verify:
    return _one_by_one(lambda m: standardwebhooks.Webhook(m.secret).verify(m.body, dict(m.headers)))


def _standardwebhooks_in_javascript() -> Verify:
    _need_node()
    if not (FOLDER / "node_modules/standardwebhooks").is_dir():
        pytest.skip(f"The npm package standardwebhooks is missing. Get it with: {INSTALL}")
    return _node("standardwebhooks")


def _svix_in_python() -> Verify:
    return _one_by_one(lambda m: svix.webhooks.Webhook(m.secret).verify(m.body, dict(m.headers)))


OURS = [_ours_in_python, _ours_in_javascript]
THEIRS = [_standardwebhooks_in_python, _standardwebhooks_in_javascript, _svix_in_python]


@pytest.fixture(params=OURS + THEIRS, ids=lambda make: make.__name__.strip("_"))
def verify(request: pytest.FixtureRequest) -> Verify:
    made: Verify = request.param()
    return made


@pytest.fixture(params=OURS, ids=lambda make: make.__name__.strip("_"))
def verify_with_ours(request: pytest.FixtureRequest) -> Verify:
    made: Verify = request.param()
    return made


async def test_what_a_receiver_really_gets_verifies(
    sender: Sender, serve: Serve, verify: Verify
) -> None:
    seen: list[Seen] = []
    old, new = new_secret(), new_secret()
    url = await serve(recording(seen))
    assert (await sender.send(url, [new, old], "msg_1", BODY)).ok
    assert (await sender.send(url, [old], "msg_2", BODY)).ok

    both, one = seen
    good = [Message(secret, both.headers, both.body) for secret in (new, old)]
    assert verify([*good, Message(old, one.headers, one.body)]) == [None, None, None]
    assert verify([Message(new, one.headers, one.body)]) != [None]


def test_a_message_that_is_not_ours_is_refused_by_every_verifier(verify: Verify) -> None:
    good = _message([new_secret()])
    signature = good.headers["webhook-signature"]
    bad = {
        "another body": replace(good, body=BODY.replace(b"requested", b"activated")),
        "one more byte": replace(good, body=BODY + b" "),
        "another secret": replace(good, secret=new_secret()),
        "another id": good.with_header("webhook-id", "msg_2"),
        "another time": good.with_header("webhook-timestamp", str(int(time.time()) - 1)),
        "too old": _message([good.secret], seconds_ago=301),
        "too early": _message([good.secret], seconds_ago=-330),
        "no number": good.with_header("webhook-timestamp", "today"),
        "no id": good.without("webhook-id"),
        "no time": good.without("webhook-timestamp"),
        "no signature": good.without("webhook-signature"),
        "empty signature": good.with_header("webhook-signature", ""),
        "another version": good.with_header("webhook-signature", signature.replace("v1,", "v2,")),
        "half a signature": good.with_header("webhook-signature", signature[:-5]),
        "only the version": good.with_header("webhook-signature", "v1,"),
    }
    verdicts = dict(zip(bad, verify(list(bad.values())), strict=True))
    assert verify([good]) == [None]
    assert [name for name, verdict in verdicts.items() if verdict is None] == []


def test_our_verifiers_take_four_minutes_and_any_spelling_of_the_headers(
    verify_with_ours: Verify,
) -> None:
    secret = new_secret()
    good = _message([new_secret(), secret])
    titled = {name.title(): value for name, value in good.headers.items()}
    assert verify_with_ours(
        [
            replace(_message([secret], seconds_ago=240), wrapped=True),
            _message([secret], seconds_ago=-240),
            replace(good, secret=secret, headers=titled),
        ]
    ) == [None, None, None]


def test_our_verifiers_say_what_is_wrong(verify_with_ours: Verify) -> None:
    good = _message([new_secret()])
    verdicts = verify_with_ours(
        [
            good.without("webhook-id"),
            good.with_header("webhook-timestamp", "9" * 400),
            _message([good.secret], seconds_ago=301),
            replace(good, secret=new_secret()),
            good.with_header("webhook-signature", "v1,ü"),
        ]
    )
    words = ["webhook-id is missing", "not a number", "five minutes", "No signature", "No sig"]
    for word, verdict in zip(words, verdicts, strict=True):
        assert word in (verdict or "")


def test_the_javascript_verifier_refuses_a_parsed_body() -> None:
    _need_node()
    program = """
        import { verify } from "./connectors/verifiers/javascript.mjs";
        const headers = { "webhook-id": "a", "webhook-timestamp": String(Date.now() / 1000 | 0),
                          "webhook-signature": "v1,x" };
        try { verify("whsec_AAAA", headers, { parsed: true }); } catch (e) { console.log(e.name); }
    """
    done = subprocess.run(
        ["node", "--input-type=module", "-e", program],
        cwd=FOLDER.parents[1],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.strip() == "TypeError", done.stderr


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_a_verifier_is_short_and_needs_nothing_else(language: str) -> None:
    text = source(language)
    assert len(text.splitlines()) <= 32
    assert "connectors" not in text
    imported = {
        line.split()[1].split(".")[0]
        for line in text.splitlines()
        if line.startswith(("import ", "from ")) and language == "python"
    }
    assert imported <= sys.stdlib_module_names


def test_an_unknown_language_has_no_verifier() -> None:
    with pytest.raises(KeyError):
        source("cobol")
