"""What the component of a value mapping is given to show. Pure."""

from dataclasses import asdict
from typing import Any, cast

from domain import value_pages
from domain.entries import Entry
from domain.types_of_data import ALL
from domain.value_pages import Page, Shown
from domain.value_suggestions import Suggested
from ui.components.valuemap import Record, Row, Standing


def standing(page: Page, *, can_undo: bool) -> Standing:
    return {
        "version": page.version,
        "mapped": page.how_far.mapped,
        "total": page.how_far.total,
        "lacking": len(page.how_far.lacking),
        "sure": page.sure,
        "rows": [_row(row) for row in page.rows],
        "undo": can_undo,
    }


def found(entry: Entry) -> Record:
    """Return what could be chosen."""
    return {
        "number": entry.number,
        "name": entry.name,
        "code": entry.code,
        "external_id": entry.external_id,
        "source": entry.source,
        "state": entry.state,
    }


def _row(row: value_pages.Row) -> Row:
    proposal = row.proposal
    return {
        "key": row.slot.key,
        "label": row.slot.label,
        "hint": row.slot.hint,
        "type": ALL[row.slot.type].label,
        "required": row.slot.required,
        "choice": "record" if row.record else "none" if row.is_none else "open",
        "status": row.status,
        "record": _record(row.record),
        "proposal": {"who": proposal.who, "record": _record(proposal.record)} if proposal else None,
        "suggested": _suggested(row.suggested),
        "gone": row.gone,
    }


def _record(shown: Shown | None) -> Record | None:
    return cast(Record, asdict(shown)) if shown else None


def _suggested(suggested: Suggested | None) -> dict[str, Any] | None:
    if suggested is None:
        return None
    more = {"confidence": suggested.confidence, "reason": suggested.reason}
    return {**found(suggested.entry), **more}
