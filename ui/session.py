"""Who is visiting: the cookie, the guard before every page, and the forms that sign in and out.

The forms are plain HTTP posts, so they work with password managers and set a new cookie each
time. The cookie holds an opaque secret of our own; pages keep nothing else about a visitor.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from fastapi import Form, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui
from pydantic import BeforeValidator
from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain import invitations, setup, sign_ins
from domain.sign_ins import Visitor
from ui.ask import attempt, attempt_slowly, load

_FILES = ("/_nicegui", "/assets/")
PUBLIC = (*_FILES, "/auth/", "/sign-in", "/setup", "/invitation/", "/token/", "/help")
# What was typed into a form that came back, and why it came back: told once, for a minute.
_TYPED, _COMPLAINT = "adjoin_typed", "adjoin_complaint"
LONGEST = 2000  # characters of a field
_DAMAGED = "The form did not arrive as it was filled in. Please fill it in again."


def _clean(value: object) -> object:
    """Leave out what a database could not hold: zeros, and halves of characters."""
    if not isinstance(value, str):
        return value
    return value.encode(errors="ignore").decode().replace("\0", "")[:LONGEST]


Typed = Annotated[str, Form(), BeforeValidator(_clean)]

_is_secure = False


def install(*, base_url: str) -> None:
    """Put the guard and the forms in front of the pages; call once, before the first page."""
    global _is_secure
    _is_secure = base_url.startswith("https://")
    app.add_middleware(Guard)
    app.post("/auth/sign-in", include_in_schema=False)(_sign_in)
    app.post("/auth/sign-out", include_in_schema=False)(_sign_out)
    app.post("/auth/setup", include_in_schema=False)(_setup)
    app.post("/auth/invitation", include_in_schema=False)(_accept_invitation)
    app.exception_handler(RequestValidationError)(_no_form)
    app.exception_handler(HTTPException)(_no_form)


class Guard:
    """Sends strangers to the sign-in page before any page is built for them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"].startswith(PUBLIC):
            await self._app(scope, receive, _telling_once(scope, send))
            return
        visitor = await load(sign_ins.visit, secret_of(HTTPConnection(scope)))
        if visitor is None:
            await RedirectResponse(_sign_in_page(scope), 303)(scope, receive, send)
            return
        scope.setdefault("state", {})["visitor"] = visitor
        await self._app(scope, receive, send)


def cookie_name() -> str:
    return "__Host-adjoin" if _is_secure else "adjoin"


def secret_of(connection: HTTPConnection) -> str | None:
    """Return the secret in the visitor's cookie."""
    return connection.cookies.get(cookie_name())


async def visitor() -> Visitor | None:
    """Return who looks at the current window, read afresh, None once the sign-in has ended."""
    return await load(sign_ins.visit, secret_of(ui.context.client.request))


def safe_path(path: str | None) -> str:
    """Return `path` if it is a page of ours, the first page otherwise."""
    if not path or not path.isprintable():
        return "/"
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    return path if not parts.scheme and not parts.netloc else "/"


def typed(request: Request) -> dict[str, str]:
    """Return what was typed into a form before it came back, by the names of its fields."""
    return dict(parse_qsl(unquote(request.cookies.get(_TYPED, ""))))


def complaint(request: Request) -> str | None:
    """Return the sentence that says why a form came back, None when it did not."""
    return unquote(request.cookies.get(_COMPLAINT, "")) or None


def device_of(headers: Headers) -> str:
    """Return the browser in a few words, such as "Firefox on Windows"."""
    agent = headers.get("user-agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "an unknown system")
    return f"{browser} on {system}"


_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def _sign_in_page(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    wanted = scope["path"] + (f"?{query}" if query else "")
    return "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted)}"


async def _sign_in(
    request: Request, email: Typed = "", password: Typed = "", next: Typed = "/"
) -> Response:
    path = safe_path(next)
    return await _enter(
        request,
        lambda **where: sign_ins.sign_in(email, password, **where),
        path,
        back=f"/sign-in?{QueryParams(next=path)}" if path != "/" else "/sign-in",
        typed={"email": email},
    )


async def _sign_out(request: Request) -> Response:
    await _forget(request)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(
        cookie_name(), path="/", secure=_is_secure, httponly=True, samesite="lax"
    )
    return response


async def _setup(
    request: Request, code: Typed = "", name: Typed = "", email: Typed = "", password: Typed = ""
) -> Response:
    return await _enter(
        request,
        lambda **where: setup.create_operator(code, name, email, password, **where),
        "/",
        back="/setup",
        typed={"code": code, "name": name, "email": email},
    )


async def _accept_invitation(
    request: Request, secret: Typed = "", name: Typed = "", password: Typed = ""
) -> Response:
    return await _enter(
        request,
        lambda **where: invitations.accept(secret, name, password, **where),
        "/",
        back=f"/invitation/{quote(secret, safe='') or 'none'}",
        typed={"name": name},
    )


async def _enter(
    request: Request,
    verb: Callable[..., str],
    path: str,
    *,
    back: str,
    typed: Mapping[str, str],
) -> Response:
    """Let a visitor in by a verb that returns the secret of a new sign-in, or send them back."""
    where: dict[str, Any] = {
        "device": device_of(request.headers),
        "address": request.client.host if request.client else "unknown",
    }
    outcome = await attempt_slowly(verb, **where)
    if outcome.value is None:
        return _back(back, outcome.refusal.message if outcome.refusal else "", typed)
    await _forget(request)  # whoever was signed in here before
    response = RedirectResponse(path, 303)
    response.set_cookie(
        cookie_name(),
        outcome.value,
        max_age=int(sign_ins.LIFETIME.total_seconds()),
        path="/",
        secure=_is_secure,
        httponly=True,
        samesite="lax",
    )
    return response


async def _forget(request: Request) -> None:
    """End the sign-in of this browser, if it has one."""
    visitor = await load(sign_ins.visit, secret_of(request))
    if visitor is not None:
        await attempt(sign_ins.sign_out, visitor.actor)


async def _no_form(request: Request, fault: Exception) -> Response:
    """Send whoever posted something else than our forms back to one, with a sentence."""
    if request.url.path.startswith("/auth/"):
        back = "/setup" if request.url.path == "/auth/setup" else "/sign-in"
        return _back(back, _DAMAGED, {})
    if isinstance(fault, HTTPException):
        return await http_exception_handler(request, fault)
    raise fault


def _back(path: str, complaint: str, typed: Mapping[str, str]) -> Response:
    """Send the visitor back to a form; the sentence travels in a cookie, not in the address."""
    response = RedirectResponse(path, 303)
    short = {name: text[:254] for name, text in typed.items()}
    for name, value in ((_TYPED, urlencode(short)), (_COMPLAINT, complaint)):
        response.set_cookie(
            name,
            quote(value),
            max_age=60,
            path="/",
            secure=_is_secure,
            httponly=True,
            samesite="lax",
        )
    return response


def _telling_once(scope: Scope, send: Send) -> Send:
    """Return a `send` that takes the sentence of a form back once a page has told it."""
    told = [name for name in (_TYPED, _COMPLAINT) if name in HTTPConnection(scope).cookies]
    if not told or scope["method"] != "GET" or scope["path"].startswith(_FILES):
        return send

    async def send_and_clear(message: Message) -> None:
        if message["type"] == "http.response.start":
            for name in told:
                cleared = Response()
                cleared.delete_cookie(name, path="/", secure=_is_secure, httponly=True)
                message["headers"] = [*message["headers"], *_cookies(cleared)]
        await send(message)

    return send_and_clear


def _cookies(response: Response) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in response.raw_headers if name == b"set-cookie"]
