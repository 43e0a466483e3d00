"""The history: one row for every change, and one story of each connection for all its readers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from domain import kinds, moments, seals
from domain.actors import Actor, Standing, standing
from domain.refusals import not_found
from storage import database
from storage.connections import Connection
from storage.history import HistoryRow

# What each kind of event is called in the story.
WORDS = {
    "connection.requested": "Reconnect was pressed",  # but the first time, see `text`
    "connection.activated": "Activated",
    "connection.rejected": "Rejected",
    "connection.disabled": "Disabled",
    "connection.enabled": "Enabled again",
    "connection.disconnected": "Disconnected",
    "connection.connected": "Connected: the credentials work",
    "connection.broken": "Broken: the credentials are refused",
    "connection.repaired": "Repaired",
    "connection.credentials_changed": "Credentials changed",
    "connection.nudged": "Nudge sent to the partner",
    "connection.reminded": "Reminder sent to the partner",
    "token.rotated": "Access token rotated",
    "token.revealed": "Access token shown after the password",
    "token.delivered": "Access token delivered to the partner",
    "token.opened": "Access token opened by the partner",
    "token.first_used": "Access token used for the first time",
    "message.gave_up": "Gave up delivering a notification",
    "message.resent": "Notification sent again",
    "app.texts_proposed": "New texts written, for an operator to publish",
    "app.texts_withdrawn": "Took the new texts back",
    "app.texts_published": "Published the partner’s texts",
    "app.texts_declined": "Sent the partner’s texts back",
    "authorization.added": "Authorization added",
    "authorization.refused": "The credentials are refused",
    "authorization.repaired": "The credentials work again",
    "authorization.credentials_changed": "Credentials changed",
    "authorization.renamed": "Authorization renamed",
    "authorization.forgotten": "The credentials were deleted",
    "authorization.removed": "Authorization removed",
    "source.added": "Source added",
    "source.broken": "Broken: the credentials are refused",
    "source.repaired": "Repaired",
    "source.renamed": "Source renamed",
    "source.changed": "Settings changed",
    "source.uploaded": "File uploaded",
    "source.removed": "Source removed",
    "source.hook_shown": "Address for calls shown after the password",
    "source.hook_renewed": "Address for calls renewed: the old one stopped at once",
    "transfer.added": "Data transfer added",
    "transfer.activated": "Data transfer activated",
    "transfer.deactivated": "Data transfer deactivated",
    "transfer.paused": "Paused: the source has changed",
    "transfer.removed": "Data transfer removed",
    "mapping.saved": "Mapping saved",
    "mapping.restored": "An earlier mapping was restored",
    "mapping.copied": "Mapping copied from another source",
    "values.mapped": "Value mapping changed",
    "values.accepted": "Suggested values accepted",
    "values.restored": "An earlier value mapping was restored",
    "values.proposed": "Values proposed",
    "values.dismissed": "A proposed value was declined",
    "values.gone": "A mapped value is gone at the source",
    "values.returned": "A mapped value is there again",
    "case.opened": "A problem was reported",
    "case.answered": "Wrote in a case",
    "case.escalated": "Case escalated to the platform",
    "case.returned": "Case given back to the partner",
    "case.resolved": "Case resolved",
    "case.reopened": "Case reopened",
    "case.assigned": "Case assigned",
    "case.evidence_agreed": "Agreed that the platform may read the evidence of a case",
    "case.reminded": "Reminder of a case sent",
    "integration.created": "Integration created",
    "integration.changed": "Integration changed",
    "integration.activated": "Activated",
    "integration.disabled": "Disabled",
    "integration.enabled": "Enabled again",
    "integration.removed": "Integration removed",
    "rejects.downloaded": "Rejected rows downloaded",
    "demo.prepared": "Example data put in",
    "run.queued": "Run queued",
    "run.started": "Run started",
    "run.succeeded": "Run succeeded",
    "run.succeeded_with_rejects": "Run succeeded, with rejects",
    "run.failed": "Run failed",
    "run.canceled": "Run canceled",
    "sandbox.made": "Sandbox made",
    "sandbox.reset": "Sandbox reset: its data are as new",
    "sandbox.removed": "Sandbox removed",
    "endpoint.created": "Webhook endpoint added",
    "endpoint.changed": "Webhook endpoint changed",
    "endpoint.secret_rotated": "Secret of a webhook endpoint rotated",
    "endpoint.disabled": "Webhook endpoint disabled",
    "endpoint.enabled": "Webhook endpoint enabled again",
    "endpoint.removed": "Webhook endpoint removed",
    "endpoint.replayed": "Missed notifications sent to a webhook endpoint",
    "key.made": "Partner key made",
    "key.revoked": "Partner key revoked",
    "sign_in.began": "Signed in",
    "sign_in.failed": "Wrong passwords",
    "sign_in.ended": "Signed out",
    "sign_in.ended_everywhere": "Signed out everywhere else",
    "password.changed": "Password changed",
    "person.renamed": "Name changed",
    "member.invited": "Invited",
    "member.invitation_withdrawn": "Invitation withdrawn",
    "member.joined": "Invitation accepted, role given",
    "member.removed": "Role ended",
    "operator.created": "First operator made",
    "property.created": "Property added",
    "property.changed": "Property changed",
    "property.quiet_hours": "Quiet hours changed",
    "partner.created": "Partner added",
    "partner.changed": "Partner changed",
    "app.created": "App added",
    "app.changed": "App changed",
    "app.published": "App published",
    "app.retired": "App retired",
    "audit.exported": "Audit log exported",
}


@dataclass(frozen=True)
class Line:
    """One line of the story. `side` is property, partner, platform or adjoin; `kind` one of
    kinds.KINDS. about: which of several things it is about, empty where there is only one."""

    id: str
    at: datetime
    event: str
    text: str
    who: str
    side: str
    note: str
    about: str = ""

    @property
    def kind(self) -> str:
        return kinds.of(self.event)


def said_changes(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """Return what has become different, by its labels: “City: Hamburg → Berlin”."""
    told = [
        f"{label}: {before[label] or 'none'} → {after[label] or 'none'}"
        for label in after
        if before.get(label) != after[label]
    ]
    return "; ".join(told) or "Nothing has become different"


def record(
    session: Session,
    event: str,
    who: Standing,
    side: str,
    now: datetime,
    *,
    connection: Connection | None = None,
    property_id: str | None = None,
    partner_id: str | None = None,
    subject_id: str | None = None,
    before: str = "",
    after: str = "",
    note: str = "",
) -> None:
    """Add a row to the history, within the transaction of what it tells about.

    `subject_id` is the authorization, source, transfer, integration, run, app, endpoint, key,
    invitation or case that it is about, or the person, where somebody else acts.
    """
    row = HistoryRow(
        at=now,
        event=event,
        side=side,
        person_id=who.person_id,
        who=who.who,
        before=before,
        after=after,
        note=note,
        connection_id=connection.id if connection else None,
        subject_id=subject_id,
        property_id=connection.property_id if connection else property_id,
        partner_id=connection.partner_id if connection else partner_id,
    )
    row.stamp = seals.stamp(row)
    session.add(row)


def of_connection(
    actor: Actor, connection_id: str, *, now: datetime | None = None
) -> tuple[Line, ...]:
    """Return the story of a connection, newest first; refuses `not_found` to strangers."""
    with database.reading() as session:
        who = standing(session, actor, now or moments.now())
        connection = session.get(Connection, connection_id)
        if connection is None or who.side_of(connection) is None:
            raise not_found("This connection")
        rows = session.exec(
            select(HistoryRow)
            .where(HistoryRow.connection_id == connection_id)
            .order_by(col(HistoryRow.at).desc(), col(HistoryRow.id).desc())
        )
        return tuple(line(row) for row in rows)


def of_subjects(
    session: Session,
    *subject_ids: str,
    labels: Mapping[str, str] | None = None,
    limit: int = 200,
) -> tuple[Line, ...]:
    """Return the latest lines about sources, transfers, integrations or authorizations, newest
    first; whether the reader may see them is up to the caller. `labels` say of the ids of those
    that need it which one each is."""
    rows = session.exec(
        select(HistoryRow)
        .where(col(HistoryRow.subject_id).in_(subject_ids))
        .order_by(col(HistoryRow.at).desc(), col(HistoryRow.id).desc())
        .limit(limit)
    )
    names = labels or {}
    return tuple(replace(line(row), about=names.get(row.subject_id or "", "")) for row in rows)


def latest(session: Session, connection_id: str, status: str) -> HistoryRow | None:
    """Return the row that brought a connection into `status`."""
    return session.exec(
        select(HistoryRow)
        .where(HistoryRow.connection_id == connection_id, HistoryRow.after == status)
        .order_by(col(HistoryRow.at).desc(), col(HistoryRow.id).desc())
    ).first()


def line(row: HistoryRow) -> Line:
    return Line(row.id, row.at, row.event, text(row), row.who, row.side, row.note)


def text(row: HistoryRow) -> str:
    """Return what happened, as people read it."""
    if row.event == "connection.requested" and row.before == "not_connected":
        return "Connect was pressed"
    return WORDS.get(row.event, row.event)
