"""Who calls the API: reads the access token, and says what it opens in the connection's state."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from domain import callers
from domain.refusals import Refusal

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="access token",
    bearerFormat="adj_…",
    description="The access token of one connection. The property made it by pressing Connect.",
)


def caller(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> callers.Caller:
    """Return who calls; refuses `unauthorized` and `token_revoked`."""
    if credentials is None:
        raise Refusal(
            "unauthorized",
            "Send the access token of the connection as “Authorization: Bearer adj_…”.",
            "partner",
        )
    return callers.recognise(credentials.credentials)


AnyCaller = Annotated[callers.Caller, Depends(caller)]


def answered_caller(who: AnyCaller) -> callers.Caller:
    """Return who calls; refuses `connection_pending` as well."""
    callers.check_answered(who)
    return who


def open_caller(who: AnyCaller) -> callers.Caller:
    """Return who calls; refuses `connection_pending` and `connection_disabled` as well."""
    callers.check_open(who)
    return who


# What a verb asks for: a token of any connection, of one whose request was answered (also a
# disabled one), or of an active one. A new verb takes the last unless there is a reason.
AnsweredCaller = Annotated[callers.Caller, Depends(answered_caller)]
OpenCaller = Annotated[callers.Caller, Depends(open_caller)]
