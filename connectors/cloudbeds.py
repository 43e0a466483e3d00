"""Cloudbeds, over its PMS API v1.3 with an API key (developers.cloudbeds.com)."""

from connectors.faults import Fault
from connectors.line import Way
from connectors.vendor import (
    Account,
    CredentialField,
    Vendor,
    answer,
    checker,
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


VENDOR = Vendor(
    "cloudbeds", NAME, "https://api.cloudbeds.com", FIELDS, checker(NAME, FIELDS, _account)
)
