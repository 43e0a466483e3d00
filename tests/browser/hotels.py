"""Hotel systems that answer on this machine: one as Mews does, one with an API of its own."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from demo.partners.accounts import Ledger
from demo.partners.hotel.chronicle import Chronicle
from demo.partners.hotel.mews import PATH
from demo.partners.process import Start
from demo.partners.site import Answer, Request, Route, Site, as_json, handler
from demo.partners.vendors import Vendors

COUNT = 300  # reservations behind the API
STATES = ("Confirmed", "InHouse", "CheckedOut", "Cancelled")
PATIENCE = 50  # seconds that a page is held back at most; after 60 nobody waits for it


@dataclass(frozen=True)
class HotelSystem:
    """Where it answers, and to which credentials, by the labels under which we ask for them."""

    address: str
    credentials: Mapping[str, str]
    _free: threading.Event

    @contextlib.contextmanager
    def holding_back(self) -> Iterator[None]:
        """Give only the first page of a list meanwhile: who reads on has to wait."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()


@contextlib.contextmanager
def mews(folder: Path) -> Iterator[HotelSystem]:
    """Run the demo's stand-in for Mews, where Harbour Hotel has 5,000 reservations."""
    ledger, chronicle = Ledger(folder), Chronicle(folder, datetime.now(UTC).replace(microsecond=0))
    account = next(one for one in ledger.accounts if one.system == "mews")
    site = dict(Vendors(ledger, chronicle, Start(0, folder, "")).site())
    free, path = _set(), ("POST", f"{PATH}/reservations/getAll/2023-06-06")
    site[path] = _held(site[path], free, lambda asked: b'"Cursor"' in asked.body)
    credentials = {
        "Client token": account.credentials["client_token"],
        "Access token": account.credentials["access_token"],
    }
    with _answering(site) as address:
        yield HotelSystem(f"{address}/mews", credentials, free)


@contextlib.contextmanager
def api() -> Iterator[HotelSystem]:
    """Run a system of nobody in particular, which gives its reservations a page at a time."""
    free, credentials = _set(), {"Token": "T-json-hotel-1234567890"}

    def reservations(asked: Request) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {credentials['Token']}":
            return as_json({"error": "unauthorized"}, 401)
        page, size = int(asked.query.get("page", 1)), int(asked.query.get("size", COUNT))
        items = [reservation(n) for n in range(COUNT)[(page - 1) * size : page * size]]
        return as_json({"data": {"items": items}, "total": COUNT})

    held = _held(reservations, free, lambda asked: asked.query.get("page", "1") != "1")
    with _answering({("GET", "/v1/reservations"): held}) as address:
        yield HotelSystem(f"{address}/v1", credentials, free)


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


def _set() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def _held(route: Route, free: threading.Event, goes_on: Callable[[Request], bool]) -> Route:
    """Answer as `route` does; what goes on from another page only once it is free."""

    def answer(asked: Request) -> Answer:
        if goes_on(asked):
            assert free.wait(PATIENCE), "it was held back for too long"
        return route(asked)

    return answer


@contextlib.contextmanager
def _answering(site: Site) -> Iterator[str]:
    """Answer on a free port of this machine; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
