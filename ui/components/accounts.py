"""Accounts to try: one press signs in, for demos only."""

from collections.abc import Sequence
from typing import Any, TypedDict

from nicegui import ui


class Account(TypedDict):
    """Somebody to be for a while; `role` says where they stand: "Manager, Harbour Hotel"."""

    name: str
    email: str
    role: str
    password: str


class Accounts(ui.element, component="accounts.js"):
    """A list of small forms, each posting one account to `action`."""

    def __init__(self, action: str, accounts: Sequence[Account], next_path: str = "/") -> None:
        super().__init__()
        self._props.update({"action": action, "accounts": list(accounts), "next": next_path})

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        return [account[key] for account in self._props["accounts"] for key in ("name", "role")]
