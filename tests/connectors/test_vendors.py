"""The core systems' checks, against stand-ins that answer as the vendors' contracts say."""

import asyncio
import base64
import json
from typing import Any

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.door import Door, Reply
from connectors.faults import Fault
from connectors.vendor import answer
from connectors.vendors import VENDORS, Check
from tests.connectors.contracts import contract, faults
from tests.connectors.receivers import Listener, Seen, Serve, Talk, recording

CREDENTIALS = {
    "mews": {
        "client_token": "E0D439EE522F44368DC78E1BFB03710C-D24FB11DBE31D4621C4817E028D9E1D",
        "access_token": "C66EF7B239D24632943D115EDE9CB810-EA00F8FD8294692C940F6B5A8F9453D",
    },
    "cloudbeds": {"api_key": "ThisIsAKeyOfThirtyTwoLetters"},
    "apaleo": {"client_id": "HRBR-ADJOIN", "client_secret": "aSecretOfThirtyLettersOrSo1234"},
}

MEWS_ANSWER = {
    "NowUtc": "2026-11-21T12:00:00Z",
    "IsIdentityDocumentNumberRequired": False,
    "Service": None,
    "PaymentCardStorage": None,
    "Enterprise": {
        "Id": "851df8c8-90f2-4c4a-8e01-a4fc46b25178",
        "Name": "Harbour Hotel",
        "ChainId": "8ddea57b-6a5c-4eec-8c4c-24467dce118e",
        "ChainName": "Harbour",
        "CreatedUtc": "2015-07-07T13:33:17Z",
        "UpdatedUtc": "2015-07-07T13:33:17Z",
        "TimeZoneIdentifier": "Europe/Zurich",
        "LegalEnvironmentCode": "CH",
        "AccommodationEnvironmentCode": "CH",
        "AccountingEnvironmentCode": "CH",
        "TaxEnvironmentCode": "CH",
        "DefaultLanguageCode": "de-CH",
        "EditableHistoryInterval": "P0M7DT0H0M0S",
        "AccountingEditableHistoryInterval": "P0M7DT0H0M0S",
        "OperationalEditableHistoryInterval": "P0M5DT0H0M0S",
        "Pricing": "Gross",
        "AddressId": "c556f56e-713e-4102-9de5-0e853b5a8586",
        "Address": {"Id": "c556f56e-713e-4102-9de5-0e853b5a8586", "City": "Zürich"},
        "GroupNames": [],
        "Subscription": {"TaxIdentifier": None},
        "Currencies": [{"Currency": "CHF", "IsDefault": True, "IsEnabled": True}],
        "AccountingConfiguration": None,
        "IsPortfolio": False,
    },
}
CLOUDBEDS_ANSWER = {
    "success": True,
    "data": {
        "propertyID": "31415",
        "organizationID": "27",
        "propertyName": "Harbour Hotel",
        "propertyType": "hotel",
        "propertyCurrency": {"currencyCode": "CHF"},
    },
}
PROPERTY = {
    "code": "BER",
    "created": "2020-01-01T00:00:00Z",
    "currencyCode": "EUR",
    "isTemplate": False,
    "location": {
        "addressLine1": "Mohrenstraße 30",
        "postalCode": "10117",
        "city": "Berlin",
        "countryCode": "DE",
    },
    "timeZone": "Europe/Berlin",
}
APALEO_ANSWER = {
    "count": 2,
    "properties": [
        {**PROPERTY, "id": "MUC", "name": "Hotel Munich"},
        {**PROPERTY, "id": "BER", "name": "Hotel Berlin"},
    ],
}
APALEO_TOKEN = {"access_token": "eyJ.token.x", "expires_in": 3600, "token_type": "Bearer"}

ACCEPTED = {
    "mews": ("851df8c8-90f2-4c4a-8e01-a4fc46b25178", "Harbour Hotel"),
    "cloudbeds": ("31415", "Harbour Hotel"),
    "apaleo": ("BER,MUC", "Hotel Berlin, Hotel Munich"),
}


async def _check(key: str, door: Door, address: str, **other: str) -> Check:
    credentials = {**CREDENTIALS[key], **other}
    return await asyncio.to_thread(VENDORS[key].check, door, address, credentials)


@pytest.fixture
def seen() -> list[Seen]:
    return []


def _stand_in(seen: list[Seen]) -> Any:
    """All three vendors at one address, as their contracts say. Keeps the requests."""

    async def handler(request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen.append(Seen(request.method, request.path_qs, headers, body))
        route = (request.method, request.path)
        if route == ("POST", "/api/connector/v1/configuration/get"):
            return _mews(json.loads(body))
        if route == ("GET", "/api/v1.3/getHotelDetails"):
            return _cloudbeds(headers)
        if route == ("POST", "/connect/token"):
            return _apaleo_token(headers, body)
        if route == ("GET", "/inventory/v1/properties"):
            good = headers.get("authorization") == "Bearer eyJ.token.x"
            return web.json_response(APALEO_ANSWER) if good else web.Response(status=401)
        return web.Response(status=404)

    return handler


def _mews(given: dict[str, str]) -> web.Response:
    wanted = CREDENTIALS["mews"]
    if given.get("AccessToken") != wanted["access_token"]:
        refusal = {"Message": "Invalid AccessToken.", "RequestId": "0a1b-2c", "Details": None}
        return web.json_response(refusal, status=401)
    return web.json_response(MEWS_ANSWER)


def _cloudbeds(headers: dict[str, str]) -> web.Response:
    request_id = {"X-Request-ID": "cb-77"}
    if headers.get("x-api-key") != CREDENTIALS["cloudbeds"]["api_key"]:
        refusal = {"error": "access_denied", "message": "The authorization server denied it."}
        return web.json_response(refusal, status=401, headers=request_id)
    return web.json_response(CLOUDBEDS_ANSWER, headers=request_id)


def _apaleo_token(headers: dict[str, str], body: bytes) -> web.Response:
    wanted = CREDENTIALS["apaleo"]
    pair = f"{wanted['client_id']}:{wanted['client_secret']}".encode()
    if headers.get("authorization") != f"Basic {base64.b64encode(pair).decode()}":
        return web.json_response({"error": "invalid_client"}, status=400)
    if body != b"grant_type=client_credentials":
        return web.json_response({"error": "unsupported_grant_type"}, status=400)
    return web.json_response(APALEO_TOKEN)


def test_the_three_core_systems_are_known() -> None:
    assert {key: vendor.key for key, vendor in VENDORS.items()} == {
        "mews": "mews",
        "cloudbeds": "cloudbeds",
        "apaleo": "apaleo",
    }
    for vendor in VENDORS.values():
        Door().check(vendor.default_address)
        assert any(field.secret for field in vendor.fields)
        assert set(CREDENTIALS[vendor.key]) == {field.key for field in vendor.fields}


@pytest.mark.parametrize("key", VENDORS)
async def test_good_credentials_name_their_account(
    here: Door, serve: Serve, seen: list[Seen], key: str
) -> None:
    check = await _check(key, here, await serve(_stand_in(seen)) + "/")
    assert (check.ok, check.error) == (True, None)
    assert (check.account_id, check.account_name) == ACCEPTED[key]
    assert "accepted the credentials of H" in check.sentence


@pytest.mark.parametrize(
    ("key", "wrong", "words"),
    [
        ("mews", {"access_token": "0" * 64}, "“Invalid AccessToken.”"),
        ("cloudbeds", {"api_key": "wrong-key"}, "“The authorization server denied it.”"),
        ("apaleo", {"client_secret": "wrong"}, "“invalid_client”"),
    ],
)
async def test_wrong_credentials_are_refused_with_the_vendors_words(
    here: Door, serve: Serve, seen: list[Seen], key: str, wrong: dict[str, str], words: str
) -> None:
    check = await _check(key, here, await serve(_stand_in(seen)), **wrong)
    assert (check.ok, check.error, check.account_id) == (False, "refused", None)
    assert words in check.sentence
    assert VENDORS[key].name in check.sentence


async def test_the_vendors_request_id_is_kept_for_a_case(
    here: Door, serve: Serve, seen: list[Seen]
) -> None:
    url = await serve(_stand_in(seen))
    assert (await _check("mews", here, url, access_token="x")).request_id == "0a1b-2c"
    assert (await _check("cloudbeds", here, url, api_key="x")).request_id == "cb-77"
    assert (await _check("cloudbeds", here, url)).request_id == "cb-77"


async def test_requests_and_answers_keep_the_vendors_contracts(
    here: Door, serve: Serve, seen: list[Seen]
) -> None:
    url = await serve(_stand_in(seen))
    for key in VENDORS:
        assert (await _check(key, here, url)).ok
    assert [(one.method, one.path) for one in seen] == [
        ("POST", "/api/connector/v1/configuration/get"),
        ("GET", "/api/v1.3/getHotelDetails"),
        ("POST", "/connect/token"),
        ("GET", "/inventory/v1/properties"),
    ]
    assert json.loads(seen[0].body)["Client"] == "Adjoin 0.1"
    # The contracts lie beside the checkout on some machines only; what follows needs them.
    if mews := contract("mews/connector-api.openapi31.json"):
        operation = mews["paths"][seen[0].path]["post"]
        asked = operation["requestBody"]["content"]["application/json"]["schema"]
        told = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert faults(json.loads(seen[0].body), asked, mews) == []
        assert faults(MEWS_ANSWER, told, mews) == []
    if cloudbeds := contract("cloudbeds/pms-v1.3-openapi.yaml"):
        operation = cloudbeds["paths"]["/getHotelDetails"]["get"]
        told = operation["responses"][200]["content"]["application/json"]["schema"]
        assert cloudbeds["components"]["securitySchemes"]["api_key"]["name"] in seen[1].headers
        assert faults(CLOUDBEDS_ANSWER, told, cloudbeds) == []
    if apaleo := contract("apaleo/inventory.json"):
        told = apaleo["paths"][seen[3].path]["get"]["responses"]["200"]["schema"]
        assert faults(APALEO_ANSWER, told, apaleo) == []


def test_the_contract_check_finds_what_breaks_a_contract() -> None:
    root = {"defs": {"Id": {"type": "string"}}}
    schema = {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"$ref": "#/defs/Id"},
            "kind": {"enum": ["a", "b"]},
            "list": {"type": "array", "items": {"type": "integer"}},
            "maybe": {"anyOf": [{"type": "null"}, {"type": "boolean"}]},
        },
    }
    assert faults({"id": "1", "kind": "a", "list": [1], "maybe": None}, schema, root) == []
    for broken in (
        {},
        [],
        {"id": 1},
        {"id": "1", "kind": "c"},
        {"id": "1", "list": [1, True]},
        {"id": "1", "maybe": 1},
    ):
        assert faults(broken, schema, root)


JSON = {"content_type": "application/json"}
HTML = {"content_type": "text/html"}


@pytest.mark.parametrize("key", VENDORS)
@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ({"status": 401, "text": '{"Message": "No."}', **JSON}, "refused"),
        ({"status": 403, "text": '{"Message": "No."}', **JSON}, "refused"),
        ({"status": 403, "text": "<h1>Firewall</h1>", **HTML}, "garbled"),
        ({"status": 401, "text": "<h1>Log in</h1>", **HTML}, "garbled"),
        ({"status": 429, "text": "{}", **JSON}, "rate_limited"),
        ({"status": 408, "text": "{}", **JSON}, "vendor_fault"),
        ({"status": 500, "text": "{}", **JSON}, "vendor_fault"),
        ({"status": 503, "text": "<h1>Maintenance</h1>", **HTML}, "vendor_fault"),
        ({"status": 400, "text": "{}", **JSON}, "garbled"),
        ({"status": 404, "text": "{}", **JSON}, "garbled"),
        ({"status": 302, "headers": {"Location": "https://login.example/"}}, "garbled"),
        ({"status": 200, "text": "<h1>Hello</h1>", **HTML}, "garbled"),
        ({"status": 200, "text": "{}", **JSON}, "garbled"),
        ({"status": 200, "text": "[]", **JSON}, "garbled"),
        ({"status": 200, "text": "null", **JSON}, "garbled"),
        ({"status": 200, "text": "[" * 100_000, **JSON}, "garbled"),
        ({"status": 200, "body": b"\xff\xfe"}, "garbled"),
        ({"status": 200, "body": b"x" * 1_000_001}, "garbled"),
    ],
)
async def test_only_a_clear_refusal_is_refused(
    here: Door, serve: Serve, key: str, reply: dict[str, Any], error: str
) -> None:
    check = await _check(key, here, await serve(recording([], **reply)))
    assert (check.ok, check.error, check.account_id) == (False, error, None)
    assert check.sentence.endswith(".")


@pytest.mark.parametrize("key", VENDORS)
async def test_a_vendor_that_is_not_there_is_unreachable(
    here: Door, listener: Listener, key: str
) -> None:
    address = f"http://127.0.0.1:{await listener.start()}"
    assert (await _check(key, here, address)).error == "unreachable"
    await listener.stop()
    assert (await _check(key, here, address)).error == "unreachable"


@pytest.mark.parametrize("key", VENDORS)
async def test_garbage_is_garbled(here: Door, talk: Talk, key: str) -> None:
    async def rave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\x01 no HTTP\r\n\r\n")

    assert (await _check(key, here, await talk(rave))).error == "garbled"


@pytest.mark.parametrize("key", VENDORS)
@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "https://10.0.0.5", "", "nonsense"])
async def test_an_address_that_is_not_allowed_is_blocked(key: str, address: str) -> None:
    check = await _check(key, Door(), address)
    assert (check.ok, check.error) == (False, "blocked")
    assert check.sentence.endswith(".")


@pytest.mark.parametrize("key", VENDORS)
@pytest.mark.parametrize("value", ["", "  ", "a b", "a\r\nX-Evil: 1", "ключ", "x" * 2001, "\x00"])
async def test_credentials_that_cannot_be_right_are_refused_without_asking(
    here: Door, serve: Serve, seen: list[Seen], key: str, value: str
) -> None:
    field = VENDORS[key].fields[-1]
    check = await _check(key, here, await serve(recording(seen)), **{field.key: value})
    assert (check.ok, check.error, seen) == (False, "refused", [])
    assert f"“{field.label}”" in check.sentence


@pytest.mark.parametrize("key", VENDORS)
async def test_missing_credentials_are_asked_for(here: Door, key: str) -> None:
    check = await asyncio.to_thread(VENDORS[key].check, here, "http://127.0.0.1:1", {})
    assert (check.error, check.sentence) == (
        "refused",
        f"Fill in “{VENDORS[key].fields[0].label}”.",
    )


@pytest.mark.parametrize("key", VENDORS)
async def test_spaces_around_credentials_do_no_harm(
    here: Door, serve: Serve, seen: list[Seen], key: str
) -> None:
    padded = {name: f"  {value}\n" for name, value in CREDENTIALS[key].items()}
    assert (await _check(key, here, await serve(_stand_in(seen)), **padded)).ok


@pytest.mark.parametrize("key", VENDORS)
async def test_a_vendor_that_repeats_a_credential_does_not_get_it_on_the_screen(
    here: Door, serve: Serve, key: str
) -> None:
    said = json.dumps({"Message": f"Unknown: {CREDENTIALS[key]} \n\x00" + "x" * 9999})
    check = await _check(key, here, await serve(recording([], status=401, text=said, **JSON)))
    assert check.error == "refused"
    assert not any(value in repr(check) for value in CREDENTIALS[key].values())
    assert len(check.sentence) < 500
    assert check.sentence.isprintable()


async def test_cloudbeds_refuses_with_200(here: Door, serve: Serve) -> None:
    said = '{"success": false, "message": "User who approved this connection is not active"}'
    check = await _check("cloudbeds", here, await serve(recording([], text=said, **JSON)))
    assert (check.ok, check.error) == (False, "refused")
    assert "“User who approved this connection is not active”" in check.sentence


async def test_mews_may_leave_a_name_out(here: Door, serve: Serve) -> None:
    said = '{"Enterprise": {"Id": "851df8c8", "Name": null}}'
    check = await _check("mews", here, await serve(recording([], text=said, **JSON)))
    assert (check.ok, check.account_id, check.account_name) == (True, "851df8c8", None)
    assert check.sentence == "Mews accepted the credentials."


def _apaleo(properties: dict[str, Any], token: Any = APALEO_TOKEN) -> Any:
    async def handler(request: web.Request) -> web.Response:
        if request.path == "/connect/token":
            return web.json_response(token)
        return web.Response(**properties)

    return handler


@pytest.mark.parametrize(
    ("properties", "error"),
    [
        ({"status": 204}, "refused"),
        ({"status": 403}, "refused"),
        ({"status": 401}, "vendor_fault"),
        ({"status": 500}, "vendor_fault"),
        ({"text": '{"count": 0, "properties": []}', **JSON}, "garbled"),
        ({"text": '{"count": 1, "properties": [1, {"id": []}]}', **JSON}, "garbled"),
    ],
)
async def test_apaleo_after_a_good_token(
    here: Door, serve: Serve, properties: dict[str, Any], error: str
) -> None:
    assert (await _check("apaleo", here, await serve(_apaleo(properties)))).error == error


@pytest.mark.parametrize("token", [{}, [], {"access_token": 1}, {"access_token": "a\r\nX: 1"}])
async def test_apaleo_with_a_token_that_is_none(here: Door, serve: Serve, token: Any) -> None:
    check = await _check("apaleo", here, await serve(_apaleo({}, token)))
    assert check.error == "garbled"


async def test_apaleo_has_its_own_address_for_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def post(door: Door, url: str, **_: Any) -> Reply:
        asked.append(url)
        return Reply(200, {}, json.dumps(APALEO_TOKEN).encode())

    def get(door: Door, url: str, **_: Any) -> Reply:
        asked.append(url)
        return Reply(200, {}, json.dumps(APALEO_ANSWER).encode())

    monkeypatch.setattr(Door, "post", post)
    monkeypatch.setattr(Door, "get", get)
    assert (await _check("apaleo", Door(), "https://api.apaleo.com/")).ok
    assert asked == [
        "https://identity.apaleo.com/connect/token",
        "https://api.apaleo.com/inventory/v1/properties",
    ]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Enterprise", "Id", "data", "success", "properties", "id", "message"]),
            inner,
        )
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(status=st.integers(100, 999), value=ANYTHING)
def test_whatever_a_vendor_answers_is_a_check_and_never_an_error(status: int, value: Any) -> None:
    class Odd(Door):
        def get(self, url: str, **_: Any) -> Reply:
            return Reply(status, {"content-type": "application/json"}, json.dumps(value).encode())

        post = get

    for key, vendor in VENDORS.items():
        check = vendor.check(Odd(), vendor.default_address, CREDENTIALS[key])
        assert check.ok is (check.error is None) is (check.account_id is not None)
        assert check.sentence


def test_a_refusal_without_words_still_says_what_to_do() -> None:
    with pytest.raises(Fault) as fault:
        answer("Mews", Reply(401, {}, b""))
    assert fault.value.sentence == (
        "Mews does not accept these credentials. Correct them and try again."
    )
