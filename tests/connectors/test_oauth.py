"""OAuth 2.0 against an authorization server that checks PKCE and rotates refresh tokens."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors import oauth
from connectors.authorization import METHODS
from connectors.door import Blocked, Door
from connectors.faults import Fault
from connectors.source import Access, Wanted
from connectors.sources import KINDS
from connectors.vendor import cleaned
from tests.connectors.receivers import Serve
from tests.standins.authority import CLIENT, Authority

REDIRECT = "https://adjoin.example/authorizations/return"
WHO = (CLIENT["client_id"], CLIENT["client_secret"])


class Agreement:
    """A person at the authorization server."""

    def __init__(self, door: Door, url: str) -> None:
        self.door, self.url, self.token_address = door, url, f"{url}/token"

    async def agree(self, scope: str = "") -> tuple[oauth.Start, dict[str, str]]:
        """Open the address as the browser does. Returns the beginning and what came back."""
        begun = oauth.start(f"{self.url}/authorize?tenant=7", WHO[0], REDIRECT, scope)
        reply = await asyncio.to_thread(self.door.get, begun.address)
        assert reply.code == 302
        return begun, dict(parse_qsl(urlsplit(reply.headers["location"]).query))

    async def finish(self, begun: oauth.Start, answer: dict[str, str]) -> oauth.Grant:
        return await asyncio.to_thread(
            oauth.finish,
            self.door,
            "Otis",
            self.token_address,
            *WHO,
            redirect=REDIRECT,
            begun=begun,
            answer=answer,
        )

    async def refresh(self, token: str) -> oauth.Grant:
        return await asyncio.to_thread(
            oauth.refresh, self.door, "Otis", self.token_address, *WHO, token
        )

    async def client(self, secret: str = WHO[1], scope: str = "") -> oauth.Grant:
        return await asyncio.to_thread(
            oauth.client_credentials,
            self.door,
            "Otis",
            self.token_address,
            WHO[0],
            secret,
            scope,
        )


@pytest.fixture
def authority() -> Authority:
    return Authority(REDIRECT)


@pytest.fixture
async def person(authority: Authority, here: Door, serve: Serve) -> Agreement:
    return Agreement(here, await serve(authority.handle))


async def test_an_agreement_gives_tokens_that_work(person: Agreement, authority: Authority) -> None:
    begun, answer = await person.agree("reservations.read guests.read")
    grant = await person.finish(begun, answer)
    assert grant.access_token in authority.access_tokens
    assert grant.refresh_token in authority.refresh_tokens
    assert authority.scopes == ["reservations.read guests.read"]
    assert grant.expires_at is not None
    assert abs(grant.expires_at - datetime.now(UTC) - timedelta(minutes=10)) < timedelta(minutes=1)
    assert begun.verifier not in begun.address


async def test_a_code_is_worth_nothing_without_its_verifier(person: Agreement) -> None:
    begun, answer = await person.agree()
    stranger = oauth.start(f"{person.url}/authorize", WHO[0], REDIRECT)
    with pytest.raises(Fault) as fault:
        await person.finish(replace(begun, verifier=stranger.verifier), answer)
    assert fault.value.error == "refused"


async def test_a_code_works_once(person: Agreement) -> None:
    begun, answer = await person.agree()
    await person.finish(begun, answer)
    with pytest.raises(Fault) as fault:
        await person.finish(begun, answer)
    assert fault.value.error == "refused"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"state": "another"}, "refused", "belongs to another attempt"),
        ({"state": ""}, "refused", "belongs to another attempt"),
        ({"code": ""}, "garbled", "without a permission"),
        ({"error": "access_denied"}, "refused", "gave no permission. It says: “access_denied”"),
        ({"error": "x", "error_description": "Not\nyou"}, "refused", "It says: “Not you”"),
    ],
)
async def test_a_browser_that_brings_back_something_else_is_told_so(
    person: Agreement, answer: dict[str, str], error: str, words: str
) -> None:
    begun, good = await person.agree()
    with pytest.raises(Fault) as fault:
        await person.finish(begun, {**good, **answer})
    assert fault.value.error == error
    assert words in fault.value.sentence


async def test_a_refresh_token_is_exchanged_for_the_next(
    person: Agreement, authority: Authority
) -> None:
    grant = await person.finish(*await person.agree())
    second = await person.refresh(grant.refresh_token or "")
    third = await person.refresh(second.refresh_token or "")
    assert len({grant.access_token, second.access_token, third.access_token}) == 3
    assert third.access_token in authority.access_tokens


async def test_a_refresh_token_that_is_used_twice_ends_everything(
    person: Agreement, authority: Authority
) -> None:
    grant = await person.finish(*await person.agree())
    second = await person.refresh(grant.refresh_token or "")
    for token in (grant.refresh_token, second.refresh_token):
        with pytest.raises(Fault) as fault:
            await person.refresh(token or "")
        assert fault.value.error == "refused"
        assert fault.value.sentence == (
            "The permission that Otis gave has ended or was withdrawn. Connect again."
        )
    assert authority.access_tokens == {}


async def test_a_client_gets_a_token_for_itself(person: Agreement, authority: Authority) -> None:
    grant = await person.client(scope="rates.read")
    assert grant.access_token in authority.access_tokens
    assert (grant.refresh_token, authority.scopes) == (None, ["rates.read"])


async def test_a_wrong_secret_is_refused_and_not_told_on(person: Agreement) -> None:
    with pytest.raises(Fault) as fault:
        await person.client("between-us-two-and-somebody-else")
    assert fault.value.error == "refused"
    assert fault.value.sentence == (
        "Otis does not accept these credentials. It says: “It is over, “friend”.” "
        "Correct them and try again."
    )


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": ""},
        {"access_token": 5},
        {"access_token": "a\r\nHost: x"},
        {"access_token": "ok", "token_type": "mac"},
        {"access_token": ["a"]},
        {"token": {}},
    ],
)
async def test_what_is_no_token_is_not_taken_for_one(
    person: Agreement, authority: Authority, answer: dict[str, Any]
) -> None:
    authority.answer = answer or {"x": 1}
    with pytest.raises(Fault) as fault:
        await person.client()
    assert fault.value.error == "garbled"


@pytest.mark.parametrize("life", [None, [], -5, 10**400, "600", 600.5])
async def test_a_lifetime_in_any_spelling_is_survived(
    person: Agreement, authority: Authority, life: Any
) -> None:
    authority.answer = {"access_token": "ok", "token_type": "bearer", "expires_in": life}
    grant = await person.client()
    assert grant.access_token == "ok"
    assert (grant.expires_at is None) == (life in (None, [], 10**400))


async def test_the_guard_of_the_door_holds_for_token_addresses(authority: Authority) -> None:
    for address in ("http://127.0.0.1:1/token", "https://169.254.169.254/token"):
        with pytest.raises(Blocked):
            await asyncio.to_thread(oauth.client_credentials, Door(), "Otis", address, *WHO)


def test_only_web_addresses_are_opened_in_a_browser() -> None:
    for address in ("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", ""):
        with pytest.raises(Blocked):
            oauth.start(address, "adjoin", REDIRECT)


async def test_a_source_keeps_its_token_while_it_lives(
    person: Agreement, authority: Authority
) -> None:
    values = {**CLIENT, "token_address": person.token_address, "scope": "a b"}
    settings = {"types": {"rates": {"path": "/rates"}}}
    access = Access(person.url, "oauth_client", values, settings)

    def read() -> list[Any]:
        return KINDS["rest"].read(person.door, access, Wanted("rates")).records

    for _ in range(3):
        assert await asyncio.to_thread(read) == [{"id": 1}]
    assert len(authority.access_tokens) == 1

    authority.access_tokens.clear()  # withdrawn before its time: a new one is fetched once
    assert await asyncio.to_thread(read) == [{"id": 1}]
    assert len(authority.access_tokens) == 1


async def test_a_source_that_was_agreed_to_uses_the_stored_token(
    person: Agreement, authority: Authority
) -> None:
    grant = await person.finish(*await person.agree())
    values = {
        **CLIENT,
        "authorize_address": f"{person.url}/authorize",
        "token_address": person.token_address,
        "access_token": grant.access_token,
    }
    access = Access(person.url, "oauth_code", values, {"types": {"rates": {"path": "rates"}}})
    page = await asyncio.to_thread(KINDS["rest"].read, person.door, access, Wanted("rates"))
    assert page.records == [{"id": 1}]


@pytest.mark.parametrize(
    ("method", "values", "complaint"),
    [
        ("bearer", {}, "Fill in “Token”."),
        ("bearer", {"token": "a b"}, "“Token” contains characters"),
        ("basic", {"user": "Zoë", "password": "pass word"}, None),
        ("basic", {"user": "a\nb", "password": "x"}, "“User name” contains"),
        ("oauth_client", {**CLIENT, "token_address": "ftp://x"}, "“Token address” contains"),
        ("oauth_client", {**CLIENT, "token_address": "https://x.example/t"}, None),
    ],
)
def test_credentials_are_looked_at_before_they_are_sent(
    method: str, values: dict[str, str], complaint: str | None
) -> None:
    if complaint is None:
        assert cleaned(METHODS[method].fields, values).keys() >= values.keys()
        return
    with pytest.raises(Fault) as fault:
        cleaned(METHODS[method].fields, values)
    assert complaint in fault.value.sentence
