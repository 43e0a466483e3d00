"""Records over HTTP: lists, single records, what is described and what is refused."""

from typing import Any

import httpx
import jsonschema
import pytest

from domain import connections
from domain.types_of_data import ALL
from tests import builders, shelf
from tests.api.machines import bearer, problem_of
from tests.builders import World
from tests.shelf import Shelf

ON_BOTH_DATABASES = True  # filters and cursors are put into other words

EACH = pytest.mark.parametrize("type_key", ALL)
V1 = "/api/v1"


@pytest.fixture
def filled(world: World) -> Shelf:
    """Harbour Hotel with res-1 to res-5, which D3x may read, and with one of all else."""
    return shelf.fill(world)


@pytest.fixture
def program(machine: httpx.AsyncClient, filled: Shelf) -> httpx.AsyncClient:
    """D3x's program, which shows the token of its connection with Harbour Hotel."""
    machine.headers.update(bearer(builders.token_of(filled.connection)))
    return machine


def path_of(type_key: str) -> str:
    return f"{V1}/{type_key.replace('_', '-')}"


# Answers


async def test_the_property_is_read(program: httpx.AsyncClient, filled: Shelf) -> None:
    answer = await program.get(f"{V1}/property")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["id"], told["name"]) == (filled.world.hotel, "Harbour Hotel")
    assert told["time_zone"] == "Europe/Berlin"


async def test_pages_are_followed_by_the_cursor_and_by_the_link(
    program: httpx.AsyncClient,
) -> None:
    first = await program.get(f"{V1}/reservations", params={"limit": 3, "status": "confirmed"})
    told = first.json()
    assert [each["external_id"] for each in told["data"]] == ["res-1", "res-2", "res-3"]
    assert told["synced_until"].endswith("Z")
    rest = await program.get(first.links["next"]["url"])
    assert [each["external_id"] for each in rest.json()["data"]] == ["res-4", "res-5"]
    assert rest.json()["next_cursor"] is None
    assert "Link" not in rest.headers
    same = await program.get(
        f"{V1}/reservations",
        params={"limit": 3, "status": "confirmed", "cursor": told["next_cursor"]},
    )
    assert same.json() == rest.json()


async def test_a_record_is_read_by_its_id(program: httpx.AsyncClient) -> None:
    listed = (await program.get(f"{V1}/guests")).json()["data"][0]
    answer = await program.get(f"{V1}/guests/{listed['id']}")
    assert answer.json() == listed
    assert listed["email"] == "guest1@mail.example"


async def test_what_is_gone_is_told_once_and_not_found_after(
    program: httpx.AsyncClient, filled: Shelf
) -> None:
    told = (await program.get(f"{V1}/reservations")).json()
    filled.remove("res-2", filled.world.after(minutes=1))
    since = {"updated_since": filled.world.after(seconds=1).isoformat()}
    (gone,) = (await program.get(f"{V1}/reservations", params=since)).json()["data"]
    assert gone["external_id"] == "res-2"
    assert gone["removed_at"] == gone["changed_at"]
    answer = await program.get(f"{V1}/reservations/{told['data'][1]['id']}")
    assert problem_of(answer)["code"] == "not_found"


@pytest.mark.parametrize("path", ["reservations", "reservations/{id}"])
async def test_what_has_not_changed_is_not_sent_again(
    program: httpx.AsyncClient, filled: Shelf, path: str
) -> None:
    number = (await program.get(f"{V1}/reservations")).json()["data"][0]["id"]
    address = f"{V1}/{path.format(id=number)}"
    before = await program.get(address)
    tag = before.headers["etag"]
    assert tag.startswith('W/"')
    for known in (tag, f'W/"else", {tag}', "*"):
        again = await program.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["x-request-id"]
    filled.change("res-1", filled.world.after(minutes=1), number="77")
    after = await program.get(address, headers={"If-None-Match": tag})
    assert after.status_code == 200
    assert after.headers["etag"] != tag


async def test_a_page_that_is_not_the_last_one_any_more_is_sent_again(
    program: httpx.AsyncClient, filled: Shelf
) -> None:
    tag = (await program.get(f"{V1}/reservations?limit=5")).headers["etag"]
    filled.add([6], filled.world.now)
    again = await program.get(f"{V1}/reservations?limit=5", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert again.json()["next_cursor"]


# The description


@EACH
async def test_every_answer_is_as_described(
    program: httpx.AsyncClient, description: dict[str, Any], filled: Shelf, type_key: str
) -> None:
    assert description["openapi"].startswith("3.1")
    page = (await program.get(path_of(type_key))).json()
    check(description, "/v1/" + path_of(type_key).rpartition("/")[2], page)
    one = (await program.get(f"{path_of(type_key)}/{page['data'][0]['id']}")).json()
    check(description, "/v1/" + path_of(type_key).rpartition("/")[2] + "/{id}", one)
    shelf.permit([each for each in shelf.EVERYTHING if each != "guests:read"])
    if type_key != "guests":
        page = (await program.get(path_of(type_key))).json()
        check(description, "/v1/" + path_of(type_key).rpartition("/")[2], page)


def check(description: dict[str, Any], path: str, answer: dict[str, Any]) -> None:
    """Hold an answer against its schema, in which nothing else is known."""
    content = description["paths"][path]["get"]["responses"]["200"]["content"]
    schema = content["application/json"]["schema"] | {"components": description["components"]}
    jsonschema.validate(answer, schema, format_checker=jsonschema.FormatChecker())
    known = description["components"]["schemas"]
    record = answer["data"][0] if "data" in answer else answer
    name = ALL[path.split("/")[2].replace("-", "_")].one.title().replace(" ", "")
    assert set(record) <= set(known[name]["properties"])


@EACH
def test_every_field_says_what_it_is(description: dict[str, Any], type_key: str) -> None:
    of_type = ALL[type_key]
    schema = description["components"]["schemas"][of_type.one.title().replace(" ", "")]
    for each in of_type.fields[1:]:
        told = schema["properties"][each.key]
        assert told["description"].startswith(each.meaning)
        is_nullable = {"type": "null"} in told.get("anyOf", [])
        assert is_nullable == (not each.required)
        if each.choices:
            kinds = [told, *told.get("anyOf", [])]
            assert any(kind.get("enum") == list(each.choices) for kind in kinds)


# Refusals


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=ten", "limit"),
        ("limit=١", "limit"),
        ("limit=5&limit=6", "limit"),
        ("cursor=", "cursor"),
        ("offset=10", "offset"),
        ("updated_since=yesterday", "updated_since"),
        ("updated_since=2026-11-21", "updated_since"),
        ("updated_since=2026-11-21T14:02:00", "updated_since"),
        ("updated_since=2026-11-21T14:02:00+01:00", "updated_since"),  # the + means a blank
        ("updated_since=0001-01-01T00:00:00%2B14:00", "updated_since"),
        ("updated_since=2026-13-41T14:02:00Z", "updated_since"),
        ("ids=", "ids"),
        ("ids=gue_1", "ids"),
        ("ids=res_1,,res_2", "ids"),
        ("ids=" + ",".join(f"res_{n}" for n in range(1, 102)), "ids"),
        ("ids=res_9999999999999999999", "ids"),
        ("status=lost", "status"),
        ("status=confirmed,", "status"),
        ("arrival_from=2026-W50-1", "arrival_from"),
        ("arrival_from=2026-02-30", "arrival_from"),
        ("q=guest", "q"),
        ("%00=1", "\0"),
    ],
)
async def test_a_parameter_that_makes_no_sense_is_named(
    program: httpx.AsyncClient, query: str, name: str
) -> None:
    problem = problem_of(await program.get(f"{V1}/reservations?{query}"))
    assert (problem["status"], problem["code"]) == (422, "invalid")
    (error,) = problem["errors"]
    assert error["query"] == name
    assert error["detail"].endswith(".")


async def test_everything_that_is_wrong_is_named_at_once(program: httpx.AsyncClient) -> None:
    answer = await program.get(f"{V1}/products?limit=0&active=maybe&q=&status=x")
    names = [each["query"] for each in problem_of(answer)["errors"]]
    assert names == ["limit", "active", "q", "status"]


@pytest.mark.parametrize("path", ["property?x=1", "reservations/res_1?limit=1"])
async def test_where_nothing_can_be_asked_parameters_are_refused(
    program: httpx.AsyncClient, path: str
) -> None:
    assert problem_of(await program.get(f"{V1}/{path}"))["status"] == 422


@pytest.mark.parametrize("cursor", ["x", "é", "%00", "A" * 54, "%ED%A0%80", "A" * 5000])
async def test_a_made_up_cursor_is_refused(program: httpx.AsyncClient, cursor: str) -> None:
    problem = problem_of(await program.get(f"{V1}/reservations?cursor={cursor}"))
    assert (problem["status"], problem["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("key", ["res_0", "res_99999", "gue_1", "x", "res_1%00", "é", "9" * 500])
async def test_an_unknown_id_is_not_found(program: httpx.AsyncClient, key: str) -> None:
    problem = problem_of(await program.get(f"{V1}/reservations/{key}"))
    assert (problem["status"], problem["code"]) == (404, "not_found")


@EACH
async def test_without_the_permission_there_are_words(
    program: httpx.AsyncClient, type_key: str
) -> None:
    shelf.permit([])
    for path in (path_of(type_key), f"{path_of(type_key)}/x"):
        problem = problem_of(await program.get(path))
        if problem["code"] != "not_found":  # an id of no type at all
            assert (problem["status"], problem["code"]) == (403, "permission_missing")


@EACH
async def test_nobody_reads_without_a_token(machine: httpx.AsyncClient, type_key: str) -> None:
    assert problem_of(await machine.get(path_of(type_key)))["code"] == "unauthorized"
    assert problem_of(await machine.get(f"{path_of(type_key)}/x"))["code"] == "unauthorized"


async def test_a_pending_connection_may_not_read_reservations_nor_a_disabled_one_anything(
    program: httpx.AsyncClient, filled: Shelf
) -> None:
    connections.disable(filled.world.maya, filled.connection, "A break.")
    for path in ("property", "reservations", "spaces"):
        problem = problem_of(await program.get(f"{V1}/{path}"))
        assert problem["code"] == "connection_disabled"


async def test_charlies_token_finds_nothing_of_harbour_hotel(
    program: httpx.AsyncClient, filled: Shelf
) -> None:
    ours = (await program.get(f"{V1}/reservations?limit=2")).json()
    charlies = bearer(builders.token_of(shelf.add_charlies(filled.world)))
    for each in ours["data"]:
        answer = await program.get(f"{V1}/reservations/{each['id']}", headers=charlies)
        assert problem_of(answer)["code"] == "not_found"
        asked = {"ids": each["id"]}
        answer = await program.get(f"{V1}/reservations", params=asked, headers=charlies)
        assert answer.json()["data"] == []
    taken = {"cursor": ours["next_cursor"]}
    answer = await program.get(f"{V1}/reservations", params=taken, headers=charlies)
    assert problem_of(answer)["code"] == "invalid_cursor"
    assert ours["data"][0]["external_id"] == "res-1"
    theirs = (await program.get(f"{V1}/property", headers=charlies)).json()
    assert theirs["name"] == "Alpine Lodge"
