"""What a kind of source is: which settings and types of data it has, how it is checked and read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from connectors.faults import Fault
from connectors.hooks import Hook
from connectors.line import Way
from connectors.vendor import Check

__all__ = [
    "TYPES",
    "Access",
    "Check",
    "Fault",
    "Kind",
    "Offer",
    "Page",
    "SettingField",
    "Wanted",
    "changes_of",
]

TYPES = (
    "reservations",
    "guests",
    "spaces",
    "rates",
    "products",
    "services",
    "accounting_categories",
)
"""The types of data, by their keys, in the order in which they are shown."""


def changes_of(type_of_data: str, *, deleted: bool = True) -> tuple[str, ...]:
    """The kinds of change that can be told apart by comparing what was read with what is stored.

    deleted: records of this type really go away at the source.
    """
    changes = ["created", "updated"]
    if type_of_data == "reservations":
        changes += ["canceled", "status_changed"]
    return (*changes, *(["deleted"] if deleted else []))


@dataclass(frozen=True)
class SettingField:
    """One thing to fill in about a source, never a secret.

    kind: "text", "number", "choice" or "yes_no". choices: (value, label) for a choice.
    per_type: asked once for each type of data and kept in `settings["types"][type][key]`; the
        others are kept in `settings[key]`.
    needed: an empty answer is refused. default: what is taken when nothing is filled in.
    only_with: another setting and the answers to it with which this one matters; no answers stand
        for any at all. None when it always matters.
    """

    key: str
    label: str
    hint: str
    kind: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    needed: bool = False
    per_type: bool = False
    only_with: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Offer:
    """A type of data that a kind of source has.

    path: where it lies at the source, for people who look things up in the vendor's reference.
    changes: the kinds of change that can be told apart: "created", "updated", "canceled",
        "deleted", "status_changed".
    incremental: can be asked for what changed since a moment.
    permission: the vendor's name of the right that the credentials need, or None.
    """

    type: str
    path: str
    changes: tuple[str, ...]
    incremental: bool
    permission: str | None = None


@dataclass(frozen=True)
class Access:
    """All that is needed to speak to one source.

    address: base address without a slash at its end; empty takes the kind's own.
    method: a key of `authorization.METHODS`; empty when the source wants no credentials.
    values: the credentials by the keys of the method's fields, never shown or logged.
    settings: what was filled in for the kind's `settings`, and for an upload the "file".
    """

    address: str
    method: str = ""
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """One page that is asked for.

    since, until: what changed from `since` (included) up to `until`; aware times. A source that
        cannot tell gives everything, see `Page.filtered`.
    cursor: what the page before gave; None asks for the first page. A run that was broken off
        goes on from (since, until, cursor).
    count: records a page, at most, and the same for all pages of a run: some sources find a page
        by its number. A vendor with smaller pages gives smaller ones.
    """

    type: str
    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = None
    count: int = 1000


@dataclass(frozen=True)
class Page:
    """Records as the source gave them.

    cursor: opaque text to ask for the next page with; None at the end. A page may be empty and
        still have a next one.
    total: how many records there are in all pages, where the source says so.
    filtered: only what changed since `Wanted.since` was asked for, so that a record that is
        missing may still be there.
    """

    records: list[Any]
    cursor: str | None = None
    total: int | None = None
    filtered: bool = False


Read = Callable[[Way, Access, Wanted], Page]
"""Gives one page. Blocks on the network; raises Fault and nothing else.

With a Line, all pages of a run go over the same connection; with a Door, each page has its own."""


@dataclass(frozen=True)
class Kind:
    """A kind of source, such as Mews.

    icon: name of a Lucide icon among those of ui/assets/icons.svg; hue: of its tile, 0 to 359.
    about: one sentence for people who choose. address: the base address that is proposed; empty
    where everybody has an own one. methods: keys of `authorization.METHODS` to choose from; empty
    when there are no credentials. needs_address: the address must be filled in. check: whether an
    access works, and whose it is.
    hears: how it calls us when something has changed; None when it never does.
    """

    key: str
    name: str
    icon: str
    hue: int
    about: str
    address: str
    needs_address: bool
    methods: tuple[str, ...]
    settings: tuple[SettingField, ...]
    types: Mapping[str, Offer]
    check: Callable[[Way, Access], Check]
    read: Read
    hears: Hook | None = None

    def called(self, address: str) -> str:
        """What people call the system at an address: a vendor by name, any API by its host."""
        return self.name if not self.needs_address else urlsplit(address).hostname or self.name
