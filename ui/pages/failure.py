"""The page for a page that could not be made: that it is our fault, and what to tell us."""

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from nicegui import Client, app
from nicegui.page import page

import logs
from ui.components.button import button
from ui.components.front import front


def install() -> None:
    """Take the place of the framework's own pages, which show what an exception says.

    The exception goes on to whoever stands around the request, and is logged there.
    """
    app.exception_handler(Exception)(_failed)
    app.exception_handler(404)(_nothing)


async def _failed(request: Request, _: Exception) -> Response:
    with Client(page("", title="Adjoin"), request=request) as client:
        with front("Something went wrong on our side", _sentence(logs.request_id.get())):
            button("Try again", href="/", kind="primary", icon="rotate-cw")
        return client.build_response(request, 500)


def _sentence(request_id: str) -> str:
    sentence = "Please try again in a moment."
    if request_id:
        sentence += f" If it stays, tell whoever runs this portal the request id {request_id}."
    return sentence


async def _nothing(_: Request, __: Exception) -> Response:
    return PlainTextResponse("There is nothing at this address.", 404)
