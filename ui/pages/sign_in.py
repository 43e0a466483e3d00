"""Sign in."""

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse
from nicegui import ui

from domain import setup
from ui import session
from ui.ask import load
from ui.components.accounts import Account, Accounts
from ui.components.front import front, front_form

ACTION = "/auth/sign-in"
_LEAD = "Sign in to see your connections, or the requests that wait."
_ENDED = "You were signed out. Sign in again to go on."


def install(accounts: Sequence[Account] = ()) -> None:
    """Register the page; `accounts` are those that a demo lets everybody try."""

    async def page(request: Request) -> Any:
        wanted = session.safe_path(request.query_params.get("next"))
        if await session.visitor() is not None:
            return RedirectResponse(wanted, 303)
        if await load(setup.is_needed):
            return RedirectResponse("/setup", 303)
        _draw(request, wanted, accounts)
        return None

    ui.page("/sign-in", title="Sign in · Adjoin")(page)


def _draw(request: Request, wanted: str, accounts: Sequence[Account]) -> None:
    with front("Welcome back", _ENDED if "ended" in request.query_params else _LEAD):
        front_form(
            ACTION,
            [
                {
                    "name": "email",
                    "label": "E-mail address",
                    "type": "email",
                    "autocomplete": "username",
                    "value": session.typed(request).get("email", ""),
                },
                {
                    "name": "password",
                    "label": "Password",
                    "type": "password",
                    "autocomplete": "current-password",
                },
            ],
            "Sign in",
            hidden={"next": wanted},
            error=session.complaint(request),
        )
        if accounts:
            Accounts(ACTION, accounts, wanted)
