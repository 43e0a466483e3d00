"""Table of the requests that programs made: for their partner, the property and operators."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel, col

from storage import database
from storage.columns import key, moment


class ApiRequest(SQLModel, table=True):
    """One request, without anything that it carried. Refers to nothing, as it is only a log."""

    __tablename__ = "api_requests"
    __table_args__ = (
        sa.Index("api_requests_by_connection", "connection_id", "id"),
        sa.Index("api_requests_by_partner", "partner_id", "id"),
    )

    id: str = key("req")  # in the order in which they were answered
    at: datetime = moment(index=True)
    request_id: str = Field(index=True)
    method: str
    endpoint: str  # as in the description of the API: /v1/connections/{connection_id}
    status: int
    code: str = ""  # of the problem with which it was answered
    duration_ms: int
    connection_id: str | None = None
    partner_id: str | None = None
    property_id: str | None = None


def add(rows: Sequence[dict[str, Any]]) -> None:
    """Write many rows at once."""
    with database.transaction() as session:
        session.execute(sa.insert(ApiRequest), rows)


def forget(before: datetime, most: int) -> bool:
    """Forget up to `most` requests from before a moment; return whether there may be more."""
    old = sa.select(col(ApiRequest.id)).where(col(ApiRequest.at) < before).limit(most)
    with database.transaction() as session:
        return database.changes_a_row(
            session, sa.delete(ApiRequest).where(col(ApiRequest.id).in_(old))
        )
