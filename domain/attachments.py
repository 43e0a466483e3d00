"""Attachments: the files of cases, judged by what is in them, and kept encrypted in the database.

A file is taken only when its content is of a kind that no browser runs, and its name says so too.
"""

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from sqlmodel import Session, col, func, select

from domain.actors import Standing
from domain.refusals import Refusal, invalid
from domain.uploads import tidy_name
from storage import encryption
from storage.cases import Attachment, Case, CaseMessage

LARGEST = 10_000_000  # bytes of a file
MOST = 5  # files of a message
MOST_OF_CASE = 25_000_000  # bytes of all files of a case
_ENTRIES = 5_000  # of a workbook: more than any has
# Control characters that are in no text; tab, line ends, form feed and escape (of logs) are.
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Upload:
    """A file as it was given, with whatever name."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: its media type, how its names end, and how it is known."""

    type: str
    endings: tuple[str, ...]
    fits: Callable[[bytes], bool]


@dataclass(frozen=True)
class Checked:
    """A file that is taken; `content` is encrypted."""

    name: str
    type: str
    size: int
    content: bytes


def _begins(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(beginnings)


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _is_workbook(content: bytes) -> bool:
    """Return whether it is an Excel workbook without macros."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except Exception:  # what a forged archive makes of the reader is beyond counting
        return False
    has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return len(names) <= _ENTRIES and "xl/workbook.xml" in names and not has_macros


def _is_text(content: bytes) -> bool:
    if content.startswith(_UTF_16):
        try:
            content = content.decode("utf-16").encode("utf-8", "replace")
        except UnicodeDecodeError:
            return False
    return not _BINARY.search(content)


KINDS = (
    Kind("image/png", ("png",), _begins(b"\x89PNG\r\n\x1a\n")),
    Kind("image/jpeg", ("jpg", "jpeg"), _begins(b"\xff\xd8\xff")),
    Kind("image/gif", ("gif",), _begins(b"GIF87a", b"GIF89a")),
    Kind("image/webp", ("webp",), _is_webp),
    Kind("application/pdf", ("pdf",), _begins(b"%PDF-")),
    Kind(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ("xlsx",),
        _is_workbook,
    ),
    # A browser shows each of these as it stands, whatever is written in it.
    Kind("text/plain", ("txt", "log"), _is_text),
    Kind("text/csv", ("csv",), _is_text),
    Kind("application/json", ("json",), _is_text),
)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)
_TAKEN = "Pictures (PNG, JPEG, GIF, WebP), PDF, text, log, CSV, JSON and Excel (xlsx) are taken."


def must_be_welcome(name: str, content: bytes) -> Kind:
    """Return which kind of file it is; refuses `invalid` in a sentence that names the file."""
    name = tidy_name(name)
    shown = f"“{name[:80]}”"
    if not content:
        raise invalid(f"{shown} is empty, so it was not taken.")
    if len(content) > LARGEST:
        raise invalid(f"{shown} is too large: {LARGEST // 1_000_000} MB at most.")
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kind = next((kind for kind in KINDS if ending in kind.endings), None)
    if kind is None:
        raise invalid(f"{shown} is of a kind that is not taken. {_TAKEN}")
    if not kind.fits(content):
        raise invalid(f"{shown} is not what its name says. {_TAKEN}")
    return kind


def checked(files: Sequence[Upload]) -> tuple[Checked, ...]:
    """Return files ready to be kept. Encrypting takes a while: call it before the transaction.

    Refuses `invalid` for the first one that is not taken, or when they are too many.
    """
    if len(files) > MOST:
        raise invalid(f"{MOST} files at once, please. Send the others in a second message.")
    if sum(len(file.content) for file in files) > MOST_OF_CASE:
        raise _too_much()
    kinds = [must_be_welcome(file.name, file.content) for file in files]
    return tuple(
        Checked(
            tidy_name(file.name),
            kind.type,
            len(file.content),
            encryption.encrypt_bytes(file.content),
        )
        for file, kind in zip(files, kinds, strict=True)
    )


def keep(
    session: Session,
    case: Case,
    message: CaseMessage,
    files: Sequence[Checked],
    who: Standing,
    now: datetime,
) -> None:
    """Add files to a message of a case that is held still; refuses `invalid` over its limit."""
    if not files:
        return
    there = session.exec(
        select(func.coalesce(func.sum(col(Attachment.size)), 0)).where(
            Attachment.case_id == case.id
        )
    ).one()
    if int(there) + sum(file.size for file in files) > MOST_OF_CASE:
        raise _too_much()
    session.add_all(
        Attachment(
            case_id=case.id,
            message_id=message.id,
            name=file.name,
            type=file.type,
            size=file.size,
            content=file.content,
            uploaded_by=who.person_id,
            at=now,
        )
        for file in files
    )
    session.flush()


def _too_much() -> Refusal:
    most = MOST_OF_CASE // 1_000_000
    return invalid(f"All files of a case may have {most} MB together. Send a link instead.")
