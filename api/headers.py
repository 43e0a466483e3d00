"""Security headers on every answer: what a browser may do with it."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.paths import is_for_machines

# The two unsafe words are what Vue's template compiler needs; everything comes from here alone.
_PAGE_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # One-time links are in the address, so no other website may read it.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_ONLY_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


class Headers:
    """Pure ASGI; a header that a page has set itself stays as it is."""

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self._app = app
        always = _ALWAYS | (_ONLY_HTTPS if base_url.startswith("https://") else {})
        self._for_machines = _as_sent(
            {**always, "Content-Security-Policy": _API_POLICY, "Cache-Control": "no-store"}
        )
        self._for_pages = _as_sent({**always, "Content-Security-Policy": _PAGE_POLICY})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = self._for_machines if is_for_machines(scope["path"]) else self._for_pages

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message.setdefault("headers", ())}
                more = [each for each in wanted if each[0] not in there]
                message["headers"] = [*message["headers"], *more]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _as_sent(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
