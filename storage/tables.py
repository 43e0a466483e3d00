"""Every table in one import, for migrations and for tests."""

from sqlmodel import SQLModel

from storage.api_requests import ApiRequest
from storage.app_drafts import AppDraft
from storage.apps import App
from storage.audit import Seal
from storage.authorizations import Authorization, AuthorizationStart
from storage.cases import Attachment, Case, CaseMessage, Pack
from storage.connections import Connection, Token, TokenLink
from storage.engines import Engine
from storage.history import HistoryRow
from storage.idempotency import IdempotentRequest
from storage.integrations import Alert, Integration, Reject, Run, RunPart, Seen
from storage.messages import Attempt, Endpoint, Message
from storage.notices import Notice
from storage.numbers import LastNumber
from storage.pace import Pace
from storage.partner_keys import PartnerKey
from storage.partners import Partner
from storage.people import Invitation, Membership, Person, SetupCode, SignIn, SignInFailure
from storage.properties import Property
from storage.records import (
    AccountingCategory,
    Guest,
    Product,
    Rate,
    Reservation,
    Service,
    Space,
)
from storage.sources import HookEvent, MappingVersion, Sample, Source, Transfer, Upload
from storage.value_mappings import ValueMapping, ValueMappingVersion

metadata = SQLModel.metadata

__all__ = [
    "AccountingCategory",
    "Alert",
    "ApiRequest",
    "App",
    "AppDraft",
    "Attachment",
    "Attempt",
    "Authorization",
    "AuthorizationStart",
    "Case",
    "CaseMessage",
    "Connection",
    "Endpoint",
    "Engine",
    "Guest",
    "HistoryRow",
    "HookEvent",
    "IdempotentRequest",
    "Integration",
    "Invitation",
    "LastNumber",
    "MappingVersion",
    "Membership",
    "Message",
    "Notice",
    "Pace",
    "Pack",
    "Partner",
    "PartnerKey",
    "Person",
    "Product",
    "Property",
    "Rate",
    "Reject",
    "Reservation",
    "Run",
    "RunPart",
    "Sample",
    "Seal",
    "Seen",
    "Service",
    "SetupCode",
    "SignIn",
    "SignInFailure",
    "Source",
    "Space",
    "Token",
    "TokenLink",
    "Transfer",
    "Upload",
    "ValueMapping",
    "ValueMappingVersion",
    "metadata",
]
