"""What an app may read and change, in words, each with the icon of its type of data."""

from collections.abc import Sequence

from nicegui import ui

from domain.drafts import Permission
from ui.components.icon import icon
from ui.components.text import text

_ICONS = {
    "reservations": "calendar-days",
    "guests": "user-round",
    "spaces": "bed-double",
    "rates": "tag",
    "products": "concierge-bell",
    "orders": "receipt",
    "accounting": "wallet",
}


def draw_permissions(permissions: Sequence[Permission]) -> None:
    """Show the permissions that an app asks for; what it changes is marked with a word."""
    if not permissions:
        text("It asks for no data of this property.", classes="muted")
        return
    with ui.element("ul").classes("permissions"):
        for permission in sorted(permissions, key=_writes):
            with ui.element("li"):
                icon(_ICONS.get(permission.name.partition(":")[0], "database"), 17)
                text(permission.words, "span", "grow")
                if _writes(permission):
                    text("changes data", "span", "badge").props('data-tone="warn"')


def _writes(permission: Permission) -> bool:
    return permission.name.endswith(":write")
