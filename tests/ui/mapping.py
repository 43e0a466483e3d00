"""What tests do with the mapping editor and with gears: find them, and send what browsers send."""

from typing import Any

from nicegui import ElementFilter
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from tests.ui.patience import until
from ui.components.mapping import MappingEditor
from ui.components.menu import Menu


def editor(user: User) -> MappingEditor:
    with user:
        return next(iter(ElementFilter(kind=MappingEditor)))


def standing(user: User) -> Any:
    """Return what the editor shows now."""
    return editor(user).props["standing"]


def sources(user: User) -> dict[str, str]:
    """Return where each field that is filled comes from."""
    return {target: row["source"] for target, row in standing(user)["rows"].items()}


def send(user: User, event: str, args: Any = None) -> None:
    """Send what the editor in the browser would send, or what somebody forged."""
    UserInteraction(user, {editor(user)}, None).trigger(event, args)


async def is_done(user: User) -> None:
    """Wait until the editor takes the next wish; one at a time is heard."""
    await until(lambda: not editor(user)._running)


def gear(user: User, label: str) -> Menu:
    with user:
        return next(one for one in ElementFilter(kind=Menu) if one.props["label"] == label)


def offers(user: User, label: str) -> dict[str, str | None]:
    """Return what a gear offers, and why not."""
    return {item["label"]: item.get("why_not") for item in gear(user, label).props["items"]}


def choose(user: User, label: str, key: Any) -> None:
    """Choose in a gear, or forge that."""
    UserInteraction(user, {gear(user, label)}, None).trigger("choose", key)
