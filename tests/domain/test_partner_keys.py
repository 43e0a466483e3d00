"""Partner keys: shown once, recognised by their hash, gone as soon as they are revoked."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from domain import connections, endpoints, history, partner_keys
from domain.actors import Actor
from domain.refusals import Refusal
from storage import database
from storage.history import HistoryRow
from tests import builders
from tests.builders import World


def key_of(world: World, name: str = "Dashboard") -> Actor:
    made = partner_keys.make(world.dee, world.d3x, name, now=world.now)
    return partner_keys.authenticate(made.clear, now=world.now)[0]


def test_a_key_is_shown_once_and_then_only_masked(world: World) -> None:
    made = partner_keys.make(world.dee, world.d3x, "  Dash   board ", now=world.now)
    [key] = partner_keys.of_partner(world.dee, world.d3x)
    assert len(made.clear) == 47
    assert made.clear.startswith("adp_")
    assert key.masked == f"adp_{made.clear[4:8]}…{made.clear[-4:]}"
    assert (key.name, key.made_by, key.last_used_at) == ("Dash board", "Dee", None)
    assert made.clear not in repr(builders.snapshot())


def test_a_key_speaks_for_its_partner_alone(world: World) -> None:
    actor = key_of(world)
    assert [row.id for row in endpoints.of_partner(actor, world.d3x)] == [world.d3x_endpoint]
    with pytest.raises(Refusal) as refused:
        endpoints.of_partner(actor, world.freeguides)
    assert refused.value.code == "not_found"


def test_the_history_says_which_key_did_it(world: World) -> None:
    connection_id = world.connect()
    connections.activate(key_of(world), connection_id, now=world.after(minutes=1))
    line = history.of_connection(world.maya, connection_id)[0]
    assert (line.event, line.who) == ("connection.activated", "D3x Ltd (key Dashboard)")
    assert line.side == "partner"


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\0b", "a\u202eb"])
def test_a_key_needs_a_name_that_can_be_read(world: World, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        partner_keys.make(world.dee, world.d3x, name)
    assert (refused.value.code, refused.value.owner) == ("invalid", "partner")


def test_two_living_keys_of_a_partner_never_share_a_name(world: World) -> None:
    first = partner_keys.make(world.dee, world.d3x, "Dashboard")
    partner_keys.make(world.finn, world.freeguides, "Dashboard")
    with pytest.raises(Refusal) as refused:
        partner_keys.make(world.dee, world.d3x, "Dashboard")
    assert "called “Dashboard” already" in refused.value.message
    partner_keys.revoke(world.dee, first.id)
    partner_keys.make(world.dee, world.d3x, "Dashboard")


def test_there_is_an_end_to_how_many_keys_a_partner_has(world: World) -> None:
    for number in range(partner_keys.MOST):
        partner_keys.make(world.dee, world.d3x, f"Key {number}")
    with pytest.raises(Refusal) as refused:
        partner_keys.make(world.dee, world.d3x, "One more")
    assert refused.value.code == "invalid"


def test_a_revoked_key_is_refused_from_then_on(world: World) -> None:
    made = partner_keys.make(world.dee, world.d3x, "Dashboard")
    partner_keys.revoke(world.dee, made.id)
    partner_keys.revoke(world.dee, made.id)  # a second press changes nothing
    with pytest.raises(Refusal) as refused:
        partner_keys.authenticate(made.clear)
    assert refused.value.code == "unauthorized"
    assert partner_keys.of_partner(world.dee, world.d3x) == ()
    assert _told() == ["key.made", "key.revoked"]


@pytest.mark.parametrize("wrong", ["", "adp_", "adp_" + "0" * 43, "adj_" + "A" * 40, "adp_\ud800"])
def test_a_garbled_key_is_refused(world: World, wrong: str) -> None:
    made = partner_keys.make(world.dee, world.d3x, "Dashboard")
    for text in (wrong, made.clear[:-1], made.clear + "0", made.clear.swapcase()):
        with pytest.raises(Refusal) as refused:
            partner_keys.authenticate(text)
        assert refused.value.code == "unauthorized"


def test_the_last_use_is_noted_once_a_minute(world: World) -> None:
    made = partner_keys.make(world.dee, world.d3x, "Dashboard", now=world.now)
    for seconds in (0, 30, 59):
        partner_keys.authenticate(made.clear, now=world.after(seconds=seconds))
    assert _last_used(world) == world.now
    partner_keys.authenticate(made.clear, now=world.after(seconds=61))
    assert _last_used(world) == world.after(seconds=61)


def test_of_two_keys_of_one_name_at_once_one_is_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = threading.Barrier(2, timeout=20)
    takes = database.takes

    def together(*arguments: object) -> bool:
        if not database.is_sqlite():  # there the second has not even begun
            both.wait()
        return takes(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "takes", together)

    def make(_: int) -> str:
        try:
            partner_keys.make(world.dee, world.d3x, "Dashboard")
        except Refusal as refusal:
            return refusal.code
        return "made"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(make, range(2))) == ["invalid", "made"]


def _last_used(world: World) -> object:
    [key] = partner_keys.of_partner(world.dee, world.d3x)
    return key.last_used_at


def _told() -> list[str]:
    with database.reading() as session:
        about_partners = select(HistoryRow).where(HistoryRow.partner_id.is_not(None))
        rows = session.exec(about_partners.order_by(HistoryRow.at, HistoryRow.id))
        return [row.event for row in rows if row.event.startswith("key.")]
