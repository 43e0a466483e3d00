"""Queries: what stands behind the “?” when records are asked for, judged and described."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from fastapi.exceptions import RequestValidationError
from starlette.datastructures import QueryParams

from domain.extracts import FILTERS, MOST, MOST_IDS, USUAL, Filter, Wanted
from domain.shelves import PREFIXES, number_of
from domain.types_of_data import ALL, TypeOfData

LONGEST = 100  # characters of a text to search for
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# RFC 3339, 5.6.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.I)
_UNKNOWN = "This is not known here. Leave it out."


class _Parameter(NamedTuple):
    """One parameter. judge: returns its value, or raises ValueError with what to write instead.

    field: of `Wanted`; filters have none, they are kept by their names.
    """

    judge: Callable[[str], Any]
    schema: Mapping[str, Any]
    meaning: str
    field: str = ""


def wanted(of_type: TypeOfData, asked: QueryParams) -> Wanted:
    """Return what is asked for; raises RequestValidationError with everything that is wrong."""
    known, complaints = _PARAMETERS[of_type.key], []
    found: dict[str, Any] = {"filters": {}}
    for name, text in asked.multi_items():
        parameter = known.get(name)
        if parameter is None:
            complaints.append(_complaint(name, _UNKNOWN))
            continue
        place, key = (found, parameter.field) if parameter.field else (found["filters"], name)
        try:
            if key in place:
                raise ValueError("Send this once.")
            place[key] = parameter.judge(text)
        except ValueError as error:
            complaints.append(_complaint(name, str(error)))
    if complaints:
        raise RequestValidationError(complaints)
    return Wanted(**found)


def check_empty(asked: QueryParams) -> None:
    """Raise RequestValidationError if there is anything behind the “?”."""
    if asked:
        raise RequestValidationError([_complaint(name, _UNKNOWN) for name in asked])


def described(of_type: TypeOfData) -> list[dict[str, Any]]:
    """Return the parameters of a type as the description of the API has them (OpenAPI 3.1)."""
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": parameter.meaning,
            "schema": parameter.schema,
            **({"style": "form", "explode": False} if "items" in parameter.schema else {}),
        }
        for name, parameter in _PARAMETERS[of_type.key].items()
    ]


def _complaint(name: str, sentence: str) -> dict[str, Any]:
    return {"type": "refused", "loc": ("query", name), "msg": sentence, "input": None}


# The parameters


def _of_all(of_type: TypeOfData) -> Iterator[tuple[str, _Parameter]]:
    """Give the parameters that every type has."""
    some = f"{PREFIXES[of_type.key]}_17"
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    meaning = f"How many records at most: 1 to {MOST}, and {USUAL} when you leave it out."
    yield "limit", _Parameter(_limit, limit, meaning, "limit")
    cursor = {"type": "string", "minLength": 1}
    meaning = "The `next_cursor` of the page before, with the same filters."
    yield "cursor", _Parameter(_cursor, cursor, meaning, "cursor")
    since = {"type": "string", "format": "date-time", "examples": ["2026-11-21T14:02:00Z"]}
    meaning = "Only what has changed since, with what was removed."
    yield "updated_since", _Parameter(_moment, since, meaning, "updated_since")
    ids = {
        "type": "array",
        "items": {"type": "string", "pattern": f"^{PREFIXES[of_type.key]}_[1-9][0-9]{{0,17}}$"},
        "minItems": 1,
        "maxItems": MOST_IDS,
    }
    meaning = f"Only these, with commas between them: {some},{some[:-1]}8."
    yield "ids", _Parameter(_ids_of(of_type.key), ids, meaning, "ids")


def _filter(of_type: TypeOfData, each: Filter) -> _Parameter:
    if each.kind == "choice":
        field = of_type.field(each.field)
        choices = field.choices if field else ()
        values = {"type": "array", "items": {"enum": list(choices)}, "minItems": 1}
        return _Parameter(_choices(choices), values, each.meaning)
    kinds: dict[str, tuple[Callable[[str], Any], dict[str, Any]]] = {
        "date": (_date, {"type": "string", "format": "date", "examples": ["2026-12-24"]}),
        "boolean": (_boolean, {"type": "boolean"}),
        "text": (_text, {"type": "string", "minLength": 1, "maxLength": LONGEST}),
    }
    return _Parameter(*kinds[each.kind], each.meaning)


def _limit(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,3}", text, re.ASCII) or int(text) > MOST:
        raise ValueError(f"Write a number from 1 to {MOST}.")
    return int(text)


def _cursor(text: str) -> str:
    if not text:
        raise ValueError("Leave it out for the first page.")
    return text


def _moment(text: str) -> datetime:
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("Write a moment like 2026-11-21T14:02:00Z; a “+” has to be sent as %2B.")


def _date(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError("Write a day like 2026-12-24.")


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("Write true or false.")
    return text == "true"


def _text(text: str) -> str:
    if not text.strip() or len(text) > LONGEST:
        raise ValueError(f"Write what to look for, {LONGEST} characters at most.")
    return text


def _choices(choices: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    def judge(text: str) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(text.split(",")))
        if not set(found) <= set(choices):
            raise ValueError(f"Write one of these, or several with commas: {', '.join(choices)}.")
        return found

    return judge


def _ids_of(type_key: str) -> Callable[[str], tuple[int, ...]]:
    def judge(text: str) -> tuple[int, ...]:
        found = [number_of(type_key, each) for each in text.split(",")]
        numbers = tuple(dict.fromkeys(number for number in found if number is not None))
        if None in found or len(found) > MOST_IDS:
            raise ValueError(
                f"Write at most {MOST_IDS} ids like {PREFIXES[type_key]}_17, with commas between."
            )
        return numbers

    return judge


_PARAMETERS: Mapping[str, Mapping[str, _Parameter]] = {
    key: dict(_of_all(of_type)) | {each.name: _filter(of_type, each) for each in FILTERS[key]}
    for key, of_type in ALL.items()
}
