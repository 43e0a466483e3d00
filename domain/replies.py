"""Answers to cases by mail: handed in by a mail server, believed only when we signed the address.

A mail is taken when it went to an address that we made for one case and one person, comes from the
address of that person, and they may still write there.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, select

from domain import attachments, case_sides, case_words, cases, mails, moments, reply_addresses
from domain.actors import Standing, roles_of
from domain.attachments import Checked, Upload
from domain.case_sides import Held
from domain.installation import current
from domain.mails import Mail, Unreadable
from domain.refusals import Refusal
from storage import database
from storage.cases import Case, CaseMessage
from storage.people import Person

PATH = "/in-mail"
LARGEST = 35_000_000  # bytes of a mail: all files that a case may have, as mails carry them

TAKEN, AGAIN, IGNORED = "taken", "taken before", "automatic"
GARBLED, STRANGER, CLOSED, EMPTY = "garbled", "stranger", "closed", "empty"
_WHOLE = "mail.txt"  # holds what is too long to stand in the thread
_ONLY_FILES = "This mail had nothing but files that are not taken."
_CUT = f"\n\n… It goes on in the file {_WHOLE}."


def secret_in(path: str) -> str:
    """Return the secret part of the address at which mails are handed in."""
    return path.removeprefix(f"{PATH}/").rstrip("/")


def is_open(secret: str) -> bool:
    """Return whether mails may be handed in with this secret."""
    expected = current().mail_in
    given = secret.encode(errors="replace")
    return bool(expected) and hmac.compare_digest(expected.encode(), given)


def receive(raw: bytes, to: str = "", *, now: datetime | None = None) -> str:
    """Take a mail as an answer to its case, and return what became of it: one of the words above.

    `to` is where the mail server delivered it, if it says so.
    """
    now = now or moments.now()
    try:
        mail = mails.read(raw)
    except Unreadable:
        return GARBLED
    if mail.is_automatic:
        return IGNORED
    files, refused = _sorted_out(mail)
    words, kept = _as_message(mail.words or (_ONLY_FILES if refused and not files else ""), files)
    wish = _Wish(words, kept, refused, _mail_id(mail, raw))
    try:
        return _take(mail, (to, *mail.to), wish, now)
    except _Closed:
        return CLOSED
    except _TooMuch as error:
        # Better the words without the files than neither.
        told = (*refused, *(f"“{each.name}”: {error}" for each in kept))
        return _take(mail, (to, *mail.to), replace(wish, files=(), refused=told), now)


@dataclass(frozen=True)
class _Wish:
    """What is to be added to a case; `refused` are sentences about files that were not taken."""

    words: str
    files: Sequence[Checked]
    refused: Sequence[str]
    mail_id: str


class _TooMuch(Exception):
    """The case has no place for these files."""


def _take(mail: Mail, to: Sequence[str], wish: _Wish, now: datetime) -> str:
    with database.transaction() as session:
        held = _addressed(session, mail, to)
        if held is None:
            return STRANGER
        known = select(CaseMessage.id).where(CaseMessage.mail_id == _of(held.case, wish))
        if session.exec(known).first() is not None:
            return AGAIN
        if not wish.words and not wish.files:
            return EMPTY
        try:
            _add(session, held, wish, now)
        except Refusal as refusal:
            # Nothing of it may stay: leave the transaction by an exception.
            if refusal.code == "invalid":
                raise _TooMuch(refusal.message) from refusal
            raise _Closed from refusal
    return TAKEN


class _Closed(Exception):
    """The case takes no more answers."""


def _add(session: Session, held: Held, wish: _Wish, now: datetime) -> None:
    mail_id = _of(held.case, wish)
    taken = session, held, wish.words, wish.files, now
    if held.case.status == "resolved" and held.side == "property":
        cases.reopen_within(*taken, via="mail", mail_id=mail_id)
    else:
        cases.write_within(*taken, via="mail", mail_id=mail_id)
    if wish.refused:
        session.add(
            CaseMessage(
                case_id=held.case.id,
                at=now,
                side="adjoin",
                who="Adjoin",
                text="Not taken from this mail:\n" + "\n".join(wish.refused),
                kind="note",
                via="mail",
            )
        )


def _addressed(session: Session, mail: Mail, to: Sequence[str]) -> Held | None:
    """Return the case that a mail answers, for its writer; None for everybody else's mail."""
    person = session.exec(select(Person).where(Person.email == mail.sender)).one_or_none()
    if person is None:
        return None
    # Who answers all may write to the addresses of others, too.
    numbers = ((each, reply_addresses.number_in(each)) for each in to)
    mine = (no for each, no in numbers if no and reply_addresses.is_of(each, no, person.id))
    number = next(mine, None)
    if number is None:
        return None
    case = session.exec(select(Case).where(Case.number == number)).one_or_none()
    who = Standing(person.name, person.id, person.email, roles_of(session, person.id))
    try:
        held = case_sides.hold_for(session, who, case.id if case else "")
    except Refusal:
        return None  # they have left
    return held if held.side in case_sides.SIDES else None


def _sorted_out(mail: Mail) -> tuple[list[Upload], list[str]]:
    """Return the files of a mail that are taken, and what is said about the others."""
    taken: list[Upload] = []
    refused: list[str] = []
    for file in mail.files:
        try:
            attachments.must_be_welcome(file.name, file.content)
        except Refusal as refusal:
            refused.append(case_words.line(refusal.message))
            continue
        if len(taken) < attachments.MOST - 1:
            taken.append(file)
        else:
            name = case_words.line(file.name)[:80]
            refused.append(f"“{name}”: too many files at once. Send it once more.")
    return taken, refused


def _as_message(words: str, files: Sequence[Upload]) -> tuple[str, tuple[Checked, ...]]:
    """Return words that fit into a thread, with the files; what is too long becomes one of them."""
    words = case_words.cleaned(words)
    uploads = list(files)
    if len(words) > case_words.LONGEST:
        whole = words.encode()[: attachments.LARGEST]
        uploads.append(Upload(_WHOLE, whole))
        words = words[: case_words.LONGEST - len(_CUT)] + _CUT
    return words, _encrypted(uploads)


def _encrypted(uploads: Sequence[Upload]) -> tuple[Checked, ...]:
    try:
        return attachments.checked(uploads)
    except Refusal:
        # More together than a case may have: the largest goes first.
        largest = max(uploads, key=lambda each: len(each.content))
        return _encrypted([each for each in uploads if each is not largest])


def _mail_id(mail: Mail, raw: bytes) -> str:
    """Return by what a mail is known when it comes again."""
    return mail.message_id or hashlib.sha256(raw).hexdigest()


def _of(case: Case, wish: _Wish) -> str:
    known = f"{case.id} {wish.mail_id}"
    return hashlib.sha256(known.encode(errors="surrogatepass")).hexdigest()
