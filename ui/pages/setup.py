"""Set up: the first visitor becomes the first operator, with the code from the terminal."""

from fastapi import Request
from nicegui import ui

from domain import passwords, setup
from ui import session
from ui.ask import load
from ui.components.button import button
from ui.components.front import front, front_form


def install() -> None:
    """Register the page."""
    ui.page("/setup", title="Set up · Adjoin")(page)


async def page(request: Request) -> None:
    if await load(setup.is_needed):
        _draw_form(request)
    else:
        _draw_done()


def _draw_form(request: Request) -> None:
    typed = session.typed(request)
    with front(
        "Open the house",
        "You become the first operator: you add properties, partners and apps, and let people in.",
    ):
        front_form(
            "/auth/setup",
            [
                {
                    "name": "code",
                    "label": "Setup code",
                    "autocomplete": "one-time-code",
                    "hint": "The terminal in which Adjoin was started shows it.",
                    "value": typed.get("code", ""),
                },
                {
                    "name": "name",
                    "label": "Your name",
                    "autocomplete": "name",
                    "value": typed.get("name", ""),
                },
                {
                    "name": "email",
                    "label": "E-mail address",
                    "type": "email",
                    "autocomplete": "username",
                    "value": typed.get("email", ""),
                },
                {
                    "name": "password",
                    "label": "Password",
                    "type": "password",
                    "autocomplete": "new-password",
                    "hint": f"At least {passwords.MIN_LENGTH} characters.",
                },
            ],
            "Create the operator account",
            error=session.complaint(request),
        )


def _draw_done() -> None:
    with front(
        "Adjoin is set up",
        "There is an operator already, so the setup code is void. Operators let in everybody else.",
    ):
        button("Go to sign in", href="/sign-in", kind="primary", icon="log-in")
