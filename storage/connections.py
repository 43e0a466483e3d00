"""Tables of connections: one per property and app, and the tokens that open it."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import json, key, may_refer, maybe_moment, moment, refers


class Connection(SQLModel, table=True):
    __tablename__ = "connections"
    __table_args__ = (
        sa.UniqueConstraint("property_id", "app_id", name="one_per_property_and_app"),
    )

    id: str = key("con")
    number: int = Field(unique=True, index=True)  # what people call it: C-10001
    property_id: str = refers("properties.id")
    app_id: str = refers("apps.id")
    partner_id: str | None = may_refer("partners.id")
    status: str = Field(index=True)
    since: datetime = moment()  # when it came into this status
    answers: dict[str, str] = json(dict)
    requested_by: str = refers("people.id", index=False)
    requested_at: datetime = moment()
    resolved_at: datetime | None = maybe_moment()  # activated or rejected
    disabled_by: str | None = None  # property or partner
    reason: str = ""  # in the words of whoever rejected, disabled or disconnected
    nudged_at: datetime | None = maybe_moment()
    reminders: int = 0
    authorization_id: str | None = may_refer("authorizations.id")
    in_sandbox: bool = False  # of a property that is the partner's own: no hotel, see sandboxes
    created_at: datetime = moment()


class Token(SQLModel, table=True):
    """An access token: encrypted to be found again by its property, hashed to be recognised."""

    __tablename__ = "tokens"

    id: str = key("tok")
    connection_id: str = refers("connections.id")
    token_hash: str = Field(unique=True)
    ciphertext: str
    masked: str
    status: str  # issued, superseded, revoked
    issued_at: datetime = moment()
    expires_at: datetime | None = maybe_moment()  # set once superseded
    revoked_at: datetime | None = maybe_moment()
    delivered_at: datetime | None = maybe_moment()
    opened_at: datetime | None = maybe_moment()
    first_used_at: datetime | None = maybe_moment()
    last_used_at: datetime | None = maybe_moment()


class TokenLink(SQLModel, table=True):
    """A one-time link by which a token travels in mail."""

    __tablename__ = "token_links"

    id: str = key("lnk")
    token_id: str = refers("tokens.id")
    secret_hash: str = Field(unique=True)
    created_at: datetime = moment()
    expires_at: datetime = moment()
    opened_at: datetime | None = maybe_moment()
