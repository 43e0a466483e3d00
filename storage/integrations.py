"""Tables of integrations: what shall flow from a source, every run of it, and what was rejected."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import json, key, may_refer, maybe_moment, moment, refers

FAILURES_IN_A_ROW = 30
HOURS_WITHOUT_SUCCESS = 24
WARN_AT = (0.5, 0.8)  # shares of the way to where it disables itself


def usual_limits() -> dict[str, Any]:
    return {
        "failures_in_a_row": FAILURES_IN_A_ROW,
        "hours_without_success": HOURS_WITHOUT_SUCCESS,
        "warn_at": list(WARN_AT),
    }


class Integration(SQLModel, table=True):
    __tablename__ = "integrations"

    id: str = key("int")
    property_id: str = refers("properties.id")
    source_id: str = refers("sources.id")
    name: str
    status: str = Field(default="draft", index=True)  # draft, active, disabled
    since: datetime = moment()  # when it came into this status
    disabled_by: str | None = None  # property, adjoin
    disabled_for: str = ""  # hand, errors, refused
    reason: str = ""  # why it is disabled
    wanted: dict[str, list[str]] = json(dict)  # type of data: kinds of change
    schedule: dict[str, Any] = json(dict)  # every_minutes, daily_at "04:30", by_hand, webhook
    limits: dict[str, Any] = json(usual_limits)
    next_run_at: datetime | None = maybe_moment(index=True)
    # When its source called while a run was on: another run is owed once that has ended.
    owed_since: datetime | None = maybe_moment()
    # How far it is from disabling itself; a success puts all of it back.
    failures: int = 0  # in a row
    first_failure_at: datetime | None = maybe_moment()
    first_error: str = ""  # sentences
    last_error: str = ""
    last_success_at: datetime | None = maybe_moment()
    warned: float = 0  # the share of the way that was last warned of
    created_by: str | None = may_refer("people.id", index=False)
    created_at: datetime = moment()


class Alert(SQLModel, table=True):
    """One person who is mailed about an integration, and about what."""

    __tablename__ = "alerts"
    __table_args__ = (sa.UniqueConstraint("integration_id", "email", name="one_alert_per_address"),)

    id: str = key("ale")
    integration_id: str = refers("integrations.id", index=False)
    email: str
    on_disabled: bool = True
    on_failed: bool = False
    rejects_above: float | None = None  # percent of what was read; None for never


class Run(SQLModel, table=True):
    __tablename__ = "runs"
    __table_args__ = (
        sa.Index("runs_by_integration", "integration_id", "queued_at"),
        sa.Index("runs_by_status", "status", "heartbeat_at"),
        # Two runs of one integration would write over each other.
        sa.Index(
            "one_living_run",
            "integration_id",
            unique=True,
            sqlite_where=sa.text("status IN ('queued', 'running')"),
            postgresql_where=sa.text("status IN ('queued', 'running')"),
        ),
    )

    id: str = key("run")
    integration_id: str = refers("integrations.id", index=False)
    property_id: str = refers("properties.id")
    status: str = "queued"
    trigger: str  # schedule, hand, webhook, retry, enable
    is_dry: bool = False
    queued_at: datetime = moment()
    started_at: datetime | None = maybe_moment()
    ended_at: datetime | None = maybe_moment()
    heartbeat_at: datetime | None = maybe_moment()
    jobs: int = 0  # queued for it so far; only the last one may go on
    tries: int = 0  # in vain, of the page that it stands at
    error: str | None = None  # as in connectors.source.Fault, or our own
    sentence: str = ""
    owner: str | None = None  # who can put it right: property, partner, platform
    request_id: str | None = None  # the source's, for a case
    canceled_by: str = ""  # a name
    asked_by: str | None = may_refer("people.id", index=False)
    who: str  # the name as it was then, Adjoin for the clock
    retries_run_id: str | None = None  # the run whose rejects are tried again


class RunPart(SQLModel, table=True):
    """One type of data within a run. Every record read is counted once more: as created, updated,
    unchanged, rejected or not subscribed. Deleted ones were not read, but missed."""

    __tablename__ = "run_parts"
    __table_args__ = (sa.UniqueConstraint("run_id", "type", name="one_part_per_type"),)

    id: str = key("rup")
    run_id: str = refers("runs.id", index=False)
    type: str
    transfer_id: str | None = may_refer("transfers.id", index=False)
    mapping_version: int | None = None
    wanted: list[str] = json(list)  # kinds of change, as they were ticked then
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    not_subscribed: int = 0
    deleted: int = 0
    total: int | None = None  # by the source's own word
    pages: int = 0
    cursor: str | None = None  # where to read on; stored together with the data before it
    since: datetime | None = maybe_moment()
    until: datetime | None = maybe_moment()
    is_filtered: bool = False  # only what has changed was read: what is missing may still be there
    is_complete: bool = False  # read to the end
    error: str | None = None  # why it broke off, as in `Run`
    sentence: str = ""
    preview: str = ""  # of a dry run: encrypted JSON of some changes that it would make
    started_at: datetime | None = maybe_moment()
    ended_at: datetime | None = maybe_moment()
    # The last record that partners were told of, by when it changed and its number.
    told_at: datetime | None = maybe_moment()
    told_id: int | None = Field(default=None, sa_type=sa.BigInteger, nullable=True)
    told_all_at: datetime | None = maybe_moment()  # when the last one was told of


class Seen(SQLModel, table=True):
    """A record that a complete read has met; what it has not met in the end is gone."""

    __tablename__ = "seen"

    part_id: str = Field(primary_key=True)
    record_id: int = Field(
        sa_type=sa.BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )


LEFT_OUT = sa.text("resolved_at IS NULL")


class Reject(SQLModel, table=True):
    """A record that could not be taken, and why. One that comes again for the same reasons is one
    row still, of the run that met it last."""

    __tablename__ = "rejects"
    __table_args__ = (
        sa.Index("rejects_by_run", "run_id", "type", "id"),
        sa.Index(
            "one_reject_per_record",
            "integration_id",
            "type",
            "mark",
            unique=True,
            sqlite_where=LEFT_OUT,
            postgresql_where=LEFT_OUT,
        ),
    )

    id: str = key("rej")
    # None for a dry run, which leaves nothing out.
    integration_id: str | None = may_refer("integrations.id", index=False)
    run_id: str = refers("runs.id", index=False)  # that met it last
    first_run_id: str  # that met it first
    type: str
    mark: str | None = None  # the same for the same record and reasons; None is like no other
    external_id: str | None = None  # None when it has no key
    reasons: list[dict[str, Any]] = json(list)  # target, value, sentence
    raw: str  # encrypted JSON: it may tell about guests
    times: int = 1  # that it came, in a run each
    created_at: datetime = moment()
    seen_at: datetime = moment()
    resolved_at: datetime | None = maybe_moment()  # from then on it is not left out any more:
    became: str = ""  # fine, again (for other reasons, in another row), gone
