"""A web site in a few lines of the standard library: routes, answers, pages."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import orjson

LONGEST_BODY = 100_000
LOOKS = Path(__file__).parent / "looks"


@dataclass(frozen=True)
class Request:
    """Headers by lower-case name."""

    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(errors="replace")))


@dataclass(frozen=True)
class Answer:
    code: int
    body: str | bytes = ""
    kind: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)


Route = Callable[[Request], Answer]
Site = Mapping[tuple[str, str], Route]  # by method and path


def handler(site: Site) -> type[BaseHTTPRequestHandler]:
    """Return what the standard library's server needs to answer for `site`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        # An answer goes out in one piece, and at once: it may be one of many pages.
        wbufsize = 65_536
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > LONGEST_BODY:
                self.close_connection = True
                self._send(Answer(413, "The body is missing or too long."))
                return
            self._answer(self.rfile.read(int(length)))

        def _answer(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            path, _, query = self.path.partition("?")
            route = site.get((self.command, path))
            if route is None:
                self._send(Answer(404, "There is nothing here."))
            else:
                self._send(route(Request(headers, body, dict(parse_qsl(query)))))

        def _send(self, answer: Answer) -> None:
            content = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.code)
            self.send_header("Content-Type", f"{answer.kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: Any) -> None:
            print(time.strftime("%H:%M:%S"), format % arguments, flush=True)

    return Handler


def as_json(value: Any, code: int = 200) -> Answer:
    return Answer(code, orjson.dumps(value), "application/json")


def back_to(path: str) -> Answer:
    """Send the browser on after a form."""
    return Answer(303, headers={"Location": path})


def from_own_page(route: Route) -> Route:
    """Let only forms of this very site in: other pages in the same browser may post here too."""

    def guarded(request: Request) -> Answer:
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return Answer(403, "This form belongs to another page.")
        return route(request)

    return guarded


def page(look: str, title: str, body: str, *, refresh: int | None = None) -> Answer:
    """Return a page in the look of `looks/{look}.css`; `body` is HTML, escaped where it must be."""
    css = (LOOKS / f"{look}.css").read_text("utf-8")
    again = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{again}<title>{escape(title)}</title><style>{css}</style></head>"
        f"<body>{body}</body></html>"
    )
    return Answer(200, html, "text/html", {"Content-Security-Policy": _POLICY})


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
