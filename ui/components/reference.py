"""The reference of an API: every request that it takes, drawn from its OpenAPI description."""

from nicegui import ui


class Reference(ui.element, component="reference.js"):
    """Reads the description at an address of ours and draws it in the browser."""


def reference(address: str) -> Reference:
    """Show the API that the OpenAPI document at `address` describes."""
    shown = Reference()
    shown.props["address"] = address
    return shown
