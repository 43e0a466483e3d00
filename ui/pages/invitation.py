"""An invitation: who is let in by whom, where and as what, and the form that accepts it."""

from fastapi import Request
from nicegui import ui

from domain import invitations, passwords
from domain.invitations import Open
from domain.refusals import Refusal
from ui import session
from ui.ask import load
from ui.components.button import button
from ui.components.card import facts
from ui.components.front import FormField, front, front_form
from ui.components.text import text
from ui.roles import ROLES


def install() -> None:
    """Register the page."""
    ui.page("/invitation/{secret}", title="Invitation · Adjoin")(page)


async def page(request: Request, secret: str) -> None:
    try:
        invitation = await load(invitations.read, secret)
    except Refusal as refusal:
        _draw_closed(refusal)
        return
    visitor = await session.visitor()
    with front(
        f"Come in to {invitation.place}",
        f"{invitation.invited_by} invites you to Adjoin, the integrations portal.",
    ):
        _draw_facts(invitation)
        if visitor is not None and visitor.email != invitation.email:
            text(
                f"You are signed in as {visitor.email}. Accepting signs you in as "
                f"{invitation.email} instead.",
                classes="muted small",
            )
        front_form(
            "/auth/invitation",
            _fields(invitation, session.typed(request)),
            f"Join {invitation.place}",
            hidden={"secret": secret},
            error=session.complaint(request),
        )


def _draw_closed(refusal: Refusal) -> None:
    with front("This door is closed", refusal.message):
        text("If you accepted it before, simply sign in.", classes="muted")
        button("Go to sign in", href="/sign-in", kind="primary", icon="log-in")


def _draw_facts(invitation: Open) -> None:
    role = ROLES[invitation.role]
    facts([("As", role.title), ("You can", role.explanation)])


def _fields(invitation: Open, typed: dict[str, str]) -> list[FormField]:
    email: FormField = {
        "name": "email",
        "label": "E-mail address",
        "type": "email",
        "autocomplete": "username",
        "value": invitation.email,
        "readonly": True,
    }
    password: FormField = {
        "name": "password",
        "label": "Password",
        "type": "password",
        "autocomplete": "new-password",
        "hint": f"Choose one of at least {passwords.MIN_LENGTH} characters.",
    }
    if invitation.has_account:
        password["autocomplete"] = "current-password"
        password["hint"] = "You have an account with this address already: give its password."
        return [email, password]
    name: FormField = {
        "name": "name",
        "label": "Your name",
        "autocomplete": "name",
        "value": typed.get("name", ""),
    }
    return [email, name, password]
