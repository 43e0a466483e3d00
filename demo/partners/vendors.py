"""A stand-in for the hotel systems Mews, Cloudbeds and Apaleo: checks credentials as they do.

Shapes as in their public documentation (docs.mews.com, developers.cloudbeds.com, apaleo.dev).
Its page lists the credentials that work, and can revoke them. Behind those of Mews lives a hotel
with its bookings, and beside it an older system of apartments, whose API is its own.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from demo.partners import process
from demo.partners.accounts import Account, Ledger
from demo.partners.hotel.boathouse import HEADER, Boathouse
from demo.partners.hotel.caller import Caller
from demo.partners.hotel.chronicle import Chronicle
from demo.partners.hotel.controls import HOTEL, Controls
from demo.partners.hotel.controls import PATH as CONTROLS
from demo.partners.hotel.mews import PATH, Mews, refused
from demo.partners.process import Start
from demo.partners.site import Answer, Request, Site, as_json, back_to, from_own_page, page

NAMES = {
    "mews": "Mews",
    "cloudbeds": "Cloudbeds",
    "apaleo": "Apaleo",
    "boathouse": "Boathouse apartments (an API of its own)",
}


class Vendors:
    """The systems behind one port, each under a path of its own."""

    def __init__(self, ledger: Ledger, chronicle: Chronicle, start: Start) -> None:
        self._ledger = ledger
        self._chronicle = chronicle
        self._start = start
        self._apaleo_tokens: dict[str, dict[str, str]] = {}

    def site(self) -> Site:
        return {
            **Mews(self._chronicle, self._asked_of_mews).site(),
            **Boathouse(self._opens_boathouse, lambda: self._chronicle.began).site(),
            **Controls(self._chronicle, self._start, self._caller()).site(),
            ("POST", f"{PATH}/configuration/get"): self.mews,
            ("GET", "/cloudbeds/api/v1.3/getHotelDetails"): self.cloudbeds,
            ("POST", "/apaleo/connect/token"): self.apaleo_token,
            ("GET", "/apaleo/inventory/v1/properties"): self.apaleo,
            ("GET", "/"): self.home,
            ("GET", "/credentials.json"): self.credentials,
            ("POST", "/revoke"): from_own_page(self.revoke),
            ("POST", "/issue"): from_own_page(self.issue),
            ("POST", "/reset"): from_own_page(self.reset),
        }

    def _caller(self) -> Caller:
        of_hotel = (one for one in self._ledger.accounts if one.system == "mews")
        account = next(one.id for one in of_hotel if one.name == HOTEL)
        return Caller(self._start.folder, self._start.portal, account)

    def mews(self, request: Request) -> Answer:
        account = self._mews_account(_object(request.body))
        if account is None:
            return refused("Invalid ClientToken or AccessToken.", 401)
        enterprise = {"Id": account.id, "Name": account.name}
        return as_json({"Enterprise": enterprise, "RequestId": secrets.token_hex(16)})

    def _asked_of_mews(self, request: Request) -> tuple[Mapping[str, Any], str] | None:
        question = _object(request.body)
        account = self._mews_account(question)
        return (question, account.name) if account else None

    def _mews_account(self, question: Mapping[str, Any]) -> Account | None:
        tokens = {
            "client_token": str(question.get("ClientToken")),
            "access_token": str(question.get("AccessToken")),
        }
        return self._ledger.find("mews", tokens)

    def _opens_boathouse(self, key: str) -> bool:
        return self._ledger.find("boathouse", {"header": HEADER, "key": key}) is not None

    def cloudbeds(self, request: Request) -> Answer:
        account = self._ledger.find("cloudbeds", {"api_key": request.headers.get("x-api-key", "")})
        if account is None:
            return as_json({"success": False, "message": "The API key is not valid."}, 401)
        data = {"propertyID": account.id, "propertyName": account.name}
        return as_json({"success": True, "data": data})

    def apaleo_token(self, request: Request) -> Answer:
        given = _basic(request.headers.get("authorization", ""))
        if self._ledger.find("apaleo", given) is None:
            return as_json({"error": "invalid_client"}, 400)
        token = secrets.token_urlsafe(24)
        self._apaleo_tokens = dict(list(self._apaleo_tokens.items())[-50:]) | {token: given}
        return as_json({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    def apaleo(self, request: Request) -> Answer:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        account = self._ledger.find("apaleo", self._apaleo_tokens.get(token, {}))
        if account is None:
            return as_json({"messages": ["Not authorized."]}, 401)
        return as_json({"properties": [{"id": account.id, "name": account.name}], "count": 1})

    def credentials(self, _: Request) -> Answer:
        """Every credential that works now, for the demo's own summary."""
        return as_json(
            [
                {
                    "system": one.system,
                    "hotel": one.name,
                    "account": one.id,
                    "fields": one.credentials,
                }
                for one in self._ledger.accounts
                if not one.revoked
            ]
        )

    def revoke(self, request: Request) -> Answer:
        self._ledger.revoke(request.form.get("system", ""), request.form.get("id", ""))
        return back_to("/")

    def issue(self, request: Request) -> Answer:
        self._ledger.issue(request.form.get("system", ""), request.form.get("id", ""))
        return back_to("/")

    def reset(self, _: Request) -> Answer:
        self._ledger.reset()
        return back_to("/")

    def home(self, _: Request) -> Answer:
        tables = "".join(self._table(system) for system in NAMES)
        body = f"""
        <header><p class="brand">Hotel systems</p>
        <p class="motto">a stand-in for Mews, Cloudbeds and Apaleo</p>
        <nav><a href="{CONTROLS}">Demo controls</a>
        <a href="{escape(self._start.portal)}/subscriptions">Adjoin</a></nav></header>
        <main><h1>Accounts and their credentials</h1>
        <p class="promise">Copy credentials from here to connect a core app in Adjoin. To see a
        connection break, press Revoke, then “Check now” in Adjoin. To repair it, press “Issue
        new ones” and give those to Adjoin. Behind Mews and the boathouse lie bookings, too;
        Cloudbeds and Apaleo check credentials only.</p>{tables}</main>
        <footer>The credentials are made up and open nothing but this page’s own systems.</footer>
        """
        return page("vendors", "Hotel systems of the demo", body)

    def _table(self, system: str) -> str:
        rows = "".join(_row(one) for one in self._ledger.accounts if one.system == system)
        heads = "<th>Hotel</th><th>Credentials</th><th>State</th><th>Change</th>"
        return (
            f"<section><h2>{NAMES[system]}</h2><div class='scroll'><table>"
            f"<thead><tr>{heads}</tr></thead>{rows}</table></div></section>"
        )


def _row(account: Account) -> str:
    lines = "".join(
        f"<div>{escape(name)} <code>{escape(text)}</code></div>"
        for name, text in account.credentials.items()
    )
    state = "✗ revoked" if account.revoked else "✓ valid"
    action, words = ("issue", "Issue new ones") if account.revoked else ("revoke", "Revoke")
    label = f"{words}: {NAMES[account.system]}, {account.name}"
    return (
        f'<tr class="{"bad" if account.revoked else "good"}"><td>{escape(account.name)}</td>'
        f"<td>{lines}</td><td>{state}</td><td><form method='post' action='/{action}'>"
        f"<input type='hidden' name='system' value='{escape(account.system)}'>"
        f"<input type='hidden' name='id' value='{escape(account.id)}'>"
        f"<button aria-label='{escape(label)}'>{words}</button></form></td></tr>"
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _basic(header: str) -> dict[str, str]:
    try:
        pair = base64.b64decode(header.removeprefix("Basic "), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return {}
    name, _, secret = pair.partition(":")
    return {"client_id": name, "client_secret": secret}


def main() -> None:
    start = process.arguments()
    chronicle = Chronicle(start.folder, datetime.now(UTC).replace(microsecond=0))
    chronicle.keep_going()
    process.run(Vendors(Ledger(start.folder), chronicle, start).site(), start.port)


if __name__ == "__main__":
    main()
