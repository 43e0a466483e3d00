"""Long lists as props without the cost of watching every row."""

from typing import Any

from nicegui import ui


def keep(element: ui.element, **props: Any) -> None:
    """Set props as they are.

    NiceGUI wraps every nested dictionary to notice changes, which takes longer than sending the
    page when there are thousands. Kept values may be changed in place: a patch changes the row
    here, for whoever loads or redraws later, and tells the browser with one small message.
    """
    for name, value in props.items():
        dict.__setitem__(element.props, name, value)
