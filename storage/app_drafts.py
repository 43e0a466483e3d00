"""Table of the texts that partners would like to see on their apps, until an operator decides."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import may_refer, maybe_moment, moment, refers


class AppDraft(SQLModel, table=True):
    __tablename__ = "app_drafts"

    app_id: str = Field(foreign_key="apps.id", primary_key=True)
    tagline: str = ""
    description: str = ""  # Markdown
    setup_notes: str = ""  # Markdown
    version: int = 1  # goes up when it is saved again, so that nobody decides about other words
    status: str = "waiting"  # waiting, declined; one that was published is gone
    saved_by: str = refers("people.id", index=False)
    saved_at: datetime = moment()
    decided_by: str | None = may_refer("people.id", index=False)
    decided_at: datetime | None = maybe_moment()
    note: str = ""  # why it was declined, in the operator's words
