"""Access: who may call what, and what everybody else is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from nicegui import ui

from ui.components.card import card, facts
from ui.components.guide import guide
from ui.components.text import text

OPENS = ""


@dataclass(frozen=True)
class Door:
    """Operations that the same callers may call.

    answers: who gets a code, in plain words; those who get in stand under OPENS.
    """

    title: str
    meaning: str
    operations: Sequence[str]
    answers: Mapping[str, Sequence[str]]


def draw(doors: Sequence[Door]) -> None:
    """Show all of them."""
    lead = "Who may call what. Whoever gets in finds only what is its own."
    with guide("/help/access", "Access", lead):
        for door in doors:
            with card(door.title, door.meaning):
                for operation in door.operations:
                    text(operation, "code").style("display: block")
                facts([(_words(code), partial(_draw, code, door)) for code in door.answers])


def _words(code: str) -> str:
    return code or "Gets in"


def _draw(code: str, door: Door) -> None:
    for caller in door.answers[code]:
        text(caller)
    if code:
        with ui.element("a") as link:
            link.props["href"] = f"/help/errors/{code}"
            text("What this code means", "span")
