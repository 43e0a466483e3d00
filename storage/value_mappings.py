"""Tables of value mappings: what the values mean that an app needs to know, for each connection."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import json, key, may_refer, moment, refers


class ValueMapping(SQLModel, table=True):
    """The mapping of one connection as it is now; it outlives a disconnect.

    held: by the key of the app's slot, as in `domain.values`. told_version: up to where the partner
    was told of it.
    """

    __tablename__ = "value_mappings"

    connection_id: str = Field(foreign_key="connections.id", primary_key=True)
    property_id: str = refers("properties.id")
    version: int
    told_version: int = 0
    held: dict[str, dict[str, Any]] = json(dict)


class ValueMappingVersion(SQLModel, table=True):
    """A mapping as somebody left it; never changed, never removed alone."""

    __tablename__ = "value_mapping_versions"
    __table_args__ = (
        sa.UniqueConstraint("connection_id", "number", name="one_value_version_per_number"),
    )

    id: str = key("vmv")
    connection_id: str = refers("connections.id", index=False)
    number: int
    held: dict[str, dict[str, Any]] = json(dict)
    event: str  # as in the history
    side: str  # property, partner, adjoin
    person_id: str | None = may_refer("people.id", index=False)
    who: str  # the name as it was then
    at: datetime = moment()
