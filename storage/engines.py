"""Table of engines: the processes that run jobs, each with its last sign of life."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import moment


class Engine(SQLModel, table=True):
    __tablename__ = "engines"

    id: str = Field(primary_key=True)  # the lasting name of a process, as the job queue knows it
    started_at: datetime = moment()
    seen_at: datetime = moment()
