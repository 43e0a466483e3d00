"""Calls Adjoin when something has changed in the hotel, as the General Webhooks of Mews do.

Shape as in docs.mews.com; Adjoin's address for calls is a secret, and so its file is private.
"""

import contextlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from demo.partners.hotel.life import Hotel
from demo.partners.inbox import write_private

SECONDS = 5.0  # for Adjoin to answer; whatever is missed is found by its next run anyway
_INTEGRATION = "b2c3d4e5-0001-4b7e-9a55-7c1d2e3f4a99"


class Caller:
    """Speaks for one account at Mews, once it was told where to call."""

    def __init__(self, folder: Path, portal: str, account: str) -> None:
        self._file = folder / "calls.json"
        self._portal, self._account = portal, account
        self._path = json.loads(self._file.read_text()) if self._file.exists() else ""

    def call_at(self, path: str) -> None:
        """Call at this path of Adjoin from now on: its address may change, the path does not."""
        self._path = path
        write_private(self._file, json.dumps(path))

    def tell(self, hotel: Hotel) -> None:
        """Call because of what has changed last; nobody waits for the answer."""
        if self._path and hotel.changed:
            body = json.dumps(called(self._account, hotel.changed)).encode()
            threading.Thread(target=self._post, args=(body,), daemon=True).start()

    def _post(self, body: bytes) -> None:
        request = urllib.request.Request(  # noqa: S310 - Adjoin's own address, on this machine
            f"{self._portal}{self._path}", body, {"Content-Type": "application/json"}
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        # Adjoin may be away, or may not want to hear: Mews would try again, we have no need to.
        with contextlib.suppress(urllib.error.URLError, OSError):
            direct.open(request, timeout=SECONDS).close()


def called(account: str, changed: Sequence[str]) -> dict[str, object]:
    """Return the body of a call about some reservations, each once."""
    return {
        "EnterpriseId": account,
        "IntegrationId": _INTEGRATION,
        "Events": [
            {"Discriminator": "ServiceOrderUpdated", "Value": {"Id": each}}
            for each in dict.fromkeys(changed)
        ],
    }
