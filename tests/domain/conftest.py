"""Fixtures for the rules: a vendor that says what a test wants, and one of everything."""

from dataclasses import dataclass, field, replace

import pytest
from sqlmodel import Session

from connectors.door import Door
from connectors.vendor import Check
from connectors.vendors import VENDORS
from domain import messages
from storage.messages import Message
from tests import builders, catalogue, harvest
from tests.builders import Snapshot
from tests.domain import scenes
from tests.domain.scenes import Scene
from tests.harvest import HotelSystem

ACCEPTED = Check(True, "ent_1", "Harbour Hotel at Mews", "Mews accepted the credentials.")
REFUSED = Check(False, None, None, "Mews refuses the credentials.", "refused")
UNREACHABLE = Check(False, None, None, "Mews gave no answer. Try again.", "unreachable")


@dataclass
class FakeVendor:
    """Mews, as far as a test needs it: `says` is its next answer, `asked` what it was shown."""

    says: Check = ACCEPTED
    asked: list[dict[str, str]] = field(default_factory=list)

    def check(self, door: Door, address: str, credentials: dict[str, str]) -> Check:
        self.asked.append(credentials)
        return self.says


@pytest.fixture(autouse=True)
def _catalogued(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every body that any test sends to partners keeps the schema of its event."""
    queue = messages._queue

    def check_and_queue(session: Session, message: Message) -> None:
        if message.channel == "webhook":
            catalogue.check(builders.body_of(message))
        queue(session, message)

    monkeypatch.setattr(messages, "_queue", check_and_queue)


@pytest.fixture
def mews(monkeypatch: pytest.MonkeyPatch) -> FakeVendor:
    """Mews without the network; it accepts every credential until it is told otherwise."""
    fake = FakeVendor()
    monkeypatch.setitem(VENDORS, "mews", replace(VENDORS["mews"], check=fake.check))
    return fake


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> HotelSystem:
    """Mews and REST as sources, without the network; see `harvest.HotelSystem`."""
    return harvest.play(monkeypatch, "mews", "rest")


@pytest.fixture
def scene(database: str, database_kind: str, mews: FakeVendor, system: HotelSystem) -> Scene:
    """One of everything at Harbour Hotel and D3x; built once, and put back for every test."""
    if database_kind not in _scenes:
        built = scenes.build(builders.build(), system)
        _scenes[database_kind] = built, builders.snapshot()
    else:
        builders.restore(_scenes[database_kind][1])
    return _scenes[database_kind][0]


_scenes: dict[str, tuple[Scene, Snapshot]] = {}
