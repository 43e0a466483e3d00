"""What somebody wants to see of the records, as it stands in the address of the page. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.records import OPERATORS, Filter, Query

_MOST = 8  # filters


@dataclass(frozen=True)
class Wish:
    """As `records.Query`, without what a page decides for itself."""

    text: str = ""
    filters: tuple[Filter, ...] = ()
    source_id: str = ""
    sort: str = ""
    descending: bool = False
    page: int = 1
    removed: bool = False

    @classmethod
    def of(cls, address: Sequence[tuple[str, str]]) -> "Wish":
        """Return the wish that an address tells; what makes no sense in it is left out."""
        told = dict(address)
        page = told.get("page", "1")
        return cls(
            told.get("q", "")[:200],
            tuple(found for key, value in address if key == "f" and (found := _filter(value))),
            told.get("source", ""),
            told.get("sort", ""),
            told.get("order") == "down",
            int(page) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
            told.get("show") == "gone",
        )

    def but(self, **wanted: Any) -> "Wish":
        """Return the same wish but for some of it."""
        changed = replace(self, **wanted)
        return replace(changed, filters=changed.filters[:_MOST])

    def address(self) -> list[tuple[str, str]]:
        """Return what `of` reads."""
        told = [
            ("q", self.text),
            *(("f", f"{each.field}.{each.how}.{each.value}") for each in self.filters),
            ("source", self.source_id),
            ("sort", self.sort),
            ("order", "down" if self.descending else ""),
            ("page", str(self.page) if self.page > 1 else ""),
            ("show", "gone" if self.removed else ""),
        ]
        return [(key, value) for key, value in told if value]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order and the page was asked for."""
        return bool(self.text or self.filters or self.source_id or self.removed)

    @property
    def query(self) -> Query:
        return Query(
            self.text,
            self.filters,
            self.source_id,
            self.sort,
            self.descending,
            self.page,
            removed=self.removed,
        )


def _filter(text: str) -> Filter | None:
    field, how, *value = [*text.split(".", 2), ""][:3] if text.count(".") else ["", ""]
    return Filter(field, how, "".join(value)[:200]) if field and how in OPERATORS else None
