"""Whom to ask about an app: its partner for integrated apps, the platform for core ones."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from domain.catalogue import Contact
from ui.components.copy import copy
from ui.components.icon import icon
from ui.components.link import link, mail_link, phone_link
from ui.components.text import text


def draw_contact(contact: Contact | None, developer: str) -> None:
    """Show who answers questions about an app made by `developer`, and how to reach them."""
    if contact is None:
        text("The platform’s own team made this app. Ask an operator of the platform about it.")
        return
    text(f"{developer} answers first, and passes on to the platform what they cannot solve.")
    draw_ways(contact)


def draw_ways(contact: Contact) -> None:
    """Show how to reach somebody: what is clicked writes or calls, and can be copied."""
    with ui.element("ul").classes("contact"):
        if contact.name:
            _line("user-round", lambda: text(contact.name, "span"))
        if contact.email:
            _line("mail", lambda: mail_link(contact.email), contact.email)
        if contact.phone:
            _line("phone", lambda: phone_link(contact.phone), contact.phone)
        if contact.website:
            _line("globe", lambda: link(_without_scheme(contact.website), contact.website))


def _line(icon_name: str, draw: Callable[[], Any], to_copy: str = "") -> None:
    with ui.element("li"):
        icon(icon_name, 16)
        draw()
        if to_copy:
            copy(to_copy)


def _without_scheme(address: str) -> str:
    return address.removeprefix("https://").removeprefix("http://").rstrip("/")
