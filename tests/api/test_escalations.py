"""Cases through the API: read by the partner's program, and passed on to the platform."""

import httpx
import pytest

from domain import case_pages, cases, partner_keys
from tests import builders
from tests.api.machines import bearer, problem_of
from tests.builders import World
from tests.domain.test_cases import reported, row, state

PATH = "/api/v1/escalations"
WISH = {
    "case": 1001,
    "text": "We send it as documented.",
    "expected": "Three bills",
    "came": "Two bills",
    "request_id": "req_1",
    "since": "2026-11-01",
    "properties": 2,
}


@pytest.fixture
def case_id(world: World) -> str:
    return reported(world)


@pytest.fixture
def token(case_id: str) -> dict[str, str]:
    return bearer(builders.token_of(row(case_id).connection_id))


@pytest.fixture
def key(world: World) -> dict[str, str]:
    return bearer(partner_keys.make(world.dee, world.d3x, "Dashboard").clear)


async def test_a_token_reads_the_cases_of_its_connection_and_a_key_all(
    machine: httpx.AsyncClient, case_id: str, token: dict[str, str], key: dict[str, str]
) -> None:
    for shown in (token, key):
        (found,) = (await machine.get(PATH, headers=shown)).json()["data"]
        assert (found["number"], found["status"], found["turn"]) == (
            1001,
            "open_with_partner",
            "partner",
        )
        assert found["page"] == f"http://adjoin.test/hub/cases/{case_id}"
        none = await machine.get(PATH, params={"status": "resolved"}, headers=shown)
        assert none.json() == {"data": [], "next_cursor": None}


async def test_a_list_is_read_to_its_end_while_cases_change(
    machine: httpx.AsyncClient, world: World, case_id: str, token: dict[str, str]
) -> None:
    for number in range(4):
        cases.open_(
            world.maya, row(case_id).connection_id, f"Broken {number}", "Look.", now=world.now
        )
    seen, cursor = [], ""
    while cursor is not None:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await machine.get(PATH, params=params, headers=token)).json()
        seen += [each["number"] for each in page["data"]]
        cursor = page["next_cursor"]
        cases.write(world.maya, case_id, "And again.", now=world.after(hours=len(seen)))
    assert seen == [1005, 1004, 1003, 1002, 1001]


@pytest.mark.parametrize("cursor", ["0", "-1", "x", "2147483648", "1e3"])
async def test_a_made_up_cursor_is_refused_at_its_place(
    machine: httpx.AsyncClient, token: dict[str, str], cursor: str
) -> None:
    answer = await machine.get(PATH, params={"cursor": cursor}, headers=token)
    assert answer.status_code == 422
    problem = problem_of(answer)
    assert "cursor" in str(problem["errors"])


async def test_a_case_is_read_with_what_was_said(
    machine: httpx.AsyncClient, world: World, case_id: str, token: dict[str, str]
) -> None:
    cases.write(world.dee, case_id, "<b>Which</b> bill?", now=world.after(hours=1))
    found = (await machine.get(f"{PATH}/1001", headers=token)).json()
    assert [(each["side"], each["kind"]) for each in found["messages"]] == [
        ("property", "opened"),
        ("partner", "message"),
    ]
    assert found["messages"][1]["text"] == "<b>Which</b> bill?"


@pytest.mark.parametrize("credential", ["token", "key"])
async def test_a_program_escalates_with_what_an_engineer_needs(
    machine: httpx.AsyncClient,
    world: World,
    case_id: str,
    credential: str,
    request: pytest.FixtureRequest,
) -> None:
    answer = await machine.post(PATH, json=WISH, headers=request.getfixturevalue(credential))
    assert (answer.status_code, answer.json()["status"]) == (200, "escalated")
    found = case_pages.read(world.olga, case_id)
    assert found.escalation is not None
    assert (found.escalation.request_id, found.escalation.properties) == ("req_1", 2)
    assert (found.messages[-1].via, found.messages[-1].side) == ("api", "partner")
    assert len(found.packs) == 1


async def test_escalating_twice_is_refused_and_the_same_request_again_is_not(
    machine: httpx.AsyncClient, case_id: str, token: dict[str, str]
) -> None:
    same = {**token, "Idempotency-Key": "once"}
    first, again = [await machine.post(PATH, json=WISH, headers=same) for _ in range(2)]
    assert (first.content, again.headers["idempotency-replayed"]) == (again.content, "true")
    refused = problem_of(await machine.post(PATH, json=WISH, headers=token))
    assert (refused["code"], "was escalated already" in refused["detail"]) == ("wrong_state", True)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"case": "1001"}, "#/case"),
        ({"case": 0}, "#/case"),
        ({"text": ""}, "#/text"),
        ({"text": "x" * 20_001}, "#/text"),
        ({"came": None}, "#/came"),
        ({"since": "yesterday"}, "#/since"),
        ({"since": "2026-13-01"}, "#/since"),
        ({"since": 5}, "#/since"),
        ({"properties": 0}, "#/properties"),
        ({"unknown": 1}, "#/unknown"),
    ],
)
async def test_what_is_wrong_is_said_where_it_is(
    machine: httpx.AsyncClient,
    case_id: str,
    token: dict[str, str],
    wrong: dict[str, object],
    pointer: str,
) -> None:
    answer = await machine.post(PATH, json=WISH | wrong, headers=token)
    assert answer.status_code == 422
    assert [each["pointer"] for each in problem_of(answer)["errors"]] == [pointer]
    assert state(case_id) == ("open_with_partner", "partner")


async def test_a_day_in_the_future_and_blank_words_are_refused(
    machine: httpx.AsyncClient, case_id: str, token: dict[str, str]
) -> None:
    for wrong in ({"since": "2099-01-01"}, {"text": " \n "}):
        answer = await machine.post(PATH, json=WISH | wrong, headers=token)
        assert problem_of(answer)["code"] == "invalid"


async def test_other_partners_and_core_apps_are_not_found(
    machine: httpx.AsyncClient, world: World, case_id: str
) -> None:
    strange = bearer(partner_keys.make(world.finn, world.freeguides, "Theirs").clear)
    assert (await machine.get(PATH, headers=strange)).json()["data"] == []
    assert (await machine.get(f"{PATH}/1001", headers=strange)).status_code == 404
    assert (await machine.post(PATH, json=WISH, headers=strange)).status_code == 404
