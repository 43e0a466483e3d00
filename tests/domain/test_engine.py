"""The whole path of a notification on the real job queue, to real receivers on this machine."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import standardwebhooks
from aiohttp import web
from aiosmtpd.smtp import SMTP
from sqlmodel import select

from connectors.mail import Post
from connectors.webhook import Sender
from domain import deliveries, endpoints, events, installation, messages, partners, runs
from storage import database as storage
from storage import jobs
from storage.apps import App
from storage.connections import Connection
from storage.messages import Endpoint, Message
from tests import builders, catalogue, flows
from tests.builders import World
from tests.connectors.receivers import Handler, Seen, WebServers, recording
from tests.connectors.test_verifiers import OURS, THEIRS
from tests.connectors.test_verifiers import Message as Signed
from tests.harvest import HotelSystem

pytestmark = pytest.mark.slow


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Run jobs, and what they send with, on this test's event loop."""
    door = installation.current().door
    sender = Sender(door, timeout=2)
    installation.use(replace(installation.current(), sender=sender))
    await jobs.start("tests")
    try:
        yield
    finally:
        await asyncio.to_thread(jobs.stop)
        await sender.close()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[str]]]:
    servers = WebServers()
    yield servers.start
    await servers.stop()


async def until(condition: Callable[[], Any], seconds: float = 20) -> None:
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it did not happen in time")


def listen_at(endpoint_id: str, url: str) -> None:
    with storage.transaction() as session:
        session.get_one(Endpoint, endpoint_id).url = url


def status(connection_id: str) -> str:
    with storage.reading() as session:
        return session.get_one(Connection, connection_id).status


async def test_an_automatic_app_is_told_and_becomes_active_by_itself(
    world: World, serve: Callable[[Handler], Awaitable[str]]
) -> None:
    seen: list[Seen] = []
    made = endpoints.create(world.finn, world.freeguides, await serve(recording(seen)))
    endpoints.remove(world.finn, world.freeguides_endpoint)
    async with running():
        connection_id = world.connect("freeguides")
        await until(lambda: status(connection_id) == "active")
        await until(lambda: len(seen) == 2)
    payload = standardwebhooks.Webhook(made.secret).verify(seen[0].body, seen[0].headers)
    assert payload["type"] == "connection.requested"
    assert payload["data"]["access_token"] == builders.token_of(connection_id)
    assert json.loads(seen[1].body)["type"] == "connection.activated"


async def test_a_receiver_that_stumbles_is_tried_again_with_the_same_id(
    world: World, serve: Callable[[Handler], Awaitable[str]]
) -> None:
    seen: list[Seen] = []

    async def stumbling(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen.append(Seen("POST", request.path, headers, await request.read()))
        return web.Response(status=500 if len(seen) == 1 else 200)

    listen_at(world.freeguides_endpoint, await serve(stumbling))
    async with running():
        connection_id = world.connect("freeguides")
        await until(lambda: status(connection_id) == "active")
    assert seen[0].headers["webhook-id"] == seen[1].headers["webhook-id"]
    assert seen[0].body == seen[1].body


async def test_one_receiver_that_hangs_holds_up_no_other(
    world: World, serve: Callable[[Handler], Awaitable[str]]
) -> None:
    async def hanging(request: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    seen: list[Seen] = []
    listen_at(world.d3x_endpoint, await serve(hanging))
    listen_at(world.freeguides_endpoint, await serve(recording(seen)))
    async with running():
        for _ in range(40):
            endpoints.send_test_event(world.dee, world.d3x_endpoint)
        await asyncio.sleep(0.3)
        connection_id = world.connect("freeguides")
        await until(lambda: status(connection_id) == "active", seconds=5)


async def test_a_mail_arrives_with_a_link_and_activates_too(world: World) -> None:
    letters: list[Any] = []

    class Mailbox:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            letters.append(envelope)
            return "250 taken"

    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Mailbox()), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    installation.use(
        replace(installation.current(), post=Post(f"smtp://127.0.0.1:{port}", timeout=5))
    )
    partners.save_notifications(
        world.finn,
        world.freeguides,
        by_webhook=False,
        by_mail=True,
        mail_to="hub@freeguides.example",
        token_in_mail=False,
    )
    try:
        async with running():
            connection_id = world.connect("freeguides")
            await until(lambda: status(connection_id) == "active")
            await until(lambda: len(letters) >= 3)
    finally:
        server.close()
    first = next(each for each in letters if b"wants to connect" in each.content)
    assert first.rcpt_tos == ["hub@freeguides.example"]
    assert b"http://adjoin.test/token/" in first.content
    assert builders.token_of(connection_id).encode() not in first.content
    assert {each.rcpt_tos[0] for each in letters} == {
        "hub@freeguides.example",
        world.emails["maya"],
    }


async def test_resend_and_replay_reach_the_receiver(
    world: World, serve: Callable[[Handler], Awaitable[str]]
) -> None:
    seen: list[Seen] = []
    listen_at(world.d3x_endpoint, await serve(recording(seen)))
    endpoints.disable(world.dee, world.d3x_endpoint)
    async with running():
        connection_id = world.connect()
        await asyncio.sleep(0.3)
        assert seen == []
        endpoints.enable(world.dee, world.d3x_endpoint)
        assert endpoints.replay_skipped(world.dee, world.d3x_endpoint) == 1
        await until(lambda: len(seen) == 1)
        deliveries.resend(world.dee, builders.messages_of(connection_id)[0].id)
        await until(lambda: len(seen) == 2)
    assert seen[0].headers["webhook-id"] == seen[1].headers["webhook-id"]
    assert seen[0].body == seen[1].body


async def test_what_was_rolled_back_is_never_sent(
    world: World, serve: Callable[[Handler], Awaitable[str]]
) -> None:
    seen: list[Seen] = []
    listen_at(world.d3x_endpoint, await serve(recording(seen)))
    body = events.example("endpoint.test")
    async with running():
        with contextlib.suppress(RuntimeError), storage.transaction() as session:
            endpoint = session.get_one(Endpoint, world.d3x_endpoint)
            messages.send_to_endpoint(session, endpoint, "endpoint.test", body, world.now)
            raise RuntimeError
        await asyncio.sleep(1)
    assert seen == []
    with storage.reading() as session:
        assert session.exec(select(Message)).all() == []


async def test_a_process_that_comes_back_finishes_what_it_had_begun(
    world: World, serve: Callable[[Handler], Awaitable[str]]
) -> None:
    seen: list[Seen] = []
    connection_id = world.connect("freeguides")
    listen_at(world.freeguides_endpoint, await serve(recording(seen)))
    async with running():
        await until(lambda: status(connection_id) == "active")
    assert len(seen) >= 1


async def test_whether_jobs_are_running_can_be_asked(world: World) -> None:
    assert not jobs.is_running()
    async with running():
        assert jobs.is_running()
    assert not jobs.is_running()


async def test_an_endpoint_that_asks_for_changes_gets_exactly_the_ids_that_a_run_has_changed(
    world: World, system: HotelSystem, serve: Callable[[Handler], Awaitable[str]]
) -> None:
    seen: list[Seen] = []
    connection_id = world.connect_active()
    with storage.transaction() as session:
        app = session.exec(select(App).where(App.slug == "d3x")).one()
        app.permissions = ["reservations:read"]
    made = endpoints.create(
        world.dee, world.d3x, await serve(recording(seen)), events=["reservation.updated"]
    )
    endpoints.disable(world.dee, world.d3x_endpoint)
    integration = flows.active(world)
    for number in (2, 4):
        system.records["reservations"][number - 1]["Number"] = "changed"
    async with running():
        run = runs.run_now(world.maya, integration)
        await until(lambda: flows.of(run).status == "succeeded")
        await until(lambda: seen)
        await until(lambda: {each.status for each in _to(made.endpoint_id)} == {"delivered"})
    (message,) = seen
    for verifier in (*OURS, *THEIRS):
        assert verifier()([Signed(made.secret, message.headers, message.body)]) == [None]
    body = json.loads(message.body)
    catalogue.check(message.body.decode())
    assert body["type"] == "reservation.updated"
    assert body["data"]["connection"]["id"] == connection_id
    records = flows.records()
    assert body["data"]["records"] == [
        {"id": f"res_{records[key].id}", "external_id": key} for key in ("res-2", "res-4")
    ]
    assert message.headers["webhook-id"] == _to(made.endpoint_id)[0].id


def _to(endpoint_id: str) -> list[Message]:
    with storage.reading() as session:
        return list(session.exec(select(Message).where(Message.endpoint_id == endpoint_id)))
