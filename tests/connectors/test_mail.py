"""Mail: one letter against real mail servers of every temper."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import given
from hypothesis import strategies as st

from connectors.mail import AddressError, Letter, Post, compose
from tests.connectors.receivers import Listener

LETTER = Letter(
    sender="Adjoin <adjoin@portal.example>",
    to="Dev at Akia <dev@akia.example>",
    subject="Harbour Hotel wants to connect – Zürich",
    text="Grüezi,\n\nplease activate.\n.\nA line that starts with a dot is above.\n",
    message_id="delivery-1@portal.example",
)


class Office:
    """A mail server's handler: keeps letters, or answers as it was told."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self.letters: list[Envelope] = []
        self._rcpt, self._data = rcpt, data

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self._rcpt

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.letters.append(envelope)
        return self._data

    def read(self) -> EmailMessage:
        (envelope,) = self.letters
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        return message


Open = Callable[..., Awaitable[str]]


@pytest.fixture
async def open_office() -> AsyncIterator[Open]:
    """Start a mail server: `address = await open_office(office, **options of aiosmtpd)`."""
    servers: list[asyncio.Server] = []

    async def start(office: Office, tls: ssl.SSLContext | None = None, **options: Any) -> str:
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(office, hostname="office.example", **options), "127.0.0.1", 0, ssl=tls
        )
        servers.append(server)
        return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()


async def test_a_letter_arrives_as_it_was_written(open_office: Open) -> None:
    office = Office()
    result = await Post(f"smtp://{await open_office(office)}").send(LETTER)
    assert (result.ok, result.code, result.error) == (True, 250, None)
    assert result.sentence == "The mail server took the letter."
    (envelope,) = office.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == (
        "adjoin@portal.example",
        ["dev@akia.example"],
    )
    message = office.read()
    assert message["From"] == "Adjoin <adjoin@portal.example>"
    assert message["To"] == "Dev at Akia <dev@akia.example>"
    assert message["Subject"] == LETTER.subject
    assert message["Message-ID"] == "<delivery-1@portal.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime is not None
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == LETTER.text


@pytest.mark.parametrize(
    ("office", "code", "error", "permanent"),
    [
        (Office(rcpt="452 4.2.2 Mailbox full"), 452, "smtp_4xx", False),
        (Office(rcpt="550 5.1.1 No such user"), 550, "smtp_5xx", True),
        (Office(data="451 4.3.0 Try again"), 451, "smtp_4xx", False),
        (Office(data="554 5.7.1 Spam"), 554, "smtp_5xx", True),
    ],
    ids=["rcpt-452", "rcpt-550", "data-451", "data-554"],
)
async def test_a_refusal_is_for_now_or_for_good(
    open_office: Open, office: Office, code: int, error: str, permanent: bool
) -> None:
    result = await Post(f"smtp://{await open_office(office)}").send(LETTER)
    assert (result.ok, result.code, result.error) == (False, code, error)
    assert result.permanent is permanent
    assert str(code) in result.sentence
    assert result.body.startswith(str(code)[0] + ".")


@pytest.mark.parametrize("command", ["CONNECT", "MAIL"])
async def test_a_refusal_that_is_about_ourselves_is_not_for_good(command: str) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 no\r\n" if command == "CONNECT" else b"220 office.example\r\n")
        while line := await reader.readline():
            writer.write(b"550 not you\r\n" if line.startswith(b"MAIL") else b"250 OK\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    result = await Post(f"smtp://127.0.0.1:{port}", timeout=3).send(LETTER)
    assert (result.ok, result.error, result.permanent) == (False, "smtp_5xx", False)
    server.close()


async def test_a_wrong_address_of_the_portal_is_not_for_good() -> None:
    result = await Post("smtp://mail.invalid").send(replace(LETTER, sender="nobody"))
    assert (result.ok, result.error, result.permanent) == (False, "sender", False)


async def test_a_server_that_hangs_is_given_up_in_time() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    result = await Post(f"smtp://127.0.0.1:{port}", timeout=0.3).send(LETTER)
    assert (result.ok, result.code, result.error) == (False, None, "timeout")
    assert (result.permanent, result.duration_ms < 10_000) == (False, True)
    server.close()


async def test_a_server_that_drips_is_given_up_in_time() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(b"220-still thinking\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
        except OSError:
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    result = await Post(f"smtp://127.0.0.1:{port}", timeout=0.3).send(LETTER)
    assert (result.error, result.duration_ms < 10_000) == ("timeout", True)
    server.close()


async def test_a_server_that_hangs_up_at_once(listener: Listener) -> None:
    result = await Post(f"smtp://127.0.0.1:{await listener.start()}", timeout=3).send(LETTER)
    assert (result.ok, result.error) == (False, "connect")


async def test_a_server_that_hangs_up_in_the_middle() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 office.example\r\n")
        await reader.readline()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    result = await Post(f"smtp://127.0.0.1:{port}", timeout=3).send(LETTER)
    assert (result.ok, result.error) == (False, "reset")
    server.close()


async def test_a_server_that_is_not_there(listener: Listener) -> None:
    port = await listener.start()
    await listener.stop()
    result = await Post(f"smtp://127.0.0.1:{port}", timeout=3).send(LETTER)
    assert (result.ok, result.error, result.permanent) == (False, "connect", False)


async def test_a_server_whose_name_is_not_found() -> None:
    result = await Post("smtp://mail.invalid", timeout=5).send(LETTER)
    assert (result.ok, result.error) == (False, "dns")


async def test_a_server_that_speaks_no_smtp() -> None:
    async def rave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(rave, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    result = await Post(f"smtp://127.0.0.1:{port}", timeout=3).send(LETTER)
    assert (result.ok, result.error) == (False, "garbled")
    server.close()


def _doorman(server: SMTP, session: Session, envelope: Envelope, how: str, who: Any) -> AuthResult:
    assert isinstance(who, LoginPassword)
    return AuthResult(success=(who.login, who.password) == (b"adjoin", b"p@ss/word"), handled=False)


# aiosmtpd warns about passwords without TLS, which is what these tests are about.
LOCKED = {
    "authenticator": _doorman,
    "auth_required": True,
    "auth_require_tls": False,
}


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_user_and_password_of_the_address_are_used(open_office: Open) -> None:
    office = Office()
    url = f"smtp://adjoin:p%40ss%2Fword@{await open_office(office, **LOCKED)}"
    assert (await Post(url).send(LETTER)).ok
    assert len(office.letters) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_wrong_password_is_said_and_never_shown(open_office: Open) -> None:
    post = Post(f"smtp://adjoin:tops3cret@{await open_office(Office(), **LOCKED)}")
    result = await post.send(LETTER)
    assert (result.ok, result.code, result.error) == (False, 535, "login")
    assert result.permanent is False
    assert "tops3cret" not in repr(result) + repr(post)


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_an_unknown_certificate_is_refused(
    open_office: Open, scheme: str, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    server, _ = certificate
    options = {"tls": server} if scheme == "smtps" else {"tls_context": server}
    office = Office()
    result = await Post(f"{scheme}://{await open_office(office, **options)}", timeout=5).send(
        LETTER
    )
    assert (result.ok, result.error, office.letters) == (False, "tls", [])


async def test_a_password_never_leaves_without_a_good_certificate_once_tls_is_offered(
    open_office: Open, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    office = Office()
    address = await open_office(office, tls_context=certificate[0])
    assert (await Post(f"smtp://{address}", timeout=5).send(LETTER)).ok
    result = await Post(f"smtp://adjoin:word@{address}", timeout=5).send(LETTER)
    assert (result.ok, result.error) == (False, "tls")


async def test_starttls_that_is_not_offered_is_an_error(open_office: Open) -> None:
    office = Office()
    result = await Post(f"smtp+starttls://{await open_office(office)}", timeout=5).send(LETTER)
    assert (result.ok, result.error, office.letters) == (False, "tls", [])


@pytest.mark.parametrize(
    "url",
    ["", "mail.example", "http://mail.example", "smtp://", "smtp://host:tops3cret", "smtp://[::"],
)
def test_an_address_of_no_mail_server_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"smtp\+starttls://user") as refused:
        Post(url)
    assert "tops3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "to",
    [
        "",
        "dev",
        "dev@",
        "@akia.example",
        "dev@akia.example, eve@evil.example",
        "dev@akia.example\r\nBcc: eve@evil.example",
        "dev@akia.example\nSubject: x",
        "Dev\r\nBcc: eve@evil.example <dev@akia.example>",
        "dev@akia.example>\x00",
        "dev@aki a.example",
        "dev@akia.example RCPT",
        "<dev@akia.example> eve@evil.example",
    ],
)
async def test_what_is_not_one_address_gets_no_letter(to: str, open_office: Open) -> None:
    office = Office()
    letter = Letter(LETTER.sender, to, "s", "t", "m@x")
    result = await Post(f"smtp://{await open_office(office)}").send(letter)
    assert (result.ok, result.error, result.permanent) == (False, "address", True)
    assert office.letters == []


async def test_headers_cannot_be_smuggled_in(open_office: Open) -> None:
    office = Office()
    letter = Letter(
        LETTER.sender,
        LETTER.to,
        "Hello\r\nBcc: eve@evil.example\r\n\r\nbody",
        "t",
        "m@x",
        {"X-Kind": "a\r\nBcc: eve@evil.example"},
    )
    assert (await Post(f"smtp://{await open_office(office)}").send(letter)).ok
    (envelope,) = office.letters
    assert envelope.rcpt_tos == ["dev@akia.example"]
    message = office.read()
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: eve@evil.example body"
    assert message["X-Kind"] == "a Bcc: eve@evil.example"
    assert message.get_content().strip() == "t"


@pytest.mark.parametrize("name", ["Bcc", "to", "From", "X Y", "X:Y", "X\r\nBcc", ""])
def test_a_header_of_ours_or_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="header named"):
        compose(Letter(LETTER.sender, LETTER.to, "s", "t", "m@x", {name: "v"}))


@pytest.mark.parametrize("message_id", ["", "@x", "a b@x", "m@x>\r\nBcc: eve@evil.example"])
def test_a_message_id_that_cannot_be_one_is_refused(message_id: str) -> None:
    with pytest.raises(ValueError, match="message id"):
        compose(Letter(LETTER.sender, LETTER.to, "s", "t", message_id))


def test_a_message_id_gets_the_senders_domain_when_it_has_none_that_a_mail_can_carry() -> None:
    for message_id in ("delivery-1", "<delivery-1@zürich.example>"):
        message, _, _ = compose(Letter(LETTER.sender, LETTER.to, "s", "t", message_id))
        assert message["Message-ID"] == "<delivery-1@portal.example>"


@given(subject=st.text(), to=st.text(), text=st.text())
def test_whatever_is_written_makes_one_letter_to_one_person_or_none(
    subject: str, to: str, text: str
) -> None:
    for recipient in (to, "dev@akia.example", f"{to} <dev@akia.example>"):
        try:
            message, _, address = compose(Letter(LETTER.sender, recipient, subject, text, "m@x"))
        except AddressError:
            continue
        assert "\n" not in address
        again = message_from_bytes(message.as_bytes(), policy=default)
        assert [name.lower() for name in again] == [name.lower() for name in message]
        assert again["Bcc"] is None
