"""Mail: one letter, handed to the operator's mail server over SMTP."""

import asyncio
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib

from connectors.dial import trusted
from connectors.result import Result

__all__ = ["Letter", "Post", "Result"]

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_OURS = {"from", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version"}


@dataclass(frozen=True)
class Letter:
    """One mail to one person, plain text.

    sender, to: "maya@harbour.example" or "Maya Berg <maya@harbour.example>".
    message_id: the same on every attempt, so that a repeated mail is recognised.
    headers: further headers; those that this class writes itself can't be replaced.
    """

    sender: str
    to: str
    subject: str
    text: str
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Post:
    """The operator's mail server."""

    def __init__(self, smtp_url: str, timeout: float = 20) -> None:
        """smtp_url: smtp://user:password@host:port, smtps:// or smtp+starttls://.

        timeout: seconds for a whole letter.
        Raises ValueError (without the password in it) for any other kind of address.
        """
        self._timeout = timeout
        self._options = _options(smtp_url)

    async def send(self, letter: Letter) -> Result:
        """Hand over one letter. Faults of network, server and addresses end in the Result.

        Raises ValueError only for a header name or a message id that can't be one.
        """
        started = time.monotonic()
        try:
            message, sender, recipient = compose(letter)
        except AddressError as fault:
            result = _failure(fault.error, str(fault), permanent=fault.error == "address")
        else:
            result = await self._hand_over(message, sender, recipient)
        return replace(result, duration_ms=round((time.monotonic() - started) * 1000))

    async def _hand_over(self, message: EmailMessage, sender: str, recipient: str) -> Result:
        try:
            async with asyncio.timeout(self._timeout):
                _, reply = await aiosmtplib.send(
                    message,
                    sender=sender,
                    recipients=[recipient],
                    timeout=self._timeout,
                    **self._options,
                )
        except (aiosmtplib.SMTPException, OSError, ValueError) as fault:
            return _explain(fault)
        return Result(True, 250, 0, _kept(reply), None, "The mail server took the letter.")


class AddressError(ValueError):
    """A sender or recipient that is not one mail address; says so in a sentence."""

    error = "address"


class SenderError(AddressError):
    """The portal's own address is wrong: the operator can correct that, and then it works."""

    error = "sender"


def compose(letter: Letter) -> tuple[EmailMessage, str, str]:
    """Build the message. Returns it with the bare addresses of sender and recipient."""
    try:
        sender = _address(letter.sender)
    except AddressError as fault:
        raise SenderError(str(fault)) from None
    recipient = _address(letter.to)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = _message_id(letter.message_id, sender.domain)
    # Keeps "I am on holiday" answers away (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    for name, value in letter.headers.items():
        _add(message, name, value)
    message.set_content(_encodable(letter.text))
    return message, sender.addr_spec, recipient.addr_spec


def _add(message: EmailMessage, name: str, value: str) -> None:
    if not re.fullmatch("[A-Za-z0-9-]+", name) or name.lower() in _OURS:
        raise ValueError(f"A letter can't carry a header named {name!r}.")
    del message[name]
    message[name] = _one_line(value)


def _address(text: str) -> Address:
    """Read one mail address, with or without a name. Raises AddressError."""
    if _CONTROL.search(text):
        raise AddressError("A mail address must not contain a line break.")
    named = re.fullmatch(r"\s*([^<>]*?)\s*<([^<>]*)>\s*", text)
    name, spec = (named[1].strip('"'), named[2]) if named else ("", text.strip())
    local, _, domain = spec.rpartition("@")
    try:
        domain = domain.encode("idna").decode()
        if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
            raise ValueError
        return Address(display_name=name, username=local, domain=domain)
    except ValueError:
        raise AddressError(f"“{text[:200]}” is not a mail address.") from None


def _message_id(text: str, domain: str) -> str:
    left, _, right = text.strip().removeprefix("<").removesuffix(">").partition("@")
    if not _LOCAL.fullmatch(left) or _CONTROL.search(right) or "@" in right:
        raise ValueError("A message id is written like delivery-1@portal.example.")
    return f"<{left}@{right if _DOMAIN.fullmatch(right) else domain}>"


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", _encodable(text)).split())


def _encodable(text: str) -> str:
    # Half a surrogate pair is possible in a Python string, but not in a mail.
    return text.encode(errors="replace").decode()


def _options(smtp_url: str) -> dict[str, Any]:
    """What `aiosmtplib.send` needs to know about the server."""
    try:
        url = urlsplit(smtp_url)
        scheme, host, port = url.scheme, url.hostname, url.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in _PORTS or not host:
        raise ValueError("The mail server is written like smtp+starttls://user:password@host:587.")
    password = unquote(url.password) if url.password else None
    return {
        "hostname": host,
        "port": port or _PORTS[scheme],
        "username": unquote(url.username) if url.username else None,
        "password": password,
        "use_tls": scheme == "smtps",
        "start_tls": {"smtp": None, "smtps": False, "smtp+starttls": True}[scheme],
        # Plain smtp:// encrypts when the server offers it, as mail servers do among themselves,
        # where a self-made certificate is usual. With a password at stake it must be a good one.
        "tls_context": trusted() if password or scheme != "smtp" else _trusting(),
    }


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _explain(fault: Exception) -> Result:
    """The result of a fault on the way to the mail server, or of its refusal."""
    refused = fault
    if isinstance(fault, aiosmtplib.SMTPRecipientsRefused):
        refused = fault.recipients[0]
    if isinstance(refused, aiosmtplib.SMTPResponseException) and refused.code >= 400:
        return _refusal(refused)
    return _failure(*_network(fault))


def _refusal(fault: aiosmtplib.SMTPResponseException) -> Result:
    code, said = fault.code, _kept(fault.message)
    if isinstance(fault, aiosmtplib.SMTPAuthenticationError):
        sentence = "The mail server did not accept our user name and password."
        return _failure("login", sentence, code, said)
    if code < 500:
        sentence = f"The mail server can't take the letter at the moment ({code})."
        return _failure("smtp_4xx", sentence, code, said)
    # Only a refusal of this recipient or this letter is for good. Others are about ourselves,
    # and pass when the operator has put them right.
    final = isinstance(fault, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError)
    sentence = f"The mail server refused the letter{' for good' if final else ''} ({code})."
    return _failure("smtp_5xx", sentence, code, said, permanent=final)


def _network(fault: Exception) -> tuple[str, str]:
    """The error class and the sentence for a fault that isn't a refusal."""
    root = fault.__cause__ or fault
    if isinstance(fault, TimeoutError):
        return "timeout", "The mail server took too long."
    if isinstance(root, socket.gaierror):
        return "dns", "The name of the mail server could not be looked up."
    if isinstance(root, ssl.SSLError) or "STARTTLS" in str(fault).upper():
        return "tls", "No secure connection to the mail server could be made."
    if isinstance(fault, aiosmtplib.SMTPServerDisconnected):
        return "reset", "The mail server broke off the connection."
    if isinstance(fault, OSError):
        return "connect", "The mail server could not be reached."
    return "garbled", "The mail server answered in a way we do not understand."


def _failure(
    error: str, sentence: str, code: int | None = None, body: str = "", permanent: bool = False
) -> Result:
    return Result(False, code, 0, body, error, sentence, permanent=permanent)


def _kept(reply: str) -> str:
    return reply[:20_000].replace("\x00", "")
