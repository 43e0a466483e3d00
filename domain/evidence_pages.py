"""Evidence to read and to print: a page without a script, every text of it escaped. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.evidence import Page

# Nothing may run or be loaded in it, whatever stands in a text.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
)
_Line = Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    """One part of the page: facts, a table, or both. lead: a sentence about it, may be empty."""

    title: str
    lead: str = ""
    facts: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def as_html(page: Page) -> str:
    """Return a pack as a page for people."""
    about = page.content["connection"]
    made = f"Made {_moment(page.content['made_at'])} for case #{page.number}, by {page.row.who}."
    return _TEMPLATES.get_template("evidence.html").render(
        title=f"Evidence: {about['app']} at {about['property']}",
        lead=made,
        left_out=page.content["left_out"],
        sections=list(sections(page.content)),
    )


def sections(content: Mapping[str, Any]) -> Iterator[Section]:
    """Return the parts of a pack in the order in which an engineer reads them."""
    cut = content.get("cut", {})
    yield Section("Connection", facts=_facts(content["connection"]))
    for name, (title, nothing) in _TABLES.items():
        if name in content:
            lines = [_flat(line) for line in content[name]]
            yield _table(title, lines, _lead(lines, nothing, cut.get(name, 0)))
        if name == "deliveries":
            yield from _of_mapping(content["mapping"])
            yield from _of_integrations(content)


_TABLES = {
    "tokens": ("Access tokens", "There are none."),
    "requests": ("Requests of the partner’s programs", "None in the last 30 days."),
    "deliveries": ("Notifications to the partner", "None were sent."),
    "endpoints": ("Endpoints of the partner", "There are none."),
    "authorizations": ("Credentials, by their states", "None are involved."),
    "history": ("History", "Nothing has happened."),
}


def _of_mapping(mapping: _Line) -> Iterator[Section]:
    if mapping["values"]:
        lead = f"Version {mapping['version']}, {mapping['how_far']}."
        yield _table("Value mapping", mapping["values"], lead)


def _of_integrations(content: Mapping[str, Any]) -> Iterator[Section]:
    for each in content.get("integrations", ()):
        facts = {key: part for key, part in each.items() if not isinstance(part, list)}
        yield Section(f"Integration {each['id']}", facts=_facts(_flat(facts)))
        yield _table(f"Data transfers of {each['id']}", each["transfers"])
        yield _table(f"Last runs of {each['id']}", [_flat(run) for run in each["runs"]])


# In words

_EMPTY = ("", None)  # a column of nothing else is left out


def _lead(lines: Sequence[_Line], nothing: str, cut: int) -> str:
    if not lines:
        return nothing
    return f"{cut} older ones were left out, to keep this small." if cut else ""


def _table(title: str, lines: Sequence[_Line], lead: str = "") -> Section:
    names = list(lines[0]) if lines else []
    columns = [name for name in names if any(line[name] not in _EMPTY for line in lines)]
    rows = [[_words(name, line[name]) for name in columns] for line in lines]
    return Section(title, lead, columns=[_label(name) for name in columns], rows=rows)


def _facts(line: _Line) -> list[tuple[str, str]]:
    return [(_label(name), _words(name, value)) for name, value in line.items()]


def _flat(line: _Line) -> dict[str, Any]:
    """Return a line whose lists and dictionaries have become words."""
    return {name: _in_short(value) for name, value in line.items()}


def _in_short(value: Any) -> Any:
    if isinstance(value, dict):
        return ", ".join(f"{_label(key)} {_words(key, inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "; ".join(str(_in_short(inner)) for inner in value)
    return value


def _label(name: str) -> str:
    words = name.removesuffix("_at").replace("_", " ")
    return words[:1].upper() + words[1:]


def _words(name: str, value: Any) -> str:
    if value in _EMPTY:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name in ("at", "since") or name.endswith("_at"):
        return _moment(str(value))
    return str(_in_short(value))


def _moment(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text):%-d %b %Y, %H:%M:%S} UTC"
    except ValueError:
        return text
