"""Answers by mail: believed only from whom we wrote to, and nothing that was written is lost."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from connectors.mail import Letter, compose
from domain import (
    attachments,
    attempts,
    case_letters,
    cases,
    installation,
    mails,
    replies,
    reply_addresses,
)
from domain.mails import answer
from storage import database, encryption
from storage.messages import Message
from tests.builders import World
from tests.domain.test_attachments import PNG, SCRIPT
from tests.domain.test_cases import leave, page, person_of, reported, row, state

SECRET = "a-secret-for-mails-0123456789"
MARKER = case_letters.MARKER
GMAIL = f"""Room 12.

On Sun, 22 Nov 2026 at 14:02, Adjoin <adjoin@platform.example>
wrote:

> {MARKER}
>
> Dee of D3x Ltd wrote:
"""
OUTLOOK = f"""Room 12.

________________________________
From: Adjoin <adjoin@platform.example>
Sent: Sunday, November 22, 2026 2:02 PM
To: Maya
Subject: #1001 Breakfast is missing

{MARKER}

Dee of D3x Ltd wrote:
"""
GERMAN = f"""Room 12.

Am 22.11.26 um 14:02 schrieb Adjoin:
> {MARKER}
> Dee of D3x Ltd wrote:
"""


@pytest.fixture(autouse=True)
def _open(database: str) -> Iterator[None]:
    """Let mails come in."""
    before = installation.current()
    installation.use(replace(before, mail_in=SECRET))
    yield
    installation.use(before)


def address(world: World, case_id: str, who: str = "maya") -> str:
    """Return where somebody answers a case to."""
    return reply_addresses.make(row(case_id).number, person_of(getattr(world, who)))


def mail(
    world: World, case_id: str, who: str = "maya", words: str = "Room 12.", **headers: str
) -> EmailMessage:
    """Return the answer of somebody, as their program sends it."""
    message = EmailMessage()
    message["From"] = f"Somebody <{world.emails[who]}>"
    message["To"] = f"Adjoin <{address(world, case_id, who)}>"
    message["Message-ID"] = "<answer-1@mail.example>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(words)
    return message


def hand_in(world: World, message: EmailMessage, to: str = "") -> str:
    return replies.receive(message.as_bytes(), to, now=world.after(hours=1))


def said(world: World, case_id: str) -> list[str]:
    return [each.text for each in page(world, case_id).messages][1:]


def test_an_answer_stands_in_the_thread_as_if_written_there(world: World) -> None:
    case_id = reported(world)
    assert hand_in(world, mail(world, case_id, "dee", "Which bill?")) == replies.TAKEN
    last = page(world, case_id).messages[-1]
    assert (last.who, last.side, last.via) == ("Dee", "partner", "mail")
    assert state(case_id) == ("open_with_partner", "property")


def test_the_mail_that_we_send_can_be_answered(world: World) -> None:
    reported(world)
    with database.reading() as session:
        sent = session.exec(select(Message).where(Message.mail_to == world.emails["dee"])).one()
    headers = json.loads(encryption.decrypt(sent.headers))
    assert reply_addresses.is_of(headers["Reply-To"], 1001, person_of(world.dee))
    assert headers["In-Reply-To"] == headers["References"] == "<case-1001@platform.example>"
    assert encryption.decrypt(sent.body).startswith(MARKER)
    assert headers["Reply-To"] not in encryption.decrypt(sent.body)


def test_a_mail_goes_out_and_its_answer_comes_in(world: World) -> None:
    case_id = reported(world)
    with database.reading() as session:
        sent = session.exec(select(Message.id).where(Message.mail_to == world.emails["dee"])).one()
    parcel = attempts.begin(sent, 1, 1, now=world.now)
    assert parcel is not None
    letter = Letter(
        installation.current().mail_from,
        parcel.target,
        parcel.subject,
        parcel.body,
        "<message-1@platform.example>",
        parcel.headers,
    )
    arrived = compose(letter)[0]
    answered = EmailMessage()
    answered["From"], answered["To"] = arrived["To"], arrived["Reply-To"]
    quoted = "\n".join(f"> {line}" for line in arrived.get_content().splitlines())
    answered.set_content(
        f"Which bill?\n\nOn Sunday, Adjoin <adjoin@platform.example> wrote:\n{quoted}"
    )
    assert hand_in(world, answered) == replies.TAKEN
    assert said(world, case_id) == ["Which bill?"]


def test_without_mail_in_nobody_is_told_to_answer_a_mail(world: World) -> None:
    installation.use(replace(installation.current(), mail_in=""))
    reported(world)
    with database.reading() as session:
        sent = session.exec(select(Message).where(Message.mail_to == world.emails["dee"])).one()
    assert "Reply-To" not in json.loads(encryption.decrypt(sent.headers))
    assert "Answer this mail" not in encryption.decrypt(sent.body)


@pytest.mark.parametrize("words", [GMAIL, OUTLOOK, GERMAN, f"Room 12.\n\n{MARKER}\n\nold"])
def test_what_the_program_quoted_is_left_out(words: str) -> None:
    assert answer(words) == "Room 12."


def test_an_answer_between_the_lines_is_kept_whole() -> None:
    words = f"See below.\n\n> {MARKER}\n> Which bill?\nRoom 12.\n> Since when?\nMonday."
    assert answer(words) == words


@pytest.mark.parametrize(
    "words",
    ["Two things:\n\n1. Bill 7\n2. Bill 9", "It says:", "a@b.example says:", "> quoted only"],
)
def test_words_that_only_look_like_a_quotation_are_kept(words: str) -> None:
    assert answer(words) == words


@given(st.text(max_size=200))
def test_nothing_written_above_the_line_is_lost(words: str) -> None:
    kept = answer(f"Hello.\n\n{words}\n\nBye.\n\n{MARKER}\nold words")
    assert kept.startswith("Hello.")
    assert "Bye." in kept
    assert "old words" not in kept or MARKER in words


def test_a_stranger_a_forged_sender_and_a_wrong_signature_get_one_answer(world: World) -> None:
    case_id = reported(world)
    of_dee = address(world, case_id, "dee")
    wrong = [
        mail(world, case_id, From="eve@evil.example"),
        mail(world, case_id, From=world.emails["charlie"]),
        # Forged: the address was signed for somebody else.
        mail(world, case_id, "maya", To=of_dee),
        mail(world, case_id, From=f"{world.emails['maya']}, {world.emails['dee']}"),
        mail(world, case_id, To="case+1001.aaaaaaaaaaaaaaaaaaaaaaaaaa@platform.example"),
        mail(world, case_id, To="case+1001@platform.example"),
        mail(world, case_id, To="case+9999." + of_dee.partition(".")[2]),
        mail(world, case_id, To="adjoin@platform.example"),
        mail(world, case_id, "noah"),  # may look, not write
        mail(world, case_id, "olga"),  # not the platform's yet
    ]
    assert {hand_in(world, each) for each in wrong} == {replies.STRANGER}
    assert said(world, case_id) == []


def test_who_has_left_answers_no_more(world: World) -> None:
    case_id = reported(world)
    message = mail(world, case_id, "dee")
    leave(world.dee)
    assert hand_in(world, message) == replies.STRANGER


def test_a_mail_that_comes_twice_is_taken_once(world: World) -> None:
    case_id = reported(world)
    outcomes = [hand_in(world, mail(world, case_id)) for _ in range(2)]
    assert outcomes == [replies.TAKEN, replies.AGAIN]
    assert said(world, case_id) == ["Room 12."]
    unnamed = mail(world, case_id, words="More.")
    del unnamed["Message-ID"]
    assert [hand_in(world, unnamed) for _ in range(2)] == [replies.TAKEN, replies.AGAIN]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"Return_Path": "<MAILER-DAEMON>"},
        {"X_Autoreply": "yes"},
        {"From": "MAILER-DAEMON@mail.example"},
    ],
    ids=lambda headers: next(iter(headers.values()))[:12],
)
def test_programs_that_answer_by_themselves_are_not_heard(
    world: World, headers: dict[str, str]
) -> None:
    case_id = reported(world)
    assert hand_in(world, mail(world, case_id, **headers)) == replies.IGNORED
    assert said(world, case_id) == []


def test_a_person_who_says_that_they_are_none_is_heard(world: World) -> None:
    case_id = reported(world)
    assert hand_in(world, mail(world, case_id, Auto_Submitted="no")) == replies.TAKEN


def test_the_address_may_stand_where_the_mail_server_wrote_it(world: World) -> None:
    case_id = reported(world)
    to = address(world, case_id)
    assert hand_in(world, mail(world, case_id, To="Undisclosed <x@y.example>"), to) == replies.TAKEN
    named = mail(world, case_id, words="More.", To="x@y.example", Delivered_To=to.upper())
    del named["Message-ID"]
    assert hand_in(world, named) == replies.TAKEN


def test_who_answers_all_is_heard_at_their_own_address(world: World) -> None:
    case_id = reported(world)
    both = f"{address(world, case_id, 'dee')}, {address(world, case_id)}"
    answer_to_all = mail(world, case_id, To=both)
    assert hand_in(world, answer_to_all) == replies.TAKEN
    assert hand_in(world, answer_to_all, address(world, case_id, "dee")) == replies.AGAIN
    assert page(world, case_id).messages[-1].who == "Maya"


def test_files_are_taken_and_what_is_not_is_named_in_the_thread(world: World) -> None:
    case_id = reported(world)
    message = mail(world, case_id)
    message.add_attachment(PNG, maintype="image", subtype="png", filename="../photo.png")
    message.add_attachment(SCRIPT, maintype="text", subtype="html", filename="page.html")
    message.add_attachment(b"MZ\x90\0", maintype="application", subtype="pdf", filename="a.pdf.exe")
    assert hand_in(world, message) == replies.TAKEN
    written, note = page(world, case_id).messages[1:]
    assert [file.name for file in written.files] == ["photo.png"]
    assert (note.side, note.kind) == ("adjoin", "note")
    assert "“page.html”" in note.text
    assert "“a.pdf.exe”" in note.text


def test_a_mail_in_html_becomes_its_words(world: World) -> None:
    case_id = reported(world)
    html = "<html><head><style>p {}</style></head><p>Room&nbsp;12 &lt;b&gt;</p><script>x</script>"
    message = mail(world, case_id)
    message.set_content(html, subtype="html")
    assert hand_in(world, message) == replies.TAKEN
    assert said(world, case_id) == ["Room 12 <b>"]


def test_words_that_are_too_long_become_a_file(world: World) -> None:
    case_id = reported(world)
    assert hand_in(world, mail(world, case_id, words="long words " * 9_000)) == replies.TAKEN
    written = page(world, case_id).messages[-1]
    assert written.text.endswith("It goes on in the file mail.txt.")
    assert len(written.text) <= 20_000
    assert [(file.name, file.size > 90_000) for file in written.files] == [("mail.txt", True)]


def test_an_empty_mail_is_said_to_be_empty(world: World) -> None:
    case_id = reported(world)
    for words in ("", "\n \n", f"\n\n{MARKER}\n\nold words"):
        assert hand_in(world, mail(world, case_id, words=words)) == replies.EMPTY
    assert said(world, case_id) == []


def test_a_mail_of_nothing_but_files_that_are_not_taken_says_which(world: World) -> None:
    case_id = reported(world)
    message = mail(world, case_id, words="")
    message.add_attachment(b"PK", maintype="application", subtype="x-tool", filename="setup.exe")
    assert hand_in(world, message) == replies.TAKEN
    written, note = page(world, case_id).messages[1:]
    assert written.text == "This mail had nothing but files that are not taken."
    assert "setup.exe" in note.text


def test_an_answer_of_the_hotel_reopens_what_was_resolved(world: World) -> None:
    case_id = reported(world)
    cases.resolve(world.dee, case_id, "Fixed.", now=world.now)
    assert hand_in(world, mail(world, case_id, "dee")) == replies.CLOSED
    assert hand_in(world, mail(world, case_id, words="It is back.")) == replies.TAKEN
    assert state(case_id) == ("open_with_partner", "partner")
    cases.resolve(world.dee, case_id, "Fixed.", now=world.after(days=-20))
    late = mail(world, case_id, words="And again.")
    late.replace_header("Message-ID", "<late@mail.example>")
    assert hand_in(world, late) == replies.CLOSED


def test_files_for_which_a_case_has_no_place_do_not_take_the_words_with_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = reported(world)
    monkeypatch.setattr("domain.attachments.keep", _refuse)
    message = mail(world, case_id)
    message.add_attachment(PNG, maintype="image", subtype="png", filename="photo.png")
    assert hand_in(world, message) == replies.TAKEN
    written, note = page(world, case_id).messages[1:]
    assert (written.text, written.files) == ("Room 12.", ())
    assert "“photo.png”: All files of a case" in note.text


def _refuse(_session: object, _case: object, _message: object, files: object, *_: object) -> None:
    if files:
        raise attachments._too_much()


def test_no_signed_address_and_no_token_reaches_the_thread(world: World) -> None:
    case_id = reported(world)
    to = address(world, case_id)
    token = "adj_0123456789ABCDEFGHIJ"
    words = f"Mail to {to} with {token} answers 500."
    assert hand_in(world, mail(world, case_id, words=words)) == replies.TAKEN
    (shown,) = said(world, case_id)
    assert to.partition(".")[2].partition("@")[0] not in shown
    assert token not in shown


def test_an_address_is_for_one_case_and_one_person(world: World) -> None:
    mine = reply_addresses.make(1001, "per_1")
    assert reply_addresses.is_of(mine, 1001, "per_1")
    assert reply_addresses.is_of(mine.upper(), 1001, "per_1")
    assert not reply_addresses.is_of(mine, 1002, "per_1")
    assert not reply_addresses.is_of(mine, 1001, "per_2")
    assert not reply_addresses.is_of(mine.replace("1001", "1002"), 1002, "per_1")
    assert len(mine.partition("@")[0]) <= 64, "RFC 5321 4.5.3.1.1"


PIECES = st.sampled_from(
    [
        b"From: maya@harbour.example\n",
        b"From: =?utf-8?q?=ff?= <a@b>\n",
        b'From: "\xff <a@b.example>\n',
        b"To: case+1001.aaaaaaaaaaaaaaaaaaaaaaaaaa@x, group: a@b;\n",
        b"To: <<>>@@,;:\n",
        b"Content-Type: multipart/mixed; boundary=b\n",
        b"Content-Type: multipart/mixed\n",
        b"Content-Type: text/html; charset=nonsense\n",
        b"Content-Type: message/rfc822\n",
        b"Content-Type: ;;;=\n",
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: quoted-printable\n",
        b"Content-Transfer-Encoding: x-uuencode\n",
        b"Content-Disposition: attachment; filename*=utf-8''%ff%00.png\n",
        b'Content-Disposition: inline; filename="../../a\0.png\n',
        b"Message-ID: <\xff>\n",
        b"Message-ID: <a b c\n",
        b"\n",
        b"--b\n",
        b"--b--\n",
        b"=3D=ff=\n",
        b"%%%%\n",
        b"<p>Hi<script>\n",
    ]
)


@given(st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=25).map(b"".join)))
def test_whatever_comes_is_read_or_is_no_mail(raw: bytes) -> None:
    try:
        found = mails.read(raw)
    except mails.Unreadable:
        return
    assert isinstance(found.words, str)


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: a/b\n\nx\n" * 600,
        b"Content-Type: text/plain; " + b"a=b; " * 20_000 + b"\n\nHi",
        b"From: " + b"a@b.example, " * 20_000 + b"\n\nHi",
        b"To: " + b"(" * 100_000 + b"\n\nHi",
        b"Content-Type: message/rfc822\n\n" * 400 + b"Hi",
        b"Subject: x\nContent-Type: text/html\n\n" + b"<a " * 30_000,
    ],
    ids=["parts", "parameters", "senders", "comments", "nested", "html"],
)
def test_no_mail_keeps_us_busy_for_long(raw: bytes) -> None:
    began = time.process_time()
    with suppress(mails.Unreadable):
        mails.read(raw)
    assert time.process_time() - began < 5
