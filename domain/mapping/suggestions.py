"""Suggestions: which field of a source could fill which of ours, with a reason. Drafts, all.

Nothing here decides anything: a person confirms each row in the editor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.mapping import drafts, likeness, names
from domain.mapping.discovery import SourceField
from domain.mapping.rows import KEY, Row, of_target

if TYPE_CHECKING:
    from domain.types_of_data import Field, TypeOfData

LEAST = 75  # what is less sure than this is not suggested
_MOST_SURE = 98  # only a person is surer
_ONE_OF_MANY = 25
_UNSURE_DATE = 20
_MOSTLY_EMPTY = 12
_WITHOUT_CURRENCY = 8


@dataclass(frozen=True)
class Suggestion:
    """A draft of a row. confidence: 0 to 100; reason: sentences for people."""

    row: Row
    reason: str
    confidence: int


def suggest(
    type_of_data: TypeOfData, fields: Sequence[SourceField], rows: Sequence[Row]
) -> tuple[Suggestion, ...]:
    """Return at most one draft for each field of ours that `rows` don't fill yet.

    A field of the source is suggested once, where it is surest; the primary key comes first.
    """
    key = None if of_target(rows, KEY) else _key(type_of_data, fields)
    open_fields = [each for each in type_of_data.fields if not of_target(rows, each.key)]
    found = sorted(
        _candidates(type_of_data, fields, open_fields), key=lambda each: -each.confidence
    )
    taken = {row.source for row in rows}
    best: dict[str, Suggestion] = {KEY: key} if key else {}
    for each in found:
        if each.row.target not in best and each.row.source not in taken:
            best[each.row.target] = each
            taken.add(each.row.source)
    return tuple(best[field.key] for field in type_of_data.fields if field.key in best)


def _candidates(
    type_of_data: TypeOfData, fields: Sequence[SourceField], open_fields: Sequence[Field]
) -> Iterator[Suggestion]:
    for field in open_fields:
        if field.key != KEY:
            known = (field.key, field.label, *names.of(type_of_data.key, field.key))
            for source in fields:
                suggestion = _suggestion(field, known, source, fields)
                if suggestion.confidence >= LEAST:
                    yield suggestion


def _suggestion(
    field: Field, known: Sequence[str], source: SourceField, fields: Sequence[SourceField]
) -> Suggestion:
    like, name = likeness.of_path(source.path, known)
    fits = drafts.fit(field, source, fields) if like >= LEAST and "[*]" not in source.path else 0
    confidence = like * fits // 100
    if confidence < LEAST:
        return Suggestion(Row(field.key, "path", source.path), "", 0)
    row = drafts.row(field, source, fields)
    confidence -= _ONE_OF_MANY * ("[" in source.path)
    confidence -= _UNSURE_DATE * drafts.is_unsure_date(field, source)
    confidence -= _WITHOUT_CURRENCY * drafts.lacks_currency(row)
    confidence -= round(_MOSTLY_EMPTY * source.empty_share) if field.required else 0
    return Suggestion(row, _reason(field, source, row, like, name), min(confidence, _MOST_SURE))


def _reason(field: Field, source: SourceField, row: Row, like: int, name: str) -> str:
    said = [_reason_of_name(field, like, name), _reason_of_values(field, source)]
    if drafts.is_unsure_date(field, source):
        said.append("Check which number is the day and which the month.")
    if drafts.lacks_currency(row):
        said.append("Choose its currency.")
    if row.transform == "join":
        said.append("Joined with the last name beside it.")
    if row.take == "expression":
        said.append("The items of the list are counted.")
    return " ".join(filter(None, said))


def _reason_of_name(field: Field, like: int, name: str) -> str:
    if likeness.words(name) == likeness.words(field.label):
        return f"It is named like “{field.label}”."
    sure = "It has a usual name for it" if like >= 90 else "Its name is similar to a usual one"
    return f"{sure}: “{name}”."


def _reason_of_values(field: Field, source: SourceField) -> str:
    if not source.examples:
        return "The sample shows no value of it."
    if field.kind == "choice":
        return "Its values are few, and like ours."
    return f"Its values fit, as in “{source.examples[0]}”."


def _key(type_of_data: TypeOfData, fields: Sequence[SourceField]) -> Suggestion | None:
    """Return the best primary key: a field that every record has, and each another value of it."""
    scored = [
        (_key_likeness(type_of_data, source), source)
        for source in fields
        if source.is_unique and source.kind in ("text", "integer") and "[" not in source.path
    ]
    like, best = max(scored, key=lambda each: each[0], default=(0, None))
    if best is None or like < LEAST:
        return None
    reason = "Every record of the sample has it, and each has another value."
    return Suggestion(Row(KEY, "path", best.path), reason, min(like, _MOST_SURE))


def _key_likeness(type_of_data: TypeOfData, source: SourceField) -> int:
    ids = (*names.of(type_of_data.key, KEY), f"{type_of_data.one} id", *names.KEYS)
    numbers = (*names.of(type_of_data.key, "number"), *names.of(type_of_data.key, "code"))
    like = max(
        likeness.of_path(source.path, ids)[0],
        likeness.of_path(source.path, (f"{type_of_data.one} number", *numbers))[0] - 5,
        90 if likeness.words(source.path) in names.NUMBERS else 0,
    )
    if likeness.words(source.path) == "id":
        like = 100
    # The id of something inside the record may be unique in a sample by chance.
    return like - 25 * source.path.count(".")
