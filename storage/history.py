"""Table of the history: one row for every change, which nothing ever changes again."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import SQLModel

from storage.columns import key, may_refer, moment


class HistoryRow(SQLModel, table=True):
    __tablename__ = "history"
    __table_args__ = (
        sa.Index("history_by_connection", "connection_id", "at"),
        sa.Index("history_by_subject", "subject_id", "at"),
        # The audit log is read by time, mostly of one event, person, property or partner.
        sa.Index("history_by_time", "at", "id"),
        sa.Index("history_by_event", "event", "at"),
        sa.Index("history_by_person", "person_id", "at"),
    )

    id: str = key("his")
    at: datetime = moment()
    event: str  # dotted and in the past tense: connection.activated
    side: str  # property, partner, platform, adjoin
    person_id: str | None = may_refer("people.id", index=False)
    who: str  # the name as it was then
    before: str = ""
    after: str = ""
    note: str = ""
    connection_id: str | None = may_refer("connections.id", index=False)
    subject_id: str | None = None  # the source, transfer, integration or authorization
    property_id: str | None = may_refer("properties.id")
    partner_id: str | None = may_refer("partners.id")
    # Proves that we wrote it so; rows from before there were stamps have none.
    stamp: str | None = None
