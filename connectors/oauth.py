"""OAuth 2.0 (RFC 6749, PKCE as in RFC 7636): tokens for a client, or agreed to by a person.

Authlib speaks the protocol; every request goes through the door, and so through its guard.
"""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]

from connectors.faults import Fault
from connectors.line import Reply, Way
from connectors.urls import parse
from connectors.vendor import accepted, garbled, refusal, request_id_of, tidy, words_of

# RFC 6749, section 5.2: these say that the client or its permission is wrong, and that a person
# has to do something about it; the other codes say that the request is.
REFUSALS = {
    "invalid_client",
    "unauthorized_client",
    "invalid_grant",
    "invalid_scope",
    "access_denied",
}
LONGEST = timedelta(days=3650)
EARLY = 60
"""Seconds before its end from which a kept token is not used any more."""


@dataclass(frozen=True)
class Grant:
    """What an authorization server gave. expires_at: aware; None when it doesn't say.

    refresh_token: None when there is none, or when the one that was used stays good.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime | None


@dataclass(frozen=True)
class Start:
    """The beginning of an agreement: the person's browser opens `address`.

    state comes back with the browser and must be the same; verifier is needed by `finish` and
    stays here. Keep both with the person's session, a few minutes at most.
    """

    address: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def client_credentials(
    way: Way, name: str, token_address: str, client_id: str, client_secret: str, scope: str = ""
) -> Grant:
    """Get a token for the client itself. name: of the other system. Raises Fault, Blocked,
    Unreachable."""
    return _Endpoint(way, name, token_address, client_id, client_secret, scope).fetch(
        grant_type="client_credentials"
    )


def start(authorize_address: str, client_id: str, redirect: str, scope: str = "") -> Start:
    """Begin an agreement with a fresh state and PKCE verifier.

    redirect: our own address, to which the browser comes back. Raises Blocked for an address that
    is none of a web site.
    """
    parse(authorize_address)
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    client = OAuth2Client(
        None, client_id, scope=scope or None, redirect_uri=redirect, code_challenge_method="S256"
    )
    address, _ = client.create_authorization_url(
        authorize_address, state=state, code_verifier=verifier
    )
    return Start(str(address), state, verifier)


def finish(
    way: Way,
    name: str,
    token_address: str,
    client_id: str,
    client_secret: str,
    *,
    redirect: str,
    begun: Start,
    answer: Mapping[str, str],
) -> Grant:
    """Turn what the browser brought back into tokens. Raises Fault, Blocked, Unreachable.

    answer: the query parameters with which the browser came back to `redirect`.
    """
    if not secrets.compare_digest(answer.get("state", "").encode(), begun.state.encode()):
        raise Fault("refused", "This answer belongs to another attempt. Please connect again.")
    if answer.get("error"):
        words = tidy(answer.get("error_description") or answer["error"])
        raise Fault("refused", f"{name} gave no permission. It says: “{words}”")
    if not answer.get("code"):
        raise Fault("garbled", f"{name} sent you back without a permission. Please connect again.")
    return _Endpoint(way, name, token_address, client_id, client_secret, "").fetch(
        grant_type="authorization_code",
        code=answer["code"],
        redirect_uri=redirect,
        code_verifier=begun.verifier,
    )


def refresh(
    way: Way, name: str, token_address: str, client_id: str, client_secret: str, refresh_token: str
) -> Grant:
    """Get a new token for an old one. Raises Fault, Blocked, Unreachable.

    Many servers give a new refresh token each time, and withdraw everything when an old one is
    used again: the caller holds a lock per authorization and stores the Grant before using it.
    """
    endpoint = _Endpoint(way, name, token_address, client_id, client_secret, "")
    try:
        return endpoint.fetch(grant_type="refresh_token", refresh_token=refresh_token)
    except Fault as fault:
        if fault.error != "refused":
            raise
        sentence = f"The permission that {name} gave has ended or was withdrawn. Connect again."
        raise Fault("refused", sentence, fault.request_id) from None


def kept(key: tuple[str, ...], fetch: Callable[[], Grant]) -> str:
    """An access token that is kept in memory for its lifetime; fetched when there is none.

    key: everything that the token depends on, secrets included; only a hash of it is kept.
    """
    name = _hashed(key)
    with _lock:
        token, until = _kept.get(name, ("", 0.0))
    if time.monotonic() < until:
        return token
    grant = fetch()
    with _lock:
        while len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[name] = (grant.access_token, time.monotonic() + _seconds_left(grant))
    return grant.access_token


def forget(key: tuple[str, ...]) -> None:
    """Drop a kept token, because the other system didn't know it any more."""
    with _lock:
        _kept.pop(_hashed(key), None)


_lock = threading.Lock()
_kept: dict[bytes, tuple[str, float]] = {}
_MOST_KEPT = 1000


def _hashed(key: tuple[str, ...]) -> bytes:
    return hashlib.sha256("\0".join(key).encode()).digest()


def _seconds_left(grant: Grant) -> float:
    if grant.expires_at is None:
        return 0.0
    return (grant.expires_at - datetime.now(UTC)).total_seconds() - EARLY


@dataclass(frozen=True)
class _Endpoint:
    """A token endpoint. Also the session that Authlib sends its requests with."""

    way: Way
    name: str
    address: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str

    def fetch(self, **question: str) -> Grant:
        client = OAuth2Client(
            self, self.client_id, self.client_secret or None, scope=self.scope or None
        )
        try:
            token = client.fetch_token(self.address, **question)
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise self._garbled() from None
        return self._grant(token)

    def post(self, url: str, *, data: Mapping[str, str], headers: Any, auth: Any) -> "_Answer":
        """Called by Authlib. Lets only successes through; raises Fault for the rest."""
        body = urlencode(data)
        url, headers, body = auth.prepare("POST", url, {"Accept": "application/json"}, body)
        reply = self.way.post(url, form=dict(parse_qsl(body)), headers=headers)
        answered = _Answer(reply)
        code = answered.error()
        if code in REFUSALS:
            raise Fault("refused", refusal(self.name, words_of(reply)), request_id_of(reply))
        accepted(self.name, reply)
        if code:
            raise garbled(self.name, reply)
        return answered

    def _grant(self, token: Mapping[str, Any]) -> Grant:
        access, again = token.get("access_token"), token.get("refresh_token")
        if not _is_token(access) or str(token.get("token_type", "bearer")).lower() != "bearer":
            raise self._garbled()
        return Grant(str(access), str(again) if _is_token(again) else None, _end(token))

    def _garbled(self) -> Fault:
        sentence = f"{self.name} gave no token that can be used. Check the token address."
        return Fault("garbled", sentence)


@dataclass(frozen=True)
class _Answer:
    """A reply in the shape that Authlib reads."""

    reply: Reply

    @property
    def status_code(self) -> int:
        return self.reply.code

    def json(self) -> Any:
        return self.reply.json()

    def raise_for_status(self) -> None:
        raise ValueError("not a token")

    def error(self) -> str:
        """The error code of RFC 6749 in the answer; empty when there is none."""
        try:
            value = self.reply.json()
        except (ValueError, RecursionError):
            return ""
        return str(value.get("error") or "") if isinstance(value, Mapping) else ""


def _is_token(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and value != ""


def _end(token: Mapping[str, Any]) -> datetime | None:
    try:
        seconds = timedelta(seconds=float(token["expires_in"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return datetime.now(UTC) + min(max(seconds, timedelta(0)), LONGEST)
