"""A hotel system of nobody in particular that answers with JSON, for sources of the kind REST."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "T-json-hotel-1234567890"
STATES = ("Confirmed", "InHouse", "CheckedOut", "Cancelled")


def reservation(number: int) -> dict[str, Any]:
    return {
        "id": f"R-{number}",
        "confirmation": str(40_000 + number),
        "status": STATES[number % len(STATES)],
        "check_in": f"{1 + number % 27:02}.12.2026",
        "check_out": f"{2 + number % 27:02}.12.2026",
        "guest": {"first_name": "Anna", "last_name": "Berg", "email": f"a{number}@mail.example"},
        "room": {"id": f"S{number % 9}", "name": f"Room {100 + number % 9}"},
        "adults": 1 + number % 3,
        "total": {"amount": f"{120 + number * 7.5:.2f}", "currency": "EUR"},
    }


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(401, {"error": "unauthorized"})
        elif self.path.startswith("/v1/reservations"):
            self._answer(200, {"data": {"items": [reservation(n) for n in range(30)]}})
        else:
            self._answer(404, {"error": "not found"})

    def _answer(self, code: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Answer on a free port of this machine; gives the base address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
