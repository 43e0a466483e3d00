"""Table of partners: the third parties behind integrated apps, and how they want to be told."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import key, moment


class Partner(SQLModel, table=True):
    __tablename__ = "partners"

    id: str = key("par")
    name: str = Field(unique=True)
    website: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    notify_by_webhook: bool = True
    notify_by_mail: bool = False
    mail_to: str = ""
    token_in_mail: bool = False
    created_at: datetime = moment()
