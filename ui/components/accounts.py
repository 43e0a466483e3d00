"""Accounts to try: one press signs in, for demos only."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

# Somebody to be for a while: name, email, password, and role ("Manager, Harbour Hotel").
Account = Mapping[str, str]


class Accounts(ui.element, component="accounts.js"):
    """A list of small forms, each posting one account to `action`."""

    def __init__(self, action: str, accounts: Sequence[Account], next_path: str = "/") -> None:
        super().__init__()
        self._props.update({"action": action, "accounts": list(accounts), "next": next_path})

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [account[key] for account in self._props["accounts"] for key in ("name", "role")]
