"""Cloudbeds, over its PMS API v1.3 with an API key (developers.cloudbeds.com)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from connectors.answers import at, records_at, value_of
from connectors.faults import Fault
from connectors.hooks import Call, Hook, opened
from connectors.line import Way
from connectors.reading import SECONDS, Numbered, reader
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
    refusal,
    request_id_of,
    text,
    words_of,
)

NAME = "Cloudbeds"

FIELDS = (
    CredentialField(
        "api_key",
        "API key",
        "In Cloudbeds under Account, Apps & Marketplace, API Credentials.",
        True,
        "",
    ),
)


def _account(door: Way, address: str, credentials: dict[str, str]) -> Account:
    reply = door.get(
        f"{address}/api/v1.3/getHotelDetails",
        headers={"x-api-key": credentials["api_key"], "Accept": "application/json"},
    )
    value = answer(NAME, reply)
    request_id = request_id_of(reply)
    if isinstance(value, dict) and value.get("success") is False:
        # Cloudbeds refuses with 200: "User who approved this connection is not active anymore".
        raise Fault("refused", refusal(NAME, words_of(reply)), request_id)
    data = part(value, "data")
    property_id = text(data.get("propertyID"))
    if property_id is None:
        raise garbled(NAME, reply)
    return Account(property_id, text(data.get("propertyName")), request_id)


ADDRESS = "https://api.cloudbeds.com"
VENDOR = Vendor("cloudbeds", NAME, ADDRESS, FIELDS, checker(NAME, FIELDS, _account))

_MOST = 100


@dataclass(frozen=True)
class _Listing:
    """How a type of data is asked for. since: the parameter for what changed from a moment on."""

    call: str
    more: Mapping[str, str] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    paged: bool = True


_LISTINGS = {
    "reservations": _Listing(
        "getReservations", {"includeAllRooms": "true"}, "modifiedFrom", "modifiedTo"
    ),
    # In the order of their making, so that a guest who changes meanwhile moves no page.
    "guests": _Listing(
        "getGuestList",
        {"includeGuestInfo": "true", "sortBy": "creation"},
        "resultsFrom",
        "resultsTo",
    ),
    "spaces": _Listing("getRooms"),
    "rates": _Listing("getRatePlans", paged=False),
    "products": _Listing("getItems", paged=False),
}


def _page(way: Way, access: Access, wanted: Wanted) -> Page:
    listing = _LISTINGS[wanted.type]
    stand = Numbered.of(wanted.cursor)
    value = _asked(way, access, listing.call, {**listing.more, **_asking(listing, wanted, stand)})
    # An empty list of guests comes as an empty object or as an empty list.
    is_empty = at(value, "data") in ([], {})
    records = [] if is_empty else _flat(records_at(NAME, value, "data"))
    total = at(value, "total")
    total = total if listing.paged and isinstance(total, int) else None
    cursor = stand.after(len(records), total) if listing.paged else None
    filtered = bool(listing.since and wanted.since)
    return Page(records, cursor, total, filtered)


def _asking(listing: _Listing, wanted: Wanted, stand: Numbered) -> dict[str, str]:
    asking: dict[str, str] = {}
    if listing.since and wanted.since:
        # Cloudbeds compares with the clock of the hotel, which we don't know: twelve hours behind
        # UTC at most, fourteen ahead. Asking for too much is harmless.
        asking[listing.since] = _clock(wanted.since - timedelta(hours=12))
    if listing.until and wanted.until:
        asking[listing.until] = _clock(wanted.until + timedelta(hours=14))
    if listing.paged:
        size = max(1, min(wanted.count, _MOST))
        asking |= {"pageNumber": str(stand.number), "pageSize": str(size)}
    if listing.call == "getRatePlans":
        today = (wanted.until or datetime.now(UTC)).date()
        asking |= {"startDate": str(today), "endDate": str(today + timedelta(days=1))}
    return asking


def _flat(records: list[Any]) -> list[Any]:
    """Rooms come by property: give each room the property it is in."""
    flat: list[Any] = []
    for record in records:
        rooms = record.get("rooms") if isinstance(record, Mapping) else None
        if isinstance(rooms, list) and "reservationID" not in record:
            about = {"propertyID": record.get("propertyID")}
            flat += [{**about, **room} for room in rooms if isinstance(room, Mapping)]
        else:
            flat.append(record)
    return flat


def _asked(way: Way, access: Access, call: str, asking: Mapping[str, str]) -> Any:
    given = cleaned(FIELDS, access.values)
    reply = way.get(
        f"{access.address or ADDRESS}/api/v1.3/{call}?{urlencode(asking)}",
        headers={"x-api-key": given["api_key"], "Accept": "application/json"},
        seconds=SECONDS,
    )
    value = value_of(NAME, reply)
    if at(value, "success") is False:
        words = words_of(reply)
        said = f" It says: “{words}”" if words else ""
        raise Fault("not_permitted", f"{NAME} gave no data.{said}", request_id_of(reply))
    return value


def _clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_TOLD = {
    "reservation": ("reservations",),
    "guest": ("reservations", "guests"),
}


def _hear(body: bytes, account: str) -> Call:
    """An event, such as reservation/created.

    developers.cloudbeds.com/docs/webhooks-1: no signature, so the address is the secret; no id, but
    a timestamp in millionths of a second; ids are spelled propertyID or propertyId. Wants an answer
    within 2 seconds, and calls 5 times, a minute apart.
    """
    value = opened(NAME, body)
    event = text(value.get("event"))
    if event is None or "/" not in event:
        raise Fault("garbled", f"A call of {NAME} has an event.")
    about = _first(value, "propertyID", "propertyId", "propertyID_str")
    which = _first(value, "reservationID", "reservationId", "guestID", "guestId")
    stamp = value.get("timestamp")
    types = _TOLD.get(event.partition("/")[0], ())
    event_id = f"{event} {which} {stamp}" if isinstance(stamp, int | float | str) else None
    return Call(types, event_id, about == account or not types)


def _first(value: Mapping[str, Any], *keys: str) -> str | None:
    return next((found for key in keys if (found := text(value.get(key)))), None)


KIND = Kind(
    key="cloudbeds",
    name=NAME,
    icon="cloud",
    hue=215,
    about="Reads reservations, guests, rooms, rate plans and items of a Cloudbeds property.",
    address=ADDRESS,
    needs_address=False,
    methods=("cloudbeds",),
    settings=(),
    types={
        key: Offer(
            key,
            f"/api/v1.3/{listing.call}",
            changes_of(key, deleted=key != "reservations"),
            incremental=bool(listing.since),
        )
        for key, listing in _LISTINGS.items()
    },
    check=lambda way, access: VENDOR.check(way, access.address or ADDRESS, dict(access.values)),
    read=reader(lambda _: NAME, _page),
    hears=Hook(
        _hear,
        ("reservations", "guests"),
        (
            "Whoever holds the API key calls postWebhook of the Cloudbeds API once for each event, "
            "with this address as its endpointUrl.",
            "As events, take created, status_changed, dates_changed, accommodation_changed and "
            "deleted of reservation, and created and details_changed of guest.",
        ),
    ),
)
