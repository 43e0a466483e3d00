"""Pages of long lists, cut in the database: a reader gets one, and how many there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

T = TypeVar("T")

SIZE = 50  # rows of a page
LONGEST = 200  # characters of a search


@dataclass(frozen=True)
class Bounds:
    """Where a page lies: its number and how many there are, its first row (from 1) of the total."""

    number: int
    pages: int
    first: int
    total: int


@dataclass(frozen=True)
class Page(Generic[T]):
    rows: tuple[T, ...]
    at: Bounds


def cut(
    session: Session, query: sa.Select[Any], number: int, size: int = SIZE
) -> tuple[list[Any], Bounds]:
    """Return the rows of page `number` of a query that has an order, and where they lie.

    A number beyond the last page is the last page, one below the first is the first.
    """
    counted = sa.select(sa.func.count()).select_from(query.order_by(None).subquery())
    total = int(session.execute(counted).scalar_one())
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    rows = session.execute(query.offset((number - 1) * size).limit(size)).all()
    return list(rows), Bounds(number, pages, (number - 1) * size + 1, total)


def has_words(text: str, *columns: Any) -> sa.ColumnElement[bool]:
    """Return the condition that each word of `text` is in one of the columns, however written."""
    return sa.and_(sa.true(), *(_has(word, columns) for word in text[:LONGEST].split()))


def _has(word: str, columns: Iterable[Any]) -> sa.ColumnElement[bool]:
    return sa.or_(*(column.icontains(word, autoescape=True) for column in columns))
