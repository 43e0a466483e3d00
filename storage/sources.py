"""Tables of sources: where a property's data comes from, one data transfer per type of data, and
every version of its mapping."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import json, key, may_refer, maybe_moment, moment, refers


class Source(SQLModel, table=True):
    __tablename__ = "sources"
    __table_args__ = (
        sa.UniqueConstraint("property_id", "name", name="one_source_per_name"),
        sa.UniqueConstraint("hook_hash", name="one_source_per_hook"),
    )

    id: str = key("src")
    property_id: str = refers("properties.id")
    kind: str  # a key of connectors.sources.KINDS
    name: str
    authorization_id: str | None = may_refer("authorizations.id")  # none for files, open doors
    address: str = ""  # of a system that wants no credentials; else the authorization has it
    settings: dict[str, Any] = json(dict)
    status: str = "working"  # working, broken
    since: datetime = moment()  # when it came into this status
    reason: str = ""  # why it is broken
    hook: str | None = None  # encrypted: the secret part of the address that it may call
    hook_hash: str | None = None
    hook_made_at: datetime | None = maybe_moment()
    called_at: datetime | None = maybe_moment()  # last; to some seconds
    created_by: str | None = may_refer("people.id", index=False)
    created_at: datetime = moment()


class Upload(SQLModel, table=True):
    """The file from which a source reads one type of data: the last one that was uploaded."""

    __tablename__ = "uploads"
    __table_args__ = (sa.UniqueConstraint("source_id", "type", name="one_upload_per_type"),)

    id: str = key("upl")
    source_id: str = refers("sources.id", index=False)
    type: str
    name: str
    size: int  # bytes
    content: bytes  # encrypted: it may tell about guests
    uploaded_by: str | None = may_refer("people.id", index=False)
    uploaded_at: datetime = moment()


class Transfer(SQLModel, table=True):
    """One type of data of a source, and how its records become ours."""

    __tablename__ = "transfers"
    __table_args__ = (sa.UniqueConstraint("source_id", "type", name="one_transfer_per_type"),)

    id: str = key("tra")
    property_id: str = refers("properties.id")
    source_id: str = refers("sources.id", index=False)
    type: str  # a key of domain.types_of_data.ALL
    status: str = "inactive"  # inactive, active, paused
    since: datetime = moment()  # when it came into this status
    reason: str = ""  # why it is paused
    rows: list[dict[str, Any]] = json(list)  # the mapping, as of `version`
    version: int = 0  # of the mapping; 0 when nothing has been mapped
    sampled_at: datetime | None = maybe_moment()  # when `Sample` was read
    sample_error: str = ""  # why the last try to read samples failed
    known_fields: list[dict[str, Any]] = json(list)  # of the source, when it was activated
    drift: dict[str, Any] = json(dict)  # how the source differs from what was known; empty if not
    drift_checked_at: datetime | None = maybe_moment(index=True)
    created_by: str | None = may_refer("people.id", index=False)
    created_at: datetime = moment()


class Sample(SQLModel, table=True):
    """Some records of a transfer as the source gave them; apart, because lists need none of it."""

    __tablename__ = "samples"

    id: str = key("sam")
    transfer_id: str = Field(foreign_key="transfers.id", unique=True)
    content: str  # encrypted JSON: it may tell about guests


class MappingVersion(SQLModel, table=True):
    """The mapping of a transfer as somebody saved it; never changed, never removed alone."""

    __tablename__ = "mapping_versions"
    __table_args__ = (sa.UniqueConstraint("transfer_id", "number", name="one_version_per_number"),)

    id: str = key("ver")
    transfer_id: str = refers("transfers.id", index=False)
    number: int
    rows: list[dict[str, Any]] = json(list)
    note: str = ""
    person_id: str | None = may_refer("people.id", index=False)
    who: str  # the name as it was then
    at: datetime = moment()


class HookEvent(SQLModel, table=True):
    """An event of which a source told us, so that the same one told again is known."""

    __tablename__ = "hook_events"

    source_id: str = Field(foreign_key="sources.id", primary_key=True)
    event_hash: str = Field(primary_key=True)  # of the vendor's own id
    at: datetime = moment(index=True)
