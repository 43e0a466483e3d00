"""Puts the API together: its routes, its failures, and what stands around every request."""

from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api import (
    connection,
    connections,
    deliveries,
    escalations,
    health,
    hooks,
    mappings,
    problems,
    records,
    replies,
    webhook_endpoints,
)
from api.headers import Headers
from api.idempotency import Idempotency, described
from api.limits import Limits
from api.notes import Naming
from api.origins import Origins
from api.pace import Pace
from api.paths import PREFIX, is_api
from api.requests import Requests
from domain.pace import USUAL, Limit
from domain.types_of_data import ALL

VERSION = "1"
DESCRIPTION = f"{PREFIX}/v1/openapi.json"  # where programs find it
# What programs ask for most comes first, so that it is found first.
ROUTERS = tuple(
    each.router
    for each in (
        records,
        connection,
        connections,
        webhook_endpoints,
        deliveries,
        mappings,
        escalations,
    )
)
# In which people read about it.
ORDER = (
    *("connection", "connections", "webhook-endpoints", "deliveries"),
    *("property", *ALL, "mappings", "escalations"),
)


def create(*, base_url: str, limit: Limit = USUAL) -> FastAPI:
    """Return the application with the API and the health checks, for pages to be mounted on.

    `base_url` is the address under which everybody reaches us, without a slash at its end; `limit`
    is how often a program may call. What stands around requests is pure ASGI, so websockets and
    streams of the pages pass unhindered.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(health.router)
    app.include_router(hooks.router)
    app.include_router(replies.router)
    named = Naming(_api(base_url, limit), ROUTERS)
    app.add_middleware(Doorway, api=OneSpelling(named))
    # The last one added is the outermost, so that every answer has the headers.
    for around in (Limits, Origins, Requests, Headers):
        app.add_middleware(around, base_url=base_url)
    return app


class Doorway:
    """Leads whatever is under /api to the API at once: half a hundred routes of pages, and all that
    stands around them, have nothing to do with it."""

    def __init__(self, app: ASGIApp, *, api: ASGIApp) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not is_api(scope["path"]):
            await self._app(scope, receive, send)
            return
        # As a mounted application is told where it stands.
        await self._api({**scope, "root_path": PREFIX}, receive, send)


class OneSpelling:
    """Takes a slash at the end of a path for none, so that no POST is lost to a redirect."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.endswith("/"):
            scope = {**scope, "path": path.rstrip("/")}
        await self._app(scope, receive, send)


class _Api(FastAPI):
    """Describes with each operation what `Idempotency` takes around all of them."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = described(super().openapi())
        return self.openapi_schema


def _api(base_url: str, limit: Limit) -> FastAPI:
    """Return the API proper, an application of its own: whatever is under /api is its to answer."""
    api = _Api(
        title="Adjoin",
        summary="For the programs of partners.",
        version=VERSION,
        openapi_url="/v1/openapi.json",
        openapi_tags=[{"name": name} for name in ORDER],
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        servers=[{"url": f"{base_url}{PREFIX}"}],
        root_path_in_servers=False,
        generate_unique_id_function=lambda route: f"{route.tags[0]}.{route.name}",
    )
    for router in ROUTERS:
        api.include_router(router)
    problems.install(api, base_url=base_url)
    api.add_middleware(Idempotency, base_url=base_url)
    api.add_middleware(Pace, base_url=base_url, limit=limit)
    return api
