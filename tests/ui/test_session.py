"""The cookie, the guard before every page, and the forms that sign in and out."""

from http.cookies import Morsel, SimpleCookie
from urllib.parse import unquote

import httpx
import pytest
from fastapi import FastAPI
from nicegui import app, ui
from starlette.datastructures import Headers

import logs
from domain import sign_ins
from tests.builders import PASSWORD, World
from tests.ui.conftest import BASE
from ui import session

MAYA = {"email": "maya@harbour.example", "password": PASSWORD}


async def enter(browser: httpx.AsyncClient, form: dict[str, str] = MAYA) -> httpx.Response:
    return await browser.post("/auth/sign-in", data=form, headers={"origin": BASE})


def cookie(answer: httpx.Response, name: str) -> Morsel[str]:
    for line in answer.headers.get_list("set-cookie"):
        if name in (found := SimpleCookie(line)):
            return found[name]
    raise AssertionError(f"there is no cookie called {name}")


async def test_a_stranger_is_sent_to_sign_in_and_back_afterwards(
    stranger: httpx.AsyncClient,
) -> None:
    for path in ("/", "/apps", "/subscriptions/x", "/account", "/operations"):
        answer = await stranger.get(path)
        assert answer.status_code == 303
        expected = "/sign-in" if path == "/" else f"/sign-in?next={path}"
        assert answer.headers["location"] == expected


async def test_beside_the_public_pages_there_is_nothing_but_the_way_to_sign_in(
    stranger: httpx.AsyncClient,
) -> None:
    for path in ("/invitation/", "/token/", "/token/a/b", "/auth/x", "/_nicegui/x", "/sign-in/x"):
        answer = await stranger.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), path


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/apps/d3x?connect=1", "/apps/d3x?connect=1"),
        ("/", "/"),
        ("", "/"),
        (None, "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/apps\nSet-Cookie: a=b", "/"),
        ("/\t/[", "/"),
        ("/x//[", "/x//["),
        ("/\ud800", "/"),
    ],
)
def test_sign_in_leads_only_to_pages_of_ours(wanted: str | None, goes: str) -> None:
    assert session.safe_path(wanted) == goes


async def test_the_cookie_can_be_read_by_nobody_but_us(stranger: httpx.AsyncClient) -> None:
    found = cookie(await enter(stranger), "adjoin")
    assert found["httponly"]
    assert found["samesite"] == "lax"
    assert found["path"] == "/"
    assert int(found["max-age"]) == sign_ins.LIFETIME.total_seconds()
    assert len(found.value) >= 43  # 32 random bytes


async def test_over_https_the_cookie_belongs_to_this_host_and_never_travels_in_clear(
    stranger: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_is_secure", True)
    found = cookie(await enter(stranger), "__Host-adjoin")
    assert found["secure"]
    assert found["path"] == "/"
    assert not found["domain"]


async def test_every_sign_in_has_a_new_secret_and_ends_the_one_before(
    stranger: httpx.AsyncClient,
) -> None:
    first = cookie(await enter(stranger), "adjoin").value
    second = cookie(await enter(stranger), "adjoin").value
    assert first != second
    assert sign_ins.visit(first) is None
    assert sign_ins.visit(second) is not None


async def test_a_signed_out_cookie_opens_nothing_any_more(stranger: httpx.AsyncClient) -> None:
    secret = cookie(await enter(stranger), "adjoin").value
    answer = await stranger.post("/auth/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert "adjoin" not in stranger.cookies
    stranger.cookies.set("adjoin", secret)
    assert (await stranger.get("/account")).headers["location"] == "/sign-in?next=/account"


async def test_signing_out_twice_is_no_error(stranger: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert (await stranger.post("/auth/sign-out")).status_code == 303


async def test_why_a_form_came_back_is_told_once_and_stands_in_no_address(
    stranger: httpx.AsyncClient,
) -> None:
    answer = await enter(stranger, MAYA | {"password": "wrong", "next": "/apps"})
    assert answer.headers["location"] == "/sign-in?next=%2Fapps"
    assert "adjoin_complaint" in stranger.cookies
    assert "wrong" not in stranger.cookies["adjoin_typed"]
    await stranger.get("/sign-in")
    assert "adjoin_complaint" not in stranger.cookies
    assert "adjoin_typed" not in stranger.cookies


async def test_odd_input_comes_back_as_a_form(stranger: httpx.AsyncClient) -> None:
    names = ("email", "password", "next", "code", "name", "secret")
    for path in ("/auth/sign-in", "/auth/setup", "/auth/invitation"):
        for odd in ("\0", "maya\0@harbour.example", "x" * 5000, "ä€😀", "' OR 1=1 --"):
            answer = await stranger.post(path, data=dict.fromkeys(names, odd))
            assert answer.status_code == 303, (path, odd)
            assert "adjoin" not in stranger.cookies


async def test_what_is_no_form_at_all_comes_back_with_a_sentence(
    stranger: httpx.AsyncClient,
) -> None:
    kind = {"content-type": "multipart/form-data; boundary=x"}
    half = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n+2AA-a\r\n--x--\r\n'
    for path in ("/auth/sign-in", "/auth/setup", "/auth/invitation"):
        for answer in (
            await stranger.post(path, content=b"garbage", headers=kind),
            await stranger.post(path, files={"email": b"a", "code": b"a", "secret": b"a"}),
            await stranger.post(
                path, data={"email": ["a", "b"]} | {f"x{i}": "" for i in range(2000)}
            ),
        ):
            assert answer.status_code == 303, answer.text
            assert answer.headers["location"] in ("/sign-in", "/setup")
            assert "arrive" in unquote(stranger.cookies["adjoin_complaint"])
        kind_of_half = kind["content-type"] + "; charset=utf-7"
        answer = await stranger.post(path, content=half, headers={"content-type": kind_of_half})
        assert answer.status_code == 303


def test_halves_of_characters_are_left_out() -> None:
    assert session._clean("a\ud800b\0") == "ab"


async def test_no_page_tells_what_an_exception_says(house: FastAPI) -> None:
    async def fails() -> None:
        raise ValueError("SELECT secret FROM drawers")

    ui.page("/sign-in/fails")(fails)
    app.routes.insert(0, app.routes.pop())  # before the page that answers whatever is left
    transport = httpx.ASGITransport(house, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as browser:
        logs.request_id.set("abc123")
        answer = await browser.get("/sign-in/fails")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "request id abc123" in answer.text
    for told in ("SELECT", "ValueError"):
        assert told not in answer.text


async def test_an_address_that_is_none_after_sign_in_is_no_failure(
    stranger: httpx.AsyncClient,
) -> None:
    assert (await stranger.get("/sign-in?next=/%09/%5B")).status_code == 200


async def test_whoever_was_signed_out_reads_so(stranger: httpx.AsyncClient) -> None:
    assert "You were signed out" in (await stranger.get("/sign-in?ended=1")).text
    assert "You were signed out" not in (await stranger.get("/sign-in")).text


async def test_an_empty_form_comes_back_too(stranger: httpx.AsyncClient) -> None:
    for path in ("/auth/sign-in", "/auth/setup", "/auth/invitation"):
        assert (await stranger.post(path)).status_code == 303


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("", "A browser on an unknown system"),
    ],
)
def test_a_device_is_named_in_words(agent: str, device: str) -> None:
    assert session.device_of(Headers({"user-agent": agent})) == device


async def test_the_device_is_kept_with_the_sign_in(
    stranger: httpx.AsyncClient, world: World
) -> None:
    stranger.headers["user-agent"] = "Mozilla/5.0 (X11; Linux) Firefox/140.0"
    await enter(stranger)
    devices = {device.device for device in sign_ins.of_person(world.maya)}
    assert "Firefox on Linux" in devices
