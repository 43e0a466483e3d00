"""Hooks: what a call looks like with which another system tells us that something has changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.answers import parsed
from connectors.faults import Fault


@dataclass(frozen=True)
class Call:
    """What another system told us.

    types: the types of data in which something has changed; none for a greeting, or for news that
        are nothing to us. event_id: what tells this event from all others of this source; None
        where the vendor gives nothing of the kind. is_ours: it is about the account that the
        credentials of the source open.
    """

    types: tuple[str, ...]
    event_id: str | None = None
    is_ours: bool = True


@dataclass(frozen=True)
class Hook:
    """How a kind of source calls us.

    hear(body, account): takes a call apart; account is whose credentials the source has, by
        `vendor.Account.id`, empty when nobody knows. Raises Fault when it is no call of this kind.
    types: the types of data of whose changes the vendor tells.
    steps: what people do over there so that it calls, one sentence each.
    """

    hear: Callable[[bytes, str], Call]
    types: tuple[str, ...]
    steps: tuple[str, ...]


def opened(name: str, body: bytes) -> Mapping[str, Any]:
    """The JSON object in a call, of bounded depth and size. Raises Fault when it is none."""
    value = parsed(name, body)
    if not isinstance(value, Mapping):
        raise Fault("garbled", f"A call of {name} is a JSON object.")
    return value
