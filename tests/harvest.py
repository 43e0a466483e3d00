"""Builds sources, data transfers and mappings for tests, on a hotel system that a test plays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import SQLModel, col, select

from connectors import oauth
from connectors.oauth import Grant
from connectors.source import Access, Check, Fault, Page, Wanted
from connectors.sources import KINDS
from domain import authorizations, consents, mappings, sources, transfers
from domain.actors import Actor
from domain.mapping.rows import Row
from storage import database
from storage.history import HistoryRow
from storage.sources import Transfer
from tests.builders import World

CREDENTIALS = {"client_token": "C-harvest-1234567890", "access_token": "A-harvest-1234567890"}
ACCEPTED = Check(True, "ent_1", "Harbour Hotel at Mews", "Mews accepted the credentials.")
REFUSED = Check(False, None, None, "Mews does not accept these credentials.", "refused")
UNREACHABLE = Check(False, None, None, "Mews gave no answer. Try again.", "unreachable")
GRANT = Grant("AT-harvest-1234567890", "RT-harvest-1234567890", None)
REJECTED = Fault("refused", "Mews does not accept these credentials.")

# A mapping of what `reservation` makes, with everything that a reservation needs.
ROWS = (
    Row("external_id", "path", "Id"),
    Row("number", "path", "Number"),
    Row("status", "constant", "confirmed", "choice"),
    Row("arrival", "path", "Start", "date"),
    Row("departure", "path", "End", "date"),
    Row("guest_name", "path", "Guest.Name"),
)


@dataclass(repr=False)  # it knows secrets
class HotelSystem:
    """Mews, as far as a test needs it.

    says: its next answer about credentials. records: what it has, by type of data; a page takes
    `Wanted.count` of them. filters: it would give only what has changed, when asked to, and says so
    (it gives all it has). fault: what it answers instead, if anything. grant: what it gives to
    somebody who agreed in the browser, and whenever a token is renewed. asked, read, renewed: what
    it was shown and asked so far.
    """

    says: Check = ACCEPTED
    records: dict[str, list[Any]] = field(default_factory=dict)
    filters: bool = False
    fault: Fault | None = None
    grant: Grant = GRANT
    asked: list[Access] = field(default_factory=list)
    read: list[tuple[Access, Wanted]] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)  # the refresh tokens that were used

    def check(self, way: Any, access: Access) -> Check:
        self.asked.append(access)
        return self.says

    def page(self, way: Any, access: Access, wanted: Wanted) -> Page:
        self.read.append((access, wanted))
        if self.fault:
            raise self.fault
        there = self.records.get(wanted.type, [])
        start = int(wanted.cursor or 0)
        end = start + wanted.count
        records = there[start:end]
        cursor = str(end) if end < len(there) else None
        is_filtered = self.filters and wanted.since is not None
        return Page(records, cursor, len(there), is_filtered)

    def finish(self, *asked: Any, **more: Any) -> Grant:
        if self.fault:
            raise self.fault
        return self.grant

    def refresh(
        self, way: Any, name: str, address: str, client: str, secret: str, old: str
    ) -> Grant:
        self.renewed.append(old)
        return self.finish()


def play(monkeypatch: pytest.MonkeyPatch, *keys: str) -> HotelSystem:
    """Have the kinds of source called `keys` answered by one `HotelSystem`, off the network."""
    system = HotelSystem(records={"reservations": [reservation(n) for n in range(1, 6)]})
    for key in keys:
        kind = replace(KINDS[key], check=system.check, read=system.page)
        monkeypatch.setitem(KINDS, key, kind)  # type: ignore[arg-type]
    monkeypatch.setattr(oauth, "finish", system.finish)
    monkeypatch.setattr(oauth, "refresh", system.refresh)
    return system


def reservation(number: int, **more: Any) -> dict[str, Any]:
    """Return a reservation as the hotel system gives it, another one for each `number`."""
    usual = {
        "Id": f"res-{number}",
        "Number": str(1000 + number),
        "State": "Confirmed",
        "Start": f"2026-12-{1 + number % 27:02}",
        "End": f"2026-12-{2 + number % 27:02}",
        "Guest": {"Name": f"Guest {number}", "Email": f"guest{number}@mail.example"},
    }
    return usual | more


def authorize(world: World, actor: Actor | None = None, **more: Any) -> str:
    """Let Maya, or somebody else, add an authorization for Mews; return its id."""
    who, hotel = actor or world.maya, world.lodge if actor == world.charlie else world.hotel
    draft = authorizations.Draft("mews", "mews", CREDENTIALS, **more)
    return authorizations.add(who, hotel, draft, now=world.now)


CLIENT = {
    "client_id": "adjoin",
    "client_secret": "S-harvest-1234567890",
    "authorize_address": "https://id.pms.example/authorize",
    "token_address": "https://id.pms.example/token",
    "scope": "reservations.read",
}
CONSENT = authorizations.Draft("rest", "oauth_code", CLIENT, "https://api.pms.example")


def sent(world: World, actor: Actor | None = None) -> dict[str, str]:
    """Let Maya, or somebody else, be sent to where she agrees; return what she comes back with."""
    address = consents.begin(actor or world.maya, world.hotel, CONSENT, now=world.now)
    return back_from(address)


def back_from(address: str) -> dict[str, str]:
    """Return what the browser comes back with, once its person has agreed at `address`."""
    (state,) = parse_qs(urlsplit(address).query)["state"]
    return {"state": state, "code": "a-code"}


def agreed(world: World) -> str:
    """Let Maya agree to an authorization in the browser; return its id."""
    return consents.finish(world.maya, sent(world), now=world.now)


def source(world: World, actor: Actor | None = None, **more: Any) -> str:
    """Let Maya, or somebody else, add a Mews source; return its id."""
    who, hotel = actor or world.maya, world.lodge if actor == world.charlie else world.hotel
    opens = more.pop("authorization_id", "") or authorize(world, actor)
    draft = sources.Draft(
        **{"kind": "mews", "name": "Front desk", "authorization_id": opens} | more
    )
    return sources.add(who, hotel, draft, now=world.now)


def unlocked(world: World) -> str:
    """Let Maya add a source that needs no credentials; return its id."""
    settings = {"types": {"reservations": {"path": "/reservations"}}}
    draft = sources.Draft("rest", "Open", address=CONSENT.address, settings=settings)
    return sources.add(world.maya, world.hotel, draft, now=world.now)


def transfer(world: World, source_id: str = "", type_key: str = "reservations") -> str:
    """Let Maya add a data transfer, to a new source if none is named; return its id."""
    return transfers.add(world.maya, source_id or source(world), type_key, now=world.now)


def mapped(world: World, source_id: str = "", rows: Sequence[Row] = ROWS) -> str:
    """Let Maya add a transfer of reservations, read samples and save a mapping; return its id."""
    transfer_id = transfer(world, source_id)
    transfers.sample(world.maya, transfer_id, now=world.now)
    mappings.save(world.maya, transfer_id, rows, expected_version=0, now=world.now)
    return transfer_id


def active(world: World, source_id: str = "") -> str:
    """Let Maya bring a transfer of reservations to where it is active; return its id."""
    transfer_id = mapped(world, source_id)
    transfers.activate(world.maya, transfer_id, now=world.now)
    return transfer_id


def paused(world: World, transfer_id: str) -> None:
    """Let the source of an active transfer call the field of arrivals by another name."""
    renamed = []
    for number in range(1, 6):
        record = reservation(number)
        renamed.append({"StartDate": record.pop("Start"), **record})
    with database.transaction() as session:
        transfer = session.get_one(Transfer, transfer_id)
        transfers.note_drift(session, transfer, renamed, world.now)


def without(rows: Sequence[Row], target: str) -> tuple[Row, ...]:
    """Return a mapping without the row that fills `target`."""
    return tuple(row for row in rows if row.target != target)


def row_of(table: type[SQLModel], row_id: str) -> Any:
    """Return a row as it is stored now."""
    with database.reading() as session:
        return session.get_one(table, row_id)


def events_of(subject_id: str) -> list[str]:
    """Return the events in the history of a source, transfer or the like, the oldest first."""
    with database.reading() as session:
        rows = session.exec(
            select(HistoryRow.event)
            .where(HistoryRow.subject_id == subject_id)
            .order_by(col(HistoryRow.at), col(HistoryRow.id))
        )
        return list(rows)


def strangers(world: World) -> Iterator[Actor]:
    """Everybody who must not learn that anything of Harbour Hotel exists."""
    yield from (world.charlie, world.dee, world.finn, world.olga)
