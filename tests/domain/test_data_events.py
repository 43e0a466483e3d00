"""Data events: each record that a run has changed is told once, to who may and wants to know."""

import json
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from connectors.source import Fault
from domain import (
    connections,
    data_events,
    endpoints,
    intake,
    integrations,
    messages,
    moments,
    partners,
    replays,
    runs,
    sources,
)
from storage import database, jobs
from storage.apps import App
from storage.integrations import RunPart
from storage.messages import Message
from tests import builders, flows
from tests.builders import World
from tests.harvest import HotelSystem, reservation

USUAL = ("connection.requested", "token.rotated")
ALL_OF_THEM = ("reservation.created", "reservation.updated", "reservation.removed")


@pytest.fixture
def connection_id(world: World, system: HotelSystem) -> str:
    """D3x is active at Harbour Hotel, may read reservations, and asked to be told of all."""
    permit("d3x", "reservations:read")
    connection_id = world.connect_active()
    choose(world, *ALL_OF_THEM)
    return connection_id


def permit(slug: str, *permissions: str) -> None:
    with database.transaction() as session:
        session.execute(
            sa.update(App).where(col(App.slug) == slug).values(permissions=list(permissions))
        )


def choose(world: World, *names: str, property_ids: tuple[str, ...] = ()) -> None:
    second = "https://tokens.d3x.example"
    urls = [each.url for each in endpoints.of_partner(world.dee, world.d3x)]
    if property_ids and second not in urls:
        endpoints.create(world.dee, world.d3x, second, events=USUAL, now=world.now)
    endpoints.choose(
        world.dee,
        world.d3x_endpoint,
        events=(*USUAL, *names),
        property_ids=property_ids,
        now=world.now,
    )


def tell(run_id: str) -> None:
    """Do what the end of a run has queued."""
    with database.reading() as session:
        parts = session.exec(select(RunPart.id).where(RunPart.run_id == run_id)).all()
    for part_id in parts:
        data_events.tell_all(part_id)


def sent(world: World) -> list[Message]:
    """Return the data events for D3x, the oldest first."""
    with database.reading() as session:
        found = session.exec(
            select(Message).where(Message.partner_id == world.d3x).order_by(col(Message.id))
        )
        return [each for each in found if each.event.startswith("reservation.")]


def told(message: Message) -> list[str]:
    data: dict[str, Any] = json.loads(builders.body_of(message))["data"]
    return [record["external_id"] for record in data["records"]]


def news(world: World) -> list[tuple[str, set[str]]]:
    return [(message.event, set(told(message))) for message in sent(world)]


def change(system: HotelSystem, *numbers: int, value: str = "changed") -> None:
    for number in numbers:
        system.records["reservations"][number - 1]["Number"] = value


def first_run(world: World) -> str:
    """Bring in the five reservations, and return the integration; what that tells is left out."""
    integration = flows.active(world)
    with database.transaction() as session:
        session.execute(sa.update(RunPart).values(told_all_at=moments.now()))
    return integration


def begun(world: World) -> str:
    """Return the first run of a new integration, before it began."""
    integration = flows.draft(world)
    integrations.activate(world.maya, integration, now=world.now)
    return flows.living(integration)


# What is told


def test_who_asks_for_changes_gets_exactly_the_ids_that_a_run_has_changed(
    world: World, system: HotelSystem, connection_id: str
) -> None:
    integration = first_run(world)
    choose(world, "reservation.updated")
    change(system, 2, 4)
    system.records["reservations"].append(reservation(9))
    tell(flows.run(world, integration))
    (message,) = sent(world)
    body = json.loads(builders.body_of(message))
    kept = flows.records()
    assert body["type"] == message.event == "reservation.updated"
    assert body["data"]["connection"]["id"] == message.connection_id == connection_id
    assert body["data"]["records"] == [
        {"id": f"res_{kept[key].id}", "external_id": key} for key in ("res-2", "res-4")
    ]
    assert "Guest" not in builders.body_of(message)


def test_new_changed_and_gone_records_are_told_by_events_of_their_own(
    world: World, system: HotelSystem, connection_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows.tell_deletions(monkeypatch)
    integration = first_run(world)
    change(system, 2)
    del system.records["reservations"][0]
    system.records["reservations"].append(reservation(9))
    tell(flows.run(world, integration))
    assert sorted(news(world)) == [
        ("reservation.created", {"res-9"}),
        ("reservation.removed", {"res-1"}),
        ("reservation.updated", {"res-2"}),
    ]


def test_a_record_that_comes_back_is_told_as_changed(
    world: World, system: HotelSystem, connection_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows.tell_deletions(monkeypatch)
    integration = first_run(world)
    gone = system.records["reservations"].pop()
    flows.run(world, integration)
    system.records["reservations"].append(gone)
    tell(flows.run(world, integration))
    assert news(world) == [("reservation.updated", {"res-5"})]


def test_a_record_that_a_run_meets_twice_is_told_once(
    world: World, system: HotelSystem, connection_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.belts.PER_PAGE", 2)
    run = begun(world)
    there = system.records["reservations"]
    there[:] = [reservation(1), reservation(2), reservation(3), reservation(1, Number="new")]
    tell(flows.work(run))
    assert news(world) == [("reservation.created", {"res-1", "res-2", "res-3"})]


def test_a_run_that_changed_nothing_tells_nothing_and_queues_nothing(
    world: World, system: HotelSystem, connection_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = first_run(world)
    queued = note_jobs(monkeypatch)
    tell(flows.run(world, integration))
    assert sent(world) == []
    assert queued == []


def test_what_is_changed_before_anybody_was_told_that_it_is_new_is_told_as_new(
    world: World, system: HotelSystem, connection_id: str
) -> None:
    made = begun(world)
    flows.work(made)
    integration = flows.of(made).integration_id
    change(system, 2)
    changed = flows.run(world, integration)
    tell(changed)
    tell(made)
    assert news(world) == [
        ("reservation.created", {"res-2"}),
        ("reservation.created", {"res-1", "res-3", "res-4", "res-5"}),
    ]
    change(system, 2, value="again")
    tell(flows.run(world, integration))
    assert news(world)[2:] == [("reservation.updated", {"res-2"})]


@pytest.mark.parametrize("permission", ["reservations:read", "spaces:read"])
def test_a_source_that_is_removed_is_told_to_who_may_read_what_it_brought(
    world: World, system: HotelSystem, connection_id: str, permission: str
) -> None:
    integration = first_run(world)
    source = flows.stored(integration).source_id
    permit("d3x", permission)
    choose(world, "source.removed")
    integrations.remove(world.maya, integration)
    sources.remove(world.maya, source)
    heard = builders.messages_of(connection_id, "source.removed")
    data = [json.loads(builders.body_of(each))["data"] for each in heard]
    told_of = [(each["source"]["id"], each["types"]) for each in data]
    assert told_of == ([(source, ["reservations"])] if permission != "spaces:read" else [])


def test_the_number_of_a_record_is_never_given_again(world: World, system: HotelSystem) -> None:
    integration = flows.active(world)
    last = max(record.id for record in flows.records().values())
    source = flows.stored(integration).source_id
    integrations.remove(world.maya, integration)
    sources.remove(world.maya, source)
    flows.active(world)
    assert min(record.id for record in flows.records().values()) > last


# Batches


def test_many_records_come_in_batches_and_each_in_one_of_them(
    world: World, system: HotelSystem, connection_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_events, "MOST", 2)
    tell(flows.work(begun(world)))
    batches = [told(message) for message in sent(world)]
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert sorted(chain(*batches)) == [f"res-{number}" for number in range(1, 6)]


def test_a_job_that_runs_again_tells_nothing_twice(
    world: World, system: HotelSystem, connection_id: str
) -> None:
    run = flows.work(begun(world))
    tell(run)
    before = [(each.id, each.body) for each in sent(world)]
    tell(run)
    assert [(each.id, each.body) for each in sent(world)] == before


@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_a_job_that_dies_goes_on_where_it_stood(
    world: World,
    system: HotelSystem,
    connection_id: str,
    monkeypatch: pytest.MonkeyPatch,
    dies_at: int,
) -> None:
    monkeypatch.setattr(data_events, "MOST", 2)
    run, calls, real = flows.work(begun(world)), [], messages.tell_endpoints

    def die(*arguments: Any, **more: Any) -> None:
        real(*arguments, **more)
        calls.append(1)
        if len(calls) == dies_at:
            raise SystemExit  # what it has written is not committed

    monkeypatch.setattr(messages, "tell_endpoints", die)
    with pytest.raises(SystemExit):
        tell(run)
    before = [each.id for each in sent(world)]
    assert len(before) == dies_at - 1
    tell(run)
    assert [each.id for each in sent(world)][: len(before)] == before
    batches = [told(message) for message in sent(world)]
    assert sorted(chain(*batches)) == [f"res-{number}" for number in range(1, 6)]


def test_a_database_that_hiccups_is_asked_again(
    world: World, system: HotelSystem, connection_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, real, hiccups = flows.work(begun(world)), messages.tell_endpoints, [1]

    def hiccup(*arguments: Any, **more: Any) -> None:
        if hiccups.pop() if hiccups else False:
            raise OperationalError("", {}, Exception())
        real(*arguments, **more)

    monkeypatch.setattr(messages, "tell_endpoints", hiccup)
    monkeypatch.setattr(data_events.time, "sleep", lambda _: None)
    tell(run)
    assert len(sent(world)) == 1


def test_what_a_later_run_changed_before_it_was_told_is_told_by_that_run(
    world: World, system: HotelSystem, connection_id: str
) -> None:
    integration = first_run(world)
    change(system, 1, 2)
    slow = flows.run(world, integration)
    change(system, 2, value="changed again")
    quick = flows.run(world, integration)
    tell(slow)
    tell(quick)
    assert news(world) == [
        ("reservation.updated", {"res-1"}),
        ("reservation.updated", {"res-2"}),
    ]


# Who is told


@pytest.mark.parametrize(
    "why", ["no permission", "not asked", "another property", "disabled", "ended", "pending"]
)
def test_nobody_is_told_who_may_not_or_does_not_want_to_know(
    world: World, system: HotelSystem, connection_id: str, why: str
) -> None:
    if why == "no permission":
        permit("d3x", "guests:read", "reservations:write")
    if why == "not asked":
        choose(world)
    if why == "another property":
        connections.connect(world.charlie, world.lodge, "d3x", now=world.now)
        choose(world, *ALL_OF_THEM, property_ids=(world.lodge,))
    if why == "disabled":
        connections.disable(world.maya, connection_id, now=world.now)
    if why in ("ended", "pending"):
        connections.disconnect(world.maya, connection_id, now=world.now)
    if why == "pending":
        world.connect()
    tell(flows.work(begun(world)))
    assert sent(world) == []


def test_the_others_hear_nothing_of_this_hotel(
    world: World, system: HotelSystem, connection_id: str
) -> None:
    permit("freeguides", "reservations:read")
    endpoints.choose(
        world.finn,
        world.freeguides_endpoint,
        events=(*USUAL, *ALL_OF_THEM),
        property_ids=(),
        now=world.now,
    )
    for message in builders.messages_of(
        connections.connect(world.charlie, world.lodge, "freeguides", now=world.now)
    ):
        builders.attempt(message.id, now=world.now)
    tell(flows.work(begun(world)))
    assert {message.partner_id for message in all_data_events()} == {world.d3x}
    assert {message.property_id for message in all_data_events()} == {world.hotel}


def all_data_events() -> list[Message]:
    with database.reading() as session:
        return [
            each for each in session.exec(select(Message)) if each.event.startswith("reservation")
        ]


def test_data_events_never_come_by_mail(
    world: World, system: HotelSystem, connection_id: str
) -> None:
    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=True,
        by_mail=True,
        mail_to="hub@d3x.example",
        token_in_mail=False,
    )
    tell(flows.work(begun(world)))
    assert {message.channel for message in sent(world)} == {"webhook"}


def test_every_endpoint_gets_what_it_asked_for(
    world: World, system: HotelSystem, connection_id: str
) -> None:
    other = endpoints.create(
        world.dee,
        world.d3x,
        "https://two.d3x.example",
        events=("reservation.updated",),
        property_ids=(world.hotel,),
        now=world.now,
    ).endpoint_id
    integration = first_run(world)
    change(system, 3)
    tell(flows.run(world, integration))
    assert {message.endpoint_id for message in sent(world)} == {world.d3x_endpoint, other}


def test_what_a_disabled_endpoint_missed_can_be_replayed(
    world: World, system: HotelSystem, connection_id: str
) -> None:
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    tell(flows.work(begun(world)))
    assert [message.status for message in sent(world)] == ["skipped"]
    endpoints.enable(world.dee, world.d3x_endpoint, now=world.now)
    later = datetime.now(tz=world.now.tzinfo) + timedelta(minutes=1)
    assert replays.replay_missing(world.dee, world.d3x_endpoint, later, now=later) == 0
    replays.replay_missing(world.dee, world.d3x_endpoint, world.now, now=later)
    assert [message.status for message in sent(world)] == ["waiting"]


def test_a_new_endpoint_gets_no_data_of_a_connection_that_is_not_active(
    world: World, system: HotelSystem, connection_id: str
) -> None:
    tell(flows.work(begun(world)))
    later = datetime.now(tz=world.now.tzinfo) + timedelta(minutes=1)
    builders.attempt(sent(world)[0].id, now=later)
    connections.disable(world.maya, connection_id, now=later)
    other = endpoints.create(
        world.dee, world.d3x, "https://two.d3x.example", events=ALL_OF_THEM, now=later
    ).endpoint_id
    assert replays.replay_missing(world.dee, other, world.now, now=later) == 0
    connections.enable(world.maya, connection_id, now=later)
    assert replays.replay_missing(world.dee, other, world.now, now=later) == 1


def test_when_the_connection_ends_what_waits_is_canceled(
    world: World, system: HotelSystem, connection_id: str
) -> None:
    tell(flows.work(begun(world)))
    connections.disconnect(world.maya, connection_id, now=world.now)
    assert [message.status for message in sent(world)] == ["canceled"]


# When it is told


def note_jobs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Note which jobs to tell something are queued from now on."""
    queued: list[tuple[Any, ...]] = []
    enqueue = jobs.enqueue

    def note(session: Any, name: str, *arguments: Any, **more: Any) -> None:
        if name == data_events.JOB:
            queued.append(arguments)
        enqueue(session, name, *arguments, **more)

    monkeypatch.setattr(jobs, "enqueue", note)
    return queued


@pytest.mark.parametrize("end", ["succeeded", "failed", "canceled"])
def test_every_end_of_a_run_tells_what_was_brought_in_until_then(
    world: World,
    system: HotelSystem,
    connection_id: str,
    monkeypatch: pytest.MonkeyPatch,
    end: str,
) -> None:
    monkeypatch.setattr("domain.belts.PER_PAGE", 2)
    integration = first_run(world)
    change(system, 1, 4)
    queued = note_jobs(monkeypatch)
    run = runs.run_now(world.maya, integration)
    intake.go_on(run, 1, seconds=0)
    assert queued == []
    if end == "failed":
        system.fault = Fault("garbled", "Not what was expected.")
    if end == "canceled":
        runs.cancel(world.maya, run)
    flows.work(run)
    assert flows.of(run).status == end
    assert [arguments[-1] for arguments in queued] == [flows.part(run).id]
    tell(run)
    expected = {"res-1", "res-4"} if end == "succeeded" else {"res-1"}
    assert news(world) == [("reservation.updated", expected)]


def test_a_dry_run_tells_nobody(
    world: World, system: HotelSystem, connection_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = first_run(world)
    change(system, 1)
    queued = note_jobs(monkeypatch)
    run = flows.work(runs.dry_run(world.maya, integration))
    assert queued == []
    tell(run)
    assert sent(world) == []


def test_data_events_are_forgotten_after_a_month_and_nothing_else(
    world: World, system: HotelSystem, connection_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_events, "MOST", 2)
    tell(flows.work(begun(world)))
    done, *_ = sent(world)
    builders.attempt(done.id, now=world.now)
    others = len(builders.messages_of(connection_id)) - len(sent(world))
    assert data_events.forget(now=world.after(days=29)) == 0
    assert data_events.forget(now=world.after(days=31)) == 1, "two still wait"
    assert done.id not in [each.id for each in sent(world)]
    assert len(builders.messages_of(connection_id)) - len(sent(world)) == others
