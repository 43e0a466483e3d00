"""The pages that explain the API to the people who write partners' programs."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from ui.pages.guide import access, errors, events, reference, start


@dataclass(frozen=True)
class Guide:
    """What the API says of itself.

    address: of the portal, as programs reach it. description: the path of the OpenAPI document.
    errors: every failure with its code, and doors: who may call what, in the order in which they
    are shown.
    """

    address: str
    description: str
    errors: Sequence[errors.Explained]
    doors: Sequence[access.Door] = ()


def install(told: Guide) -> None:
    """Register the pages. They know nobody and show nobody's data."""
    explained = {each.code: each for each in told.errors}

    ui.page("/help", title="Quick start · Adjoin API")(lambda: start.draw(told.address))
    ui.page("/help/reference", title="Reference · Adjoin API")(
        lambda: reference.draw(told.description)
    )
    ui.page("/help/access", title="Access · Adjoin API")(lambda: access.draw(told.doors))
    ui.page("/help/events", title="Events · Adjoin API")(events.draw)
    ui.page("/help/errors", title="Errors · Adjoin API")(lambda: errors.draw(told.errors))

    @ui.page("/help/errors/{code}", title="Error · Adjoin API")
    def one_error(code: str) -> None:
        errors.draw_one(code, explained.get(code))
