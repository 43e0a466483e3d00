"""Table of properties: the hotels."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import key, moment


class Property(SQLModel, table=True):
    __tablename__ = "properties"

    id: str = key("pro")
    name: str = Field(index=True)
    city: str = ""
    country: str = ""
    time_zone: str = "UTC"
    created_at: datetime = moment()
