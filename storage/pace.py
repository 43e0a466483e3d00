"""Table of the pace of programs: how many requests each made lately, for several processes."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col

from storage import database


class Pace(SQLModel, table=True):
    """The requests of one program in one slice of time, called by its beginning: milliseconds
    since 1970. On PostgreSQL the table is not logged, and so lost in a crash."""

    __tablename__ = "pace"

    key: str = Field(primary_key=True)
    slice: int = Field(sa_type=sa.BigInteger, primary_key=True, index=True)
    hits: int


# The sum is that of the moment at which the statement began: requests that are counted at the same
# time do not see each other, so that as many as processes serve at once may be too many.
_HIT = sa.text(
    """
    WITH past AS (
        SELECT coalesce(sum(hits), 0) AS hits, min(slice) AS oldest
        FROM pace WHERE key = :key AND slice >= :first
    ), counted AS (
        INSERT INTO pace AS p (key, slice, hits)
        SELECT :key, CAST(:slice AS BIGINT), 1 FROM past WHERE past.hits < :quota
        ON CONFLICT (key, slice) DO UPDATE SET hits = p.hits + 1
    )
    SELECT hits, oldest FROM past
    """
)


def hit(key: str, slice_now: int, first: int, quota: int) -> tuple[int, int | None]:
    """Count a request unless there were `quota` since the slice `first`; in one statement.

    Returns how many there were before, and in which slice the oldest. PostgreSQL only.
    """
    wanted = {"key": key, "slice": slice_now, "first": first, "quota": quota}
    with database.asking() as connection:
        hits, oldest = connection.execute(_HIT, wanted).one()
        return int(hits), oldest


def forget(before: int) -> None:
    """Forget the slices that began before a moment, in milliseconds since 1970."""
    with database.transaction() as session:
        session.execute(sa.delete(Pace).where(col(Pace.slice) < before))
