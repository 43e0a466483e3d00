"""Readiness: everything that a data transfer still lacks before it can be activated. Pure."""

from collections import Counter
from collections.abc import Sequence, Set
from typing import Any, NamedTuple

from domain.mapping.choices import CHOICE
from domain.mapping.compiled import CellError, Converted, compile
from domain.mapping.problems import problems
from domain.mapping.rows import KEY, Row
from domain.refusals import Refusal
from domain.types_of_data import TypeOfData

PRIMARY_KEY, AUTHORIZATION, SAMPLE = "primary_key", "authorization", "sample"
FEW = 0.1  # of the sample records may be wrong: a run leaves such records out, and says so


class Missing(NamedTuple):
    """One thing to be done. place: authorization, sample, primary_key or field:<key>."""

    sentence: str
    place: str


class NotReady(Refusal):
    """Refused because of everything in `missing`."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        count = "one thing is" if len(missing) == 1 else f"{len(missing)} things are"
        super().__init__("not_ready", f"Not yet: {count} missing. {missing[0].sentence}")
        self.missing = tuple(missing)


def missing(
    type_of_data: TypeOfData,
    rows: Sequence[Row],
    records: Sequence[Any],
    *,
    time_zone: str,
    broken: str = "",
    with_values: bool = True,
) -> tuple[Missing, ...]:
    """Return all that is missing, in the order in which a person would see to it.

    records: samples of the source. broken: why the source cannot be read, empty when it can.
    with_values: whether sentences may quote what a record holds.
    """
    found = [Missing(broken, AUTHORIZATION)] if broken else []
    wrong = problems(type_of_data, rows, time_zone=time_zone)
    found += [Missing(problem.sentence, place_of(problem.target)) for problem in wrong]
    if not records:
        return (*found, Missing("Read sample records, so that the mapping can be tried.", SAMPLE))
    mapped = compile(type_of_data, rows, time_zone=time_zone)
    converted = [mapped(record) for record in records]
    seen = {problem.target for problem in wrong}
    found += _of_keys(converted) if KEY not in seen else []
    listed = {row.target for row in rows if row.transform == CHOICE.key}
    return (*found, *_of_cells(type_of_data, converted, seen | {KEY}, listed, with_values))


def place_of(target: str) -> str:
    return PRIMARY_KEY if target == KEY else f"field:{target}"


def _of_keys(converted: Sequence[Converted]) -> list[Missing]:
    keys = Counter(each.key for each in converted)
    empty = keys.pop(None, 0)
    twice = sum(count for count in keys.values() if count > 1)
    of_all = f"of {len(converted)} sample records"
    found = []
    if empty:
        found.append(Missing(f"Primary key: {empty} {of_all} have none.", PRIMARY_KEY))
    if twice:
        sentence = f"Primary key: {twice} {of_all} share theirs with another one."
        found.append(Missing(f"{sentence} Choose a field that tells them apart.", PRIMARY_KEY))
    return found


def _of_cells(
    type_of_data: TypeOfData,
    converted: Sequence[Converted],
    but: Set[str],
    listed: Set[str],
    with_values: bool,
) -> list[Missing]:
    """Return what cannot be converted. A value that a list lacks can be added to it, always;
    elsewhere a few that are wrong must not hold up all the others."""
    errors: dict[str, list[CellError]] = {}
    for each in converted:
        for error in each.errors:
            errors.setdefault(error.target, []).append(error)
    return [
        Missing(_sentence(type_of_data, several, len(converted), with_values), place_of(target))
        for target, several in errors.items()
        if target not in but and (target in listed or len(several) > FEW * len(converted))
    ]


def _sentence(
    type_of_data: TypeOfData, errors: Sequence[CellError], of: int, with_values: bool
) -> str:
    if not with_values:
        field = type_of_data.field(errors[0].target)
        label = field.label if field else errors[0].target
        return f"{label}: {len(errors)} of {of} sample records cannot be converted."
    reasons = Counter(_reason(error) for error in errors)
    reason, count = reasons.most_common(1)[0]
    sentence = next(error.sentence for error in errors if _reason(error) == reason)
    are = "is" if count == 1 else "are"
    others = len(errors) - count
    more = f", and {others} cannot be converted for other reasons" if others else ""
    return f"{sentence} {count} of {of} sample records {are} like that{more}."


def _reason(error: CellError) -> str:
    """Return why a value does not do, whichever value it is."""
    return error.sentence.replace(error.value, "")
