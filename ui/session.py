"""Who is visiting: the cookie, the guard before every page, and the forms that sign in and out.

The forms are plain HTTP posts, so they work with password managers and set a new cookie each
time. The cookie holds an opaque secret of our own; pages keep nothing else about a visitor.
"""

from typing import Annotated
from urllib.parse import quote, unquote, urlsplit

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui
from starlette.datastructures import Headers, QueryParams
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from domain import invitations, setup, sign_ins
from domain.refusals import Refusal
from domain.sign_ins import Visitor
from ui.ask import attempt, load

PUBLIC = ("/_nicegui", "/assets/", "/auth/", "/sign-in", "/setup", "/invitation/", "/token/")
# What was typed into a form that came back, and why it came back: kept for one minute.
_TYPED, _COMPLAINT = "adjoin_typed", "adjoin_complaint"

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


class Guard:
    """Sends strangers to the sign-in page before any page is built for them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(PUBLIC):
            await self._app(scope, receive, send)
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
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc and path.isprintable() else "/"


def typed(request: Request) -> str:
    """Return the e-mail address that was typed before a form came back."""
    return unquote(request.cookies.get(_TYPED, ""))


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


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _sign_in_page(scope: Scope) -> str:
    query = scope["query_string"].decode("latin-1")
    wanted = scope["path"] + (f"?{query}" if query else "")
    return "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted)}"


async def _sign_in(
    request: Request,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    outcome = await attempt(
        sign_ins.sign_in,
        email,
        password,
        device=device_of(request.headers),
        address=_address(request),
    )
    if outcome.value is None:
        return _back("/sign-in", outcome.refusal, email, next=safe_path(next))
    return _entered(outcome.value, safe_path(next))


async def _sign_out(request: Request) -> Response:
    visitor = await load(sign_ins.visit, secret_of(request))
    if visitor is not None:
        await attempt(sign_ins.sign_out, visitor.actor)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(cookie_name(), path="/", secure=_is_secure)
    return response


async def _setup(
    request: Request,
    code: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    outcome = await attempt(
        setup.create_operator,
        code,
        name,
        email,
        password,
        device=device_of(request.headers),
        address=_address(request),
    )
    if outcome.value is None:
        return _back("/setup", outcome.refusal, email)
    return _entered(outcome.value, "/")


async def _accept_invitation(
    request: Request,
    secret: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    outcome = await attempt(
        invitations.accept,
        secret,
        name,
        password,
        device=device_of(request.headers),
        address=_address(request),
    )
    if outcome.value is None:
        return _back(f"/invitation/{quote(secret, safe='')}", outcome.refusal, "")
    return _entered(outcome.value, "/")


def _entered(secret: str, path: str) -> Response:
    response = RedirectResponse(path, 303)
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=int(sign_ins.LIFETIME.total_seconds()),
        path="/",
        secure=_is_secure,
        httponly=True,
        samesite="lax",
    )
    for name in (_TYPED, _COMPLAINT):
        response.delete_cookie(name, path="/")
    return response


def _back(path: str, refusal: Refusal | None, email: str, **query: str) -> Response:
    """Send the visitor back to a form; the sentence travels in a cookie, not in the address."""
    address = f"{path}?{QueryParams(query)}" if query else path
    response = RedirectResponse(address, 303)
    complaint = refusal.message if refusal else ""
    for name, value in ((_TYPED, email[:254]), (_COMPLAINT, complaint)):
        response.set_cookie(name, quote(value), max_age=60, path="/", httponly=True, samesite="lax")
    return response
