"""Who calls the API: an access token or a partner key, and what it opens.

Each route says which of the two it takes, by the type of its caller.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param
from starlette.datastructures import Headers
from starlette.types import Scope

from api.notes import Whose, note
from domain import callers, partner_keys, tokens
from domain.refusals import Refusal

TOKEN, KEY = "adj_", "adp_"
_token = HTTPBearer(
    auto_error=False,
    scheme_name="access token",
    bearerFormat=f"{TOKEN}…",
    description="The access token of one connection. The property made it by pressing Connect.",
)
_key = HTTPBearer(
    auto_error=False,
    scheme_name="partner key",
    bearerFormat=f"{KEY}…",
    description="A key of a partner, made in the hub: for all of its connections and endpoints.",
)
# How the description of the API calls what `caller_of` asks for.
BY_TOKEN: list[dict[str, list[str]]] = [{str(_token.scheme_name): []}]


def caller(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_token)],
) -> callers.Caller:
    """Return who calls with an access token; refuses as `caller_of`."""
    return _caller(credentials.credentials if credentials else "")


def caller_of(request: Request) -> callers.Caller:
    """Return who calls with an access token, for routes that are asked for very often.

    Refuses `unauthorized`, `token_revoked`, and `token_needed` to a partner key.
    """
    return _caller(bearer_of(request.scope))


def _caller(shown: str) -> callers.Caller:
    if not shown:
        raise _missing("the access token of the connection", TOKEN)
    if shown.startswith(KEY):
        _by_key(shown)
        raise Refusal(
            "token_needed",
            "This is about one connection: send its access token (adj_…), not a partner key.",
            "partner",
        )
    return _by_token(shown)


def partner_caller(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_key)],
) -> callers.PartnerCaller:
    """Return who calls with a partner key.

    Refuses `unauthorized`, and `partner_key_needed` to an access token.
    """
    if credentials is None:
        raise _missing("a partner key", KEY)
    if credentials.credentials.startswith(TOKEN):
        _by_token(credentials.credentials)
        raise Refusal(
            "partner_key_needed",
            "This is about all of a partner: send a partner key (adp_…), not an access token.",
            "partner",
        )
    return _by_key(credentials.credentials)


def either_caller(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_token)],
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(_key)],
) -> callers.Caller | callers.PartnerCaller:
    """Return who calls, with an access token or with a partner key.

    Refuses `unauthorized`, `token_revoked`, and `connection_pending`.
    """
    if credentials is None:
        raise _missing("the access token of a connection, or a partner key", TOKEN)
    if credentials.credentials.startswith(KEY):
        return _by_key(credentials.credentials)
    found = _by_token(credentials.credentials)
    callers.check_answered(found)
    return found


AnyCaller = Annotated[callers.Caller, Depends(caller)]


# Asynchronous, as they ask nobody: a plain function would be sent to a thread of its own.
async def answered_caller(who: AnyCaller) -> callers.Caller:
    """Return who calls; refuses `connection_pending` as well."""
    callers.check_answered(who)
    return who


async def open_caller(who: AnyCaller) -> callers.Caller:
    """Return who calls; refuses `connection_pending` and `connection_disabled` as well."""
    callers.check_open(who)
    return who


# What a verb asks for: a token of any connection, of one whose request was answered (also a
# disabled one), or of an active one. A new verb takes the last unless there is a reason.
AnsweredCaller = Annotated[callers.Caller, Depends(answered_caller)]
OpenCaller = Annotated[callers.Caller, Depends(open_caller)]
# Or either, for what concerns one connection with a token, and all of a partner with a key.
EitherCaller = Annotated[callers.Caller | callers.PartnerCaller, Depends(either_caller)]
# Or a partner key, for what concerns all of a partner.
PartnerCaller = Annotated[callers.PartnerCaller, Depends(partner_caller)]


def bearer_of(scope: Scope) -> str:
    """Return the token or key that a request shows, empty when it shows none."""
    scheme, shown = get_authorization_scheme_param(Headers(scope=scope).get("authorization"))
    return shown if scheme.lower() == "bearer" else ""


def is_shaped(shown: str) -> bool:
    """Return whether a text looks like a token or a key at all."""
    return tokens.is_shaped(shown) or partner_keys.is_shaped(shown)


def identify(shown: str) -> str:
    """Return the id of the connection or the partner that a token or a key speaks for.

    Refuses `unauthorized`.
    """
    if shown.startswith(KEY):
        return _by_key(shown).partner_id
    return _by_token(shown).connection.id


def about(caller: callers.PartnerCaller, connection_id: str) -> None:
    """Note that a request with a partner key was about a connection of that partner's."""
    note(whose=Whose(connection_id, caller.partner_id))


def _by_token(shown: str) -> callers.Caller:
    found = callers.recognise(shown)
    note(whose=Whose(found.connection.id, found.partner_id, found.property_id))
    return found


def _by_key(shown: str) -> callers.PartnerCaller:
    found = callers.recognise_partner(shown)
    note(whose=Whose(partner_id=found.partner_id))
    return found


def _missing(what: str, prefix: str) -> Refusal:
    return Refusal("unauthorized", f"Send {what} as “Authorization: Bearer {prefix}…”.", "partner")
