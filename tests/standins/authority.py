"""An authorization server that checks what RFC 6749 and RFC 7636 want, and rotates tokens."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

CLIENT = {"client_id": "adjoin", "client_secret": "between-us-two-and-nobody-else"}


class Authority:
    """Knows one client, allowed to come back to one address.

    A refresh token is good once. One that is used again ends the whole family of tokens, as
    RFC 9700, section 4.14.2, recommends.
    """

    def __init__(self, redirect: str) -> None:
        self.redirect = redirect
        self.codes: dict[str, str] = {}
        self.refresh_tokens: dict[str, str] = {}
        self.used: dict[str, str] = {}
        self.access_tokens: dict[str, str] = {}
        self.answer: dict[str, Any] | None = None
        self.scopes: list[str] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET" and request.path == "/authorize":
            return self._authorize(request)
        if request.method == "POST" and request.path == "/token":
            return self._token(request, dict(parse_qsl((await request.read()).decode())))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        known = token in self.access_tokens
        return web.json_response([{"id": 1}] if known else {}, status=200 if known else 401)

    def _authorize(self, request: web.Request) -> web.Response:
        """The person agrees at once."""
        query = request.query
        is_right = (
            query.get("response_type") == "code"
            and query.get("client_id") == CLIENT["client_id"]
            and query.get("redirect_uri") == self.redirect
            and query.get("code_challenge_method") == "S256"
            and len(query.get("code_challenge", "")) == 43
        )
        if not is_right:
            return web.Response(status=400)
        code = secrets.token_urlsafe(16)
        self.codes[code] = query["code_challenge"]
        self.scopes.append(query.get("scope", ""))
        back = urlencode({"code": code, "state": query["state"]})
        return web.Response(status=302, headers={"Location": f"{self.redirect}?{back}"})

    def _token(self, request: web.Request, form: dict[str, str]) -> web.Response:
        pair = f"{CLIENT['client_id']}:{CLIENT['client_secret']}"
        basic = base64.b64encode(pair.encode()).decode()
        if request.headers.get("Authorization") != f"Basic {basic}":
            return _no("invalid_client", 401)
        if self.answer is not None:
            return web.json_response(self.answer)
        grants = {
            "authorization_code": self._for_code,
            "refresh_token": self._for_refresh_token,
            "client_credentials": self._for_client,
        }
        return grants[form["grant_type"]](form)

    def _for_code(self, form: dict[str, str]) -> web.Response:
        challenge = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if challenge != proof or form.get("redirect_uri") != self.redirect:
            return _no("invalid_grant")
        return self._give(secrets.token_hex(4))

    def _for_refresh_token(self, form: dict[str, str]) -> web.Response:
        token = form.get("refresh_token", "")
        if family := self.used.get(token):
            self._end(family)
            return _no("invalid_grant")
        family = self.refresh_tokens.pop(token, "")
        if not family:
            return _no("invalid_grant")
        self.used[token] = family
        return self._give(family)

    def _for_client(self, form: dict[str, str]) -> web.Response:
        self.scopes.append(form.get("scope", ""))
        token = secrets.token_urlsafe(16)
        self.access_tokens[token] = "client"
        return web.json_response(
            {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        )

    def _give(self, family: str) -> web.Response:
        access, again = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.access_tokens[access], self.refresh_tokens[again] = family, family
        return web.json_response(
            {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": 600,
                "refresh_token": again,
            }
        )

    def _end(self, family: str) -> None:
        for tokens in (self.access_tokens, self.refresh_tokens):
            for token in [token for token, of in tokens.items() if of == family]:
                del tokens[token]


def _no(error: str, status: int = 400) -> web.Response:
    words = "It is over, “friend”."
    return web.json_response({"error": error, "error_description": words}, status=status)
