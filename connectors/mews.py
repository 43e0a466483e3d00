"""Mews, over its Connector API: tokens in the JSON body of a POST (docs.mews.com)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.line import Way
from connectors.reading import SECONDS, at, lost, reader, records_at, value_of
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


def _page(way: Way, access: Access, wanted: Wanted) -> Page:
    """One page: newest first within an interval of `UpdatedUtc`, then the next interval."""
    listing = _LISTINGS[wanted.type]
    stand = _Stand.of(wanted, listing)
    question = {**listing.more, **stand.filter(), "Limitation": stand.limitation(wanted.count)}
    if listing.of_services:
        question["ServiceIds"] = _service_ids(way, access)
    value = _asked(way, access, listing.path, question)
    is_null = isinstance(value, Mapping) and value.get(listing.key, "") is None
    records = [] if is_null else records_at(NAME, value, listing.key)
    # The cursor is null only when a page is empty; an empty page ends the interval in any case.
    given = at(value, "Cursor") if records else None
    cursor = given if isinstance(given, str) else None
    return Page(records, stand.after(cursor), filtered=wanted.since is not None)


@dataclass(frozen=True)
class _Stand:
    """Where reading stands: the interval, the end of the last one, and Mews' own cursor."""

    start: datetime | None
    end: datetime | None
    cursor: str | None

    @classmethod
    def of(cls, wanted: Wanted, listing: _Listing) -> "_Stand":
        if wanted.cursor is None:
            return cls.at_start(wanted, listing)
        try:
            start, end, cursor = wanted.cursor.split(" ", 2)
            return cls(_read(start), _read(end), cursor or None)
        except ValueError:
            raise lost() from None

    @classmethod
    def at_start(cls, wanted: Wanted, listing: _Listing) -> "_Stand":
        start = wanted.since or (_FOUNDED if listing.filtered else None)
        if start is None:
            return cls(None, None, None)
        # What changes while we read moves into the last interval: that one ends tomorrow.
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        return cls(start, (wanted.since and wanted.until) or tomorrow, None)

    def filter(self) -> dict[str, Any]:
        if self.start is None or self.end is None:
            return {}
        until = min(self.start + _WINDOW, self.end)
        return {"UpdatedUtc": {"StartUtc": _utc(self.start), "EndUtc": _utc(until)}}

    def limitation(self, count: int) -> dict[str, Any]:
        limited: dict[str, Any] = {"Count": max(1, min(count, _MOST))}
        return {**limited, "Cursor": self.cursor} if self.cursor else limited

    def after(self, cursor: str | None) -> str | None:
        start, end = self.start, self.end
        if cursor is None:
            if start is None or end is None or start + _WINDOW >= end:
                return None
            start += _WINDOW
        return f"{_written(start)} {_written(end)} {cursor or ''}"


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


def _written(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else "-"


def _read(written: str) -> datetime | None:
    return None if written == "-" else datetime.fromisoformat(written).astimezone(UTC)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


KIND = Kind(
    key="mews",
    name=NAME,
    icon="hotel",
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
)
