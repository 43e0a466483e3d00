"""What is noted of a request while it is answered, by whoever learns it, for the logs."""

import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fastapi import APIRouter
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from api.paths import PREFIX


class Whose(NamedTuple):
    """Whose request it is: a connection's, with its property, or that of a partner as a whole,
    about one of its connections or none."""

    connection_id: str | None = None
    partner_id: str | None = None
    property_id: str | None = None

    @property
    def itself(self) -> "Whose":
        """Whose the program is, without the connection that a partner key has asked for."""
        return self if self.property_id else Whose(partner_id=self.partner_id)


NOBODYS = Whose()


@dataclass
class Note:
    """What was asked, taken down before anybody rewrites the path, and what came of it so far.

    `endpoint` is as in the description of the API, `code` that of the problem in the answer.
    `is_kept` says whether the request belongs into the request log.
    """

    method: str
    path: str
    began: float = field(default_factory=time.perf_counter)
    status: int | None = None
    endpoint: str = ""
    code: str = ""
    whose: Whose = NOBODYS
    is_kept: bool = True


current: ContextVar[Note | None] = ContextVar("note", default=None)


def note(**values: Any) -> None:
    """Note some of `Note`'s values of the request that is answered just now, if there is one."""
    noted = current.get()
    if noted is not None:
        for name, value in values.items():
            setattr(noted, name, value)


class Naming:
    """Pure ASGI, around the API: notes which of its endpoints a request was for."""

    def __init__(self, app: ASGIApp, routers: Iterable[APIRouter]) -> None:
        self._app = app
        paths = (route.path for router in routers for route in router.routes)  # type: ignore[attr-defined]
        # Those without a variable part come first.
        ordered = sorted(dict.fromkeys(paths), key=lambda path: "{" in path)
        self._patterns = [(compile_path(path)[0], path) for path in ordered]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"].removeprefix(PREFIX)
        try:
            await self._app(scope, receive, send)
        finally:
            note(endpoint=self._named(path))

    def _named(self, path: str) -> str:
        return next((name for pattern, name in self._patterns if pattern.fullmatch(path)), "")
