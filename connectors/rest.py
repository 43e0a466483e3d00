"""Any API that answers with JSON, described by settings alone: paths, paging, where records lie."""

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin

from yarl import URL

from connectors import oauth
from connectors.answers import at, records_at, value_of
from connectors.authorization import METHODS
from connectors.faults import Fault
from connectors.hooks import Call, Hook, opened
from connectors.line import Reply, Way
from connectors.reading import SECONDS, Numbered, reader
from connectors.source import (
    TYPES,
    Access,
    Check,
    Kind,
    Offer,
    Page,
    SettingField,
    Wanted,
    changes_of,
)
from connectors.urls import Blocked, parse
from connectors.vendor import cleaned, is_html, request_id_of

PAGING = (
    ("none", "Everything in one answer"),
    ("page", "Page number"),
    ("offset", "Number of records to skip"),
    ("cursor", "Cursor in the answer"),
    ("next", "Address of the next page, in the answer or in its Link header"),
)
PAGED = ("page", "offset", "cursor", "next")
FORMATS = (
    ("iso", "2026-11-21T09:30:00Z"),
    ("date", "2026-11-21"),
    ("unix", "Seconds since 1970"),
    ("unix_ms", "Milliseconds since 1970"),
)
SETTINGS = (
    SettingField("paging", "Paging", "How the API gives long lists.", "choice", PAGING, "none"),
    SettingField(
        "page_parameter",
        "Parameter for the page",
        "Page, offset or cursor.",
        only_with=("paging", ("page", "offset", "cursor")),
    ),
    SettingField(
        "first_page",
        "Number of the first page",
        "",
        "number",
        default="1",
        only_with=("paging", ("page",)),
    ),
    SettingField(
        "size_parameter",
        "Parameter for the page size",
        "Leave empty if there is none.",
        only_with=("paging", PAGED),
    ),
    SettingField(
        "size",
        "Page size",
        "At most 1000.",
        "number",
        default="100",
        only_with=("paging", PAGED),
    ),
    SettingField(
        "next_path",
        "Where the cursor or next address lies",
        "Such as meta.next.",
        only_with=("paging", ("cursor", "next")),
    ),
    SettingField(
        "total_path",
        "Where the number of all records lies",
        "Such as meta.total. With it, reading ends without asking for a page that isn't there.",
        only_with=("paging", ("page", "offset")),
    ),
    SettingField("since_parameter", "Parameter for “changed since”", "Empty if there is none."),
    SettingField(
        "since_format",
        "How moments are written",
        "",
        "choice",
        FORMATS,
        "iso",
        only_with=("since_parameter", ()),
    ),
    SettingField("path", "Path", "Such as /v1/reservations.", needed=True, per_type=True),
    SettingField(
        "records", "Where the records lie", "Such as data.items; empty: the answer.", per_type=True
    ),
)


def _page(way: Way, access: Access, wanted: Wanted) -> Page:
    name, settings = _name(access), _Settings(access, wanted.type)
    asked = _question(settings, access, wanted)
    if settings["paging"] == "next" and wanted.cursor is not None:
        _must_be_ours(name, asked, access.address)
    reply = _got(way, access, asked)
    if reply.code == 401 and not access.method and not is_html(reply):
        raise _closed(name, reply)
    if reply.code == 404 and wanted.cursor is None:
        raise _nothing_at(URL(asked).path, reply)
    if reply.code == 204:
        return Page([], filtered=settings.is_filtered(wanted))
    value = value_of(name, reply)
    records = records_at(name, value, settings.of_type("records"))
    total = at(value, settings["total_path"]) if settings["total_path"] else None
    total = total if isinstance(total, int) and not isinstance(total, bool) else None
    if settings["paging"] == "next":
        cursor = _next_address(settings, asked, reply, value)
    else:
        cursor = _onwards(settings, wanted, value, len(records), total)
    return Page(records, cursor, total, settings.is_filtered(wanted))


def _closed(name: str, reply: Reply) -> Fault:
    sentence = f"{name} asks for credentials, and this source has none. Add them at the source."
    return Fault("refused", sentence, request_id_of(reply))


def _nothing_at(path: str, reply: Reply) -> Fault:
    sentence = f"There is nothing at {path[:100]} (404). Correct the path, or the base address."
    return Fault("garbled", sentence, request_id_of(reply))


class _Settings:
    """What was filled in, or what is taken instead."""

    def __init__(self, access: Access, type_of_data: str) -> None:
        types = access.settings.get("types")
        own = types.get(type_of_data) if isinstance(types, Mapping) else None
        self._own: Mapping[str, Any] = own if isinstance(own, Mapping) else {}
        self._all = access.settings
        self._defaults = {field.key: field.default for field in SETTINGS}

    def __getitem__(self, key: str) -> str:
        return str(self._all.get(key) or "").strip() or self._defaults[key]

    def of_type(self, key: str) -> str:
        return str(self._own.get(key) or "").strip()

    def number(self, key: str) -> int:
        text = self[key]
        return int(text) if text.isdecimal() and len(text) < 6 else int(self._defaults[key])

    def size(self, wanted: Wanted) -> int:
        return max(1, min(self.number("size"), wanted.count, 1000))

    def is_filtered(self, wanted: Wanted) -> bool:
        return bool(self["since_parameter"] and wanted.since)


def _question(settings: _Settings, access: Access, wanted: Wanted) -> str:
    """The address to ask; for a next page that has one, its own."""
    if settings["paging"] == "next" and wanted.cursor is not None:
        return wanted.cursor
    path = settings.of_type("path")
    if not path:
        raise Fault("garbled", "This type of data has no path yet. Fill it in at the source.")
    asking: dict[str, str] = {}
    if settings["size_parameter"]:
        asking[settings["size_parameter"]] = str(settings.size(wanted))
    if settings["since_parameter"] and wanted.since:
        asking[settings["since_parameter"]] = _written(wanted.since, settings["since_format"])
    asking |= _place(settings, wanted)
    return _with(f"{access.address}/{path.lstrip('/')}", asking)


def _place(settings: _Settings, wanted: Wanted) -> dict[str, str]:
    style, parameter = settings["paging"], settings["page_parameter"]
    if style == "page":
        stand = Numbered.of(wanted.cursor, settings.number("first_page"))
        return {parameter or "page": str(stand.number)}
    if style == "offset":
        return {parameter or "offset": str(Numbered.of(wanted.cursor).seen)}
    if style == "cursor" and wanted.cursor is not None:
        return {parameter or "cursor": wanted.cursor}
    return {}


def _onwards(
    settings: _Settings, wanted: Wanted, value: Any, count: int, total: int | None
) -> str | None:
    style = settings["paging"]
    if style in ("page", "offset"):
        first = settings.number("first_page") if style == "page" else 1
        return Numbered.of(wanted.cursor, first).after(count, total)
    if style != "cursor":
        return None
    found = at(value, settings["next_path"] or "-")
    if isinstance(found, str | int) and not isinstance(found, bool):
        return str(found) or None
    _none_left(settings, found)
    return None


def _none_left(settings: _Settings, found: Any) -> None:
    """Take it for the end when nothing lies where the next page should be told.

    Anything else is a setting that is wrong: taken for the end, what is on the other pages would
    be found missing.
    """
    if found:
        place = settings["next_path"]
        sentence = f"What lies at “{place}” names no next page. Correct where the cursor lies."
        raise Fault("garbled", sentence)


def _next_address(settings: _Settings, asked: str, reply: Reply, value: Any) -> str | None:
    found = at(value, settings["next_path"] or "-")
    if not isinstance(found, str):
        _none_left(settings, found)
    link = re.search(r'<([^<>]+)>[^,]*;\s*rel="?next"?', reply.headers.get("link", ""))
    address = found if isinstance(found, str) and found else (link[1] if link else None)
    try:
        return urljoin(asked, address) if address else None
    except ValueError:
        sentence = f"The address of the next page is none. {_NOT_OPENED}"
        raise Fault("garbled", sentence) from None


def _must_be_ours(name: str, address: str, base: str) -> None:
    """Ask nobody else than the source for its next page: our credentials go along.

    That is a setting or a source to be put right, not the guard against addresses of our network.
    """
    try:
        next_page, own = parse(address)[0].origin(), URL(base).origin()
    except Blocked as blocked:
        raise Fault("garbled", f"{blocked.reason} So {name} names its next page.") from None
    if next_page == own:
        return
    where = str(next_page)[:100]
    sentence = f"{name} names a next page at {where}, which is not the address of the source."
    raise Fault("garbled", f"{sentence} {_NOT_OPENED}")


_NOT_OPENED = "It was not opened. Correct the base address, or choose another paging."


def _got(way: Way, access: Access, address: str) -> Reply:
    """Ask, with the credentials."""
    key = ("rest", *(f"{name}={value}" for name, value in sorted(access.values.items())))
    for is_last in (False, True):
        headers = {"Accept": "application/json", **_proof(way, access, key)}
        reply = way.get(address, headers=headers, seconds=SECONDS)
        if reply.code != 401 or is_last or access.method != "oauth_client":
            break
        oauth.forget(key)
    return reply


def _proof(way: Way, access: Access, key: tuple[str, ...]) -> dict[str, str]:
    """The header that proves who asks."""
    if not access.method:
        return {}
    given = cleaned(METHODS[access.method].fields, access.values)
    if access.method == "api_key":
        return {_header(given["header"]): given["key"]}
    if access.method == "basic":
        pair = f"{given['user']}:{given['password']}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    if access.method == "oauth_client":
        token = oauth.kept(key, lambda: _granted(way, access, given))
    else:
        token = given.get("token") or access.values.get("access_token", "")
    return {"Authorization": f"Bearer {token}"}


def _header(name: str) -> str:
    if not re.fullmatch("[A-Za-z0-9-]+", name) or name.lower() in _NOT_FOR_KEYS:
        raise Fault("refused", f"“{name[:40]}” can't be the header of a key. Correct it.")
    return name


_NOT_FOR_KEYS = {"host", "connection", "content-length", "transfer-encoding", "upgrade", "expect"}


def _granted(way: Way, access: Access, given: Mapping[str, str]) -> oauth.Grant:
    return oauth.client_credentials(
        way,
        _name(access),
        given["token_address"],
        given["client_id"],
        given["client_secret"],
        given["scope"],
    )


def _check(way: Way, access: Access) -> Check:
    """Read the beginning of a type of data that has a path; before there is one, try the address.

    A base address rarely has data: there it counts if we are refused, and little else is known.
    """
    known = next((key for key in TYPES if _Settings(access, key).of_type("path")), None)
    tried = access if known else _at_base(access, TYPES[0])
    try:
        KIND.read(way, tried, Wanted(known or TYPES[0], count=1))
    except Fault as fault:
        is_of_path = fault.error in ("garbled", "not_permitted")
        if known or not is_of_path:
            said = fault.sentence, fault.error, fault.request_id
            return Check(False, None, None, *said, field=f"{known}-path" if is_of_path else "")
    if not known:
        return Check(True, None, None, f"{_name(access)} answers. {_NOT_TRIED}")
    return Check(True, None, None, f"{_name(access)} accepted the credentials.", gave_data=True)


_NOT_TRIED = "Whether it accepts credentials shows when the first type of data is read."


def _at_base(access: Access, type_of_data: str) -> Access:
    types = {type_of_data: {"path": "/"}}
    return Access(access.address, access.method, access.values, {"types": types})


def _name(access: Access) -> str:
    try:
        return URL(access.address).host or "The source"
    except ValueError:
        return "The source"


def _with(address: str, asking: Mapping[str, str]) -> str:
    bare, _, query = address.partition("?")
    pairs = [*parse_qsl(query, keep_blank_values=True), *asking.items()]
    return f"{bare}?{urlencode(pairs)}" if pairs else bare


def _written(moment: datetime, form: str) -> str:
    utc = moment.astimezone(UTC)
    if form == "date":
        return utc.date().isoformat()
    if form == "unix":
        return str(int(utc.timestamp()))
    if form == "unix_ms":
        return str(int(utc.timestamp()) * 1000)
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def _hear(body: bytes, account: str) -> Call:
    """Any call; what it says is up to whoever set the other system up. Nothing at all will do."""
    value = opened("the other system", body) if body.strip() else {}
    event_id, named = value.get("id"), value.get("types")
    if not isinstance(event_id, str | int | None) or not isinstance(named, list | None):
        raise Fault("garbled", "The id of a call is a text, and its types are a list.")
    types = TYPES if named is None else tuple(key for key in TYPES if key in named)
    return Call(types, None if event_id is None else str(event_id))


KIND = Kind(
    key="rest",
    name="REST / JSON",
    icon="code",
    hue=330,
    about="Reads any API that answers with JSON. You give its address and its paths.",
    address="",
    needs_address=True,
    methods=("bearer", "api_key", "basic", "oauth_client", "oauth_code"),
    settings=SETTINGS,
    types={
        key: Offer(
            key,
            "",
            changes_of(key),
            incremental=True,
        )
        for key in TYPES
    },
    check=_check,
    read=reader(_name, _page),
    hears=Hook(
        _hear,
        TYPES,
        (
            "Have the other system send a POST to this address whenever something has changed. "
            "It may be empty.",
            'If it can say more, let it send JSON: {"id": "…"} makes the same call count once, '
            '{"types": ["reservations"]} tells what has changed.',
        ),
    ),
)
