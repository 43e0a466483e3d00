"""What a person's hands do with a page of ours: fill a field, press a button, act on a row."""

from typing import Any

from nicegui import ElementFilter
from nicegui.element import Element
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from tests.ui.patience import until
from ui.components.button import Button
from ui.components.field import Field
from ui.components.listing import Listing
from ui.components.recordtable import RecordTable


async def go(user: User, path: str) -> None:
    """Open a page and wait until it is drawn."""
    await user.open(path)
    await until(lambda: _is_drawn(user))


def _is_drawn(user: User) -> bool:
    with user:
        return any(element.visible for element in ElementFilter(marker="page"))


def field(user: User, label: str) -> Any:
    """Return the visible field with that label."""
    with user:
        found = [
            element
            for element in ElementFilter(kind=Field)
            if element.props.get("label") == label and element.visible
        ]
    assert found, f"there is no field called {label!r}"
    return found[-1]


def fill(user: User, label: str, value: Any) -> None:
    """Write into a field, or choose in it."""
    element = field(user, label)
    with user:
        element.value = value


def complaint(user: User, label: str) -> str | None:
    """Return the sentence below a field that says what to correct."""
    return field(user, label).props.get("error-message")


def press(user: User, label: str) -> None:
    """Press the button with that label; of several, the one that came last."""
    _trigger(user, button(user, label), "click")


def button(user: User, label: str) -> Button:
    """Return the visible button with that label."""
    with user:
        found = [one for one in ElementFilter(kind=Button) if one.text == label and one.visible]
    assert found, f"there is no button called {label!r}"
    return found[-1]


def labels(user: User) -> set[str]:
    """Return the labels of all buttons of a page, those in its rows too."""
    with user:
        words = {one.text for one in ElementFilter(kind=Button) if one.visible}
        for listing in ElementFilter(kind=Listing):
            for row in listing._rows.values():
                words |= {action["label"] for action in row.get("do") or ()}
    return words


def rows(user: User, label: str) -> list[dict[str, Any]]:
    """Return the rows of the listing with that name."""
    return list(listing(user, label)._rows.values())


def table_rows(user: User) -> list[dict[str, Any]]:
    """Return the rows of the page's table, as far as they are on this page of it."""
    return table(user).sheet["rows"]


def table(user: User) -> RecordTable:
    with user:
        return next(iter(ElementFilter(kind=RecordTable)))


def search(user: User, text: str) -> None:
    """Type into the search box of the page's table."""
    _trigger(user, table(user), "search", text)


def listing(user: User, label: str) -> Listing:
    with user:
        return next(one for one in ElementFilter(kind=Listing) if one.props["label"] == label)


def act(user: User, label: str, row_id: str, action: str) -> None:
    """Press a button in a row of the listing with that name."""
    _trigger(user, listing(user, label), "act", {"row": row_id, "action": action})


def _trigger(user: User, element: Element, event: str, args: Any = None) -> None:
    UserInteraction(user, {element}, None).trigger(event, args)
