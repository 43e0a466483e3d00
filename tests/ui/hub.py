"""What the tests of the Developer Hub share: its people, its pages, its dialogs."""

from nicegui import ElementFilter, ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from tests.ui.conftest import Person
from ui.components.button import Button
from ui.components.steps import Steps

DEE, FINN = "dee@d3x.example", "finn@freeguides.example"
MAYA, CHARLIE = "maya@harbour.example", "charlie@alpine.example"


async def visit(person: Person, path: str, sees: str, email: str = DEE) -> User:
    """Sign somebody in, open a page and wait until it says what it should."""
    user = await person(email)
    await user.open(path)
    await user.should_see(sees)
    return user


async def finds_nothing(person: Person, path: str, email: str) -> None:
    """Hold that a page isn't there for somebody."""
    await visit(person, path, "There is no such page", email)


def confirm(user: User, label: str) -> None:
    """Press the button with that label in the dialog."""
    with user:
        buttons = [
            one for one in ElementFilter(kind=Button).within(kind=ui.dialog) if one.text == label
        ]
    assert buttons, f"there is no button called {label!r} in the dialog"
    UserInteraction(user, {buttons[-1]}, None).trigger("click", None)


def page_words(user: User) -> str:
    """Return everything that the page holds, props too, as one text."""
    with user:
        found = list(ElementFilter(only_visible=False))
    return " ".join(
        f"{element.props} {element._displayed_contents(only_visible=False)}" for element in found
    )


def order(user: User, *words: str) -> list[str]:
    """Return `words` in the order in which the page says them; what it doesn't say is left out."""
    said = page_words(user)
    return sorted((word for word in words if word in said), key=said.index)


def steps(user: User) -> dict[str, str]:
    """Return the steps of the page with the state of each."""
    with user:
        (drawn,) = ElementFilter(kind=Steps)
    return {item["title"]: item["state"] for item in drawn.props["items"]}
