"""Every table in one import, for migrations and for tests."""

from sqlmodel import SQLModel

from storage.apps import App
from storage.connections import Authorization, Connection, Token, TokenLink
from storage.history import HistoryRow
from storage.messages import Attempt, Endpoint, Message
from storage.partners import Partner
from storage.people import Invitation, Membership, Person, SetupCode, SignIn, SignInFailure
from storage.properties import Property

metadata = SQLModel.metadata

__all__ = [
    "App",
    "Attempt",
    "Authorization",
    "Connection",
    "Endpoint",
    "HistoryRow",
    "Invitation",
    "Membership",
    "Message",
    "Partner",
    "Person",
    "Property",
    "SetupCode",
    "SignIn",
    "SignInFailure",
    "Token",
    "TokenLink",
    "metadata",
]
