"""Webhooks: the signature, and one attempt against every kind of receiver."""

import asyncio
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from connectors.door import Door
from connectors.webhook import Sender, new_secret, retry_seconds, sign
from tests.connectors.receivers import SECRET, Listener, Seen, Serve, Talk, recording

BODY = b'{"type": "connection.requested"}'
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_the_signature_is_the_one_of_the_published_vector() -> None:
    message_id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    signature = sign([SECRET], message_id, 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_secret_signs_while_one_is_being_rotated() -> None:
    old, new = new_secret(), new_secret()
    both = sign([new, old], "msg_1", 1, BODY)
    assert both.split(" ") == [sign([new], "msg_1", 1, BODY), sign([old], "msg_1", 1, BODY)]


def test_a_new_secret_is_never_the_same() -> None:
    assert new_secret() != new_secret()
    assert new_secret().startswith("whsec_")


@pytest.mark.parametrize(
    ("secrets", "message_id"),
    [([], "msg_1"), (["abc"], "msg_1"), (["whsec_!"], "msg_1"), ([SECRET], "msg.1")],
)
def test_nothing_is_signed_with_a_wrong_secret_or_id(secrets: list[str], message_id: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        sign(secrets, message_id, 1, BODY)


async def test_a_receiver_that_takes_the_message_makes_a_success(
    sender: Sender, serve: Serve
) -> None:
    seen: list[Seen] = []
    url = await serve(recording(seen, text="thank\x00s"))
    before = int(time.time())
    result = await sender.send(f"{url}/adjoin?a=%20b", [SECRET], "msg_1", BODY)

    assert (result.ok, result.code, result.body, result.error) == (True, 200, "thanks", None)
    assert result.sentence == "The receiver took the message (200 OK)."
    assert (result.gone, result.permanent, result.retry_after) == (False, False, None)
    assert 0 <= result.duration_ms < 5000
    (request,) = seen
    assert (request.method, request.path, request.body) == ("POST", "/adjoin?a=%20b", BODY)
    timestamp = int(request.headers["webhook-timestamp"])
    assert before <= timestamp <= time.time()
    assert request.headers["webhook-id"] == "msg_1"
    assert request.headers["webhook-signature"] == sign([SECRET], "msg_1", timestamp, BODY)
    assert request.headers["user-agent"] == "Adjoin/0.1 (+webhooks)"
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("code", [201, 202, 204, 299])
async def test_every_2xx_is_a_success(sender: Sender, serve: Serve, code: int) -> None:
    result = await sender.send(await serve(recording([], status=code)), [SECRET], "msg_1", BODY)
    assert (result.ok, result.code, result.error) == (True, code, None)


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        (300, "http_3xx", "redirects are not followed"),
        (304, "http_3xx", "304 Not Modified"),
        (400, "http_4xx", "The receiver answered 400 Bad Request."),
        (404, "http_4xx", "404 Not Found"),
        (410, "http_4xx", "wants no more messages"),
        (429, "http_4xx", "429 Too Many Requests"),
        (500, "http_5xx", "The receiver answered 500 Internal Server Error."),
        (502, "http_5xx", "502 Bad Gateway"),
        (599, "http_5xx", "The receiver answered 599."),
    ],
)
async def test_everything_else_is_a_failure_in_plain_words(
    sender: Sender, serve: Serve, code: int, error: str, words: str
) -> None:
    url = await serve(recording([], status=code))
    result = await sender.send(url, [SECRET], "msg_1", BODY)
    assert (result.ok, result.code, result.error) == (False, code, error)
    assert words in result.sentence
    assert result.gone is (code == 410)


async def test_a_failure_keeps_what_the_receiver_said(sender: Sender, serve: Serve) -> None:
    url = await serve(recording([], status=500, body=b"Traceback \xff\x00 here"))
    result = await sender.send(url, [SECRET], "msg_1", BODY)
    assert result.body == "Traceback \ufffd here"


async def test_a_redirect_is_not_followed(sender: Sender, serve: Serve, listener: Listener) -> None:
    target = f"http://127.0.0.1:{await listener.start()}/"
    for code in (301, 302, 303, 307, 308):
        url = await serve(recording([], status=code, headers={"Location": target}))
        result = await sender.send(url, [SECRET], "msg_1", BODY)
        assert (result.ok, result.code, result.error) == (False, code, "http_3xx")
    assert listener.connections == 0


async def test_a_receiver_that_hangs_is_given_up_in_time(hasty: Sender, talk: Talk) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    started = time.monotonic()
    result = await hasty.send(await talk(hang), [SECRET], "msg_1", BODY)
    assert (result.ok, result.code, result.error) == (False, None, "timeout")
    assert "took too long" in result.sentence
    assert 300 <= result.duration_ms < 10_000
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("start", "drop", "code"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x", 200),
    ],
    ids=["headers", "body"],
)
async def test_an_answer_that_drips_is_given_up_in_time(
    hasty: Sender, talk: Talk, start: bytes, drop: bytes, code: int | None
) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.05)

    result = await hasty.send(await talk(drip), [SECRET], "msg_1", BODY)
    assert (result.ok, result.code, result.error) == (False, code, "timeout")
    assert result.duration_ms < 10_000


async def test_an_answer_that_breaks_off_is_no_success(sender: Sender, talk: Talk) -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nhalf an ans")
        await writer.drain()
        writer.transport.abort()

    result = await sender.send(await talk(reset), [SECRET], "msg_1", BODY)
    assert (result.ok, result.code, result.error) == (False, 200, "reset")
    assert "broke off" in result.sentence


async def test_an_error_that_breaks_off_is_still_the_receivers_error(
    sender: Sender, talk: Talk
) -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 503 No\r\nContent-Length: 9999\r\n\r\nhalf an ans")
        await writer.drain()
        writer.transport.abort()

    result = await sender.send(await talk(reset), [SECRET], "msg_1", BODY)
    assert (result.code, result.error, result.body) == (503, "http_5xx", "half an ans")


async def test_a_connection_that_is_reset_before_the_answer(sender: Sender, talk: Talk) -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    result = await sender.send(await talk(reset), [SECRET], "msg_1", BODY)
    assert (result.ok, result.code, result.error) == (False, None, "reset")


async def test_of_a_huge_answer_only_the_beginning_is_read(sender: Sender, talk: Talk) -> None:
    piece, size, sent = b"x" * 65_536, 30_000_000, 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        while sent < size:
            writer.write(piece)
            await writer.drain()
            sent += len(piece)

    url = await talk(pour)
    tracemalloc.start()
    result = await sender.send(url, [SECRET], "msg_1", BODY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (result.ok, result.body) == (True, "x" * 20_000)
    assert peak < 2_000_000
    assert sent < size / 2
    assert result.duration_ms < 10_000


async def test_a_packed_answer_is_not_unpacked(sender: Sender, serve: Serve) -> None:
    async def bomb(request: web.Request) -> web.Response:
        answer = web.Response(body=b"\0" * 5_000_000)
        answer.enable_compression(web.ContentCoding.gzip)
        return answer

    result = await sender.send(await serve(bomb), [SECRET], "msg_1", BODY)
    assert result.ok
    assert len(result.body) < 20_000


@pytest.mark.parametrize(
    ("garbage", "error"),
    [
        (b"\x00\x01\x02 \xff\xfe no HTTP at all\r\n\r\n", "garbled"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "garbled"),
        (b"HTTP/1.1 abc OK\r\n\r\n", "garbled"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "garbled"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "garbled"),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1_000_000 + b"\r\n\r\n", "too_large"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Many: x\r\n" * 100_000 + b"\r\n", "garbled"),
        (b"", "reset"),
    ],
    ids=["bytes", "ssh", "status", "length", "chunks", "long-header", "many-headers", "silence"],
)
async def test_garbage_is_survived_and_named(
    sender: Sender, talk: Talk, garbage: bytes, error: str
) -> None:
    async def rave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(garbage)
        await writer.drain()

    result = await sender.send(await talk(rave), [SECRET], "msg_1", BODY)
    assert (result.ok, result.error) == (False, error)
    assert result.duration_ms < 10_000


async def test_a_port_where_nobody_listens(sender: Sender, listener: Listener) -> None:
    port = await listener.start()
    await listener.stop()
    result = await sender.send(f"http://127.0.0.1:{port}/", [SECRET], "msg_1", BODY)
    assert (result.ok, result.error) == (False, "connect")


async def test_a_name_that_is_not_found() -> None:
    def lookup(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    sender = Sender(Door(lookup=lookup))
    result = await sender.send("https://hooks.exampel/", [SECRET], "msg_1", BODY)
    assert (result.ok, result.error) == (False, "dns")
    await sender.close()


async def test_a_name_server_that_hangs_is_given_up_in_time() -> None:
    def lookup(host: str, port: int) -> list[str]:
        time.sleep(4)
        return ["93.184.216.34"]

    sender = Sender(Door(lookup=lookup), timeout=0.2)
    result = await sender.send("https://hooks.example/", [SECRET], "msg_1", BODY)
    assert (result.error, result.duration_ms < 3500) == ("timeout", True)
    await sender.close()


async def test_a_receiver_without_tls_behind_https(listener: Listener) -> None:
    sender = Sender(Door(frozenset({"127.0.0.1"})), timeout=5)
    url = f"https://127.0.0.1:{await listener.start()}/"
    result = await sender.send(url, [SECRET], "msg_1", BODY)
    assert (result.ok, result.code) == (False, None)
    assert result.error in ("tls", "reset", "connect")
    await sender.close()


@pytest.mark.parametrize("url", ["http://93.184.216.34/", "https://127.0.0.1/", "nonsense", ""])
async def test_an_address_that_is_not_allowed_is_blocked_in_words(url: str) -> None:
    sender = Sender(Door())
    result = await sender.send(url, [SECRET], "msg_1", BODY)
    assert (result.ok, result.error, result.code) == (False, "blocked", None)
    assert result.sentence.endswith(".")
    await sender.close()


async def test_messages_share_one_connection(sender: Sender, serve: Serve) -> None:
    ports: set[int] = set()

    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.Response(text="ok")

    url = await serve(handler)
    for number in range(5):
        assert (await sender.send(url, [SECRET], f"msg_{number}", BODY)).ok
    assert len(ports) == 1


async def test_a_closed_sender_opens_again(sender: Sender, serve: Serve) -> None:
    url = await serve(recording([]))
    assert (await sender.send(url, [SECRET], "msg_1", BODY)).ok
    await sender.close()
    assert (await sender.send(url, [SECRET], "msg_2", BODY)).ok


async def test_cookies_of_a_receiver_are_not_kept(sender: Sender, serve: Serve) -> None:
    seen: list[Seen] = []
    url = await serve(recording(seen, headers={"Set-Cookie": "who=you; Path=/"}))
    for number in range(2):
        await sender.send(url, [SECRET], f"msg_{number}", BODY)
    assert all("cookie" not in request.headers for request in seen)


async def test_a_wish_to_wait_is_passed_on(sender: Sender, serve: Serve) -> None:
    url = await serve(recording([], status=429, headers={"Retry-After": "120"}))
    assert (await sender.send(url, [SECRET], "msg_1", BODY)).retry_after == 120


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("１２", None),
        ("0", 0),
        (" 120 ", 120),
        ("00000000000120", 120),
        ("86400", 86_400),
        ("86401", 86_400),
        ("9" * 5000, 86_400),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(days=9), usegmt=True), 0),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), 86_400),
        ("Sat, 21 Nov 2026 12:01:00 -0000", 60),
        ("Sat, 99 Nov 2026 12:01:00 GMT", None),
        ("Sat, 21 Nov 99999999999 12:01:00 GMT", None),
        ("Sat, 21 Nov 2026 12:01:00 -99999999999999", None),
    ],
)
def test_a_wish_to_wait_is_understood_in_both_forms(
    header: str | None, seconds: int | None
) -> None:
    assert retry_seconds(header, NOW) == seconds


@given(st.text(max_size=60))
def test_a_wish_to_wait_is_bounded_whatever_it_says(header: str) -> None:
    seconds = retry_seconds(header, NOW)
    assert seconds is None or 0 <= seconds <= 86_400
