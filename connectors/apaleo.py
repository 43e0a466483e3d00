"""Apaleo, over its Core API with OAuth2 client credentials (apaleo.dev)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from connectors import oauth
from connectors.answers import at, records_at, value_of
from connectors.faults import Fault
from connectors.hooks import Call, Hook, opened
from connectors.line import Reply, Way
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
    request_id_of,
    text,
)

NAME = "Apaleo"
ADDRESS = "https://api.apaleo.com"
IDENTITY = "https://identity.apaleo.com"

FIELDS = (
    CredentialField(
        "client_id",
        "Client ID",
        "In Apaleo under Apps, Connected apps: your custom app.",
        False,
        "ABCD-ADJOIN",
    ),
    CredentialField(
        "client_secret",
        "Client secret",
        "Shown once by Apaleo when the custom app is made. It needs the scopes properties.read, "
        "reservations.read and units.read.",
        True,
        "",
    ),
)


def _account(door: Way, address: str, credentials: dict[str, str]) -> Account:
    token = _token(door, address, credentials)
    reply = door.get(
        f"{address}/inventory/v1/properties",
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
    )
    if reply.code == 204:
        raise Fault("refused", f"{NAME} shows no property to these credentials.")
    if reply.code == 401:
        # Its own identity server accepted the credentials a moment ago.
        raise Fault("vendor_fault", f"{NAME} did not know its own token. Try again later.")
    return _named(reply, answer(NAME, reply))


def _token(way: Way, address: str, credentials: Mapping[str, str]) -> str:
    return _granted(way, address, credentials).access_token


def _granted(way: Way, address: str, credentials: Mapping[str, str]) -> oauth.Grant:
    identity = IDENTITY if address == ADDRESS else address
    return oauth.client_credentials(
        way,
        NAME,
        f"{identity}/connect/token",
        credentials["client_id"],
        credentials["client_secret"],
    )


def _named(reply: Reply, value: Any) -> Account:
    """One account for all properties that the credentials open, in the order of their ids."""
    listed = value.get("properties") if isinstance(value, dict) else None
    if not isinstance(listed, list):
        raise garbled(NAME, reply)
    names = {
        text(entry.get("id")): text(entry.get("name"))
        for entry in listed
        if isinstance(entry, dict) and text(entry.get("id"))
    }
    if not names:
        raise garbled(NAME, reply)
    ids = sorted(key for key in names if key)
    name = ", ".join(names[key] or key for key in ids[:3]) + (" …" if len(ids) > 3 else "")
    return Account(",".join(ids), name, request_id_of(reply))


VENDOR = Vendor("apaleo", NAME, ADDRESS, FIELDS, checker(NAME, FIELDS, _account))

_MOST = 200


@dataclass(frozen=True)
class _Listing:
    """How a type of data is asked for. dated: can be filtered by the date of modification."""

    path: str
    key: str
    permission: str
    dated: bool = False


_LISTINGS = {
    "reservations": _Listing(
        "/booking/v1/reservations", "reservations", "reservations.read", dated=True
    ),
    "guests": _Listing("/booking/v1/reservations", "reservations", "reservations.read", dated=True),
    "spaces": _Listing("/inventory/v1/units", "units", "units.read"),
}


def _page(way: Way, access: Access, wanted: Wanted) -> Page:
    listing = _LISTINGS[wanted.type]
    stand = Numbered.of(wanted.cursor)
    reply = _asked(way, access, f"{listing.path}?{urlencode(_asking(listing, wanted, stand))}")
    filtered = listing.dated and wanted.since is not None
    if reply.code == 204:  # past the end, and without a body
        return Page([], filtered=filtered)
    value = value_of(NAME, reply)
    records, count = records_at(NAME, value, listing.key), at(value, "count")
    cursor = stand.after(len(records), count if isinstance(count, int) else None)
    if wanted.type == "guests":
        return Page([one for entry in records for one in _guests(entry)], cursor, None, filtered)
    return Page(records, cursor, count if isinstance(count, int) else None, filtered)


def _asking(listing: _Listing, wanted: Wanted, stand: Numbered) -> dict[str, str]:
    size = max(1, min(wanted.count, _MOST))
    asking = {"pageNumber": str(stand.number), "pageSize": str(size)}
    if listing.dated:
        # What changes while we read keeps its place in this order, so no page skips a record.
        asking["sort"] = "created:asc"
    if listing.dated and wanted.since:
        asking |= {"dateFilter": "Modification", "from": _moment(wanted.since)}
    if listing.dated and wanted.since and wanted.until:
        asking["to"] = _moment(wanted.until)
    return asking


def _guests(reservation: Any) -> list[dict[str, Any]]:
    """The guests in a reservation. Apaleo has no list of guests and gives them no id."""
    if not isinstance(reservation, Mapping):
        return []
    others = reservation.get("additionalGuests")
    listed = [reservation.get("primaryGuest"), *(others if isinstance(others, list) else [])]
    about = {"reservationId": reservation.get("id"), "modified": reservation.get("modified")}
    return [
        {"id": f"{reservation.get('id')}/{number}", "isPrimary": number == 1, **about, **guest}
        for number, guest in enumerate(listed, start=1)
        if isinstance(guest, Mapping)
    ]


def _asked(way: Way, access: Access, path: str) -> Reply:
    given, address = cleaned(FIELDS, access.values), access.address or ADDRESS
    key = ("apaleo", address, given["client_id"], given["client_secret"])
    for is_last in (False, True):
        token = oauth.kept(key, lambda: _granted(way, address, given))
        reply = way.get(
            f"{address}{path}",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            seconds=SECONDS,
        )
        if reply.code != 401 or is_last:
            break
        oauth.forget(key)
    return reply


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_TOLD = {
    "reservation": ("reservations", "guests"),
    "booking": ("reservations", "guests"),
    "unit": ("spaces",),
    "unitgroup": ("spaces",),
}


def _hear(body: bytes, account: str) -> Call:
    """An event, or the health check without which Apaleo makes no subscription.

    apaleo.dev/guides/webhook: no signature, Apaleo advises a secret in the address. Events may come
    twice, under the same id, and in any order; the credentials know the ids of properties only.
    """
    value = opened(NAME, body)
    topic, event_id = text(value.get("topic")), text(value.get("id"))
    if topic is None or event_id is None:
        raise Fault("garbled", f"A call of {NAME} has a topic and an id.")
    types = _TOLD.get(topic.lower(), ())
    is_ours = text(value.get("propertyId")) in account.split(",")
    return Call(types, event_id, is_ours or not types)


KIND = Kind(
    key="apaleo",
    name=NAME,
    icon="building-2",
    hue=40,
    about="Reads reservations, the guests in them, and units of all properties of the account.",
    address=ADDRESS,
    needs_address=False,
    methods=("apaleo",),
    settings=(),
    types={
        key: Offer(
            key,
            listing.path,
            changes_of(key, deleted=key != "reservations"),
            incremental=listing.dated,
            permission=listing.permission,
        )
        for key, listing in _LISTINGS.items()
    },
    check=lambda way, access: VENDOR.check(way, access.address or ADDRESS, dict(access.values)),
    read=reader(lambda _: NAME, _page),
    hears=Hook(
        _hear,
        ("reservations", "guests", "spaces"),
        (
            "Whoever looks after the connected app makes a subscription at webhook.apaleo.com, "
            "with this address as its endpointUrl.",
            "As events, take reservation/*, booking/* and unit/*.",
            "Apaleo calls at once to see whether we are there: below, you see that it came.",
        ),
    ),
)
