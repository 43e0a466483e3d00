"""Mews, over its Connector API: tokens in the JSON body of a POST (docs.mews.com)."""

from connectors.line import Way
from connectors.vendor import (
    Account,
    CredentialField,
    Vendor,
    answer,
    checker,
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


VENDOR = Vendor("mews", NAME, "https://api.mews.com", FIELDS, checker(NAME, FIELDS, _account))
