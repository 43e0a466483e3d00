"""Whose turn it is on a connection, in words. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.routes import WISHES, WRONG, Route, Whose

_OPEN = ("active", "connected")
STAYS_NEWS_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, in a few words and in one sentence that says what to do next."""

    whose: Whose
    short: str
    sentence: str


def of(
    status: str,
    app: str,
    developer: str,
    hotel: str,
    *,
    activation: str = "",
    disabled_by: str | None = None,
) -> Turn:
    """Return the turn on a connection in `status`, in words for the property's people.

    `app`, `developer` and `hotel` are names: of the app, of the partner behind it, and of the
    property.
    """
    if status == "pending":
        return _pending(app, developer, activation)
    if status == "disabled":
        return _disabled(developer, hotel, disabled_by)
    if status == "rejected":
        return Turn(
            "property",
            "Read the reason",
            f"{developer} did not accept. Put right what they wrote, then press Reconnect.",
        )
    return _PLAIN.get(status, _NOT_CONNECTED)(app)


def is_due(status: str, since: datetime, now: datetime) -> bool:
    """Return whether a property should look at a connection because of its state since then.

    Refused credentials stay due until they are repaired. A rejection is due for 14 days: after
    that it was read, and leaving it is an answer too. A pause of its own is a property's wish.
    """
    return status == "broken" or (status == "rejected" and now - since < STAYS_NEWS_FOR)


def of_route(status: str, route: Route) -> Turn | None:
    """Return the turn on a connection that stands open while something is wrong with it.

    None where nothing is, or where its state says already whose turn it is.
    """
    if status not in _OPEN or route.tone not in WRONG or route.key in WISHES:
        return None
    return Turn(route.whose, route.title, route.problem)


def for_partner(
    status: str, app: str, hotel: str, *, activation: str = "", disabled_by: str | None = None
) -> Turn:
    """Return the same turn in words for the partner's people; `hotel` is the property's name."""
    if status == "pending" and activation == "automatic":
        return Turn(
            "partner",
            "Activates by itself",
            f"{app} becomes active at {hotel} as soon as a notification reaches you. "
            "If none does, activate it here.",
        )
    if status == "pending":
        return Turn(
            "partner",
            "Your turn",
            f"{hotel} waits for you. Set up your side, then press Activate; or reject the "
            "request and say why.",
        )
    if status == "disabled" and disabled_by == "partner":
        return Turn(
            "partner",
            "Paused by you",
            "You paused this connection and only you can enable it again. Its access token "
            "answers 403 meanwhile.",
        )
    if status == "disabled":
        return Turn(
            "property",
            f"Paused by {hotel}",
            f"{hotel} paused this connection and only they can enable it again. Its access token "
            "answers 403 meanwhile.",
        )
    if status == "rejected":
        return Turn(
            "property",
            f"{hotel} reads your reason",
            f"You rejected this request. {hotel} can put right what you wrote and ask again.",
        )
    if status == "disconnected":
        return Turn(
            "property",
            "Ended",
            f"The connection has ended and its access token is revoked. Please delete what you no "
            f"longer need of {hotel}’s data. They can ask again at any time.",
        )
    return Turn("nobody", "Nothing to do", f"{app} is connected with {hotel} and works.")


def _pending(app: str, developer: str, activation: str) -> Turn:
    if activation == "automatic":
        return Turn(
            "partner",
            f"Notifying {developer}",
            f"{developer} is being notified, then {app} becomes active by itself. You need not do "
            "anything.",
        )
    return Turn(
        "partner",
        f"Waiting for {developer}",
        f"It is {developer}’s turn to activate {app}. You need not do anything; you can send a "
        "nudge.",
    )


def _disabled(developer: str, hotel: str, disabled_by: str | None) -> Turn:
    if disabled_by == "partner":
        return Turn(
            "partner",
            f"Paused by {developer}",
            f"{developer} has paused this connection and only they can enable it again. Contact "
            "them.",
        )
    return Turn(
        "property",
        f"Paused by {hotel}",
        f"{hotel} has paused this connection. A manager can press Enable to go on.",
    )


def _not_connected(app: str) -> Turn:
    return Turn("property", "Not connected", f"Press Connect to ask for {app}.")


_NOT_CONNECTED = _not_connected
_PLAIN = {
    "active": lambda app: Turn("nobody", "Nothing to do", f"{app} is connected and works."),
    "connected": lambda app: Turn("nobody", "Nothing to do", f"{app} accepts the credentials."),
    "broken": lambda app: Turn(
        "property",
        "New credentials needed",
        f"{app} refuses the credentials. Press Repair and enter working ones; nothing is lost.",
    ),
    "disconnected": lambda app: Turn(
        "property",
        "Not connected",
        f"Nothing flows to {app}. Press Reconnect to begin again with a new token.",
    ),
}
