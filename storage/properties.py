"""Table of properties: the hotels."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.columns import key, may_refer, moment


class Property(SQLModel, table=True):
    __tablename__ = "properties"
    __table_args__ = (sa.UniqueConstraint("sandbox_of", name="one_sandbox_per_partner"),)

    id: str = key("pro")
    name: str = Field(index=True)
    city: str = ""
    country: str = ""
    time_zone: str = "UTC"
    # On the hotel's own clocks, "HH:MM"; no daily mails of notices between them. Empty for none.
    quiet_from: str = ""
    quiet_to: str = ""
    created_at: datetime = moment()
    sandbox_of: str | None = may_refer("partners.id", index=False)  # invented, to try things out
