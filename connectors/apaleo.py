"""Apaleo, over its Core API with OAuth2 client credentials (apaleo.dev)."""

import base64
from typing import Any

from connectors.faults import Fault
from connectors.line import Reply, Way
from connectors.vendor import (
    Account,
    CredentialField,
    Vendor,
    answer,
    checker,
    garbled,
    parsed,
    refusal,
    request_id_of,
    text,
    words_of,
)

NAME = "Apaleo"
ADDRESS = "https://api.apaleo.com"
IDENTITY = "https://identity.apaleo.com"
# RFC 6749, section 5.2: these say that the client is wrong, the other codes that the request is.
REFUSALS = {"invalid_client", "unauthorized_client", "invalid_grant", "access_denied"}

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
        "Shown once by Apaleo when the custom app is made. It needs the scope properties.read.",
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


def _token(door: Way, address: str, credentials: dict[str, str]) -> str:
    identity = IDENTITY if address == ADDRESS else address
    pair = f"{credentials['client_id']}:{credentials['client_secret']}"
    basic = base64.b64encode(pair.encode()).decode()
    reply = door.post(
        f"{identity}/connect/token",
        form={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}", "Accept": "application/json"},
    )
    if reply.code == 400:
        value = parsed(NAME, reply)
        if isinstance(value, dict) and value.get("error") in REFUSALS:
            raise Fault("refused", refusal(NAME, words_of(reply)), request_id_of(reply))
    value = answer(NAME, reply)
    token = value.get("access_token") if isinstance(value, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise garbled(NAME, reply)
    return token


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
