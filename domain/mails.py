"""Mails as they come in: who wrote what, without what their program quoted below it. Pure.

Whatever comes is read as far as it can be: a broken mail still has words in it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

from domain.attachments import Upload
from domain.case_letters import MARKER

LONGEST_HEADER = 4_000  # characters: reading longer ones takes long, and no answer has them
MOST_FILES = 20  # looked at
# The parser takes time with the square of their length, and looks at them of every part.
_PART_HEADER = re.compile(
    rb"^content-[\w-]+:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
_LONGEST_PART_HEADER, _MOST_PART_HEADERS = 1_000, 500
_ROBOTS = ("mailer-daemon", "postmaster", "no-reply", "noreply", "bounce", "bounces")
_BULK = ("bulk", "junk", "list", "auto_reply")
_HEADER_LINE = re.compile(r"\s*\*?[^\W\d][\w -]{1,20}:\*?\s.*")
_RULE = re.compile(r"\s*([-_=]{3,}.*|[-_=]{3,})\s*")


class Unreadable(Exception):
    """What came is no mail."""


@dataclass(frozen=True)
class Mail:
    """A mail. `sender` is one bare address in small letters, empty when there is none or several.

    `to` are the addresses that it went to, `words` what its writer wrote. `is_automatic`: a program
    wrote it, and answers nothing.
    """

    sender: str
    to: tuple[str, ...]
    message_id: str
    words: str
    files: tuple[Upload, ...]
    is_automatic: bool


def read(raw: bytes) -> Mail:
    """Return a mail (RFC 5322) as it was handed in; raises Unreadable."""
    try:
        message = message_from_bytes(_bounded(raw), policy=policy.default)
    except Exception as error:  # nobody knows all that the parser may raise on what no program sent
        raise Unreadable from error
    if not isinstance(message, EmailMessage) or not message.keys():
        raise Unreadable
    senders = list(_addresses(message, "From"))
    return Mail(
        senders[0].lower() if len(senders) == 1 else "",
        tuple(_receivers(message)),
        _header(message, "Message-ID").strip(),
        answer(_text(message)),
        tuple(_files(message)),
        _is_automatic(message, senders),
    )


def answer(text: str) -> str:
    """Return what somebody wrote above our own mail, which their program quoted below.

    Who answers between the lines of ours gets all of it kept, and so does whoever wrote below.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at = next((number for number, line in enumerate(lines) if MARKER in line), None)
    if at is None:
        return _above(lines, is_cut=False) or text.strip()
    rest = [line for line in lines[at + 1 :] if line.strip()]
    is_quoted = lines[at].lstrip().startswith(">")
    if is_quoted and any(not line.lstrip().startswith(">") for line in rest):
        return text.strip()
    return _above(lines[:at], is_cut=True) or (text.strip() if is_quoted else "")


# What stands above the quotation


def _above(lines: Sequence[str], *, is_cut: bool) -> str:
    kept = list(lines)
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith(">")):
        kept.pop()
    start = _last_paragraph(kept)
    if _introduces(kept[start:], is_cut=is_cut or len(kept) < len(lines)):
        kept = kept[:start]
    return "\n".join(kept).strip()


def _last_paragraph(lines: Sequence[str]) -> int:
    start = len(lines)
    while start and lines[start - 1].strip():
        start -= 1
    return start


def _introduces(paragraph: Sequence[str], *, is_cut: bool) -> bool:
    """Return whether a paragraph is how a mail program introduces what it quotes.

    "On Monday, Adjoin <…> wrote:", or the headers of the mail one below the other.
    """
    joined = " ".join(paragraph)
    if 0 < len(paragraph) <= 4 and joined.rstrip().endswith(":"):
        return is_cut and ("@" in joined or "Adjoin" in joined)
    listed = [line for line in paragraph if not _RULE.fullmatch(line)]
    return len(listed) >= 3 and all(_HEADER_LINE.fullmatch(line) for line in listed)


# The parts of a mail


def _bounded(raw: bytes) -> bytes:
    """Return a mail without what only keeps its reader busy; raises Unreadable."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    count = 0

    def judged(found: re.Match[bytes]) -> bytes:
        nonlocal count
        count += 1
        if count > _MOST_PART_HEADERS:
            raise Unreadable
        return found[0] if len(found[0]) <= _LONGEST_PART_HEADER else b"X-Too-Long: left out"

    return _PART_HEADER.sub(judged, raw)


def _header(message: EmailMessage, name: str) -> str:
    """Return a header, empty when it is missing, too long or broken."""
    lengths = [len(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    if not lengths or max(lengths) > LONGEST_HEADER:
        return ""
    try:
        return str(message.get(name, ""))
    except Exception:  # headers that no program wrote break its reader in many ways
        return ""


def _addresses(message: EmailMessage, name: str) -> Iterator[str]:
    raws = [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    if sum(map(len, raws)) > LONGEST_HEADER:
        return
    try:
        for header in message.get_all(name, []):
            for address in header.addresses:
                yield address.addr_spec
    except Exception:
        return


def _receivers(message: EmailMessage) -> Iterator[str]:
    for name in ("To", "Cc"):
        yield from _addresses(message, name)
    # Mail servers write down where they delivered to.
    for name in ("Delivered-To", "X-Original-To", "Envelope-To"):
        yield _header(message, name).strip().strip("<>")


def _is_automatic(message: EmailMessage, senders: Sequence[str]) -> bool:
    said = _header(message, "Auto-Submitted").lower()
    return (
        said.partition(";")[0].strip() not in ("", "no")
        or _header(message, "Precedence").lower().strip() in _BULK
        or bool(_header(message, "X-Autoreply") or _header(message, "X-Autorespond"))
        or _header(message, "Return-Path").strip() == "<>"
        or _type_of(message) == "multipart/report"
        or any(map(_is_robot, (*senders, _header(message, "Return-Path").strip().strip("<>"))))
    )


def _is_robot(address: str) -> bool:
    return address.partition("@")[0].lower() in _ROBOTS


def _type_of(part: EmailMessage) -> str:
    try:
        return part.get_content_type()
    except Exception:
        return "text/plain"


def _parts(message: EmailMessage) -> list[EmailMessage]:
    """Return the leaves of a mail; a mail inside a mail is one of them."""
    found: list[EmailMessage] = []
    waiting: list[EmailMessage] = [message]
    while waiting and len(found) < MOST_FILES:
        part = waiting.pop()
        inside = part.get_payload()
        if isinstance(inside, list) and _type_of(part) != "message/rfc822":
            waiting.extend(reversed([each for each in inside if isinstance(each, EmailMessage)]))
        else:
            found.append(part)
    return found


def _name_of(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except Exception:
        return "file"


def _is_words(part: EmailMessage) -> bool:
    try:
        is_file = part.get_content_disposition() == "attachment"
    except Exception:
        is_file = True
    return not is_file and not _name_of(part) and _type_of(part) in ("text/plain", "text/html")


def _text(message: EmailMessage) -> str:
    """Return the words of a mail: as plain text if it has any, else those of its HTML."""
    words = [part for part in _parts(message) if _is_words(part)]
    plain = [_decoded(part) for part in words if _type_of(part) == "text/plain"]
    if any(each.strip() for each in plain):
        return "\n".join(plain)
    return "\n".join(_of_html(_decoded(part)) for part in words if _type_of(part) == "text/html")


def _content(part: EmailMessage) -> bytes:
    try:
        found = part.get_payload(decode=True)
        if isinstance(found, bytes):
            return found
        return part.as_bytes()
    except Exception:
        return b""


def _decoded(part: EmailMessage) -> str:
    content = _content(part)
    try:
        return content.decode(str(part.get_content_charset("utf-8")), "replace")
    except Exception:  # no such character set
        return content.decode("utf-8", "replace")


def _files(message: EmailMessage) -> Iterator[Upload]:
    for part in _parts(message):
        if not _is_words(part):
            name = _name_of(part) or _type_of(part).replace("/", ".")
            yield Upload(name, _content(part))


# HTML: only its words are wanted, and whoever made it may have meant harm. A browser's care with
# broken markup is not needed; that it never takes long is.

_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "table"})
_SILENT = frozenset({"script", "style", "head", "title"})


def _of_html(html: str) -> str:
    found: list[str] = []
    silent = ""
    first, *others = _without_comments(html).split("<")
    for piece in ("x>" + first, *others):
        tag, ends, words = piece.partition(">")
        name = _tag_name(tag)
        if not name or not ends:
            words, name = "<" + piece, ""
        if silent and name != "/" + silent:
            continue
        silent = name if name in _SILENT else ""
        if silent:
            continue
        if name.lstrip("/") in _BREAKS:
            found.append("\n")
        found.append(re.sub(r"\s+", " ", unescape(words)))
    return re.sub(r"\s*\n\s*\n\s*", "\n\n", "".join(found)).strip()


def _without_comments(html: str) -> str:
    first, *others = html.split("<!--")
    return first + "".join(each.partition("-->")[2] for each in others)


def _tag_name(tag: str) -> str:
    """Return what a tag is called, empty when it is no tag but a sign in a text."""
    found = re.match(r"/?[a-z!?][a-z0-9]*", tag[:40].lower())
    return found[0] if found else ""
