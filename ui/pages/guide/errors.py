"""Errors: what each code of a problem means, and who can put it right."""

from collections.abc import Sequence
from dataclasses import dataclass

from ui.components.button import button
from ui.components.card import card, facts
from ui.components.guide import guide
from ui.components.listing import Column, Listing
from ui.components.text import text

OWNERS = {
    "property": "The property: the people of the hotel",
    "partner": "You, the partner",
    "platform": "The platform: whoever runs this portal",
}


@dataclass(frozen=True)
class Explained:
    """One kind of failure. owner: property, partner or platform."""

    code: str
    status: int
    title: str
    advice: str
    owner: str


def draw(errors: Sequence[Explained]) -> None:
    """Show all of them."""
    lead = "Every failure is a problem (RFC 9457) with a code, and leads to its page here."
    with guide("/help/errors", "Errors", lead):
        columns = [
            Column(key="code", label="Code", kind="strong"),
            Column(key="status", label="Status"),
            Column(key="title", label="What it means"),
        ]
        rows = [
            {
                "id": each.code,
                "href": f"/help/errors/{each.code}",
                "code": each.code,
                "status": str(each.status),
                "title": each.title,
            }
            for each in errors
        ]
        Listing(columns, rows, label="Errors", search="Find a code")


def draw_one(code: str, error: Explained | None) -> None:
    """Show one of them, or that there is none of this name."""
    if error is None:
        with guide("/help/errors", "There is no such error", "Compare the code with the list."):
            button("All errors", href="/help/errors", icon="arrow-left")
        return
    with guide("/help/errors", error.title, error.advice):
        with card():
            facts(
                [
                    ("Code", error.code),
                    ("HTTP status", str(error.status)),
                    ("Who can put it right", OWNERS[error.owner]),
                ]
            )
        text(
            "If this does not help, ask for help with the request id of the answer (X-Request-Id).",
            classes="muted",
        )
        button("All errors", href="/help/errors", icon="arrow-left")
