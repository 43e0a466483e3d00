"""Security headers on every answer: what a browser may do with it."""

from starlette.datastructures import MutableHeaders
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
        self._always = _ALWAYS | (_ONLY_HTTPS if base_url.startswith("https://") else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = self._for(scope["path"])

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in wanted.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _for(self, path: str) -> dict[str, str]:
        if is_for_machines(path):
            return {
                **self._always,
                "Content-Security-Policy": _API_POLICY,
                "Cache-Control": "no-store",
            }
        return {**self._always, "Content-Security-Policy": _PAGE_POLICY}
