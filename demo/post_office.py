"""The demo's post office: a real SMTP server on this machine that keeps what it is given."""

import mailbox
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo import ports

KEPT = 500  # letters; older ones are thrown away


@dataclass(frozen=True)
class DemoLetter:
    """One letter; `to` are the bare addresses of its readers, in lower case."""

    id: str
    to: tuple[str, ...]
    subject: str
    text: str
    at: datetime


class PostOffice:
    """Takes letters by SMTP, keeps the last 500 in a Maildir, and finds them quickly.

    Thread-safe: the server runs in a thread of its own.
    """

    def __init__(self, data_folder: Path) -> None:
        data_folder.mkdir(parents=True, exist_ok=True)
        self._box = mailbox.Maildir(data_folder / "mail", create=True)
        self._letters = deque(sorted(self._read(), key=lambda letter: (letter.at, letter.id)))
        self._lock = threading.Lock()
        self._server: Controller | None = None

    def start(self) -> str:
        """Open for letters; returns the address for ADJOIN_SMTP_URL."""
        port = ports.free()
        self._server = Controller(self, hostname="127.0.0.1", port=port, ready_timeout=20)
        self._server.start()
        return f"smtp://127.0.0.1:{port}"

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
        self._server = None

    def letters_for(self, addresses: set[str] | None) -> list[DemoLetter]:
        """Return the letters to any of `addresses` (None: to anybody), newest first."""
        wanted = None if addresses is None else {address.lower() for address in addresses}
        with self._lock:
            letters = list(self._letters)
        return [
            letter
            for letter in reversed(letters)
            if wanted is None or not wanted.isdisjoint(letter.to)
        ]

    def put(self, to: str, subject: str, text: str, at: datetime) -> None:
        """Keep a letter as if it had come at `at`: for the past that the demo begins with."""
        message = EmailMessage()
        message["To"], message["Subject"], message["Date"] = to, subject, format_datetime(at)
        message.set_content(text)
        self._keep(message, [to])

    async def handle_DATA(  # noqa: N802 (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take one letter from the SMTP server."""
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self._keep(message, envelope.rcpt_tos)
        return "250 OK: kept"

    def _keep(self, message: EmailMessage, readers: list[str]) -> None:
        del message["X-Readers"]
        message["X-Readers"] = ", ".join(readers)
        with self._lock:
            key = self._box.add(message)
            self._insert(_letter(key, message))
            while len(self._letters) > KEPT:
                self._box.discard(self._letters.popleft().id)

    def _insert(self, letter: DemoLetter) -> None:
        """Add a letter at its place in time; nearly always that is the end."""
        place = len(self._letters)
        while place and self._letters[place - 1].at > letter.at:
            place -= 1
        self._letters.insert(place, letter)

    def _read(self) -> list[DemoLetter]:
        return [
            _letter(key, message_from_bytes(self._box.get_bytes(key), policy=policy.default))
            for key in self._box.keys()  # noqa: SIM118 (a Maildir iterates over messages)
        ]


def _letter(key: str, message: Any) -> DemoLetter:
    readers = tuple(one.strip().lower() for one in str(message["X-Readers"] or "").split(","))
    body = message.get_body(("plain", "html"))
    text = body.get_content().replace("\r\n", "\n") if body is not None else ""
    return DemoLetter(key, readers, str(message["Subject"] or ""), text, _at(message))


def _at(message: Any) -> datetime:
    date: datetime | None = getattr(message["Date"], "datetime", None)
    if date is None:
        return datetime.now(UTC)
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
