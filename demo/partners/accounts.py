"""The accounts at the stand-in for the hotel systems, and the credentials that open them."""

import hashlib
import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from demo.partners.inbox import write_private


@dataclass
class Account:
    """One hotel's account at one system. `issue` counts the credentials it has been given."""

    system: str  # mews, cloudbeds, apaleo, boathouse
    id: str
    name: str
    issue: int = 1
    revoked: bool = False

    @property
    def credentials(self) -> dict[str, str]:
        """The credentials of the last issue, by the names that each system gives them."""
        one, two = _hex(self, "one"), _hex(self, "two")
        if self.system == "mews":
            return {"client_token": _CLIENT, "access_token": f"{one[:32]}-{two[:31]}"}
        if self.system == "cloudbeds":
            return {"api_key": f"cbat_{one[:32].lower()}"}
        if self.system == "boathouse":
            return {"header": "X-Api-Key", "key": f"bh_{one[:28].lower()}"}
        return {"client_id": f"{one[:4]}-ADJOIN-{self.issue}", "client_secret": two[:30]}


def _hex(account: Account, part: str) -> str:
    text = f"{account.system} {account.id} {account.issue} {part}"
    return hashlib.sha256(text.encode()).hexdigest().upper()


_CLIENT = "0F2B8C4D6E8A4B1C9D7E5F3A1B2C4D6E-A1B3C5D7E9F1A2B4C6D8E0F2A3B5C7D"
_FIRST = (
    ("mews", "a1f0c2d4-0001-4b7e-9a55-7c1d2e3f4a01", "Harbour Hotel"),
    ("mews", "a1f0c2d4-0002-4b7e-9a55-7c1d2e3f4a02", "Alpine Lodge"),
    ("mews", "a1f0c2d4-0003-4b7e-9a55-7c1d2e3f4a03", "City Suites"),
    ("cloudbeds", "318402", "Harbour Hotel"),
    ("cloudbeds", "318455", "Alpine Lodge"),
    ("cloudbeds", "318467", "City Suites"),
    ("apaleo", "HRB", "Harbour Hotel"),
    ("apaleo", "ALP", "Alpine Lodge"),
    ("apaleo", "CTS", "City Suites"),
    ("boathouse", "BH-1", "Harbour Hotel"),
)


class Ledger:
    """All accounts, kept in a file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "vendors.json"
        self._lock = threading.Lock()
        self.accounts = _first()
        if self._file.exists():
            self.accounts = [Account(**row) for row in json.loads(self._file.read_text())]

    def find(self, system: str, given: dict[str, str]) -> Account | None:
        """Return the account that these credentials open now."""
        for account in self.accounts:
            is_open = not account.revoked and account.system == system
            if is_open and account.credentials == given:
                return account
        return None

    def revoke(self, system: str, account_id: str) -> None:
        self._change(system, account_id, revoked=True)

    def issue(self, system: str, account_id: str) -> None:
        """Give an account new credentials; the old ones stop."""
        self._change(system, account_id, revoked=False)

    def reset(self) -> None:
        """Put every account back to its first credentials."""
        with self._lock:
            self.accounts = _first()
            self._save()

    def _change(self, system: str, account_id: str, *, revoked: bool) -> None:
        with self._lock:
            for account in self.accounts:
                if (account.system, account.id) == (system, account_id):
                    account.revoked = revoked
                    account.issue += 0 if revoked else 1
            self._save()

    def _save(self) -> None:
        write_private(self._file, json.dumps([asdict(account) for account in self.accounts]))


def _first() -> list[Account]:
    return [Account(*row) for row in _FIRST]
