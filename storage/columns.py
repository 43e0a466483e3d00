"""Column kinds shared by the tables: moments in UTC, JSON, ids."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

from storage import ids


class Moment(TypeDecorator[datetime]):
    """A time zone aware moment, stored in UTC; SQLite forgets the zone, so it is put back here."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def key(prefix: str) -> Any:
    """A primary key that makes its own id, for example `con_01k5…`."""
    return Field(default_factory=lambda: ids.new(prefix), primary_key=True)


def moment(*, index: bool = False) -> Any:
    """A moment that must be given."""
    return Field(sa_type=Moment, index=index)


def maybe_moment(*, index: bool = False) -> Any:
    """A moment that may be missing."""
    return Field(default=None, sa_type=Moment, nullable=True, index=index)


def refers(target: str, *, index: bool = True) -> Any:
    """A foreign key that must be given."""
    return Field(foreign_key=target, index=index)


def may_refer(target: str, *, index: bool = True) -> Any:
    """A foreign key that may be missing."""
    return Field(default=None, foreign_key=target, nullable=True, index=index)


def json(default: Any) -> Any:
    """A JSON value; assign a new object to change it, changes inside are not seen."""
    return Field(default_factory=default, sa_type=sa.JSON)
