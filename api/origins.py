"""Keeps other websites from acting through a visitor's browser.

NiceGUI's websocket accepts any origin and needs no cookie, so this guard is the only one it has.
The API is not concerned: its callers are programs, which show a token that no browser adds, or
call at an address that is the secret.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.paths import is_for_machines

# NiceGUI's sockets, which fall back to plain requests and then allow every origin.
_SOCKETS = "/_nicegui_ws/"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SENTENCE = "This came from another website, so it was not accepted. Please use Adjoin's own pages."
_USUAL_PORTS = {"http": 80, "https": 443}


class Origins:
    """Pure ASGI: refuses (403) websockets and unsafe methods that another website began.

    Our own address is the `Host` that was asked for, or `base_url`. Every browser names its origin
    on a websocket, so there it must be given; a form may come without where the browser does not
    say that another site sent it.
    """

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self._app = app
        self._base = _site(base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_guarded(scope) or self._is_ours(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(_SENTENCE, 403)(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        origins = headers.getlist("origin")
        if not origins:
            is_form = scope["type"] == "http"
            return is_form and headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        return all(self._is_same(origin, headers.get("host", "")) for origin in origins)

    def _is_same(self, origin: str, host: str) -> bool:
        site = _site(origin)
        # A proxy may end TLS before us, so the scheme that a browser saw is taken from its origin.
        asked_for = _site(f"{origin.partition('://')[0]}://{host}")
        return site is not None and (site == self._base or site[1:] == (asked_for or ())[1:])


def _is_guarded(scope: Scope) -> bool:
    if scope["type"] != "http":
        return bool(scope["type"] == "websocket")
    if scope["path"].startswith(_SOCKETS):
        return True
    return scope["method"] not in _SAFE_METHODS and not is_for_machines(scope["path"])


def _site(address: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address, None when it has none ("null", garbage)."""
    try:
        parts = urlsplit(address)
        port = parts.port or _USUAL_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None
