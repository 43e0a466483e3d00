"""The audit log: every change, filtered and paged in the database, and how its chain stands."""

from nicegui import ui

from domain import audit, kinds
from domain.audit import Choices, End, Found, Row
from domain.history import WORDS
from domain.refusals import Refusal
from domain.tampering import Verdict
from ui.ask import attempt_outside, load, show
from ui.components.ago import ago, iso
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.copy import copy
from ui.components.field import SelectField, TextField, select_field, text_field
from ui.components.listing import Column, Listing
from ui.components.listing import Row as Line
from ui.components.page_title import page_title
from ui.components.text import text
from ui.frame import Visit
from ui.pages.operations.audit_wish import PATH, Wish

SIDES = {"property": "Property", "partner": "Partner", "platform": "Platform", "adjoin": "Adjoin"}
FILES = "/files/audit"  # see audit_files
_COLUMNS: list[Column] = [
    {"key": "text", "label": "What", "kind": "strong", "sub": "note"},
    {"key": "who", "label": "Who", "kind": "text", "sub": "side"},
    {"key": "where", "label": "Where", "kind": "text", "sub": "also"},
    {"key": "at", "label": "When", "kind": "time", "align": "end"},
]
_LONGEST = 140  # characters of a note in the list; the row's own page has all of it


async def page(visit: Visit) -> None:
    wish = Wish.of(visit.query, visit.zone)
    after = visit.query.get("after", "")[:60]
    try:
        found = await load(audit.search, visit.actor, wish.wanted, after=after)
    except Refusal as refusal:
        if refusal.code != "invalid":
            raise
        # An old or mistyped address: the newest are shown instead, with what is wrong with it.
        show(refusal)
        found, after = await load(audit.search, visit.actor, wish.wanted), ""
    choices = await load(audit.choices, visit.actor)
    end = await load(audit.end, visit.actor)
    lead = "Every change, by whom and when. Nobody can edit it, operators neither."
    with page_title("Audit log", lead):
        for label, shape in (("CSV", "csv"), ("JSON lines", "jsonl")):
            link = button(label, href=wish.path(f"{FILES}.{shape}"), icon="download")
            link.props["download"] = True
    with ui.element("div").classes("stack"):
        with card("Filters", icon="filter"):
            Filters(wish, choices)
        _draw_rows(visit, wish, found, after)
        Chain(visit, end)


class Filters:
    """The form; the address of the page says what is chosen, so that a choice can be shared."""

    def __init__(self, wish: Wish, choices: Choices) -> None:
        self._wish = wish
        self._fields: dict[str, TextField | SelectField] = {}
        with ui.element("div").classes("audit-filters"):
            self._text("from", "From", "date")
            self._text("to", "To", "date")
            self._select("event", "What", _events(wish.texts["event"]))
            self._select("side", "Side", SIDES)
            self._text("person", "Person")
            self._text("connection", "Connection")
            self._select("property", "Property", choices.properties)
            self._select("partner", "Partner", choices.partners)
            self._select("app", "App", choices.apps)
        with ui.element("div").classes("actions form-end"):
            button("Show", self._go, kind="primary", icon="search")
            if wish.is_narrowed:
                button("Show everything", href=PATH, kind="quiet")

    def _text(self, name: str, label: str, type: str = "text") -> None:
        hint = {"person": "A name or an address", "connection": "Such as C-10001"}.get(name, "")
        value = self._wish.texts[name]
        self._fields[name] = text_field(label, value=value, type=type, hint=hint, on_enter=self._go)

    def _select(self, name: str, label: str, options: dict[str, str]) -> None:
        chosen = self._wish.texts[name]
        if chosen and chosen not in options:
            options = {chosen: chosen, **options}
        self._fields[name] = select_field(label, {"": "All", **options}, value=chosen)

    def _go(self) -> None:
        given = {name: str(field.value or "") for name, field in self._fields.items()}
        ui.navigate.to(Wish(given, "UTC").path())


class Chain:
    """How the chain stands: where it ends, and whether it holds, which takes a while to find."""

    def __init__(self, visit: Visit, end: End) -> None:
        self._visit = visit
        lead = "Each row is sealed with the one before it, by a key that is not in the database."
        with card("Chain of seals", lead, icon="link-2"):
            facts(_facts_of(end, visit.zone))
            text(
                "Keep the last seal somewhere else, from time to time: only so can it be seen when "
                "the newest rows were removed together with their seals. “main.py verify-audit "
                "--expect” compares.",
                classes="muted below",
            )
            self._result = ui.element("div").classes("below")
            with ui.element("div").classes("actions form-end"):
                button("Check all of it", self._check, icon="shield")

    async def _check(self) -> None:
        outcome = await attempt_outside(audit.check, self._visit.actor)
        if outcome.refusal is not None:
            show(outcome.refusal)
        elif outcome.value is not None and not self._result.is_deleted:
            self._result.clear()
            with self._result:
                _draw_verdict(outcome.value)


def _facts_of(end: End, zone: str) -> list[Fact]:
    if end.sealed_at is None:
        return [("Sealed", "Nothing yet"), ("Waiting for a seal", f"{end.waiting:,}")]
    sealed_at = end.sealed_at

    def last() -> None:
        with ui.element("div").classes("line"):
            text(f"{end.number}:{end.digest}", "code")
            copy(f"{end.number}:{end.digest}")

    return [
        ("Rows sealed", f"{end.number:,}"),
        ("Waiting for a seal", f"{end.waiting:,}"),
        ("Last sealed", lambda: ago(sealed_at, zone=zone)),
        ("Last seal", last),
    ]


def _draw_verdict(verdict: Verdict) -> None:
    if verdict.holds:
        sentence = f"{verdict.sealed:,} rows, each as it was written, and none gone in between."
        with callout("ok", "It holds", sentence):
            pass
    else:
        sentence = "Somebody has changed the log, or the key is another one than before."
        with callout("bad", "It does not hold", sentence):
            pass
    with ui.element("ul").classes("audit-findings"):
        for finding in (*verdict.findings, *verdict.notes):
            text(finding, "li")
        if verdict.more:
            text(f"And {verdict.more:,} more findings.", "li")


def _draw_rows(visit: Visit, wish: Wish, found: Found, after: str) -> None:
    with ui.element("section").classes("stack tight"):
        Listing(
            _COLUMNS,
            [line(row) for row in found.rows],
            label="Rows of the audit log",
            empty="No row fits these filters." if wish.is_narrowed else "Nothing happened yet.",
            zone=visit.zone,
            whole=True,
        )
        with ui.element("nav").classes("actions") as nav:
            nav.props["aria-label"] = "Pages"
            if after:
                button("Newest", href=wish.path(), icon="chevron-left", small=True)
            if found.older:
                older = wish.path(after=found.older)
                button("Older", href=older, icon="chevron-down", small=True)


def line(row: Row) -> Line:
    """Return a row as a line of the list."""
    places = [place for place in (row.property, row.partner, row.app) if place]
    return {
        "id": row.id,
        "href": f"{PATH}/{row.id}",
        "text": row.text,
        "note": row.note if len(row.note) <= _LONGEST else f"{row.note[:_LONGEST]}…",
        "who": row.who,
        "side": SIDES.get(row.side),
        "where": places[0] if places else None,
        "also": ", ".join(dict.fromkeys(places[1:])) or None,
        "at": iso(row.at),
    }


def _events(chosen: str) -> dict[str, str]:
    """Return the kinds of events, and the one event that an address may ask for."""
    single = {chosen: WORDS[chosen]} if chosen in WORDS else {}
    return single | kinds.KINDS
