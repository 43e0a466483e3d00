"""Mews, over its Connector API: tokens in the JSON body of a POST (docs.mews.com)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.answers import at, records_at, value_of
from connectors.faults import Fault
from connectors.hooks import Call, Hook, opened
from connectors.line import Way
from connectors.reading import SECONDS, lost, reader
from connectors.source import Access, Kind, Offer, Page, Wanted, changes_of
from connectors.vendor import (
    Account,
    CredentialField,
    Vendor,
    answer,
    checker,
    cleaned,
    garbled,
    part,
    request_id_of,
    text,
)

NAME = "Mews"
CLIENT = "Adjoin 0.1"
SHAPE = "E0D439EE…-…28D9E1D"

FIELDS = (
    CredentialField(
        "client_token",
        "Client token",
        "Identifies the application to Mews. The operator of this portal has it.",
        True,
        SHAPE,
    ),
    CredentialField(
        "access_token",
        "Access token",
        "Made by Mews for this property's connection: every property has its own.",
        True,
        SHAPE,
    ),
)


def _account(door: Way, address: str, credentials: dict[str, str]) -> Account:
    reply = door.post(
        f"{address}/api/connector/v1/configuration/get",
        json={
            "ClientToken": credentials["client_token"],
            "AccessToken": credentials["access_token"],
            "Client": CLIENT,
        },
    )
    value = answer(NAME, reply)
    enterprise = part(value, "Enterprise")
    enterprise_id = text(enterprise.get("Id"))
    if enterprise_id is None:
        raise garbled(NAME, reply)
    return Account(enterprise_id, text(enterprise.get("Name")), request_id_of(reply))


ADDRESS = "https://api.mews.com"
VENDOR = Vendor("mews", NAME, ADDRESS, FIELDS, checker(NAME, FIELDS, _account))


@dataclass(frozen=True)
class _Listing:
    """How a type of data is asked for: `more` goes into every question.

    of_services: Mews wants to know of which services. filtered: Mews gives nothing without a
        filter, so that a complete read goes through all times.
    """

    path: str
    key: str
    more: Mapping[str, Any] = field(default_factory=dict)
    of_services: bool = False
    filtered: bool = False


_LISTINGS = {
    "reservations": _Listing("reservations/getAll/2023-06-06", "Reservations"),
    "guests": _Listing(
        "customers/getAll",
        "Customers",
        {"Extent": {"Customers": True, "Addresses": True}},
        filtered=True,
    ),
    "spaces": _Listing(
        "resources/getAll", "Resources", {"Extent": {"Resources": True, "Inactive": True}}
    ),
    "rates": _Listing("rates/getAll", "Rates", of_services=True),
    "products": _Listing("products/getAll", "Products", of_services=True),
    "services": _Listing("services/getAll", "Services"),
    "accounting_categories": _Listing("accountingCategories/getAll", "AccountingCategories"),
}
_MOST = 1000
# Mews takes intervals of three months at most, and February makes some of them short.
_WINDOW = timedelta(days=85)
_FOUNDED = datetime(2012, 1, 1, tzinfo=UTC)
# The last interval ends tomorrow, so that it has room for what changes while we read.
_AHEAD = timedelta(days=1)


def _page(way: Way, access: Access, wanted: Wanted) -> Page:
    """One page of an interval of `UpdatedUtc`, or of everything; then comes the next interval."""
    listing = _LISTINGS[wanted.type]
    stand = _Stand.of(wanted, listing)
    intervals = _intervals(wanted.since, stand.end)
    question = {**listing.more, "Limitation": stand.limitation(wanted.count)}
    if intervals:
        start, end = intervals[min(stand.interval, len(intervals) - 1)]
        question["UpdatedUtc"] = {"StartUtc": _utc(start), "EndUtc": _utc(end)}
    if listing.of_services:
        question["ServiceIds"] = _service_ids(way, access)
        if not question["ServiceIds"]:
            return Page([], filtered=wanted.since is not None)
    value = _asked(way, access, listing.path, question)
    is_null = isinstance(value, Mapping) and value.get(listing.key, "") is None
    records = [] if is_null else records_at(NAME, value, listing.key)
    # The cursor is null only when a page is empty; an empty page ends the interval in any case.
    given = at(value, "Cursor") if records else None
    cursor = stand.after(given if isinstance(given, str) else None, len(intervals))
    return Page(records, cursor, filtered=wanted.since is not None)


def _intervals(since: datetime | None, end: datetime | None) -> list[tuple[datetime, datetime]]:
    """The intervals to ask for, none of them too long; none at all without an end.

    A complete read begins with the newest, so that its first page is one of today. Who changes
    meanwhile moves to where was read already: the time since the beginning comes once more.
    """
    if end is None:
        return []
    start, found = since or _FOUNDED, list[tuple[datetime, datetime]]()
    while start < end:
        found.append((start, min(start + _WINDOW, end)))
        start += _WINDOW
    if since is None:
        return [*reversed(found), (end - _AHEAD, end)]
    return found or [(end, end)]


@dataclass(frozen=True)
class _Stand:
    """Where reading stands: which interval, where the last one ends, and Mews' own cursor."""

    interval: int
    end: datetime | None
    cursor: str | None

    @classmethod
    def of(cls, wanted: Wanted, listing: _Listing) -> "_Stand":
        if wanted.cursor is None:
            has_intervals = wanted.since or listing.filtered
            last = (wanted.since and wanted.until) or datetime.now(UTC) + _AHEAD
            return cls(0, last if has_intervals else None, None)
        interval, _, rest = wanted.cursor.partition(" ")
        end_text, _, cursor = rest.partition(" ")
        try:
            end = None if end_text == "-" else datetime.fromisoformat(end_text).astimezone(UTC)
            return cls(int(interval), end, cursor or None)
        except ValueError:
            raise lost() from None

    def limitation(self, count: int) -> dict[str, Any]:
        limited: dict[str, Any] = {"Count": max(1, min(count, _MOST))}
        return {**limited, "Cursor": self.cursor} if self.cursor else limited

    def after(self, cursor: str | None, intervals: int) -> str | None:
        interval = self.interval if cursor else self.interval + 1
        if cursor is None and interval >= intervals:
            return None
        return f"{interval} {self.end.isoformat() if self.end else '-'} {cursor or ''}"


def _service_ids(way: Way, access: Access) -> list[str]:
    value = _asked(way, access, "services/getAll", {"Limitation": {"Count": _MOST}})
    found = [text(at(service, "Id")) for service in records_at(NAME, value, "Services")]
    return [service_id for service_id in found if service_id]


def _asked(way: Way, access: Access, path: str, question: Mapping[str, Any]) -> Any:
    given = cleaned(FIELDS, access.values)
    address = access.address or ADDRESS
    reply = way.post(
        f"{address}/api/connector/v1/{path}",
        json={
            "ClientToken": given["client_token"],
            "AccessToken": given["access_token"],
            "Client": CLIENT,
            **question,
        },
        seconds=SECONDS,
    )
    return value_of(NAME, reply)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_TOLD = {
    "ServiceOrderUpdated": "reservations",
    "CustomerAdded": "guests",
    "CustomerUpdated": "guests",
    "ResourceUpdated": "spaces",
}


def _hear(body: bytes, account: str) -> Call:
    """A General Webhook; an Integration Webhook, which may come to the same address, is no news.

    docs.mews.com/connector-api/events: no signature and no id, so the address is the secret. Wants
    an answer within 5 seconds, else it calls again after a few minutes.
    """
    value = opened(NAME, body)
    if "Action" in value:
        return Call(())
    enterprise, events = text(value.get("EnterpriseId")), value.get("Events")
    if enterprise is None or not isinstance(events, list):
        raise Fault("garbled", f"A call of {NAME} has an EnterpriseId and Events.")
    told = {_TOLD.get(text(at(event, "Discriminator")) or "") for event in events}
    types = tuple(key for key in _LISTINGS if key in told)
    return Call(types, is_ours=enterprise == account)


KIND = Kind(
    key="mews",
    name=NAME,
    icon="bed-double",
    hue=250,
    about="Reads everything that the Connector API of Mews has, up to a thousand at a time.",
    address=ADDRESS,
    needs_address=False,
    methods=("mews",),
    settings=(),
    types={
        key: Offer(
            key,
            f"/api/connector/v1/{listing.path}",
            changes_of(key, deleted=key != "reservations"),
            incremental=True,
        )
        for key, listing in _LISTINGS.items()
    },
    check=lambda way, access: VENDOR.check(way, access.address or ADDRESS, dict(access.values)),
    read=reader(lambda _: NAME, _page),
    hears=Hook(
        _hear,
        ("reservations", "guests", "spaces"),
        (
            "Send the address to Mews support. Ask for General Webhooks to it, with the events of "
            "service orders, customers and resources.",
            "Mews keeps one address for each application. If several hotels share the client "
            "token, only one of them can be called; let the others run by the clock.",
        ),
    ),
)
