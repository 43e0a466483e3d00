"""What every kind of source has to do, against stand-ins that check what they are asked."""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from connectors.door import Door
from connectors.source import Fault, Page, Wanted
from connectors.sources import KINDS
from tests.connectors.receivers import Serve
from tests.connectors.scenes import SETTINGS, Scene, names, scene
from tests.standins.samples import BEGINNING
from tests.standins.standin import Faults

SCENES = names()
PAGED = [name for name in SCENES if name != "rest by none"]
COUNT = 110
Set = Callable[..., Awaitable[Scene]]


@pytest.fixture
def setting(here: Door, serve: Serve) -> Set:
    """`scene = await setting("mews")` starts a stand-in with 110 records of each type."""

    async def start(name: str, count: int = COUNT) -> Scene:
        standin = SETTINGS[name][1](count)
        return scene(name, await serve(standin.handle), standin, here)

    return start


async def _all(scene: Scene, wanted: Wanted) -> list[Page]:
    return await asyncio.to_thread(scene.all, wanted)


async def _fault(scene: Scene, wanted: Wanted | None = None, **limits: Any) -> Fault:
    with pytest.raises(Fault) as fault:
        await asyncio.to_thread(scene.read, wanted or Wanted("reservations"), **limits)
    return fault.value


def _keys(pages: list[Page]) -> list[str]:
    key = re.compile(r"(reservation|guest|room|rate|item)?id", re.I)
    return [
        next(str(value) for name, value in record.items() if key.fullmatch(name) and "-" in value)
        for page in pages
        for record in page.records
    ]


TYPES = [
    (name, key) for name in SCENES for key in KINDS[SETTINGS[name][0]].types
    if not name.startswith("rest") or key == "reservations"
]  # fmt: skip


@pytest.mark.parametrize(("name", "type_of_data"), TYPES)
async def test_every_record_of_every_type_is_read_once(
    setting: Set, name: str, type_of_data: str
) -> None:
    scene = await setting(name)
    pages = await _all(scene, Wanted(type_of_data, count=60))
    keys = _keys(pages)
    assert scene.standin.complaints == []
    assert len(keys) == len(set(keys)) >= COUNT
    assert not any(page.filtered for page in pages)
    assert len(scene.standin.connections) == 1


@pytest.mark.parametrize("name", PAGED)
async def test_reading_goes_on_where_it_was_broken_off(setting: Set, name: str) -> None:
    scene = await setting(name)
    first = await asyncio.to_thread(scene.read, Wanted("reservations", count=30))
    rest = await _all(scene, Wanted("reservations", cursor=first.cursor, count=30))
    keys = _keys([first, *rest])
    assert 0 < len(first.records) <= 40
    assert len(keys) == len(set(keys)) == COUNT


@pytest.mark.parametrize("name", SCENES)
async def test_only_what_changed_since_is_asked_for(setting: Set, name: str) -> None:
    scene = await setting(name)
    since = BEGINNING + timedelta(hours=COUNT - 10)
    pages = await _all(scene, Wanted("reservations", since=since, count=7))
    keys = {key[-5:] for key in _keys(pages)}
    assert all(page.filtered for page in pages)
    assert {f"{number:05}" for number in range(COUNT - 10, COUNT)} <= keys
    # Cloudbeds doesn't say by which clock it goes, so half a day more is asked for.
    assert len(keys) <= 10 + 12
    assert scene.standin.complaints == []


@pytest.mark.parametrize("name", SCENES)
async def test_refused_credentials_are_refused_and_not_told_on(setting: Set, name: str) -> None:
    scene = await setting(name)
    scene.standin.faults = Faults(revoked=True)
    fault = await _fault(scene)
    assert fault.error == "refused"
    assert "Correct them and try again" in fault.sentence
    assert not any(value in fault.sentence for value in scene.access.values.values())


@pytest.mark.parametrize("name", SCENES)
async def test_a_source_that_asks_to_wait_says_how_long(setting: Set, name: str) -> None:
    scene = await setting(name)
    scene.standin.faults = Faults(wait=17)
    fault = await _fault(scene)
    assert (fault.error, fault.retry_after) == ("rate_limited", 17)
    assert "asked too often" in fault.sentence


@pytest.mark.parametrize("name", PAGED)
async def test_after_a_fault_in_the_middle_the_same_page_can_be_asked_again(
    setting: Set, name: str
) -> None:
    scene = await setting(name)
    first = await asyncio.to_thread(scene.read, Wanted("reservations", count=40))
    scene.standin.faults = Faults(broken=1)
    second = Wanted("reservations", cursor=first.cursor, count=40)
    assert (await _fault(scene, second)).error == "vendor_fault"
    rest = await _all(scene, second)
    assert sorted(_keys([first, *rest])) == sorted(set(_keys([first, *rest])))
    assert len(_keys([first, *rest])) == COUNT


@pytest.mark.parametrize("name", SCENES)
async def test_a_slow_source_is_not_waited_for_for_ever(setting: Set, name: str) -> None:
    scene = await setting(name, 1)
    scene.standin.faults = Faults(seconds=0.5)
    fault = await _fault(scene, longest=0.1)
    assert fault.error == "unreachable"
    assert "it took too long" in fault.sentence


@pytest.mark.parametrize("name", SCENES)
async def test_a_web_page_instead_of_data_is_said_so(setting: Set, name: str) -> None:
    scene = await setting(name, 1)
    scene.standin.faults = Faults(html=True)
    fault = await _fault(scene)
    assert fault.error == "garbled"
    assert re.search("Check the (token )?address", fault.sentence)


@pytest.mark.parametrize("name", PAGED)
async def test_a_page_that_repeats_for_ever_is_found(setting: Set, name: str) -> None:
    scene = await setting(name)
    scene.standin.faults = Faults(endless=True)
    with pytest.raises(Fault) as fault:
        await _all(scene, Wanted("reservations", count=40))
    assert fault.value.error == "endless"
    assert "the same page again and again" in fault.value.sentence
    assert len(scene.standin.asked) <= 4


@pytest.mark.parametrize("name", SCENES)
async def test_an_answer_that_is_too_large_is_not_read_to_its_end(setting: Set, name: str) -> None:
    scene = await setting(name, 1)
    scene.standin.faults = Faults(flood=True)
    fault = await _fault(scene, largest=100_000)
    assert fault.error in ("too_large", "garbled")
    assert scene.standin.sent < 50_000_000


async def test_two_gigabytes_are_left_after_thirty_two_megabytes(setting: Set) -> None:
    scene = await setting("rest by none", 1)
    scene.standin.faults = Faults(flood=True)
    fault = await _fault(scene)
    assert fault.error == "too_large"
    assert 32_000_000 <= scene.standin.sent < 100_000_000


@pytest.mark.parametrize("name", SCENES)
async def test_an_answer_that_breaks_off_is_no_page(setting: Set, name: str) -> None:
    scene = await setting(name, 20)
    scene.standin.faults = Faults(cut=True)
    assert (await _fault(scene)).error == "garbled"


@pytest.mark.parametrize("name", SCENES)
async def test_data_nested_beyond_reason_is_refused(setting: Set, name: str) -> None:
    scene = await setting(name, 3)
    scene.standin.faults = Faults(deep=300)
    fault = await _fault(scene)
    assert (fault.error, "nested more than 100 levels" in fault.sentence) == ("garbled", True)


@pytest.mark.parametrize("name", SCENES)
async def test_a_renamed_field_comes_as_it_is(setting: Set, name: str) -> None:
    scene = await setting(name, 3)
    plain = (await asyncio.to_thread(scene.read, Wanted("reservations"))).records[0]
    old = next(key for key in plain if key.lower() not in ("id", "reservationid"))
    scene.standin.faults = Faults(renamed=(old, "brandNew"))
    renamed = (await asyncio.to_thread(scene.read, Wanted("reservations"))).records[0]
    assert set(renamed) == {*plain, "brandNew"} - {old}


@pytest.mark.parametrize("name", SCENES)
async def test_an_address_that_the_operator_did_not_allow_is_not_asked(
    setting: Set, name: str
) -> None:
    scene = await setting(name, 1)
    fault = await _fault(Scene(scene.kind, scene.standin, scene.access, Door()))
    assert (fault.error, scene.standin.asked) == ("blocked", [])


@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("cursor", ["", "x", "1~a~", "1~a~b c", "1~a~9+", "~~", "1~a~https://x/"])
async def test_a_cursor_from_elsewhere_is_a_fault_and_never_an_error(
    setting: Set, name: str, cursor: str
) -> None:
    scene = await setting(name, 1)
    with contextlib.suppress(Fault):
        await asyncio.to_thread(scene.read, Wanted("reservations", cursor=cursor))


@pytest.mark.parametrize("key", KINDS)
def test_every_kind_says_what_it_is(key: str) -> None:
    kind = KINDS[key]
    assert kind.key == key
    assert kind.about.endswith(".")
    assert all(offer.type == type_key for type_key, offer in kind.types.items())
    assert "reservations" in kind.types
