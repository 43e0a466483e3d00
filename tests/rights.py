"""Reads the one table of who may do what and see which page: tests/rights.txt."""

from pathlib import Path

FILE = Path(__file__).with_name("rights.txt")
Table = dict[str, dict[str, str]]


def table(kind: str) -> Table:
    """Return the table of each "verb" or "page": who gets what."""
    found: Table = {}
    people: list[str] = []
    for line in FILE.read_text().splitlines():
        name, *row = line.split() or ("", "")
        if name in ("verb", "page"):
            people = row if name == kind else []
        elif people and row and name:
            assert name not in found, f"{name} stands twice in {FILE.name}"
            found[name] = dict(zip(people, row, strict=True))
    return found
