"""Tables of cases: what does not work on a connection, who said what about it, and the files."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import json, key, may_refer, maybe_moment, moment, refers


class Case(SQLModel, table=True):
    __tablename__ = "cases"
    __table_args__ = (
        sa.Index("cases_by_property", "property_id", "changed_at"),
        sa.Index("cases_by_partner", "partner_id", "changed_at"),
        sa.Index("cases_by_status", "status", "changed_at"),
    )

    id: str = key("cas")
    number: int = Field(unique=True)  # what people call it: #1001
    connection_id: str = refers("connections.id")
    app_id: str = refers("apps.id", index=False)
    property_id: str = refers("properties.id", index=False)
    partner_id: str | None = may_refer("partners.id", index=False)  # none for core apps
    route: str  # integrated, core
    title: str
    status: str  # open_with_partner, escalated, open_with_platform, resolved
    turn: str  # who should write next: property, partner, platform; empty once resolved
    turn_since: datetime = moment()
    reminded: int = 0  # reminders that went out in this turn
    opened_by: str = refers("people.id", index=False)
    opened_at: datetime = moment()
    changed_at: datetime = moment()
    first_answer_at: datetime | None = maybe_moment()
    escalated_at: datetime | None = maybe_moment()  # first; stays, so that operators still see it
    resolved_at: datetime | None = maybe_moment()
    resolved_by_side: str = ""  # property, partner, platform
    resolved_from: str = ""  # the status before, to which it is reopened
    assigned_to: str | None = may_refer("people.id")  # an operator
    agreed_at: datetime | None = maybe_moment()  # the hotel: evidence may go to the platform
    agreed_by: str | None = may_refer("people.id", index=False)
    facts: dict[str, Any] = json(dict)  # what was filled in at the escalation

    @property
    def label(self) -> str:
        """What people call it: #1001."""
        return f"#{self.number}"


class CaseMessage(SQLModel, table=True):
    """What somebody wrote, or did; never changed."""

    __tablename__ = "case_messages"

    id: str = key("cam")
    case_id: str = refers("cases.id")
    at: datetime = moment()
    side: str  # property, partner, platform, adjoin
    person_id: str | None = may_refer("people.id", index=False)
    who: str  # the name as it was then
    text: str = ""
    kind: str  # opened, message, escalated, returned, resolved, reopened, assigned, agreed, note
    via: str = "page"  # page, mail, api
    mail_id: str | None = Field(default=None, unique=True)  # a hash: a mail is taken once


class Attachment(SQLModel, table=True):
    __tablename__ = "attachments"

    id: str = key("fil")
    case_id: str = refers("cases.id")
    message_id: str = refers("case_messages.id")
    name: str
    type: str  # a media type of domain.attachments.KINDS, by its content
    size: int  # bytes
    content: bytes  # encrypted: it may tell about guests
    uploaded_by: str | None = may_refer("people.id", index=False)
    at: datetime = moment()


class Pack(SQLModel, table=True):
    """Evidence for a case, as it was known at an escalation; never changed."""

    __tablename__ = "packs"

    id: str = key("pck")
    case_id: str = refers("cases.id")
    at: datetime = moment()
    made_by: str | None = may_refer("people.id", index=False)
    who: str  # the name as it was then
    content: dict[str, Any] = json(dict)  # masked before it is kept
