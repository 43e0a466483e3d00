"""Tables of messages: what must reach somebody, where to, and every attempt to bring it there."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import json, key, may_refer, maybe_moment, moment, refers


class Endpoint(SQLModel, table=True):
    """A partner's webhook address with its signing secrets."""

    __tablename__ = "endpoints"

    id: str = key("end")
    partner_id: str = refers("partners.id")
    url: str
    events: list[str] = json(list)  # names; none for all about connections and tokens
    property_ids: list[str] = json(list)  # none for all
    secret: str  # encrypted
    previous_secret: str | None = None  # encrypted; signs too, until previous_until
    previous_until: datetime | None = maybe_moment()
    status: str = "enabled"  # enabled, disabled
    disabled_by: str | None = None  # partner, adjoin
    disabled_why: str = ""
    disabled_at: datetime | None = maybe_moment()
    failing_since: datetime | None = maybe_moment()
    failures: int = 0  # in a row
    created_at: datetime = moment()


class Message(SQLModel, table=True):
    """One notification to one destination; its body never changes."""

    __tablename__ = "messages"
    __table_args__ = (sa.Index("messages_by_partner", "partner_id", "created_at"),)

    id: str = key("msg")
    event: str
    channel: str  # webhook, mail
    endpoint_id: str | None = may_refer("endpoints.id")
    mail_to: str = ""
    subject: str = ""
    headers: str = ""  # of a mail, beside the usual ones: encrypted JSON, for they may be a key
    body: str  # encrypted: it may carry a token
    connection_id: str | None = may_refer("connections.id")
    property_id: str | None = may_refer("properties.id", index=False)
    partner_id: str | None = may_refer("partners.id", index=False)
    token_id: str | None = may_refer("tokens.id")
    status: str = Field(default="waiting", index=True)
    round: int = 1  # goes up when a message is begun again from its first attempt
    attempts: int = 0  # scheduled ones that ended in this round
    next_attempt_at: datetime | None = maybe_moment()
    created_at: datetime = moment()
    finished_at: datetime | None = maybe_moment()


class Attempt(SQLModel, table=True):
    """One try to bring a message to its destination, and what came back."""

    __tablename__ = "attempts"

    id: str = key("att")
    message_id: str = refers("messages.id")
    number: int
    trigger: str  # scheduled, manual
    target: str
    started_at: datetime = moment()
    duration_ms: int
    ok: bool
    code: int | None = None
    error: str | None = None
    sentence: str = ""
    response: str = ""
