"""Table of the numbers that people read to each other: of each kind, the last one given."""

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel


class LastNumber(SQLModel, table=True):
    __tablename__ = "last_numbers"

    kind: str = Field(primary_key=True)  # what is numbered, such as "connection"
    number: int


_GIVE = sa.text(
    """
    INSERT INTO last_numbers AS l (kind, number) VALUES (:kind, :first)
    ON CONFLICT (kind) DO UPDATE SET number = l.number + 1
    RETURNING number
    """
)


def give(session: Session, kind: str, *, first: int) -> int:
    """Return the next number of a kind, beginning with `first`.

    Of two transactions at once the second waits for the end of the first, so call it late. The
    number of one that is rolled back is given again: there are no gaps.
    """
    return int(session.execute(_GIVE, {"kind": kind, "first": first}).scalar_one())
