"""Fixtures: doors, senders and servers, closed again after each test."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.door import Door
from connectors.webhook import Sender
from tests.connectors.receivers import (
    Listener,
    RawServers,
    Serve,
    Talk,
    WebServers,
    certificate_for,
)
from tests.connectors.scenes import missing


def pytest_configure(config: pytest.Config) -> None:
    line = (
        "described(vendor): a test against the vendor's description; left out where it is missing"
    )
    config.addinivalue_line("markers", line)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a description that isn't here; `scenes.names` says so."""
    lacking = missing()
    left_out = [
        item
        for item in items
        if (mark := item.get_closest_marker("described")) and mark.args[0] in lacking
    ]
    items[:] = [item for item in items if item not in left_out]
    if left_out:
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture
def here() -> Door:
    """A door whose operator allowed this machine's own address."""
    return Door(frozenset({"127.0.0.1"}))


@pytest.fixture
async def sender(here: Door) -> AsyncIterator[Sender]:
    sender = Sender(here, timeout=5)
    yield sender
    await sender.close()


@pytest.fixture
async def hasty(here: Door) -> AsyncIterator[Sender]:
    """A sender that waits no longer than 0.4 seconds."""
    sender = Sender(here, timeout=0.4)
    yield sender
    await sender.close()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`url = await serve(handler)` starts a web server."""
    servers = WebServers()
    yield servers.start
    await servers.stop()


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    """`url = await talk(speak)` starts a server that answers with raw bytes."""
    servers = RawServers()
    yield servers.start
    await servers.stop()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    listener = Listener()
    yield listener
    await listener.stop()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For hooks.example, known to nobody: what a server needs, and what a client needs."""
    return certificate_for(tmp_path, "hooks.example")
