"""Tables of people: who they are, what they may do and where, how they sign in."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import key, may_refer, maybe_moment, moment, refers


class Person(SQLModel, table=True):
    __tablename__ = "people"

    id: str = key("per")
    email: str = Field(unique=True)  # always stored in lower case
    name: str
    password_hash: str
    created_at: datetime = moment()
    password_changed_at: datetime = moment()
    digest: str = "off"  # off, daily: whether notices come by mail, too
    digested_at: datetime | None = maybe_moment()  # when the last such mail was queued


class Membership(SQLModel, table=True):
    """One role of one person: at a property, at a partner, or as an operator."""

    __tablename__ = "memberships"
    __table_args__ = (
        sa.Index(
            "one_live_role_per_place",
            "person_id",
            sa.text("coalesce(property_id, '')"),
            sa.text("coalesce(partner_id, '')"),
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: str = key("mem")
    person_id: str = refers("people.id")
    role: str  # manager, viewer, partner, operator
    property_id: str | None = may_refer("properties.id")
    partner_id: str | None = may_refer("partners.id")
    created_at: datetime = moment()
    ended_at: datetime | None = maybe_moment()


class SignIn(SQLModel, table=True):
    """One browser in which a person is signed in; its secret lives in that browser's cookie."""

    __tablename__ = "sign_ins"

    id: str = key("sig")
    person_id: str = refers("people.id")
    secret_hash: str = Field(unique=True)
    device: str
    address: str
    place: str | None = None  # the property, partner or "operator" this browser looks at
    created_at: datetime = moment()
    seen_at: datetime = moment()
    expires_at: datetime = moment()
    ended_at: datetime | None = maybe_moment()


class SignInFailure(SQLModel, table=True):
    """A wrong password: counted per account and per address, forgotten after a day."""

    __tablename__ = "sign_in_failures"

    id: str = key("fai")
    account: str = Field(index=True)  # a hash of the e-mail address that was typed
    address: str = Field(index=True)
    at: datetime = moment(index=True)


class Invitation(SQLModel, table=True):
    __tablename__ = "invitations"

    id: str = key("inv")
    email: str = Field(index=True)
    role: str
    property_id: str | None = may_refer("properties.id")
    partner_id: str | None = may_refer("partners.id")
    secret_hash: str = Field(unique=True)
    invited_by: str = refers("people.id")
    created_at: datetime = moment()
    expires_at: datetime = moment()
    accepted_at: datetime | None = maybe_moment()
    withdrawn_at: datetime | None = maybe_moment()


class SetupCode(SQLModel, table=True):
    """The one-time code with which the first visitor becomes the first operator."""

    __tablename__ = "setup_codes"

    id: int = Field(default=1, primary_key=True)
    code_hash: str
    created_at: datetime = moment()
    wrong_tries: int = 0
