"""POST /in-mail/{secret}: each mail gets one of few documented answers, and never a 5xx."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.limits import API_LIMIT
from domain import installation
from tests.builders import World
from tests.domain.test_cases import page, reported
from tests.domain.test_replies import PIECES, SECRET, address

PATH = f"/in-mail/{SECRET}"


@pytest.fixture(autouse=True)
def _open(database: str) -> Iterator[None]:
    before = installation.current()
    installation.use(replace(before, mail_in=SECRET))
    yield
    installation.use(before)


def answer_of(world: World, case_id: str, sender: str) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = address(world, case_id)
    message.set_content("Room 12.")
    return message.as_bytes()


async def test_the_mail_server_hands_in_an_answer(world: World, machine: httpx.AsyncClient) -> None:
    case_id = reported(world)
    mail = answer_of(world, case_id, world.emails["maya"])
    answer = await machine.post(PATH, content=mail, headers={"Content-Type": "message/rfc822"})
    assert (answer.status_code, answer.json()) == (200, {"detail": "Taken."})
    assert "set-cookie" not in answer.headers
    assert page(world, case_id).messages[-1].text == "Room 12."
    again = await machine.post(PATH, content=mail)
    assert (again.status_code, again.json()) == (200, {"detail": "Taken before."})


async def test_where_it_was_delivered_may_be_said_in_the_address(
    world: World, machine: httpx.AsyncClient
) -> None:
    case_id = reported(world)
    mail = answer_of(world, case_id, world.emails["maya"]).replace(b"\nTo: case+", b"\nTo: x")
    refused = await machine.post(PATH, content=mail)
    assert refused.status_code == 403
    to = {"to": address(world, case_id)}
    assert (await machine.post(PATH, content=mail, params=to)).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\0\xff" * 100, 400),
        (b"From: eve@evil.example\n\nHello", 403),
        (b"From: eve@evil.example\nAuto-Submitted: auto-replied\n\nI am away", 200),
    ],
)
async def test_whatever_else_comes_gets_its_documented_answer(
    machine: httpx.AsyncClient, world: World, body: bytes, status: int
) -> None:
    answer = await machine.post(PATH, content=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"detail"}


async def test_without_the_secret_there_is_no_such_address(
    machine: httpx.AsyncClient, world: World
) -> None:
    wrong = ("/in-mail/", "/in-mail/x", f"{PATH}x", f"{PATH}/more", "/in-mail/%ff%00")
    answers = [await machine.post(path, content=b"From: a@b\n\nHi") for path in wrong]
    installation.use(replace(installation.current(), mail_in=""))
    answers += [await machine.post(path, content=b"x") for path in (PATH, "/in-mail/")]
    assert {(each.status_code, each.content) for each in answers} == {
        (404, b'{"detail":"There is no such address."}')
    }


async def test_only_who_knows_the_secret_may_send_large_mails(
    machine: httpx.AsyncClient, world: World
) -> None:
    large = b"From: eve@evil.example\n\n" + b"x" * API_LIMIT
    assert (await machine.post(PATH, content=large)).status_code == 403
    assert (await machine.post(f"{PATH}x", content=large)).status_code == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_other_methods_learn_nothing(machine: httpx.AsyncClient, method: str) -> None:
    for path in (PATH, f"{PATH}x"):
        answer = await machine.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_the_secret_is_in_no_log(
    world: World, machine: httpx.AsyncClient, log_text: object
) -> None:
    await machine.post(PATH, content=b"From: eve@evil.example\n\nHello")
    assert callable(log_text)
    assert SECRET not in log_text()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(raw=st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=20).map(b"".join)))
async def test_no_mail_breaks_us(machine: httpx.AsyncClient, database: str, raw: bytes) -> None:
    answer = await machine.post(PATH, content=raw)
    assert answer.status_code in (200, 400, 403)
