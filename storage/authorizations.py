"""Tables of authorizations: credentials to a third party's system, and those still being given."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from storage.columns import json, key, may_refer, maybe_moment, moment, refers


class Authorization(SQLModel, table=True):
    """Credentials to a system, checked against it and encrypted at rest; several may use them."""

    __tablename__ = "authorizations"

    id: str = key("aut")
    property_id: str = refers("properties.id")
    kind: str  # the kind of source that they open: a key of connectors.sources.KINDS
    name: str
    method: str  # how they are shown to it: a key of connectors.authorization.METHODS
    address: str  # where they are valid; they are sent nowhere else
    settings: dict[str, Any] = json(dict)
    ciphertext: str  # JSON: what people typed in, and the tokens that OAuth gave for it
    account_id: str | None = None
    account_name: str | None = None
    status: str  # working, refused, forgotten
    since: datetime = moment()  # when it came into this status
    checked_at: datetime = moment()
    last_error: str = ""
    last_used_at: datetime | None = maybe_moment()
    expires_at: datetime | None = maybe_moment()  # None when they last, or are renewed by Adjoin
    granted_until: datetime | None = maybe_moment()  # when the access token from OAuth ends
    refreshed_at: datetime | None = maybe_moment()
    refreshing_until: datetime | None = maybe_moment()  # one process at a time renews the grant
    created_by: str | None = None  # a person
    created_at: datetime = moment()


class AuthorizationStart(SQLModel, table=True):
    """Somebody was sent to the third party to allow the access there, and has yet to return."""

    __tablename__ = "authorization_starts"

    id: str = key("aus")
    property_id: str = refers("properties.id")
    person_id: str = refers("people.id", index=False)
    authorization_id: str | None = may_refer("authorizations.id", index=False)  # to be repaired
    state_hash: str = Field(unique=True)
    ciphertext: str  # JSON: what was chosen and typed in, and the verifier of PKCE
    created_at: datetime = moment()
    expires_at: datetime = moment(index=True)
