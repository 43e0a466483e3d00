"""What somebody is told before a move that stops something. Pure."""

from dataclasses import dataclass

from domain.subscriptions import Page


@dataclass(frozen=True)
class Caution:
    """`points` are (icon, sentence) pairs; `warning` must not be missed."""

    title: str
    points: tuple[tuple[str, str], ...]
    warning: str = ""
    asks_reason: bool = False


def before(verb: str, found: Page) -> Caution:
    """Return what to say before `verb`: withdraw, disable or disconnect."""
    if found.row.kind == "core":
        return _before_leaving_core(found)
    return {
        "withdraw": _before_withdrawing,
        "disable": _before_disabling,
        "disconnect": _before_disconnecting,
    }[verb](found)


def _before_withdrawing(found: Page) -> Caution:
    row = found.row
    return Caution(
        f"Withdraw the request for {row.app_name}",
        (
            ("key-round", "The access token stops working with the very next request."),
            ("send", f"{row.developer} is told that {row.property_name} no longer asks."),
            ("history", "Your answers and the history stay. You can ask again at any time."),
        ),
    )


def _before_disabling(found: Page) -> Caution:
    row = found.row
    return Caution(
        f"Disable {row.app_name}",
        (
            ("circle-pause", f"{row.app_name} can neither read nor change anything meanwhile."),
            ("key-round", "The access token stays the same, and works again after Enable."),
            ("scale", f"Only {row.property_name} can enable it again; {row.developer} cannot."),
        ),
        asks_reason=True,
    )


def _before_disconnecting(found: Page) -> Caution:
    row = found.row
    return Caution(
        f"Disconnect {row.app_name}",
        (
            ("key-round", "The access token stops working with the very next request."),
            ("send", f"What still waits to be sent is canceled, and {row.developer} is told."),
            (
                "history",
                "Answers, mappings and history stay. Reconnecting brings them back, "
                "with a new token.",
            ),
        ),
        f"{row.developer} keeps the data it already has. Only {row.developer} can delete it: "
        "ask them to.",
        asks_reason=True,
    )


def _before_leaving_core(found: Page) -> Caution:
    app = found.row.app_name
    return Caution(
        f"Disconnect {app}",
        (
            ("circle-pause", f"The platform stops reading from {app}."),
            (
                "key-round",
                "Adjoin deletes the credentials. To reconnect, somebody enters them again.",
            ),
            ("history", "Mappings and history stay, and come back when you reconnect."),
        ),
        f"The credentials themselves stay valid at {app}. Revoke them there if nobody else "
        "needs them.",
        asks_reason=True,
    )
