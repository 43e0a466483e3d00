"""What a partner's program has received and knows, kept in a file of its own."""

import json
import os
import re
import threading
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

KEPT = 100  # receipts; older ones are forgotten
# 24 to 64 bytes in base64, as Standard Webhooks 1.0.0 asks for.
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,86}={0,2}")


@dataclass
class Receipt:
    """One call at the webhook address. `repeats` counts further deliveries of the same id."""

    at: str
    id: str
    event: str
    hotel: str
    verified: bool
    words: str
    repeats: int = 0


@dataclass
class Known:
    """One connection, as the events told it. `note` is what the partner did about it."""

    id: str
    hotel: str
    app: str
    status: str
    as_of: str
    token: str = ""
    note: str = ""

    @property
    def masked_token(self) -> str:
        return f"{self.token[4:8]}…{self.token[-4:]}" if self.token else "none"


@dataclass
class Inbox:
    """The memory of one program; every change is on the disk before it is answered."""

    folder: Path
    name: str
    receipts: list[Receipt] = field(default_factory=list)  # newest first
    known: dict[str, Known] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def load(cls, folder: Path, name: str) -> "Inbox":
        """Return the memory of the last run, or an empty one."""
        inbox = cls(folder, name)
        if inbox._file.exists():
            kept = json.loads(inbox._file.read_text("utf-8"))
            inbox.receipts = [Receipt(**row) for row in kept["receipts"]]
            inbox.known = {row["id"]: Known(**row) for row in kept["known"]}
        return inbox

    @property
    def secret(self) -> str:
        return self._secret_file.read_text().strip()

    def change_secret(self, secret: str) -> None:
        """Use another signing secret from now on. Raises ValueError when it cannot be one."""
        if not _SECRET.fullmatch(secret):
            raise ValueError("not a signing secret")
        write_private(self._secret_file, secret)

    def take(self, headers: dict[str, str], body: bytes) -> dict[str, Any] | None:
        """Verify and remember one call; return its event when it is new and truly Adjoin's.

        Raises WebhookVerificationError for a forged, garbled or late one, which is remembered too.
        """
        message_id = headers.get("webhook-id", "")[:80]
        with self._lock:
            try:
                event = verified(self.secret, headers, body)
            except WebhookVerificationError as fault:
                self._note(Receipt(_now(), message_id, "", "", False, str(fault)))
                raise
            for receipt in self.receipts:
                if receipt.verified and receipt.id == message_id:
                    receipt.repeats += 1
                    self.save()
                    return None
            hotel = event["data"]["connection"]["property"]["name"]
            self._note(Receipt(_now(), message_id, event["type"], hotel, True, ""))
            self._learn(event)
            self.save()
            return event

    def note(self, connection_id: str, words: str) -> None:
        """Keep what the partner did about a connection."""
        with self._lock:
            self.known[connection_id].note = words
            self.save()

    def save(self) -> None:
        kept = {
            "receipts": [asdict(receipt) for receipt in self.receipts],
            "known": [asdict(known) for known in self.known.values()],
        }
        write_private(self._file, json.dumps(kept, ensure_ascii=False))

    def _learn(self, event: dict[str, Any]) -> None:
        """Update a connection; an older event that arrives late changes nothing."""
        data, about = event["data"], event["data"]["connection"]
        if event["type"] == "endpoint.test":
            return
        known = self.known.get(about["id"])
        if known is None:
            known = Known(about["id"], about["property"]["name"], about["app"], "", "")
            self.known[known.id] = known
        if _moment(event["timestamp"]) < _moment(known.as_of or event["timestamp"]):
            return
        known.status, known.as_of = about["status"], event["timestamp"]
        if known.status in ("rejected", "disconnected"):
            known.token = known.note = ""
        known.token = data.get("access_token", known.token)

    def _note(self, receipt: Receipt) -> None:
        self.receipts = [receipt, *self.receipts][:KEPT]
        self.save()

    @property
    def _file(self) -> Path:
        return self.folder / f"{self.name}.json"

    @property
    def _secret_file(self) -> Path:
        return self.folder / f"{self.name}.secret"


def verified(secret: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """Return the event of a call that is truly Adjoin's, by the library `standardwebhooks`.

    Raises WebhookVerificationError for anything else.
    """
    try:
        event = Webhook(secret).verify(body, headers)
        connection = event["data"]["connection"]
        texts = [event["type"], event["timestamp"], connection["id"], connection["status"]]
        texts += [connection["app"], connection["property"]["name"]]
        _moment(event["timestamp"])
    except (ValueError, KeyError, TypeError) as fault:
        raise WebhookVerificationError("Not an event that we understand") from fault
    if not all(isinstance(text, str) for text in texts):
        raise WebhookVerificationError("Not an event that we understand")
    return dict(event)


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner only."""
    draft = path.with_suffix(path.suffix + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    draft.replace(path)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
