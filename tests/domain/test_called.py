"""The whole path of a call: another system changes, calls us, is read, and the data is here."""

import asyncio

import pytest

import api.app
from domain import (
    authorizations,
    hooks,
    integration_pages,
    integrations,
    mappings,
    run_pages,
    sources,
    transfers,
)
from domain.mapping.rows import Row
from storage import jobs
from tests import flows
from tests.api.machines import served
from tests.builders import PASSWORD, World
from tests.connectors.receivers import WebServers
from tests.domain.test_engine import running, until
from tests.domain.test_hooks import CALLED
from tests.standins.rest import EVERYWHERE, PATHS, STYLES, TOKEN, Rest

pytestmark = pytest.mark.slow

MAPPING = (
    Row("external_id", "path", "id"),
    Row("status", "constant", "confirmed", "choice"),
    Row("arrival", "constant", "2026-12-01", "date"),
    Row("departure", "constant", "2026-12-02", "date"),
    Row("guest_name", "path", "guest.name"),
)


async def test_what_changes_over_there_is_here_soon_after_the_call(world: World) -> None:
    system, servers = Rest(60, "offset"), WebServers()
    url = await servers.start(system.handle)
    source, flow = await asyncio.to_thread(set_up, world, url)
    with served(api.app.create(base_url="http://adjoin.test")) as host:
        address = hooks.reveal(world.maya, source, PASSWORD)
        system.hook = address.replace("http://adjoin.test", f"http://{host}")
        async with running():
            await until(lambda: len(flows.records()) == 60)
            await until(lambda: integration_pages.read(world.maya, flow).row.running is None)
            asked = len(system.asked)
            assert await system.change(7, "Ada Lovelace") == 200
            await until(lambda: flows.records()["stay-00007"].guest_name == "Ada Lovelace")
            await until(lambda: integration_pages.read(world.maya, flow).row.running is None)
            assert await system.change(7, "Ada Lovelace") == 200, "told again, and known"
    await servers.stop()
    assert not jobs.is_running()
    newest, first = run_pages.of_integration(world.maya, flow)
    assert (newest.trigger, newest.status, newest.counts.read) == ("webhook", "succeeded", 1)
    assert first.counts.created == 60
    assert all("changed_since" in each for each in system.asked[asked:])
    assert system.complaints == []


def set_up(world: World, url: str) -> tuple[str, str]:
    """Let Maya bring reservations in from `url` whenever it calls; return source and flow."""
    opens = authorizations.add(
        world.maya, world.hotel, authorizations.Draft("rest", "bearer", TOKEN, url)
    )
    settings = {**PATHS, **EVERYWHERE, **STYLES["offset"]}
    source = sources.add(world.maya, world.hotel, sources.Draft("rest", "API", opens, "", settings))
    transfer = transfers.add(world.maya, source, "reservations")
    transfers.sample(world.maya, transfer)
    mappings.save(world.maya, transfer, MAPPING, expected_version=0)
    transfers.activate(world.maya, transfer)
    wanted = {"reservations": ("created", "updated")}
    flow = flows.draft(world, source, schedule=CALLED, wanted=wanted)
    integrations.activate(world.maya, flow)
    return source, flow
