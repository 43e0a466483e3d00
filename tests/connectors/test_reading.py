"""What is particular to each kind of source, and how strangers' JSON is taken apart."""

import asyncio
import tracemalloc
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import orjson
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from connectors import answers, reading
from connectors.door import Door
from connectors.faults import Fault
from connectors.line import Reply, Way
from connectors.source import Access, Check, Page, Read, Wanted
from connectors.sources import KINDS
from tests.connectors.receivers import Serve
from tests.standins.apaleo import CLIENT, Apaleo
from tests.standins.cloudbeds import KEY, Cloudbeds
from tests.standins.mews import TOKENS, Mews

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BARE = Access("https://api.example.com")


class Ready:
    """A way on which answers lie ready. Keeps the questions."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Any] = []

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, seconds: float = 15
    ) -> Reply:
        return self._next(url)

    def post(self, url: str, *, json: Any = None, **_: Any) -> Reply:
        return self._next(json)

    def _next(self, asked: Any) -> Reply:
        self.asked.append(asked)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, Reply) else Reply(200, {}, orjson.dumps(answer))


def _mews(way: Way, wanted: Wanted) -> Page:
    return KINDS["mews"].read(way, Access("", "mews", TOKENS), wanted)


def _windows(way: Ready) -> list[tuple[datetime, datetime]]:
    found = [question["UpdatedUtc"] for question in way.asked]
    return [
        (datetime.fromisoformat(one["StartUtc"]), datetime.fromisoformat(one["EndUtc"]))
        for one in found
    ]


# Mews


def test_mews_is_asked_for_a_long_time_in_intervals_without_gaps() -> None:
    way = Ready({"Reservations": [], "Cursor": None})
    since = NOW - timedelta(days=300)
    cursor, pages = None, 0
    while True:
        page = _mews(way, Wanted("reservations", since, NOW, cursor))
        cursor, pages = page.cursor, pages + 1
        if cursor is None:
            break
    windows = _windows(way)
    assert pages == len(windows) == 4
    assert (windows[0][0], windows[-1][1]) == (since, NOW)
    assert all(one[1] == other[0] for one, other in pairwise(windows))
    assert all(end - start <= timedelta(days=89) for start, end in windows)


def test_what_changes_while_mews_is_read_lies_in_its_last_interval() -> None:
    way = Ready({"Customers": [{"Id": "a"}], "Cursor": "a"}, {"Customers": []})
    since = datetime.now(UTC) - timedelta(days=9)
    page = _mews(way, Wanted("guests", since))
    end = datetime.fromisoformat((page.cursor or "").split("~")[2].split(" ")[1])
    assert end - datetime.now(UTC) > timedelta(hours=23)
    _mews(way, Wanted("guests", since, None, page.cursor))
    assert way.asked[0]["UpdatedUtc"]["EndUtc"] == way.asked[1]["UpdatedUtc"]["EndUtc"]
    assert way.asked[1]["Limitation"]["Cursor"] == "a"


def test_a_complete_read_of_mews_guests_goes_back_to_its_founding() -> None:
    way, cursor, pages = Ready({"Customers": []}), None, 0
    while pages == 0 or cursor:
        page = _mews(way, Wanted("guests", None, NOW, cursor))
        cursor, pages = page.cursor, pages + 1
        assert page.filtered is False
    *windows, last = _windows(way)
    assert windows[0][1] > datetime.now(UTC)
    assert windows[-1][0].year == 2012
    assert all(one[0] == other[1] for one, other in pairwise(windows))
    assert last[1] == windows[0][1]
    assert timedelta(0) <= datetime.now(UTC) - last[0] < timedelta(minutes=5)


def test_mews_asks_for_a_thousand_at_most() -> None:
    way = Ready({"Reservations": []})
    _mews(way, Wanted("reservations", count=50_000))
    assert way.asked[0]["Limitation"] == {"Count": 1000}
    assert way.asked[0]["Client"] == "Adjoin 0.1"


def test_a_list_that_mews_leaves_null_is_empty_but_one_that_is_gone_is_a_fault() -> None:
    assert _mews(Ready({"Resources": None}), Wanted("spaces")).records == []
    with pytest.raises(Fault) as fault:
        _mews(Ready({"Rooms": [], "Cursor": None}), Wanted("spaces"))
    assert fault.value.sentence == (
        "There is no list at “Resources” in what Mews sent. It has: Rooms, Cursor."
    )


def test_a_hotel_without_services_has_no_rates() -> None:
    way = Ready({"Services": []})
    assert _mews(way, Wanted("rates")).records == []
    assert len(way.asked) == 1


def test_what_mews_does_not_permit_breaks_no_credentials() -> None:
    words = b'{"Message": "Ask the hotel to switch this on.", "RequestId": "r-1"}'
    with pytest.raises(Fault) as fault:
        _mews(Ready(Reply(403, {}, words)), Wanted("rates"))
    assert (fault.value.error, fault.value.request_id) == ("not_permitted", "r-1")
    assert "It says: “Ask the hotel to switch this on.”" in fault.value.sentence


@pytest.mark.described("mews")
async def test_the_mews_stand_in_refuses_what_breaks_the_contract(here: Door, serve: Serve) -> None:
    standin = Mews(3)
    url = f"{await serve(standin.handle)}/api/connector/v1/reservations/getAll/2023-06-06"
    good = {"ClientToken": "c", "AccessToken": TOKENS["access_token"], "Client": "t"}
    month = {"StartUtc": "2026-01-01T00:00:00Z", "EndUtc": "2026-09-01T00:00:00Z"}
    for more in (
        {},
        {"Limitation": {"Count": 1001}},
        {"Limitation": {"Count": "10"}},
        {"Limitation": {"Count": 10}, "Cursor": "x"},
        {"Limitation": {"Count": 10}, "UpdatedUtc": month},
    ):
        reply = await asyncio.to_thread(here.post, url, json={**good, **more})
        assert reply.code == 400
    assert "an interval has three months at most" in standin.complaints
    assert "there is no Cursor" in standin.complaints


# Apaleo


@pytest.mark.described("apaleo")
async def test_apaleo_fetches_one_token_for_many_pages_and_a_new_one_when_it_ends(
    here: Door, serve: Serve
) -> None:
    standin = Apaleo(30)
    access = Access(await serve(standin.handle), "apaleo", CLIENT)

    def read(cursor: str | None = None) -> Page:
        return KINDS["apaleo"].read(here, access, Wanted("spaces", cursor=cursor, count=10))

    second = await asyncio.to_thread(lambda: read(read().cursor))
    assert standin.tokens == 1
    standin.expired = 1
    third = await asyncio.to_thread(read, second.cursor)
    assert (standin.tokens, len(third.records), third.cursor) == (2, 10, None)


@pytest.mark.described("apaleo")
async def test_guests_of_apaleo_are_those_in_its_reservations(here: Door, serve: Serve) -> None:
    access = Access(await serve(Apaleo(2).handle), "apaleo", CLIENT)
    page = await asyncio.to_thread(KINDS["apaleo"].read, here, access, Wanted("guests"))
    ids = [(guest["id"], guest["reservationId"], guest["isPrimary"]) for guest in page.records]
    assert ids == [
        ("reservations-00000/1", "reservations-00000", True),
        ("reservations-00000/2", "reservations-00000", False),
        ("reservations-00001/1", "reservations-00001", True),
        ("reservations-00001/2", "reservations-00001", False),
    ]
    assert all(guest["lastName"] and guest["modified"] for guest in page.records)


@pytest.mark.described("apaleo")
async def test_a_hotel_without_anything_is_an_empty_page(here: Door, serve: Serve) -> None:
    access = Access(await serve(Apaleo(0).handle), "apaleo", CLIENT)
    page = await asyncio.to_thread(KINDS["apaleo"].read, here, access, Wanted("spaces"))
    assert (page.records, page.cursor) == ([], None)


# Cloudbeds


@pytest.mark.described("cloudbeds")
async def test_a_failure_that_cloudbeds_calls_a_success_is_a_fault(
    here: Door, serve: Serve
) -> None:
    standin = Cloudbeds(1)
    standin.inactive = True
    access = Access(await serve(standin.handle), "cloudbeds", KEY)
    with pytest.raises(Fault) as fault:
        await asyncio.to_thread(KINDS["cloudbeds"].read, here, access, Wanted("guests"))
    assert fault.value.error == "not_permitted"
    assert "This user is not active anymore" in fault.value.sentence


def test_a_vendor_that_gives_smaller_pages_than_asked_for_is_read_to_the_end() -> None:
    first = {"success": True, "data": [{"a": 1}, {"a": 2}], "total": 3}
    way = Ready(first, {**first, "data": [{"a": 3}]})
    access = Access("", "cloudbeds", KEY)
    page = KINDS["cloudbeds"].read(way, access, Wanted("reservations"))
    last = KINDS["cloudbeds"].read(way, access, Wanted("reservations", cursor=page.cursor))
    assert [record["a"] for record in page.records + last.records] == [1, 2, 3]
    assert last.cursor is None


def test_a_list_that_cloudbeds_lost_is_no_empty_hotel() -> None:
    access = Access("", "cloudbeds", KEY)
    with pytest.raises(Fault, match="no list at “data”"):
        KINDS["cloudbeds"].read(Ready({"success": True}), access, Wanted("spaces"))


def test_cloudbeds_is_asked_by_any_clock_it_may_have() -> None:
    way = Ready({"success": True, "data": []})
    access = Access("", "cloudbeds", KEY)
    KINDS["cloudbeds"].read(way, access, Wanted("reservations", NOW, NOW + timedelta(days=1)))
    assert "modifiedFrom=2026-11-21T00%3A00%3A00Z" in way.asked[0]
    assert "modifiedTo=2026-11-23T02%3A00%3A00Z" in way.asked[0]


# REST / JSON


def _rest(way: Way, settings: dict[str, Any], wanted: Wanted | None = None) -> Page:
    types = {"rates": {"path": "/rates?all=1", "records": settings.pop("records", "")}}
    access = Access(f"{BARE.address}/", settings=settings | {"types": types})
    return KINDS["rest"].read(way, access, wanted or Wanted("rates"))


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({}, "?all=1"),
        ({"paging": "page"}, "?all=1&page=1"),
        ({"paging": "page", "first_page": "0", "page_parameter": "p"}, "?all=1&p=0"),
        ({"paging": "offset", "size_parameter": "n", "size": "5"}, "?all=1&n=5&offset=0"),
        ({"since_parameter": "from"}, "?all=1&from=2026-11-21T12%3A00%3A00Z"),
        ({"since_parameter": "from", "since_format": "date"}, "?all=1&from=2026-11-21"),
        ({"since_parameter": "from", "since_format": "unix"}, "?all=1&from=1795262400"),
        ({"since_parameter": "f", "since_format": "unix_ms"}, "?all=1&f=1795262400000"),
        ({"paging": "page", "first_page": "x", "size": "-1"}, "?all=1&page=1"),
    ],
)
def test_settings_say_what_is_asked(settings: dict[str, Any], asked: str) -> None:
    way = Ready([])
    _rest(way, settings, Wanted("rates", NOW))
    assert way.asked == [f"https://api.example.com/rates{asked}"]


@pytest.mark.parametrize(
    ("records", "value", "found"),
    [
        ("", [{"a": 1}], [{"a": 1}]),
        ("data.items", {"data": {"items": [1, 2]}}, [1, 2]),
        ("rooms", {"rooms": {"r1": {"a": 1}, "r2": {"a": 2}}}, [{"a": 1}, {"a": 2}]),
    ],
)
def test_settings_say_where_the_records_lie(records: str, value: Any, found: Any) -> None:
    assert _rest(Ready(value), {"records": records}).records == found


def test_too_many_records_in_one_page_are_not_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_RECORDS", 2)
    assert answers.records_at("Otis", [1, 2], "") == [1, 2]
    with pytest.raises(Fault, match=r"sent 3 records at once\. Ask for smaller") as fault:
        answers.records_at("Otis", {"data": [1, 2, 3]}, "data")
    assert fault.value.error == "too_large"


def test_a_source_without_credentials_is_not_told_to_correct_them() -> None:
    with pytest.raises(Fault) as fault:
        _rest(Ready(Reply(401, {}, b"{}")), {})
    assert fault.value.error == "refused"
    assert fault.value.sentence == (
        "api.example.com asks for credentials, and this source has none. Add them at the source."
    )


def test_a_wrong_place_for_the_records_is_said_with_what_there_is() -> None:
    with pytest.raises(Fault) as fault:
        _rest(Ready({"meta": {}, "results": []}), {"records": "data"})
    assert fault.value.sentence == (
        "There is no list at “data” in what api.example.com sent. It has: meta, results."
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/rates",
        "//evil.example/rates",
        "http://api.example.com/rates",
        "https://api.example.com:8443/rates",
        "https://api.example.com@evil.example/",
        "https://me:secret@api.example.com/rates",
        "https://api.example.com/" + "x" * 3000,
        "ftp://api.example.com/rates",
        "http://[/",
    ],
)
def test_a_next_page_elsewhere_does_not_get_the_credentials_and_is_to_be_put_right(
    address: str,
) -> None:
    way = Ready({"items": [{"a": 1}], "next": address})
    settings = {"paging": "next", "next_path": "next", "records": "items"}
    with pytest.raises(Fault) as fault:
        _two_pages(way, settings)
    assert fault.value.error == "garbled", "not the guard’s, who is nobody to put it right"
    assert len(way.asked) == 1


def test_a_proxy_that_says_http_is_named() -> None:
    way = Ready({"items": [{"a": 1}], "next": "http://api.example.com/rates?key=K-1"})
    with pytest.raises(Fault) as fault:
        _two_pages(way, {"paging": "next", "next_path": "next", "records": "items"})
    assert fault.value.sentence == (
        "api.example.com names a next page at http://api.example.com, which is not the address "
        "of the source. It was not opened. Correct the base address, or choose another paging."
    )


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("0a1b-2c:3/4+5=", "0a1b-2c:3/4+5="),
        ("Ask support@evil.example now", None),
        ("\u202e1-qer", None),
        ("x" * 101, None),
        (f"id-{TOKENS['access_token']}", None),
        ("", None),
    ],
)
def test_a_request_id_is_shown_only_when_it_is_one(sent: str, shown: str | None) -> None:
    way = Ready(Reply(500, {}, orjson.dumps({"RequestId": sent})))
    with pytest.raises(Fault) as fault:
        _mews(way, Wanted("rates"))
    assert fault.value.request_id == shown


def _two_pages(way: Ready, settings: dict[str, Any]) -> None:
    page = _rest(way, dict(settings))
    _rest(way, dict(settings), Wanted("rates", cursor=page.cursor))


@pytest.mark.parametrize("paging", ["cursor", "next"])
@pytest.mark.parametrize("found", [{"href": "/rates?page=2"}, ["b"], 1.5, True])
def test_a_next_page_in_a_shape_that_nobody_understands_is_not_taken_for_the_end(
    paging: str, found: Any
) -> None:
    way = Ready({"items": [{"a": 1}], "next": found})
    with pytest.raises(Fault, match="“next” names no next page") as fault:
        _rest(way, {"paging": paging, "next_path": "next", "records": "items"})
    assert fault.value.error == "garbled"


@pytest.mark.parametrize("paging", ["cursor", "next"])
@pytest.mark.parametrize("found", [None, "", False, [], {}])
def test_nothing_where_the_next_page_is_told_is_the_end(paging: str, found: Any) -> None:
    way = Ready({"items": [{"a": 1}], "next": found})
    settings = {"paging": paging, "next_path": "next", "records": "items"}
    assert _rest(way, settings).cursor is None


def test_an_error_that_is_called_a_success_is_no_record() -> None:
    with pytest.raises(Fault, match=r"no list in what api\.example\.com sent\. It has: error\."):
        _rest(Ready({"error": {"code": 7}}), {})


def test_a_type_of_data_without_a_path_is_said_so() -> None:
    with pytest.raises(Fault, match="has no path yet"):
        KINDS["rest"].read(Ready([]), BARE, Wanted("rates"))


@pytest.mark.parametrize(
    "header", ["Host", "content-length", "X Key", "X:Key", "Transfer-Encoding"]
)
def test_a_key_can_not_be_put_into_a_header_that_means_something_else(header: str) -> None:
    values, types = {"header": header, "key": "secret-key"}, {"rates": {"path": "x"}}
    access = Access(BARE.address, "api_key", values, {"types": types})
    with pytest.raises(Fault) as fault:
        KINDS["rest"].read(Ready([]), access, Wanted("rates"))
    assert fault.value.error == "refused"


@pytest.mark.parametrize(
    ("method", "values", "header"),
    [
        ("bearer", {"token": "abc"}, ("authorization", "Bearer abc")),
        ("api_key", {"header": "X-Key", "key": "abc"}, ("x-key", "abc")),
        ("basic", {"user": "Zoë", "password": "a b"}, ("authorization", "Basic Wm/DqzphIGI=")),
    ],
)
async def test_each_way_to_prove_who_asks_is_sent(
    here: Door, serve: Serve, method: str, values: dict[str, str], header: tuple[str, str]
) -> None:
    seen: dict[str, str] = {}

    async def handler(request: web.Request) -> web.Response:
        seen.update({name.lower(): value for name, value in request.headers.items()})
        return web.json_response([])

    access = Access(await serve(handler), method, values, {"types": {"rates": {"path": "r"}}})
    assert (await asyncio.to_thread(KINDS["rest"].check, here, access)).ok
    assert seen[header[0]] == header[1]


async def test_an_address_can_be_checked_before_any_path_is_known(here: Door, serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        status = 401 if request.headers.get("Authorization") != "Bearer good" else 200
        return web.json_response({"message": "hello"}, status=status)

    url = await serve(handler)
    for token, ok in (("good", True), ("bad", False)):
        access = Access(url, "bearer", {"token": token})
        check = await asyncio.to_thread(KINDS["rest"].check, here, access)
        assert (check.ok, check.error) == (ok, None if ok else "refused")
        assert (
            "answers. Whether it accepts" in check.sentence
            if ok
            else "Correct them" in check.sentence
        )
        assert not check.gave_data


async def test_credentials_count_as_used_once_a_path_gave_data(here: Door, serve: Serve) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response([], status=200 if request.path == "/v1/guests" else 404)

    url = await serve(handler)

    def checked(path: str) -> Check:
        settings = {"types": {"guests": {"path": path}}}
        return KINDS["rest"].check(here, Access(f"{url}/v1", "bearer", {"token": "t"}, settings))

    found = await asyncio.to_thread(checked, "/guests")
    assert (found.ok, found.gave_data) == (True, True)
    missed = await asyncio.to_thread(checked, "/nothing")
    assert (missed.ok, missed.gave_data, missed.field) == (False, False, "guests-path")
    assert missed.sentence.startswith("There is nothing at /v1/nothing (404). Correct the path")


# Strangers' JSON


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "garbled"),
        (b"{", "garbled"),
        (b"\xff\xfe", "garbled"),
        (b"NaN", "garbled"),
        (b'["\\ud83d", NaN]', "garbled"),
        (b'["\\ud83d"' + b"[" * 50_000, "garbled"),
        (b"  <html>", "garbled"),
        (b"[" * 101 + b"]" * 101, "garbled"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "garbled"),
        (b"[" * 100_000 + b"]" * 100_000, "garbled"),
        (b'["]", ' + b"[" * 101 + b"]" * 101 + b"]", "garbled"),
        (b"[" + b"0," * 3_000_001 + b"0]", "too_large"),
        (b"[" + b"[[[[]]]]," * 700_000 + b"0]", "too_large"),
        (b'["\\ud83d", 1e999]', "garbled"),
    ],
)
def test_json_that_would_do_harm_is_a_fault(body: bytes, error: str) -> None:
    with pytest.raises(Fault) as fault:
        answers.parsed("Otis", body)
    assert fault.value.error == error
    assert "Otis" in fault.value.sentence


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100 + b"]" * 100,
        b'{"smile": ":-] [[[ \\" {"}',
        b'{"a": "' + b"[" * 5000 + b'"}',
        b'[{"a": {"b": [1, 2, {}]}}]',
        b'"\\\\"',
    ],
)
def test_ordinary_json_passes_whatever_its_texts_say(body: bytes) -> None:
    assert answers.parsed("Otis", body) == orjson.loads(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"\xef\xbb\xbf[1]", [1]),
        (b'{"name": "Ana \\ud83d"}', {"name": "Ana \ufffd"}),
        (b'["\\ud83d", 12345678901234567890123, -7]', ["\ufffd", 1.2345678901234567e22, -7]),
        (b'["\\udc00", {"\\uD83D": 1.5}, "\\ud83d\\ude00"]', ["\ufffd", {"\ufffd": 1.5}, "😀"]),
    ],
)
def test_json_with_a_slip_is_mended(body: bytes, value: Any) -> None:
    assert answers.parsed("Otis", body) == value


def test_a_text_of_many_escaped_letters_takes_little_memory() -> None:
    body = b'["]' + b'\\"' * 500_000 + b'"]'
    tracemalloc.start()
    answers.parsed("Otis", body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30 * len(body)


@pytest.mark.parametrize("spelt", ["latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_json_in_the_letters_of_old_systems_is_read(spelt: str) -> None:
    text = '[{"Name": "Müller", "City": "Orléans", "Half": "\\ud83d"}]'
    (found,) = answers.parsed("Otis", text.encode(spelt))
    assert (found["Name"], found["City"]) == ("Müller", "Orléans")


def test_one_bad_byte_changes_no_other_letter() -> None:
    body = '[{"Id": "ü1", "Name": "Müller"}, {"Id": "2", "Name": "Jos'.encode() + b'\xc3"}]'
    one, two = answers.parsed("Otis", body)
    assert (one, two["Name"]) == ({"Id": "ü1", "Name": "Müller"}, "Jos\ufffd")


def test_depth_does_not_hide_behind_other_letters() -> None:
    with pytest.raises(Fault, match="levels deep"):
        answers.parsed("Otis", (101 * "[" + '"Müller"' + 101 * "]").encode("utf-16"))


def test_json_is_data_even_if_it_is_labelled_as_a_page() -> None:
    reply = Reply(200, {"content-type": "text/html"}, b"[{}]")
    assert answers.value_of("Otis", reply) == [{}]


def test_a_redirect_is_not_followed_but_told_without_its_secrets() -> None:
    reply = Reply(301, {"location": "https://api2.example.com/v3/rates?key=abc"}, b"")
    with pytest.raises(Fault) as fault:
        answers.value_of("Otis", reply)
    assert fault.value.sentence == (
        "Otis sends us on to api2.example.com/v3/rates. Correct the address."
    )


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Reservations", "Services", "Cursor", "reservations", "count", "data", "success"]
            ),
            inner,
        )
    ),
    max_leaves=10,
)


@given(status=st.sampled_from([200, 204, 301, 400, 401, 403, 404, 429, 503]), value=ANYTHING)
def test_whatever_a_source_answers_is_a_page_or_a_fault_and_never_an_error(
    status: int, value: Any
) -> None:
    reply = Reply(status, {}, orjson.dumps(value))
    given = {"mews": TOKENS, "cloudbeds": KEY, "rest": {}}
    settings = {"types": {"reservations": {"path": "x", "records": "data"}}, "paging": "next"}
    for key, values in given.items():
        method = key if values else ""
        access = Access("https://api.example.com", method, values, settings)
        try:
            page = KINDS[key].read(Ready(reply), access, Wanted("reservations"))
        except Fault as fault:
            assert fault.sentence.endswith((".", "”"))  # noqa: PT017
        else:
            assert isinstance(page.records, list)


# Pages that go in a circle


def _circle(length: int, *, first: int = 0) -> Read:
    def turn(way: Way, access: Access, wanted: Wanted) -> Page:
        place = int(wanted.cursor or 0)
        onwards = place + 1 if place + 1 < first + length else first
        return Page([{"id": place}], str(onwards))

    return reading.reader(lambda _: "Otis", turn)


@pytest.mark.parametrize("length", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("first", [0, 5])
def test_a_circle_of_any_length_is_found(length: int, first: int) -> None:
    asked: list[str | None] = []
    with pytest.raises(Fault) as fault:
        _go_on(_circle(length, first=first), asked)
    assert fault.value.error == "endless"
    assert len(asked) <= 4 * (length + first)


def _go_on(read: Read, asked: list[str | None]) -> None:
    cursor = None
    while len(asked) < 1000:
        asked.append(cursor)
        cursor = read(Ready(), BARE, Wanted("rates", cursor=cursor)).cursor


def test_a_long_list_without_repetition_is_no_circle() -> None:
    read, cursor = _circle(10_000), None
    for _ in range(3000):
        cursor = read(Ready(), BARE, Wanted("rates", cursor=cursor)).cursor
    assert cursor is not None
    assert len(cursor) < 60


def test_empty_pages_on_the_way_are_no_circle() -> None:
    def turn(way: Way, access: Access, wanted: Wanted) -> Page:
        place = int(wanted.cursor or 0)
        return Page([], str(place + 1) if place < 70 else None)

    read, cursor = reading.reader(lambda _: "Otis", turn), None
    for _ in range(71):
        cursor = read(Ready(), BARE, Wanted("rates", cursor=cursor)).cursor
    assert cursor is None
