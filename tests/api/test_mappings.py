"""The value mapping over HTTP: read with its ETag, proposed under it, decided by the hotel."""

from typing import Any

import httpx
import jsonschema
import pytest

from domain import connections, value_mappings, value_pages
from tests import builders, pantry
from tests.api.machines import bearer, problem_of
from tests.builders import World
from tests.pantry import Pantry

MAPPINGS = "/api/v1/mappings"


@pytest.fixture
def lists(world: World) -> Pantry:
    return pantry.stock(world)


@pytest.fixture
def program(machine: httpx.AsyncClient, lists: Pantry) -> httpx.AsyncClient:
    """D3x's program, which shows the token of its connection with Harbour Hotel."""
    machine.headers.update(bearer(builders.token_of(lists.connection)))
    return machine


async def put(
    program: httpx.AsyncClient, values: Any, if_match: str | None = None, **more: Any
) -> httpx.Response:
    """Propose, with the ETag of the mapping as it is now unless another one is given."""
    tag = (await program.get(MAPPINGS)).headers["etag"] if if_match is None else if_match
    headers = {"If-Match": tag} if tag else {}
    return await program.put(MAPPINGS, json={"values": values, **more}, headers=headers)


def of(**record: str) -> dict[str, Any]:
    return {"choice": "record", "record": record}


def choose(lists: Pantry, key: str, record: str, version: int) -> None:
    number = lists.numbers[record]
    value_mappings.choose(lists.world.maya, lists.connection, key, number, expected_version=version)


async def test_a_program_reads_what_the_hotel_has_decided(
    program: httpx.AsyncClient, lists: Pantry
) -> None:
    choose(lists, "breakfast", "pro-1", 0)
    answer = await program.get(MAPPINGS)
    assert answer.status_code == 200
    told = answer.json()
    assert told["version"] == 1
    assert list(told["values"]) == ["room_revenue", "breakfast", "parking", "minibar"]
    assert told["values"]["breakfast"] == {
        "label": "Breakfast",
        "type": "products",
        "required": True,
        "choice": "record",
        "record": {
            "id": f"prd_{lists.numbers['pro-1']}",
            "external_id": "pro-1",
            "name": "Breakfast buffet",
            "code": "BREAKFAST",
        },
        "gone": None,
        "proposed": None,
    }
    assert told["values"]["minibar"]["choice"] == "open"


async def test_what_has_not_changed_is_not_sent_again(
    program: httpx.AsyncClient, lists: Pantry
) -> None:
    tag = (await program.get(MAPPINGS)).headers["etag"]
    same = await program.get(MAPPINGS, headers={"If-None-Match": f'"x", {tag}'})
    assert (same.status_code, same.content) == (304, b"")
    choose(lists, "breakfast", "pro-1", 0)
    assert (await program.get(MAPPINGS, headers={"If-None-Match": tag})).status_code == 200


async def test_what_is_gone_at_the_hotel_is_told_without_a_new_version(
    program: httpx.AsyncClient, lists: Pantry
) -> None:
    choose(lists, "breakfast", "pro-1", 0)
    tag = (await program.get(MAPPINGS)).headers["etag"]
    lists.change("pro-1", active=False)
    answer = await program.get(MAPPINGS, headers={"If-None-Match": tag})
    assert answer.json()["values"]["breakfast"]["gone"] == "inactive"


async def test_a_put_makes_proposals_which_the_hotel_confirms(
    program: httpx.AsyncClient, lists: Pantry
) -> None:
    parking = f"prd_{lists.numbers['pro-2']}"
    answer = await put(
        program,
        {
            "breakfast": of(external_id="pro-1"),
            "parking": of(id=parking),
            "minibar": {"choice": "none"},
            "room_revenue": {"choice": "open"},
        },
    )
    assert answer.status_code == 200
    values = answer.json()["values"]
    assert {value["choice"] for value in values.values()} == {"open"}
    assert values["parking"]["proposed"]["record"]["id"] == parking
    assert values["minibar"]["proposed"] == {"choice": "none", "record": None}
    assert values["room_revenue"]["proposed"] is None
    value_mappings.confirm(lists.world.maya, lists.connection, "parking", expected_version=1)
    again = await program.get(MAPPINGS)
    assert again.json()["values"]["parking"]["choice"] == "record"


async def test_of_two_puts_at_once_one_is_answered_412(
    program: httpx.AsyncClient, lists: Pantry
) -> None:
    tag = (await program.get(MAPPINGS)).headers["etag"]
    assert (await put(program, {"minibar": {"choice": "none"}}, tag)).status_code == 200
    before = builders.snapshot()
    late = await put(program, {"breakfast": of(external_id="pro-1")}, tag)
    assert problem_of(late)["code"] == "precondition_failed"
    assert late.status_code == 412
    assert builders.snapshot()["value_mappings"] == before["value_mappings"]


@pytest.mark.parametrize("if_match", ["", "*", "1", '"x"', "W/1", '"99999999999999999999"'])
async def test_without_the_etag_nothing_is_proposed(
    program: httpx.AsyncClient, if_match: str
) -> None:
    answer = await put(program, {"minibar": {"choice": "none"}}, if_match)
    assert (answer.status_code, problem_of(answer)["code"]) == (428, "precondition_required")


async def test_a_proxy_that_compresses_is_in_nobodys_way(program: httpx.AsyncClient) -> None:
    tag = "W/" + (await program.get(MAPPINGS)).headers["etag"]
    known = await program.get(MAPPINGS, headers={"If-None-Match": f'"x", {tag}'})
    assert known.status_code == 304
    assert (await put(program, {"minibar": {"choice": "none"}}, tag)).status_code == 200
    assert (await put(program, {}, tag)).status_code == 412


async def test_after_a_412_the_same_wish_with_the_new_etag_is_another_request(
    program: httpx.AsyncClient,
) -> None:
    program.headers["Idempotency-Key"] = "one-wish"
    assert (await put(program, {}, '"7"')).status_code == 412
    answer = await put(program, {})
    assert (answer.status_code, problem_of(answer)["code"]) == (422, "idempotency_key_reused")


async def test_no_word_of_a_library_is_in_a_sentence(program: httpx.AsyncClient) -> None:
    (error,) = problem_of(await put(program, {"breakfast": of()}))["errors"]
    assert error["detail"] == "Send either “id” or “external_id”."


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"nothing": {"choice": "none"}}, "#/values/nothing"),
        ({"breakfast": of(external_id="acc-1")}, "#/values/breakfast"),
        ({"breakfast": of(external_id="\0")}, "#/values/breakfast"),
        ({"breakfast": of(id="res_1")}, "#/values/breakfast"),
        ({"breakfast": of(id="prd_99999999999999999")}, "#/values/breakfast"),
        ({"breakfast": of()}, "#/values/breakfast/record"),
        ({"breakfast": of(id="prd_1", external_id="pro-1")}, "#/values/breakfast/record"),
        ({"breakfast": {"choice": "record"}}, "#/values/breakfast"),
        ({"breakfast": {"choice": "none", "record": {"id": "prd_1"}}}, "#/values/breakfast"),
        ({"breakfast": {"choice": "maybe"}}, "#/values/breakfast/choice"),
        ({"breakfast": "prd_1"}, "#/values/breakfast"),
        ({str(number): {"choice": "none"} for number in range(61)}, "#/values"),
        ([], "#/values"),
        (None, "#/values"),
    ],
)
async def test_what_is_wrong_is_pointed_at_and_nothing_is_half_done(
    program: httpx.AsyncClient, lists: Pantry, values: Any, pointer: str
) -> None:
    if isinstance(values, dict) and len(values) == 1:
        values = {"minibar": {"choice": "none"}, **values}
    answer = await put(program, values)
    problem = problem_of(answer)
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert pointer in [each.get("pointer") for each in problem["errors"]]
    assert value_pages.read(lists.world.maya, lists.connection).version == 0


async def test_a_program_cannot_confirm_and_unknown_fields_are_refused(
    program: httpx.AsyncClient,
) -> None:
    answer = await put(program, {}, confirmed=True)
    assert problem_of(answer)["errors"][0]["pointer"] == "#/confirmed"
    assert (await program.get(MAPPINGS, params={"all": "1"})).status_code == 422


async def test_a_pending_connection_may_read_but_not_propose(
    machine: httpx.AsyncClient, lists: Pantry, world: World
) -> None:
    connections.disconnect(world.maya, lists.connection)
    connections.connect(world.maya, world.hotel, "d3x")
    machine.headers.update(bearer(builders.token_of(lists.connection)))
    tag = (await machine.get(MAPPINGS)).headers["etag"]
    refused = await put(machine, {"minibar": {"choice": "none"}}, tag)
    assert (refused.status_code, problem_of(refused)["code"]) == (403, "connection_pending")


async def test_a_disabled_connection_opens_nothing(
    program: httpx.AsyncClient, lists: Pantry, world: World
) -> None:
    connections.disable(world.maya, lists.connection)
    for answer in (await program.get(MAPPINGS), await put(program, {}, '"0"')):
        assert (answer.status_code, problem_of(answer)["code"]) == (403, "connection_disabled")


async def test_each_program_reads_its_own_mapping(
    machine: httpx.AsyncClient, lists: Pantry, world: World
) -> None:
    choose(lists, "breakfast", "pro-1", 0)
    other = connections.connect(world.charlie, world.lodge, "d3x")
    machine.headers.update(bearer(builders.token_of(other)))
    told = (await machine.get(MAPPINGS)).json()
    assert told["version"] == 0
    assert {value["choice"] for value in told["values"].values()} == {"open"}


async def test_answers_keep_the_schema_that_is_described(
    program: httpx.AsyncClient, lists: Pantry
) -> None:
    choose(lists, "breakfast", "pro-1", 0)
    await put(program, {"minibar": {"choice": "none"}})
    described = (await program.get("/api/v1/openapi.json")).json()
    content = described["paths"]["/v1/mappings"]["get"]["responses"]["200"]["content"]
    schema = {**content["application/json"]["schema"], "components": described["components"]}
    jsonschema.validate((await program.get(MAPPINGS)).json(), schema)
