"""Uploads: the files that a source reads, kept encrypted because they may tell about guests."""

from datetime import datetime

from sqlmodel import Session, select

from connectors.faults import Fault
from connectors.source import Access, Wanted
from connectors.sources import KINDS
from domain.installation import current
from domain.refusals import invalid
from storage import encryption
from storage.sources import Source, Upload

LARGEST = 50_000_000  # bytes
LONGEST_NAME = 200


def must_be_readable(source: Source, type_key: str, name: str, content: bytes) -> None:
    """Refuse `invalid`, with what is wrong, for a file that has no rows to read."""
    if not content:
        raise invalid("This file is empty.")
    if len(content) > LARGEST:
        raise invalid(f"This file is too large: {LARGEST // 1_000_000} MB at most.")
    access = Access("", settings={**source.settings, **as_setting(name, content)})
    try:
        page = KINDS["file"].read(current().door, access, Wanted(type_key, count=10))
    except Fault as fault:
        raise invalid(fault.sentence) from fault
    if not page.records:
        raise invalid("There are no rows in this file, only a header or nothing at all.")


def keep(
    session: Session,
    source: Source,
    type_key: str,
    name: str,
    content: bytes,
    person_id: str | None,
    now: datetime,
) -> None:
    """Keep a file in place of the one before."""
    row = of(session, source.id, type_key)
    if row is None:
        row = Upload(
            source_id=source.id, type=type_key, name="", size=0, content=b"", uploaded_at=now
        )
    row.name = tidy_name(name)
    row.size, row.content = len(content), encryption.encrypt_bytes(content)
    row.uploaded_by, row.uploaded_at = person_id, now
    session.add(row)
    session.flush()


def of(session: Session, source_id: str, type_key: str) -> Upload | None:
    """Return the file of a type of data; `content` is still encrypted."""
    return session.exec(
        select(Upload).where(Upload.source_id == source_id, Upload.type == type_key)
    ).one_or_none()


def tidy_name(name: str) -> str:
    """Return a file's name without its folders, as one printable line."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:LONGEST_NAME] or "file"


def as_setting(name: str, content: bytes) -> dict[str, object]:
    """Return what a source of the kind “file” is told about its file."""
    return {"file": content, "file_name": tidy_name(name)}
