"""The messages of a case as the thread shows them."""

from domain.case_pages import File, Message, Page
from ui.components import thread
from ui.components.ago import iso
from ui.components.thread import initials, parts, size
from ui.pages.case.downloads import attachment_path
from ui.pages.case.words import TAGS, name_of

_SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp")
_VIA = {"mail": "by mail", "api": "through the API"}


def said(found: Page) -> list[thread.Said]:
    """Return what was said in a case, the oldest first."""
    return [_said(found, message) for message in found.messages]


def _said(found: Page, message: Message) -> thread.Said:
    is_quiet = message.kind not in TAGS and message.kind != "message"
    tag, tone = (message.text, "muted") if is_quiet else TAGS.get(message.kind, ("", "muted"))
    where = name_of(found.row, message.side)
    if via := _VIA.get(message.via):
        where = f"{where} · {via}"
    return {
        "id": message.id,
        "at": iso(message.at),
        "who": message.who,
        "initials": initials(message.who),
        "side": message.side,
        "from_": where[:1].upper() + where[1:],
        "quiet": is_quiet,
        "tag": tag,
        "tone": tone,
        "parts": [] if is_quiet else parts(message.text),
        "files": [_file(file) for file in message.files],
    }


def _file(file: File) -> thread.File:
    return {
        "name": file.name,
        "size": size(file.size),
        "href": attachment_path(file.id),
        "picture": file.type in _SHOWN,
    }
