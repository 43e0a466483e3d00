"""Prepared queries: put into words once, for what is asked at every request of a program."""

from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

# Those of no driver, as drivers have their own ways to write parameters.
_DIALECTS = {"sqlite": SQLiteDialect, "postgresql": PGDialect}


class Prepared:
    """A query with `sa.bindparam` where values go.

    To build a query of thirty columns, and to find out whether it was asked before, takes longer
    than many an answer; a text is recognised at once.
    """

    def __init__(self, query: sa.Select[*tuple[Any, ...]], *, is_plain: bool = False) -> None:
        """is_plain: all columns are wanted as the driver has them, texts and whole numbers, which
        SQLite can hand over as one row; for each row other threads have their turn, and a page of a
        hundred waits for its own. The query needs a LIMIT, so that its order is kept."""
        self._query, self._is_plain = query, is_plain
        self._texts: dict[str, sa.Executable] = {}

    def rows(self, connection: sa.Connection, **values: Any) -> Sequence[Any]:
        """Return all rows for these values, by the names of the parameters."""
        name = connection.dialect.name
        text = self._texts.get(name)
        if text is None:
            text = self._texts[name] = self._put_into_words(name)
        found = connection.execute(text, values)
        if name == "sqlite" and self._is_plain:
            rows: list[Any] = orjson.loads(found.scalar_one())
            return rows
        return found.all()

    def _put_into_words(self, name: str) -> sa.Executable:
        dialect = _DIALECTS[name](paramstyle="named")  # type: ignore[no-untyped-call]
        compiled = self._query.compile(dialect=dialect)
        # Some come with a value: SQLite's LIMIT has an OFFSET 0.
        binds = [
            sa.bindparam(name, type_=bind.type)
            if bind.required
            else sa.bindparam(name, bind.value, type_=bind.type)
            for bind, name in compiled.bind_names.items()
        ]
        if name == "sqlite" and self._is_plain:
            each = ", ".join(f"c{place}" for place in range(len(self._query.selected_columns)))
            in_one = f"SELECT json_group_array(json_array({each})) FROM found"  # noqa: S608
            words = f"WITH found ({each}) AS ({compiled.string}) {in_one}"
            return sa.text(words).bindparams(*binds)
        text = sa.text(compiled.string).bindparams(*binds)
        # Known by their places: what they are is then found out once, and not with every answer.
        found = (sa.column(str(each.key), each.type) for each in self._query.selected_columns)
        return text.columns(*found)
