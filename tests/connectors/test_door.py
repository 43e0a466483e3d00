"""The one way out: what may be written, what may be dialed, and that both are judged."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Address

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from connectors import door as module
from connectors.door import Blocked, Door, Unreachable
from connectors.webhook import Sender
from tests.connectors.receivers import SECRET, Listener, Serve, Talk

REFUSED = [
    ("", "not a web address"),
    ("hooks.example.com/x", "not a web address"),
    ("https://", "not a web address"),
    ("https:///path", "not a web address"),
    ("https:/hooks.example.com", "not a web address"),
    ("https://hooks.example.com:99999/", "not a web address"),
    ("https://hooks.example.com:0/", "not a web address"),
    ("https://[::1/", "not a web address"),
    ("http://hooks.example.com/", "must start with https://"),
    ("ftp://hooks.example.com/", "must start with https://"),
    ("file:///etc/passwd", "must start with https://"),
    ("gopher://hooks.example.com/", "must start with https://"),
    ("https://user@hooks.example.com/", "user name or a password"),
    ("https://user:word@hooks.example.com/", "user name or a password"),
    ("https://:word@hooks.example.com/", "user name or a password"),
    ("https://hooks.example.com@127.0.0.1/", "user name or a password"),
    ("https://hooks.example.com/a b", "can't have"),
    ("https://hooks.example.com/\r\nHost: x", "can't have"),
    ("https://127.0.0.1\\@hooks.example.com/", "can't have"),
    ("https://hooks.example.com/" + "x" * 2000, "too long"),
    ("https://127.0.0.1/", "this machine's own address"),
    ("https://127.0.0.1./", "this machine's own address"),
    ("https://10.0.0.5:8443/", "10.0.0.5 is a private address. Ask the operator to allow it."),
    ("https://169.254.169.254/latest/meta-data/", "link-local"),
    ("https://100.64.0.1/", "internal"),
    ("https://0.0.0.0/", "unspecified"),
    ("https://224.0.0.1/", "multicast"),
    ("https://[::]/", "unspecified"),
    ("https://[::1]/", "this machine's own address"),
    ("https://[::ffff:127.0.0.1]/", "this machine's own address"),
    ("https://[64:ff9b::10.0.0.5]/", "private"),
    ("https://[2002:7f00:1::]/", "this machine's own address"),
    ("https://[fe80::1]/", "link-local"),
    ("https://[fe80::1%25eth0]/", "link-local"),
    ("https://[fd00:ec2::254]/", "private"),
    ("https://2130706433/", "unusual way"),
    ("https://0x7f000001/", "unusual way"),
    ("https://0x7f.1/", "unusual way"),
    ("https://127.1/", "unusual way"),
    ("https://0177.0.0.1/", "unusual way"),
    ("https://127.0.0.01/", "unusual way"),
    ("https://1.2.3.4.5/", "unusual way"),
    ("https://①②⑦.0.0.1/", "this machine's own address"),
    ("https://127。0。0。1/", "this machine's own address"),
    ("https://%31%32%37.0.0.1/", "unusual way"),
    ("https://localhost/", "not a public host name"),
    ("https://LOCALHOST./", "not a public host name"),
    ("https://ｌocalhost/", "not a public host name"),
    ("https://hooks.localhost/", "not a public host name"),
    ("https://router.local/", "not a public host name"),
    ("https://vault.internal/", "not a public host name"),
    ("https://printer.home.arpa/", "not a public host name"),
    ("https://intranet/", "not a public host name"),
    ("https://a..b/", "not a host name"),
    ("https://-hooks.example.com/", "not a host name"),
    ("https://hooks.exa%6Dple.com/", "not a host name"),
    ("https://" + "a" * 64 + ".example.com/", "not a host name"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_an_address_that_must_not_be_called_is_refused_in_words(url: str, reason: str) -> None:
    with pytest.raises(Blocked) as refused:
        Door().check(url)
    assert reason in refused.value.reason
    assert refused.value.reason.endswith(".")


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com",
        "https://hooks.example.com/adjoin?key=a%20b#part",
        "https://hooks.example.com:8443/adjoin",
        "HTTPS://Hooks.Example.COM./adjoin",
        "https://bücher.example.com/",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
        "https://local.example.com/",
        "https://127.0.0.1.nip.io/",
    ],
)
def test_an_ordinary_address_passes(url: str) -> None:
    Door().check(url)


@pytest.mark.parametrize(
    ("allowed", "url"),
    [
        ("10.0.0.5", "http://10.0.0.5/"),
        ("10.0.0.5", "https://10.0.0.5:8443/"),
        ("10.0.0.5:8080", "http://10.0.0.5:8080/"),
        ("localhost", "http://localhost:9000/"),
        ("Intranet", "http://intranet./"),
        ("::1", "http://[::1]:80/"),
        ("[::1]:9000", "http://[::1]:9000/"),
        ("hooks.example.com", "http://hooks.example.com/"),
    ],
)
def test_the_operator_can_allow_a_private_host_and_plain_http(allowed: str, url: str) -> None:
    Door(frozenset({allowed})).check(url)


@pytest.mark.parametrize(
    ("allowed", "url"),
    [
        ("10.0.0.5", "http://10.0.0.6/"),
        ("10.0.0.5:8080", "http://10.0.0.5:8081/"),
        ("[::1]:9000", "http://[::1]:9001/"),
        ("127.0.0.1", "https://127.1/"),
        ("example.com", "http://hooks.example.com/"),
        ("10.0.0.5", "http://u:p@10.0.0.5/"),
        ("10.0.0.5", "ftp://10.0.0.5/"),
        ("", "http:///"),
        ("not a host", "https://localhost/"),
    ],
)
def test_an_allowed_host_opens_nothing_else(allowed: str, url: str) -> None:
    with pytest.raises(Blocked):
        Door(frozenset({allowed})).check(url)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_passed_or_blocked_but_never_an_error(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}.com:{text}/"):
        with suppress(Blocked):
            Door().check(url)


@given(
    st.sampled_from(["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.1.1"]),
    st.sampled_from(
        [
            lambda n: str(n),
            hex,
            lambda n: f"0{n:o}",
            lambda n: f"{n >> 24}.{n & 0xFFFFFF}",
            lambda n: f"{n >> 24:#x}.{n >> 16 & 255}.{n & 0xFFFF}",
            lambda n: f"{n >> 24}.{n >> 16 & 255}.{n >> 8 & 255}.0{n & 255:o}",
        ]
    ),
)
def test_a_private_address_is_blocked_however_it_is_spelt(
    address: str, spell: Callable[[int], str]
) -> None:
    with pytest.raises(Blocked):
        Door().check(f"https://{spell(int(IPv4Address(address)))}/")


def _leads_to(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(addresses)


def test_a_name_is_judged_by_every_address_that_it_leads_to() -> None:
    good = Door(lookup=_leads_to("93.184.216.34", "2606:4700:4700::1111"))
    assert good.addresses("hooks.example", 443) == ["93.184.216.34", "2606:4700:4700::1111"]
    with pytest.raises(Blocked) as refused:
        Door(lookup=_leads_to("93.184.216.34", "10.0.0.5")).addresses("hooks.example", 443)
    assert refused.value.reason == (
        "hooks.example leads to 10.0.0.5, a private address. "
        "Ask the operator to allow hooks.example."
    )


def test_an_allowed_name_may_lead_to_a_private_address() -> None:
    door = Door(frozenset({"hooks.example:8443"}), lookup=_leads_to("10.0.0.5"))
    assert door.addresses("hooks.example", 8443) == ["10.0.0.5"]
    with pytest.raises(Blocked):
        door.addresses("hooks.example", 443)


def test_allowing_an_address_does_not_allow_the_names_that_lead_to_it() -> None:
    with pytest.raises(Blocked):
        Door(frozenset({"10.0.0.5"}), lookup=_leads_to("10.0.0.5")).vet("https://evil.example/")


def test_a_name_that_is_not_found_is_said_so() -> None:
    def lookup(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Blocked, match=r"hooks\.exampel could not be found"):
        Door(lookup=lookup).vet("https://hooks.exampel/")


async def test_a_name_that_changed_since_it_was_saved_is_blocked_when_it_is_dialed(
    listener: Listener,
) -> None:
    port = await listener.start()
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    door = Door(lookup=lambda host, port: next(answers))
    sender = Sender(door, timeout=5)

    door.vet(f"https://hooks.example:{port}/")
    result = await sender.send(f"https://hooks.example:{port}/", [SECRET], "msg_1", b"{}")

    assert (result.ok, result.error) == (False, "blocked")
    assert "hooks.example leads to 127.0.0.1" in result.sentence
    assert listener.connections == 0
    await sender.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost", "127.1"])
async def test_the_connector_alone_dials_no_private_address(host: str, listener: Listener) -> None:
    port = await listener.start()
    async with Door().session(5) as session:
        with pytest.raises((Blocked, aiohttp.InvalidURL)):
            await session.get(f"https://{host}:{port}/")
    assert listener.connections == 0


async def test_a_redirect_is_not_followed_by_get(here: Door, serve: Serve) -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": "/second"})

    reply = await asyncio.to_thread(here.get, f"{await serve(handler)}/first")
    assert (reply.code, reply.headers["location"], asked) == (302, "/second", ["/first"])


async def test_post_sends_json_or_a_form_and_reads_json(here: Door, serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        kind = request.content_type
        given = await request.json() if kind.endswith("json") else dict(await request.post())
        return web.json_response({"kind": kind, "given": given, "x": request.headers.get("X-Y")})

    url = await serve(handler)
    sent = await asyncio.to_thread(here.post, url, json={"a": "ü"}, headers={"X-Y": "1"})
    assert sent.json() == {"kind": "application/json", "given": {"a": "ü"}, "x": "1"}
    sent = await asyncio.to_thread(here.post, url, form={"a": "b&c"})
    assert sent.json()["given"] == {"a": "b&c"}
    assert sent.json()["kind"] == "application/x-www-form-urlencoded"


async def test_the_time_limit_holds_for_an_answer_that_drips(here: Door, talk: Talk) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-Drip: 1\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    url, started = await talk(drip), time.monotonic()
    with pytest.raises(Unreachable) as fault:
        await asyncio.to_thread(here.get, url, seconds=0.3)
    assert fault.value.error == "timeout"
    assert time.monotonic() - started < 10


async def test_an_answer_of_more_than_a_megabyte_is_refused(here: Door, serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * int(request.query["size"]))

    url = await serve(handler)
    assert len((await asyncio.to_thread(here.get, f"{url}/?size=1000000")).body) == 1_000_000
    with pytest.raises(Unreachable) as fault:
        await asyncio.to_thread(here.get, f"{url}/?size=1000001")
    assert fault.value.error == "too_large"


async def test_a_proxy_of_the_environment_is_not_used(
    here: Door, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text="direct")

    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    reply = await asyncio.to_thread(here.get, await serve(handler))
    assert reply.body == b"direct"


async def test_a_certificate_is_checked_against_the_name_though_an_address_is_dialed(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext], serve: Serve
) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=request.host)

    server, client = certificate
    port = (await serve(handler, ssl_context=server)).rsplit(":", 1)[1]
    hosts = frozenset({"hooks.example", "other.example"})
    door = Door(hosts, lookup=_leads_to("127.0.0.1"), tls=client)

    reply = await asyncio.to_thread(door.get, f"https://hooks.example:{port}/")
    assert reply.body.decode() == f"hooks.example:{port}"
    for url, careful in [
        (f"https://other.example:{port}/", door),
        (f"https://hooks.example:{port}/", Door(hosts, lookup=_leads_to("127.0.0.1"))),
    ]:
        with pytest.raises(Unreachable) as fault:
            await asyncio.to_thread(careful.get, url)
        assert fault.value.error == "tls"


def test_a_look_up_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(module, "LOOKUP_SECONDS", 0.05)

    def hangs(_: str, __: int) -> list[str]:
        released.wait(10)
        return ["93.184.216.34"]

    door = Door(lookup=hangs)
    try:
        with pytest.raises(Blocked, match="not found in time"):
            door.vet("https://hooks.example.com/x")
    finally:
        released.set()
