"""POST /in/{secret}: answered at once, in one of few documented ways, and never with a cookie."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from domain import hooks, integration_pages
from storage import database
from tests import flows, harvest
from tests.builders import PASSWORD, World
from tests.domain.test_hooks import CALLED, CHANGED, runs_of, told

ON_BOTH_DATABASES = True  # a thousand at once meet other locks


@pytest.fixture
def flow(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """An active integration of Mews that runs when its source calls; its first run is over."""
    harvest.play(monkeypatch, "mews")
    source = harvest.source(world)
    harvest.active(world, source)
    return flows.active(world, source, schedule=CALLED)


@pytest.fixture
def address(flow: str, world: World) -> str:
    """The path that the source may call."""
    source = integration_pages.read(world.maya, flow).row.source_id
    return hooks.reveal(world.maya, source, PASSWORD).removeprefix("http://adjoin.test")


async def test_a_call_is_received_and_a_run_waits(
    machine: httpx.AsyncClient, address: str, flow: str
) -> None:
    answer = await machine.post(address, content=CHANGED)
    assert (answer.status_code, answer.json()) == (200, {"detail": "Received."})
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert [run.status for run in runs_of(flow)] == ["queued"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"<!DOCTYPE html><p>Hello", 400),
        (b"\xff\xfe\x00", 400),
        (b"[" * 200_000, 400),
        (b'{"Events":' * 20_000, 400),
        (b'{"EnterpriseId": "ent_1", "Events": ' + b"[" * 300 + b"]" * 300 + b"}", 400),
        (b'{"EnterpriseId": 1e999, "Events": []}', 400),
        (told("ServiceOrderUpdated", account="ent_2"), 403),
        (b"x" * 256_001, 413),
    ],
)
async def test_whatever_else_comes_gets_its_documented_answer(
    machine: httpx.AsyncClient, address: str, flow: str, body: bytes, status: int
) -> None:
    answer = await machine.post(address, content=body, headers={"Content-Type": "text/html"})
    assert answer.status_code == status
    assert runs_of(flow) == []


async def test_every_address_that_is_none_gets_the_same_answer(
    machine: httpx.AsyncClient, address: str, flow: str
) -> None:
    wrong = ("/in/", "/in/x", f"{address}x", f"{address}/more", "/in/%00", "/in/%ff", "/in/../in/y")
    answers = [await machine.post(path, content=CHANGED) for path in wrong]
    assert {(each.status_code, each.content) for each in answers} == {
        (404, b'{"detail":"There is no such address. It may have been renewed."}')
    }
    assert runs_of(flow) == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_only_posts_are_calls_and_other_methods_learn_nothing(
    machine: httpx.AsyncClient, address: str, method: str
) -> None:
    known, unknown = [await machine.request(method, path) for path in (address, "/in/never")]
    assert known.status_code == unknown.status_code == 405
    assert known.content == unknown.content
    assert known.headers["allow"] == "POST"


async def test_a_call_may_come_from_anywhere_and_with_any_content_type(
    machine: httpx.AsyncClient, address: str
) -> None:
    for headers in ({"Origin": "https://app.mews.example"}, {"Content-Type": "text/plain"}, {}):
        assert (await machine.post(address, content=CHANGED, headers=headers)).status_code == 200
    assert (await machine.post(f"{address}/", content=CHANGED)).status_code == 200


async def test_no_log_line_has_the_secret(
    machine: httpx.AsyncClient,
    address: str,
    log_text: Callable[[], str],
    request_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    for path in (address, f"{address}x"):
        await machine.post(path, content=CHANGED)
    secret = address.rpartition("/")[2]
    assert [line["path"] for line in request_lines()] == ["/in/…", "/in/…"]
    assert secret[4:] not in log_text()


async def test_a_thousand_calls_at_once_are_one_run_and_a_few_looks(
    machine: httpx.AsyncClient, address: str, flow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    receive = hooks.receive

    def counted(secret: str, bodies: Any) -> list[str]:
        looks.append(len(bodies))
        return receive(secret, bodies)

    monkeypatch.setattr(hooks, "receive", counted)
    answers = await asyncio.gather(*(machine.post(address, content=CHANGED) for _ in range(1000)))
    assert {answer.status_code for answer in answers} == {200}
    assert sum(looks) == 1000
    assert len(looks) < 100
    assert len(runs_of(flow)) == 1


async def test_too_much_at_once_is_told_to_come_again(
    machine: httpx.AsyncClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(secret: str, bodies: list[bytes]) -> list[str]:
        time.sleep(0.2)
        return ["received"] * len(bodies)

    monkeypatch.setattr(hooks, "receive", slowly)
    large = b"x" * 250_000
    answers = await asyncio.gather(*(machine.post(address, content=large) for _ in range(80)))
    assert {answer.status_code for answer in answers} == {200, 429}
    busy = next(answer for answer in answers if answer.status_code == 429)
    assert busy.headers["retry-after"] == "1"


async def test_made_up_addresses_hold_no_more_than_all_may_together(
    machine: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(secret: str, bodies: list[bytes]) -> list[str]:
        time.sleep(0.05)
        return ["unknown"] * len(bodies)

    monkeypatch.setattr(hooks, "receive", slowly)
    monkeypatch.setattr("api.hooks.MOST_AT_ALL", 1_000_000)
    made_up = [f"/in/adh_{number:043}" for number in range(10)]
    large = b"x" * 250_000
    answers = await asyncio.gather(*(machine.post(path, content=large) for path in made_up))
    assert [answer.status_code for answer in answers].count(404) == 4
    assert {answer.status_code for answer in answers} == {404, 429}


async def test_nothing_is_looked_up_for_what_cannot_be_an_address(
    machine: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "receive", None)
    assert (await machine.post(f"/in/adh_{'x' * 44}", content=CHANGED)).status_code == 404


async def test_a_database_that_is_gone_is_no_success(
    machine: httpx.AsyncClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Any:
        raise OSError("no such file")

    monkeypatch.setattr(database, "reading", gone)
    answers = await asyncio.gather(*(machine.post(address, content=CHANGED) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {500}
    monkeypatch.undo()
    assert (await machine.post(address, content=CHANGED)).status_code in (200, 404)


async def test_a_caller_that_leaves_takes_nobody_with_it(
    machine: httpx.AsyncClient, address: str
) -> None:
    left = asyncio.create_task(machine.post(address, content=CHANGED))
    stays = asyncio.create_task(machine.post(address, content=CHANGED))
    await asyncio.sleep(0)
    left.cancel()
    assert (await stays).status_code == 200
