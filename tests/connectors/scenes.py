"""A source with its stand-in: one of each kind, for tests that every kind has to pass."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from connectors.door import Door
from connectors.source import Access, Kind, Page, Wanted
from connectors.sources import KINDS
from tests.connectors.contracts import BESIDE, SPECS, contract
from tests.standins import apaleo, cloudbeds, mews, rest
from tests.standins.standin import StandIn

NEEDED = {
    "mews": ["mews/connector-api.openapi31.json"],
    "apaleo": ["apaleo/booking.json", "apaleo/inventory.json"],
    "cloudbeds": ["cloudbeds/pms-v1.3-openapi.yaml"],
}


@dataclass(frozen=True)
class Scene:
    """A kind of source, the server that stands in for it, and how to reach that."""

    kind: Kind
    standin: StandIn
    access: Access
    door: Door

    def read(self, wanted: Wanted, **limits: Any) -> Page:
        """One page over a line of its own. limits: as for `Door.line`."""
        with self.door.line(**limits) as line:
            return self.kind.read(line, self.access, wanted)

    def all(self, wanted: Wanted) -> list[Page]:
        """All pages over one line, from where `wanted` stands."""
        pages: list[Page] = []
        with self.door.line() as line:
            while not pages or pages[-1].cursor:
                cursor = pages[-1].cursor if pages else wanted.cursor
                asked = Wanted(wanted.type, wanted.since, wanted.until, cursor, wanted.count)
                pages.append(self.kind.read(line, self.access, asked))
                assert len(pages) < 500
        return pages


Setting = tuple[str, Callable[[int], StandIn], str, dict[str, str], dict[str, Any]]
SETTINGS: dict[str, Setting] = {
    "mews": ("mews", mews.Mews, "mews", mews.TOKENS, {}),
    "apaleo": ("apaleo", apaleo.Apaleo, "apaleo", apaleo.CLIENT, {}),
    "cloudbeds": ("cloudbeds", cloudbeds.Cloudbeds, "cloudbeds", cloudbeds.KEY, {}),
}
for _style, _settings in rest.STYLES.items():
    SETTINGS[f"rest by {_style}"] = (
        "rest",
        lambda count, style=_style: rest.Rest(count, style),  # type: ignore[misc]
        "bearer",
        rest.TOKEN,
        {**rest.PATHS, **rest.EVERYWHERE, **_settings},
    )


def missing() -> list[str]:
    """The kinds whose stand-in can't be made here."""
    return [key for key, files in NEEDED.items() if not all(contract(one) for one in files)]


def names() -> list[str]:
    """The scenes that can be set here; says which can't and what they need."""
    for key in missing():
        warnings.warn(
            f"The tests against {key} are left out: they need the vendor's API description in "
            f"{SPECS}. Put it to {BESIDE}, or set ADJOIN_SPECS to where it is.",
            stacklevel=2,
        )
    return [name for name in SETTINGS if name not in missing()]


def scene(name: str, address: str, standin: StandIn, door: Door) -> Scene:
    """Put a kind of source together with its stand-in at an address."""
    key, _, method, values, settings = SETTINGS[name]
    return Scene(KINDS[key], standin, Access(address, method, values, settings), door)
