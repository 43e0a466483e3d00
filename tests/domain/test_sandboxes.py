"""Sandboxes: a property that is its partner's own, alive, and nobody else's business."""

import json
from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from domain import (
    apps,
    connections,
    endpoints,
    extracts,
    history,
    invented,
    invitations,
    operations,
    partners,
    properties,
    proposals,
    sandboxes,
    subscriptions,
    tokens,
    value_events,
    value_pages,
    waiting,
)
from domain.actors import Actor
from domain.proposals import Wanted
from domain.refusals import Refusal
from domain.sandboxes import Door, Sandbox
from storage import database
from storage.apps import App
from storage.messages import Message
from tests import builders, shelf
from tests.builders import World

TODAY = date(2026, 11, 22)
DATA = ("reservation.created", "reservation.updated", "reservation.removed", "mapping.changed")
SLOTS = [
    {"key": "breakfast", "label": "Breakfast", "type": "products", "required": True},
    {"key": "shoes", "label": "Shoe shine", "type": "products"},
]


@pytest.fixture(autouse=True)
def _few_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some dozen stays do as well as thousands."""
    monkeypatch.setattr(invented, "FLOORS", 1)
    monkeypatch.setattr(invented, "ROOMS_PER_FLOOR", 2)


@pytest.fixture
def door(world: World) -> Door:
    """The connection of D3x with its new sandbox: Dee has answered, and hears of all data."""
    shelf.permit(shelf.EVERYTHING)
    wanted = ("connection.requested", "connection.disconnected", "token.rotated", *DATA)
    endpoints.choose(world.dee, world.d3x_endpoint, events=wanted, property_ids=())
    sandboxes.make(world.dee, world.d3x, now=world.now)
    connections.activate(world.dee, its_door(world).connection_id or "", now=world.now)
    return its_door(world)


def sandbox(world: World) -> Sandbox:
    found = sandboxes.read(world.dee, world.d3x, now=world.now)
    assert found is not None
    return found


def its_door(world: World) -> Door:
    (found,) = sandbox(world).doors
    return found


def program(world: World, connection_id: str | None) -> Actor:
    clear = sandboxes.reveal_token(world.dee, connection_id or "", now=world.now)
    return tokens.authenticate(clear, now=world.now)


def told(door: Door) -> Counter[str]:
    """Return how many records were told of by each kind of data event."""
    found: Counter[str] = Counter()
    for message in builders.messages_of(door.connection_id or ""):
        data = json.loads(builders.body_of(message))["data"] if message.channel == "webhook" else {}
        found[message.event] += len(data.get("records", ()))
    return +found


def test_the_hotel_that_never_was_is_the_same_every_time_and_makes_sense() -> None:
    hotel = invented.hotel(TODAY)
    assert hotel == invented.hotel(TODAY)
    later = invented.hotel(date(2027, 2, 1))
    assert [stay.key for stay in hotel["reservations"]] == [s.key for s in later["reservations"]]
    for type_key, records in hotel.items():
        assert len({each.key for each in records}) == len(records) > 0, type_key
    room = [s.values for s in hotel["reservations"] if s.values["space_id"] == "101"]
    for before, after in pairwise(room):
        assert before["arrival"] < before["departure"] <= after["arrival"]
    assert all(s["status"] != "confirmed" or s["departure"] > TODAY for s in room)
    assert {g.values["email"].partition("@")[2] for g in hotel["guests"]} == {"guests.example"}


def test_a_sandbox_has_all_types_of_data_and_a_request_for_each_app(world: World) -> None:
    with builders.adding() as rows:
        draft = builders.add_app(rows, "draft", "Draft", world.now, partner_id=world.d3x)
    with database.transaction() as session:
        session.get_one(App, draft).published_at = None
    assert sandboxes.read(world.dee, world.d3x) is None
    sandboxes.make(world.dee, world.d3x, now=world.now)
    found = sandbox(world)
    assert len([count for _, count in found.records if count]) == 7
    assert [(each.app, each.status) for each in found.doors] == [
        ("D3x", "pending"),
        ("Draft", "pending"),
    ]
    with pytest.raises(Refusal, match="wrong_state"):
        sandboxes.make(world.dee, world.d3x, now=world.now)


def test_the_request_reaches_the_partner_as_that_of_a_hotel_does(world: World) -> None:
    sandboxes.make(world.dee, world.d3x, now=world.now)
    door = its_door(world)
    (message,) = builders.messages_of(door.connection_id or "")
    data = json.loads(builders.body_of(message))["data"]
    assert data["connection"]["property"]["name"] == "D3x Ltd sandbox"
    assert data["access_token"] == sandboxes.reveal_token(world.dee, door.connection_id or "")
    assert message.endpoint_id == world.d3x_endpoint
    assert door.masked.endswith(data["access_token"][-4:])


def test_its_token_reads_all_that_the_app_may_read(world: World, door: Door) -> None:
    who = program(world, door.connection_id)
    for type_key in ("reservations", "guests", "accounting_categories"):
        page = extracts.page(who, type_key, extracts.Wanted(limit=5), now=world.now)
        assert len(page.data) == 5


def test_what_happens_is_told_by_data_events(world: World, door: Door) -> None:
    assert told(door) == {}
    happened = sandboxes.happen(world.dee, world.d3x, now=world.after(minutes=1))
    assert (happened.made, happened.changed, happened.canceled) == (3, 5, 2)
    assert told(door) == {"reservation.created": 3, "reservation.updated": 7}
    with pytest.raises(Refusal, match="too_often"):
        sandboxes.happen(world.dee, world.d3x, now=world.after(minutes=1, seconds=1))
    assert told(door)["reservation.created"] == 3


def test_a_reset_puts_the_data_back_and_says_so(world: World, door: Door) -> None:
    before = sandbox(world).records
    sandboxes.happen(world.dee, world.d3x, now=world.after(minutes=1))
    assert sandbox(world).records != before
    sandboxes.reset(world.dee, world.d3x, now=world.after(minutes=2))
    assert sandbox(world).records == before
    assert told(door)["reservation.removed"] == 3
    assert told(door)["reservation.updated"] == 7 + 7
    sandboxes.happen(world.dee, world.d3x, now=world.after(minutes=3))
    assert told(door)["reservation.created"] == 3 + 3
    with pytest.raises(Refusal, match="too_often"):
        sandboxes.reset(world.dee, world.d3x, now=world.after(minutes=2, seconds=20))


def test_it_confirms_what_a_program_proposes_and_chooses_what_is_sure(
    world: World, door: Door
) -> None:
    with database.transaction() as session:
        session.execute(sa.update(App).where(col(App.slug) == "d3x").values(slots=SLOTS))
    connection_id = door.connection_id or ""
    wanted = {"shoes": Wanted(external_id="PRD-LATE")}
    proposals.propose(program(world, connection_id), connection_id, wanted, expected_version=0)
    sandboxes.happen(world.dee, world.d3x, now=world.after(minutes=1))
    page = value_pages.read(world.dee, connection_id)
    assert {row.slot.key: row.record.name for row in page.rows if row.record} == {
        "breakfast": "Breakfast",
        "shoes": "Late check-out",
    }
    assert value_events.tell(connection_id, page.version)
    (changed,) = builders.messages_of(connection_id, "mapping.changed")
    assert set(json.loads(builders.body_of(changed))["data"]["slots"]) == {"breakfast", "shoes"}


def test_a_new_token_is_told_and_the_old_one_works_on(world: World, door: Door) -> None:
    old = sandboxes.reveal_token(world.dee, door.connection_id or "", now=world.now)
    masked = sandboxes.rotate_token(world.dee, door.connection_id or "", now=world.after(minutes=1))
    assert its_door(world).masked == masked
    assert builders.messages_of(door.connection_id or "", "token.rotated")
    tokens.authenticate(old, now=world.after(hours=23))


def test_removing_it_ends_its_tokens_and_making_it_again_goes_on(world: World, door: Door) -> None:
    old = sandboxes.reveal_token(world.dee, door.connection_id or "", now=world.now)
    sandboxes.remove(world.dee, world.d3x, now=world.after(minutes=1))
    assert sandboxes.read(world.dee, world.d3x) is None
    with pytest.raises(Refusal, match="unauthorized"):
        tokens.authenticate(old, now=world.after(minutes=2))
    assert builders.messages_of(door.connection_id or "", "connection.disconnected")
    sandboxes.make(world.dee, world.d3x, now=world.after(minutes=3))
    again = its_door(world)
    assert (again.connection_id, again.status) == (door.connection_id, "pending")
    assert sandboxes.reveal_token(world.dee, again.connection_id or "") != old


def test_what_ended_is_connected_again(world: World, door: Door) -> None:
    connections.disconnect(world.dee, door.connection_id or "", now=world.after(minutes=1))
    assert its_door(world).can_connect
    sandboxes.connect(world.dee, world.d3x, "d3x", now=world.after(minutes=2))
    assert its_door(world).status == "pending"
    with pytest.raises(Refusal, match="already_connected"):
        sandboxes.connect(world.dee, world.d3x, "d3x", now=world.after(minutes=3))


@pytest.mark.parametrize("slug", ["freeguides", "mews"])
def test_only_its_partners_apps_are_connected_with_it(world: World, door: Door, slug: str) -> None:
    with pytest.raises(Refusal, match="not_found"):
        sandboxes.connect(world.dee, world.d3x, slug, now=world.now)


def test_no_sandbox_token_is_shown_for_a_hotels_connection(world: World) -> None:
    real = world.connect_active()
    for verb in (sandboxes.reveal_token, sandboxes.rotate_token):
        with pytest.raises(Refusal, match="not_found"):
            verb(world.dee, real)


def test_strangers_find_no_sandbox(world: World, door: Door) -> None:
    connection_id, hotel = door.connection_id or "", sandbox(world).property_id
    attempts: list[Any] = [
        lambda who: sandboxes.read(who, world.d3x),
        lambda who: sandboxes.happen(who, world.d3x),
        lambda who: sandboxes.reveal_token(who, connection_id),
        lambda who: subscriptions.read(who, connection_id),
        lambda who: history.of_connection(who, connection_id),
        lambda who: value_pages.read(who, connection_id),
        lambda who: subscriptions.of_property(who, hotel),
        lambda who: connections.connect(who, hotel, "d3x"),
        lambda who: connections.disconnect(who, connection_id),
        lambda who: invitations.invite(who, "new@x.example", "manager", hotel),
        lambda who: properties.read(who, hotel),
        lambda who: properties.edit(who, hotel, "Mine now"),
    ]
    before = builders.snapshot()
    for somebody in (world.charlie, world.maya, world.finn, world.olga):
        for attempt in attempts:
            with pytest.raises(Refusal, match="not_found"):
                attempt(somebody)
    assert builders.snapshot() == before


def test_it_counts_in_no_number_of_the_platform(world: World) -> None:
    def numbers() -> tuple[Any, ...]:
        now = world.after(hours=100)
        return (
            operations.overview(world.olga, now=now),
            [each.name for each in properties.page(world.olga).rows],
            subscriptions.page(world.olga, now=now).rows,
            partners.all_of_them(world.olga),
            apps.all_of_them(world.olga),
        )

    before = numbers()
    sandboxes.make(world.dee, world.d3x, now=world.now)
    connection_id = its_door(world).connection_id or ""
    (message,) = builders.messages_of(connection_id)
    builders.attempt(message.id, now=world.now, code=503)
    assert numbers() == before
    assert waiting.remind(now=world.after(hours=80)) == 0
    connections.activate(world.dee, connection_id, now=world.after(hours=90))
    assert numbers() == before
    with database.reading() as session:
        mails = session.exec(select(Message).where(Message.channel == "mail")).all()
    assert [mail.event for mail in mails] == []


def test_an_automatic_app_becomes_active_by_itself(world: World) -> None:
    sandboxes.make(world.finn, world.freeguides, now=world.now)
    with database.reading() as session:
        of_partner = Message.partner_id == world.freeguides
        (message,) = session.exec(select(Message).where(of_partner)).all()
    builders.attempt(message.id, now=world.now, code=204)
    found = sandboxes.read(world.finn, world.freeguides)
    assert found is not None
    assert [each.status for each in found.doors] == ["active"]
