"""Table of notices: what needs somebody now, one for each person, kind and subject."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

from storage.columns import key, maybe_moment, moment, refers

STILL_OPEN = sa.text("done_at IS NULL")


class Notice(SQLModel, table=True):
    """`place` is a property, a partner or "platform"; it is read by whoever works there then."""

    __tablename__ = "notices"
    __table_args__ = (
        sa.Index(
            "one_open_notice_per_need",
            "person_id",
            "kind",
            "about",
            unique=True,
            sqlite_where=STILL_OPEN,
            postgresql_where=STILL_OPEN,
        ),
        sa.Index("notices_by_person", "person_id", "at"),
        sa.Index("notices_by_need", "about", "kind"),
    )

    id: str = key("ntc")
    person_id: str = refers("people.id", index=False)
    at: datetime = moment(index=True)
    kind: str  # as in `domain.notices.KINDS`
    title: str
    text: str
    path: str  # a page of ours, at the place
    place: str
    about: str  # the id of the connection, the case, the integration …
    read_at: datetime | None = maybe_moment()
    done_at: datetime | None = maybe_moment()  # the need is gone
    digested_at: datetime | None = maybe_moment()  # told in a daily mail
