"""Doors: who may call what. The one table; a test walks all of it, and a page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass

OPENS = ""

# Who stands before a door, and how the page calls them.
CALLERS: Mapping[str, str] = {
    "nobody": "No token and no key",
    "garbled": "Something that is no token and no key",
    "pending": "Access token, connection pending",
    "active": "Access token, connection active",
    "unpermitted": "Access token, connection active, app without the permission",
    "disabled": "Access token, connection disabled",
    "superseded": "Access token that was rotated less than 24 hours ago",
    "revoked": "Access token of a connection that has ended",
    "elsewhere": "Access token of another property",
    "stranger": "Access token of another partner’s app at the same property",
    "key": "Partner key",
    "dead_key": "Partner key that was revoked",
    "strange_key": "Another partner’s key",
}


@dataclass(frozen=True)
class Door:
    """A door, and what is behind it.

    operations: as in the description of the API, method and path. codes: for each caller the code
    of the problem that it gets, OPENS when it gets in. Whoever gets in finds only what is its own.
    """

    title: str
    meaning: str
    operations: tuple[str, ...]
    codes: Mapping[str, str]

    def answers(self) -> dict[str, tuple[str, ...]]:
        """Return the callers for each code, as the page names them; OPENS comes first."""
        return {
            code: tuple(words for caller, words in CALLERS.items() if self.codes[caller] == code)
            for code in sorted(set(self.codes.values()))
        }


def _by_token(**others: str) -> dict[str, str]:
    """Return what callers get where an access token is asked for; `others` differ from that."""
    return {
        **dict.fromkeys(CALLERS, OPENS),
        "nobody": "unauthorized",
        "garbled": "unauthorized",
        "revoked": "unauthorized",
        "key": "token_needed",
        "strange_key": "token_needed",
        "dead_key": "unauthorized",
        **others,
    }


def _by_key(**others: str) -> dict[str, str]:
    """Return what callers get where a partner key is asked for; `others` differ from that."""
    return {
        **dict.fromkeys(CALLERS, "partner_key_needed"),
        "nobody": "unauthorized",
        "garbled": "unauthorized",
        "revoked": "unauthorized",
        "dead_key": "unauthorized",
        "key": OPENS,
        "strange_key": OPENS,
        **others,
    }


def _by_either(**others: str) -> dict[str, str]:
    """Return what callers get where a token or a key opens; `others` differ from that."""
    keys = dict.fromkeys(("key", "strange_key"), OPENS)
    return {**_by_token(pending="connection_pending"), **keys, **others}


def _lists(*names: str) -> tuple[str, ...]:
    return tuple(f"GET /v1/{name}" for name in names)


def _records(*names: str) -> tuple[str, ...]:
    return tuple(f"GET /v1/{name}/{{id}}" for name in names)


def _on(noun: str, *verbs: str) -> tuple[str, ...]:
    return tuple(f"POST /v1/{noun}/{verb}" for verb in verbs)


_CATALOGUE = ("spaces", "rates", "products", "services", "accounting-categories")
_OF_GUESTS = ("reservations", "guests")
_NOT_OPEN = {"pending": "connection_pending", "disabled": "connection_disabled"}
_RESOLVED = "request_already_resolved"
_ANSWERED = dict.fromkeys(
    ("active", "unpermitted", "disabled", "superseded", "elsewhere", "stranger"), _RESOLVED
)

DOORS: tuple[Door, ...] = (
    Door(
        "The token’s own connection",
        "Open in every state, until the connection ends.",
        ("GET /v1/connection",),
        _by_token(),
    ),
    Door(
        "The answer to a request",
        "Open while the request is pending: it is answered once.",
        _on("connection", "activate", "reject"),
        _by_token(**_ANSWERED),
    ),
    Door(
        "The end of a connection",
        "Open once the request was answered, also while the connection is disabled.",
        _on("connection", "disconnect"),
        _by_token(pending="connection_pending"),
    ),
    Door(
        "The property, and proposals for its value mapping",
        "Open while the connection is active.",
        ("GET /v1/property", "PUT /v1/mappings"),
        _by_token(**_NOT_OPEN),
    ),
    Door(
        "The value mapping",
        "Open while the request is pending, too: what is mapped helps to answer it.",
        ("GET /v1/mappings",),
        _by_token(disabled="connection_disabled"),
    ),
    Door(
        "The property’s catalogue",
        "Open while the request is pending, too, to apps that asked for it at Connect.",
        _lists(*_CATALOGUE),
        _by_token(disabled="connection_disabled", unpermitted="permission_missing"),
    ),
    Door(
        "One record of the catalogue",
        "As the lists; what is another property’s is not found.",
        _records(*_CATALOGUE),
        _by_token(
            disabled="connection_disabled",
            unpermitted="permission_missing",
            elsewhere="not_found",
        ),
    ),
    Door(
        "Reservations and guests",
        "Open while the connection is active, to apps that asked for them at Connect.",
        _lists(*_OF_GUESTS),
        _by_token(unpermitted="permission_missing", **_NOT_OPEN),
    ),
    Door(
        "One reservation or guest",
        "As the lists; what is another property’s is not found.",
        _records(*_OF_GUESTS),
        _by_token(
            unpermitted="permission_missing",
            elsewhere="not_found",
            **_NOT_OPEN,
        ),
    ),
    Door(
        "All of a partner",
        "Each partner finds its own connections, endpoints and deliveries.",
        (*_lists("connections", "webhook-endpoints", "deliveries"), "POST /v1/webhook-endpoints"),
        _by_key(),
    ),
    Door(
        "One connection, endpoint or delivery of a partner",
        "What is another partner’s is not found.",
        (
            "GET /v1/connections/{connection_id}",
            *_on(
                "connections/{connection_id}",
                *("activate", "reject", "disable", "enable", "disconnect"),
            ),
            "GET /v1/webhook-endpoints/{endpoint_id}",
            "PATCH /v1/webhook-endpoints/{endpoint_id}",
            "DELETE /v1/webhook-endpoints/{endpoint_id}",
            *_on(
                "webhook-endpoints/{endpoint_id}",
                *("disable", "enable", "rotate-secret", "test", "recover", "replay-missing"),
            ),
            "GET /v1/deliveries/{delivery_id}",
            "POST /v1/deliveries/{delivery_id}/resend",
        ),
        _by_key(strange_key="not_found"),
    ),
    Door(
        "Cases",
        "Those of one connection with its token, those of all with a partner key.",
        _lists("escalations"),
        _by_either(),
    ),
    Door(
        "One case",
        "What is about another connection, or another partner’s, is not found.",
        ("POST /v1/escalations", "GET /v1/escalations/{number}"),
        _by_either(elsewhere="not_found", stranger="not_found", strange_key="not_found"),
    ),
)
