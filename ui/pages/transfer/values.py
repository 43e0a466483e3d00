"""What the mapping editor shows, as plain values for its component. Pure."""

from collections.abc import Sequence
from typing import Any

from domain.mapping import conversions
from domain.mapping.conversion import Conversion as DomainConversion
from domain.mapping.conversion import Option
from domain.mapping.rows import KEY, Row
from domain.mappings import Editor, Trial
from domain.references import Reference
from domain.types_of_data import ALL, Field, TypeOfData
from ui.components.ago import iso
from ui.components.mapping import Conversion, Standing, Target

_EXAMPLES = 12


def targets(editor: Editor) -> list[Target]:
    """Return the fields of ours, the primary key first."""
    return [_target(field) for field in editor.type.fields]


def offered_conversions() -> list[Conversion]:
    """Return the whole table of conversions, with the options of each for fields of a kind."""
    return [_conversion(each) for each in conversions.ALL.values()]


def standing(editor: Editor, drafted: Trial | None, *, can_undo: bool) -> Standing:
    """Return what changes while people map; `drafted` is what the suggestions would do."""
    effects = samples(drafted) if drafted else []
    return {
        "rows": {row.target: row.as_json() for row in editor.rows},
        "drafts": {
            each.row.target: {
                "source": each.row.source,
                "reason": each.reason,
                "confidence": each.confidence,
                "cells": [sample["cells"].get(each.row.target) for sample in effects],
            }
            for each in editor.suggestions
        },
        "samples": samples(editor.trial),
        "wrong": {target_of(each.place): each.sentence for each in editor.trial.missing},
        "lost": _lost(editor),
        "behind": {key: _behind(editor.type, each) for key, each in editor.references.items()},
        "fields": [
            {
                "path": each.path,
                "kind": each.kind,
                "examples": list(each.examples[:_EXAMPLES]),
                "empty": round(100 * each.empty_share),
                "unique": each.is_unique,
            }
            for each in editor.fields
        ],
        "saved": {
            "number": editor.version,
            "who": editor.saved_by,
            "at": iso(editor.saved_at),
        }
        if editor.saved_at
        else None,
        "undo": can_undo,
    }


def samples(trial: Trial) -> list[dict[str, Any]]:
    """Return each sample record: its primary key, and before, after and error by target."""
    return [
        {
            "key": sample.key,
            "cells": {cell.target: [cell.before, cell.after, cell.error] for cell in sample.cells},
        }
        for sample in trial.samples
    ]


def target_of(place: str) -> str:
    """Return the field of ours to which a place of `readiness` leads, the place itself if none."""
    return KEY if place == "primary_key" else place.removeprefix("field:")


def mended(row: Row, gone: str, instead: str) -> Row:
    """Return a row that reads `instead` wherever it read the path `gone`."""

    def new(value: Any) -> Any:
        if isinstance(value, list):
            return [new(each) for each in value]
        return instead if value == gone else value

    is_path = row.take == "path" and row.source == gone
    options = {
        key: new(value) if key in ("more", "currency_path") else value
        for key, value in row.options.items()
    }
    return Row(row.target, row.take, instead if is_path else row.source, row.transform, options)


def lost_paths(editor: Editor) -> Sequence[dict[str, Any]]:
    """Return what the source has no longer and a row still asks for."""
    missing: list[dict[str, Any]] = editor.transfer.drift.get("missing", [])
    rows = {row.target: row for row in editor.rows}
    return [
        each
        for each in missing
        if (row := rows.get(each["target"])) and mended(row, each["path"], "") != row
    ]


def _lost(editor: Editor) -> dict[str, dict[str, Any]]:
    return {
        each["target"]: {"path": each["path"], "instead": each["suggestion"]}
        for each in lost_paths(editor)
    }


def _behind(of_type: TypeOfData, reference: Reference) -> str:
    by = of_type.field(reference.id_field)
    return f"Filled from {ALL[reference.type].label} by {by.label if by else reference.id_field}."


def _target(field: Field) -> Target:
    return {
        "key": field.key,
        "label": field.label,
        "kind": field.kind,
        "required": field.required,
        "meaning": field.meaning,
        "choices": list(field.choices),
        "convert": [each.key for each in conversions.of_kind(field.kind)],
    }


def _conversion(each: DomainConversion) -> Conversion:
    options = {
        kind: [_option(option) for option in conversions.options_of(each.key, kind)]
        for kind in sorted(each.kinds)
    }
    return {"key": each.key, "label": each.label, "options": options}


def _option(option: Option) -> dict[str, Any]:
    return {
        "key": option.key,
        "label": option.label,
        "kind": option.kind,
        "meaning": option.meaning,
        "choices": [list(choice) for choice in option.choices],
    }
