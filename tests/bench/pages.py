"""What 200 open pages cost while nobody touches them: memory, and processor of the idle server.

The pages are opened as a browser does, by the GET and the socket that belongs to it, but drawn by
nobody, so that only the server is measured.
"""

import asyncio
import re
import sys
import tempfile
from pathlib import Path
from uuid import uuid4

import httpx
import socketio

from tests.bench import table
from tests.bench.notifications import PASSWORD
from tests.bench.server import MANAGER, Server, running

APPS = 60
WATCHED = 30  # seconds


async def sign_in(server: Server) -> httpx.AsyncClient:
    browser = httpx.AsyncClient(base_url=server.address, timeout=30)
    form = {"email": MANAGER, "password": PASSWORD}
    await browser.post("/auth/sign-in", data=form, headers={"Origin": server.address})
    return browser


async def open_page(browser: httpx.AsyncClient, path: str = "/apps") -> socketio.AsyncClient:
    """Open a page and keep it open; returns its socket."""
    return await follow(browser, await browser.get(path))


async def follow(browser: httpx.AsyncClient, answer: httpx.Response) -> socketio.AsyncClient:
    """Open the socket that belongs to the page of an answer, as its browser does."""
    found = re.search(r"'client_id': '([0-9a-f-]+)'", answer.text)
    assert found, "this is no page"
    query = f"client_id={found[1]}&tab_id={uuid4()}&document_id={uuid4()}&next_message_id=0"
    socket = socketio.AsyncClient()
    here = str(browser.base_url).rstrip("/")
    await socket.connect(
        f"{here}?{query}&implicit_handshake=true",
        headers={"Origin": here},
        transports=["websocket"],
        socketio_path="/_nicegui_ws/socket.io",
    )
    return socket


async def idle(server: Server) -> float:
    """Return the share of one core that the server uses while nothing happens, in percent."""
    before = server.cpu()
    await asyncio.sleep(WATCHED)
    return 100 * (server.cpu() - before) / WATCHED


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder, running(APPS, Path(folder)) as server:
        browser = await sign_in(server)
        sockets = [await open_page(browser) for _ in range(5)]
        await asyncio.sleep(5)
        rows = [("5 pages", server.megabytes(), await idle(server))]
        sockets += [await open_page(browser) for _ in range(count - 5)]
        await asyncio.sleep(5)
        rows.append((f"{count} pages", server.megabytes(), await idle(server)))
        assert all(socket.connected for socket in sockets)
        for socket in sockets:
            await socket.disconnect()
        await browser.aclose()
    (_, first, _), (_, last, _) = rows
    rows.append((f"the {count - 5} more", last - first, rows[1][2] - rows[0][2]))
    table.show("Pages open, nobody touches them", ("open", "memory MB", "idle CPU %"), rows)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
