"""One row of the audit log: all that is written there, its seal, and where it leads."""

from urllib.parse import urlencode

from nicegui import ui

from domain import audit
from domain.audit import Detail
from ui.ask import load
from ui.components.ago import moment
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.copy import copy
from ui.components.page_title import breadcrumb, page_title
from ui.components.text import text
from ui.frame import Visit
from ui.pages.operations.audit import SIDES
from ui.pages.operations.audit_wish import PATH

_STATES = {
    "sealed": ("ok", "Sealed", "It is as it was written, and fits the seals around it."),
    "waiting": ("info", "Not sealed yet", "That takes some seconds while Adjoin runs."),
    "broken": (
        "bad",
        "It does not fit its seal",
        "Somebody has changed this row, its seal or the one before, or the secret key is another "
        "one than when it was written. “main.py verify-audit” says more.",
    ),
}


async def page(visit: Visit, row_id: str) -> None:
    found = await load(audit.read, visit.actor, row_id)
    row = found.row
    breadcrumb([("Audit log", PATH), (row.text, None)])
    with page_title(row.text, f"By {row.who}"):
        pass
    with ui.element("div").classes("columns"):
        with ui.element("div").classes("stack"):
            with card("What is written", icon="file-text"):
                facts(_written(found, visit.zone))
            with card("More like this", icon="filter"), ui.element("div").classes("actions"):
                for label, query in _alike(found):
                    button(label, href=f"{PATH}?{urlencode(query)}", small=True)
        with card("Its seal", icon="link-2"), ui.element("div").classes("stack"):
            tone, title, sentence = _STATES[found.state]
            with callout(tone, title, sentence):
                pass
            if found.number is not None:
                facts(_seal(found, visit.zone))


def _written(found: Detail, zone: str) -> list[Fact]:
    row = found.row
    who = f"{row.who} ({found.email})" if found.email else row.who
    told: list[tuple[str, str | None]] = [
        ("Event", row.event),
        ("Who", who),
        ("Side", SIDES.get(row.side)),
        ("Before", row.before),
        ("After", row.after),
        ("Note", row.note),
        ("App", row.app),
        ("Partner", row.partner),
    ]
    listed: list[Fact] = [("When", moment(row.at, zone))]
    listed += [(label, value) for label, value in told if value]
    if row.property_id:
        path = f"/operations/properties/{row.property_id}"
        listed.append(("Property", lambda: _link(row.property, path)))
    if row.connection_id:
        its = f"/operations/connections/{row.connection_id}"
        listed.append(("Connection", lambda: _link("Its page and story", f"{its}?line={row.id}")))
    if row.subject_id:
        listed.append(("About", lambda: text(row.subject_id or "", "code")))
    listed.append(("Row", lambda: _copied(row.id)))
    return listed


def _seal(found: Detail, zone: str) -> list[Fact]:
    listed: list[Fact] = [("Number", f"{found.number:,}")]
    if found.sealed_at is not None:
        listed.append(("Sealed", moment(found.sealed_at, zone)))
    listed.append(("Digest", lambda: _copied(found.digest)))
    return listed


def _alike(found: Detail) -> list[tuple[str, dict[str, str]]]:
    row = found.row
    alike = [("This event", {"event": row.event}), ("This kind", {"event": row.kind})]
    if found.email:
        alike.append((f"By {row.who}", {"person": found.email}))
    if row.connection_id:
        alike.append(("On this connection", {"connection": row.connection_id}))
    if row.property_id:
        alike.append((f"At {row.property}", {"property": row.property_id}))
    if row.partner_id:
        alike.append((f"About {row.partner}", {"partner": row.partner_id}))
    return alike


def _link(words: str, path: str) -> None:
    text(words, "a").props["href"] = path


def _copied(value: str) -> None:
    with ui.element("div").classes("line"):
        text(value, "code")
        copy(value)
