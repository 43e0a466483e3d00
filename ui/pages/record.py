"""One record: its fields, where it came from, when, and as the source gave it."""

import json
from functools import partial

from nicegui import ui

from domain import records
from domain.masking import MASK
from domain.records import Page
from domain.references import Target
from domain.refusals import not_found
from domain.types_of_data import ALL
from ui.ask import load
from ui.components.ago import ago, moment
from ui.components.badge import badge
from ui.components.callout import callout
from ui.components.card import Fact, card, facts
from ui.components.code import code_block
from ui.components.page_title import breadcrumb, page_title
from ui.components.part import Part
from ui.components.text import text
from ui.frame import Visit
from ui.live import Change, gathered
from ui.pages.integration.words import run_address
from ui.pages.records.values import cell, fields, kind, shown

_LONGEST = 100_000  # characters of the original


async def page(visit: Visit, type: str, record_id: str) -> None:
    found = await _read(visit, type, record_id)
    breadcrumb([("Data", "/records"), (found.type.label, f"/records/{type}"), (_name(found), None)])
    with page_title(_name(found), f"{found.type.one.capitalize()} from {found.row.source}"):
        pass
    sheet: Part[Page] = Part(partial(_draw, visit), "stack")
    sheet.show(found)

    async def refresh() -> None:
        sheet.show(await _read(visit, type, record_id))

    renew = gathered(refresh)

    async def heard(change: Change) -> None:
        if change.noun in ("integration", "everything"):
            await renew()

    visit.follow(heard)


async def _read(visit: Visit, type_key: str, record_id: str) -> Page:
    if not (record_id.isascii() and record_id.isdigit() and len(record_id) < 19):
        raise not_found("This record")
    found = await load(records.read, visit.actor, type_key, int(record_id))
    if found.property_id != visit.place.id:
        raise not_found("This record")
    return found


def _draw(visit: Visit, found: Page) -> None:
    if found.row.removed_at:
        when = moment(found.row.removed_at, visit.zone)
        words = f"It was missing when everything was read, on {when}. What is shown is what it was."
        with callout("muted", "It is gone from the source", words, icon="archive"):
            pass
    with ui.element("div").classes("columns"):
        with card("Fields", icon="list"):
            _draw_fields(visit, found)
        with card("Where it comes from", icon="database"):
            facts(_origin(visit, found))
    lead = None if visit.place.role == "manager" else "What tells about guests is masked for you."
    with card("As the source gave it", lead, icon="code"):
        written = json.dumps(found.raw, indent=2, ensure_ascii=False)
        code_block(written[:_LONGEST], "JSON")


def _draw_fields(visit: Visit, found: Page) -> None:
    told: list[Fact] = []
    empty = []
    for field in found.type.fields:
        if field.key in records.ids(found.type):
            continue
        words = shown(field, found.row.values, visit.zone)
        if not words:
            empty.append(field.label)
        elif target := found.targets.get(field.key):
            way = f"/records/{target.type}/{target.id}"
            told.append((field.label, partial(_link, _seen(words, target), way)))
        elif kind(found.type, field) == "badge":
            value = cell(found.type, field, found.row.values, visit.zone)
            told.append((field.label, partial(badge, value["tone"], value["text"])))
        else:
            told.append((field.label, words))
    facts(told)
    if empty:
        text(f"Not given: {', '.join(empty)}.", classes="muted small")


def _seen(words: str, target: Target) -> str:
    """Return what to call a record that is referred to; a mask would be no name of a link."""
    return f"The {ALL[target.type].one}" if words == MASK else words


def _origin(visit: Visit, found: Page) -> list[Fact]:
    row, run = found.row, found.run
    told: list[Fact] = [
        ("Source", lambda: _link(row.source, f"/sources/{row.source_id}")),
    ]
    if run is not None:
        told.append(
            ("Integration", lambda: _link(run.integration, f"/integrations/{run.integration_id}"))
        )
        when = moment(run.at, visit.zone)
        told.append(("Last changed by", lambda: _link(f"the run of {when}", _run(found))))
    told.append(("First seen", lambda: ago(row.first_seen_at, zone=visit.zone)))
    told.append(("Last seen", lambda: ago(row.seen_at, zone=visit.zone)))
    for field in (found.type.field(key) for key in records.ids(found.type)):
        if field and (words := shown(field, row.values, visit.zone)):
            told.append((field.label, words))
    return told


def _run(found: Page) -> str:
    return run_address(found.run.integration_id, found.run.id) if found.run else "/integrations"


def _name(found: Page) -> str:
    lead = found.row.values.get(fields(found.type)[0].key)
    shown_by = found.row.name if lead in (None, "", MASK) else lead
    return f"{found.type.one.capitalize()} {shown_by}"


def _link(label: str, address: str) -> None:
    text(label, "a").props["href"] = address
