"""Rows: what a person decided in the mapping editor, one row per field of ours."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

Take = Literal["path", "constant", "expression"]

KEY = "external_id"  # the target of the row that is the primary key
LONGEST_SOURCE = 500  # characters of a path, a constant or an expression
_LONGEST_NAME = 100
_LONGEST_OPTIONS = 50_000  # characters; a value list of some hundred lines
_MOST_ROWS = 200
_PARTS = {"target", "take", "source", "transform", "options"}


@dataclass(frozen=True)
class Row:
    """One field of ours (`target`) and where its value comes from.

    `source` is a path into the record, a constant's text or a jmespath expression, as `take` says;
    `transform` a key of domain.mapping.conversions, `options` what that conversion takes.
    """

    target: str
    take: Take
    source: str
    transform: str = "text"
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def as_json(self) -> dict[str, Any]:
        """Return the row as it is stored."""
        return {
            "target": self.target,
            "take": self.take,
            "source": self.source,
            "transform": self.transform,
            "options": dict(self.options),
        }

    @classmethod
    def from_json(cls, value: Any) -> "Row":
        """Read what `as_json` wrote; raises ValueError with a sentence for anything else."""
        if not isinstance(value, dict) or not set(value) <= _PARTS:
            raise ValueError("A row of a mapping has a target, a source and a transform only.")
        return cls(
            _name(value.get("target"), "target"),
            _take(value.get("take")),
            _text(value.get("source"), "source", LONGEST_SOURCE),
            _name(value.get("transform", "text"), "transform"),
            _options(value.get("options", {})),
        )


Rows = tuple[Row, ...]


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return a mapping as it is stored."""
    return [row.as_json() for row in rows]


def from_json(value: Any) -> Rows:
    """Read a stored mapping; raises ValueError with a sentence when it is none."""
    if not isinstance(value, list) or len(value) > _MOST_ROWS:
        raise ValueError(f"A mapping is a list of at most {_MOST_ROWS} rows.")
    rows = tuple(Row.from_json(each) for each in value)
    if len({row.target for row in rows}) < len(rows):
        raise ValueError("A mapping has at most one row for each field.")
    return rows


def of_target(rows: Sequence[Row], target: str) -> Row | None:
    """Return the row which fills `target`."""
    return next((row for row in rows if row.target == target), None)


def can_be_source(text: str) -> bool:
    """Whether a row can name `text` as its source."""
    return 0 < len(text) <= LONGEST_SOURCE and _can_be_stored(text)


def _take(value: Any) -> Take:
    if not isinstance(value, str) or value not in get_args(Take):
        raise ValueError("A row takes its value from a path, a constant or an expression.")
    return cast(Take, value)


def _text(value: Any, what: str, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or not _can_be_stored(value):
        raise ValueError(f"The {what} of a row is a text of at most {longest} characters.")
    return value


def _name(value: Any, what: str) -> str:
    if not _text(value, what, _LONGEST_NAME):
        raise ValueError(f"A row needs a {what}.")
    return str(value)


def _options(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise ValueError("The options of a row are names with values.")
    try:
        written = json.dumps(value, allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError("The options of a row are plain values.") from error
    if len(written) > _LONGEST_OPTIONS or not _can_be_stored(written):
        raise ValueError(f"The options of a row take at most {_LONGEST_OPTIONS:,} characters.")
    kept: dict[str, Any] = json.loads(written)
    return kept


def _can_be_stored(text: str) -> bool:
    """Whether a database can keep the text: no NUL, no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text and "\\u0000" not in text
