"""Calls of a source: known by their address, folded into one run that waits, and never lost."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from connectors.source import Fault
from domain import (
    due,
    hooks,
    integration_pages,
    integrations,
    moments,
    plans,
    run_pages,
    runs,
    sources,
)
from domain.folding import GAP
from domain.integrations import Draft
from domain.refusals import Refusal
from domain.schedules import Schedule
from storage import database, jobs
from storage.integrations import Run
from storage.sources import HookEvent, Source
from tests import flows, harvest
from tests.builders import PASSWORD, World
from tests.harvest import HotelSystem

CALLED = Schedule("webhook", minutes=24 * 60)


def told(*events: str, account: str = "ent_1") -> bytes:
    """Return what Mews sends when so many things have changed."""
    found = [{"Discriminator": each, "Value": {"Id": "a"}} for each in events]
    return json.dumps({"EnterpriseId": account, "IntegrationId": "i", "Events": found}).encode()


CHANGED = told("ServiceOrderUpdated")


def secret_of(world: World, source_id: str) -> str:
    """Return the secret part of a source's address; it is made at first."""
    address = hooks.reveal(world.maya, source_id, PASSWORD, now=world.now)
    assert address.startswith("http://adjoin.test/in/adh_")
    return address.rpartition("/")[2]


@pytest.fixture
def source(world: World, system: HotelSystem) -> str:
    """A source of Mews whose reservations may flow."""
    source_id = harvest.source(world)
    harvest.active(world, source_id)
    return source_id


@pytest.fixture
def flow(world: World, source: str) -> str:
    """An active integration that runs when its source calls; its first run is over."""
    return flows.active(world, source, schedule=CALLED)


@pytest.fixture
def call(world: World, source: str) -> Callable[..., str]:
    """`call(body, minutes=1)`: the source calls so long after the world began."""
    secret = secret_of(world, source)

    def make(body: bytes = CHANGED, **after: float) -> str:
        return hooks.receive(secret, [body], now=world.after(**(after or {"minutes": 1})))[0]

    return make


def runs_of(integration_id: str) -> list[Run]:
    """Return the runs that calls brought about, the oldest first."""
    with database.reading() as session:
        query = select(Run).where(Run.integration_id == integration_id, Run.trigger == "webhook")
        return list(session.exec(query.order_by(col(Run.id))))


def writes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows with every transaction that may write."""
    begun: list[int] = []
    transaction = database.transaction

    def counted() -> Any:
        begun.append(1)
        return transaction()

    monkeypatch.setattr(database, "transaction", counted)
    return begun


# What follows from a call


def test_a_call_starts_a_run_at_once_and_the_data_is_there(
    flow: str, call: Callable[..., str], world: World, system: HotelSystem
) -> None:
    system.records["reservations"][1]["Number"] = "77"
    assert call() == "received"
    (run,) = runs_of(flow)
    assert (run.status, run.who) == ("queued", "Adjoin")
    flows.work(run.id)
    assert flows.of(run.id).status == "succeeded"
    assert flows.records()["res-2"].number == "77"
    assert run_pages.of_integration(world.noah, flow)[0].trigger == "webhook"


def test_when_a_call_is_answered_its_run_is_stored_with_the_job_that_does_it(
    flow: str, call: Callable[..., str]
) -> None:
    call()
    (run,) = runs_of(flow)
    assert jobs.still_to_run([plans.job_id(run)]) == {plans.job_id(run)}


def test_calls_before_a_run_begins_are_folded_into_it(flow: str, call: Callable[..., str]) -> None:
    assert {call(seconds=number) for number in range(50)} == {"received"}
    assert len(runs_of(flow)) == 1


def test_calls_during_a_run_bring_about_exactly_one_more(
    flow: str, call: Callable[..., str], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    call()
    (first,) = runs_of(flow)
    during: list[str] = []
    system_page = flows.intake.belts.mapped

    def mapped(*given: Any) -> Any:
        during.extend(call(seconds=61 + number) for number in range(5))
        return system_page(*given)

    monkeypatch.setattr(flows.intake.belts, "mapped", mapped)
    flows.work(first.id)
    monkeypatch.setattr(flows.intake.belts, "mapped", system_page)
    assert during == ["received"] * 5
    assert [run.status for run in runs_of(flow)] == ["succeeded", "queued"]
    flows.work(runs_of(flow)[1].id)
    assert len(runs_of(flow)) == 2
    assert flows.stored(flow).owed_since is None


def test_a_run_that_fails_is_followed_by_the_one_that_is_owed(
    flow: str, call: Callable[..., str], system: HotelSystem
) -> None:
    call()
    (first,) = runs_of(flow)
    flows.intake.begin(first.id, first.jobs)
    call(seconds=61)
    system.fault = Fault("garbled", "Mews did not give what was expected.")
    flows.work(first.id)
    assert [run.status for run in runs_of(flow)] == ["failed", "queued"]


def test_what_a_canceled_or_dry_run_leaves_owed_is_settled_by_the_clock(
    flow: str, call: Callable[..., str], world: World
) -> None:
    dry = runs.dry_run(world.maya, flow, now=world.now)
    call()
    assert runs_of(flow) == [], "a dry run brings nothing in, so another has to follow"
    runs.cancel(world.maya, dry, now=world.after(minutes=2))
    due.settle(now=world.after(minutes=3))
    assert [run.status for run in runs_of(flow)] == ["queued"]


def test_runs_keep_some_distance_however_often_a_busy_hotel_calls(
    flow: str, call: Callable[..., str], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    delays: list[float | None] = []
    enqueue = flows.plans.enqueue

    def noted(*given: Any, delay_seconds: float | None = None) -> None:
        delays.append(delay_seconds)
        enqueue(*given, delay_seconds=delay_seconds)

    monkeypatch.setattr(flows.plans, "enqueue", noted)
    at = world.after(minutes=1)
    for seconds in (0, 5, 5 + GAP.total_seconds()):
        monkeypatch.setattr(moments, "now", lambda after=seconds: at + timedelta(seconds=after))
        assert call(minutes=1, seconds=seconds) == "received"
        flows.work(runs_of(flow)[-1].id)
    assert delays == [None, 10.0, None]


def test_only_integrations_that_want_what_has_changed_and_are_to_be_called_run(
    flow: str, source: str, call: Callable[..., str], world: World
) -> None:
    by_clock = flows.active(world, source, name="By clock")
    assert call(told("CustomerUpdated")) == "received", "of guests, and nobody brings them in"
    assert call(told("MessageAdded"), seconds=90) == "received"
    assert runs_of(flow) == []
    call(minutes=2)
    assert len(runs_of(flow)) == 1
    assert runs_of(by_clock) == []


def test_an_integration_that_is_not_active_is_not_woken(
    flow: str, call: Callable[..., str], world: World
) -> None:
    integrations.disable(world.maya, flow, now=world.now)
    assert call() == "received"
    assert runs_of(flow) == []


def test_the_clock_looks_once_a_day_in_case_that_a_call_got_lost(
    flow: str, world: World, system: HotelSystem
) -> None:
    assert flows.stored(flow).next_run_at == world.after(days=1)
    assert due.tick(now=world.after(hours=23)) == 0
    assert due.tick(now=world.after(hours=24)) == 1
    assert run_pages.of_integration(world.maya, flow)[0].trigger == "schedule"


def test_after_a_failure_nobody_calls_again_so_the_clock_tries_soon(
    flow: str, call: Callable[..., str], system: HotelSystem
) -> None:
    call()
    system.fault = Fault("garbled", "Mews did not give what was expected.")
    ended = flows.of(flows.work(runs_of(flow)[0].id)).ended_at
    soon = flows.stored(flow).next_run_at
    assert soon is not None
    assert ended is not None
    assert soon - ended == timedelta(minutes=15)


# What is not listened to


def test_a_call_about_another_account_starts_nothing(
    flow: str, call: Callable[..., str], source: str
) -> None:
    assert call(told("ServiceOrderUpdated", account="ent_2")) == "foreign"
    assert call(b"<html>") == "garbled"
    assert call(b"[" * 100_000) == "garbled"
    assert runs_of(flow) == []
    assert harvest.row_of(Source, source).called_at is None


def test_an_address_that_nobody_has_is_unknown(flow: str, world: World, source: str) -> None:
    secret = secret_of(world, source)
    for wrong in ("", "adh_", secret[:-1], secret + "a", secret.swapcase(), "\ud800", "ent_1"):
        assert hooks.receive(wrong, [CHANGED], now=world.now) == ["unknown"]
    assert runs_of(flow) == []


def test_an_event_that_is_told_again_within_a_day_is_known(
    world: World, system: HotelSystem
) -> None:
    secret, flow, _ = at_an_api(world)
    event = b'{"id": "e-1", "types": ["reservations"]}'
    assert hooks.receive(secret, [event, event], now=world.after(minutes=1)) == ["received"] * 2
    flows.work(runs_of(flow)[0].id)
    for hours in (1, 23):
        assert hooks.receive(secret, [event], now=world.after(hours=hours)) == ["received"]
    assert len(runs_of(flow)) == 1
    hooks.receive(secret, [b'{"id": "e-2"}'], now=world.after(hours=23.5))
    assert len(runs_of(flow)) == 2


def test_what_was_told_is_forgotten_after_a_day(world: World, system: HotelSystem) -> None:
    secret, flow, source_id = at_an_api(world)
    hooks.receive(secret, [b'{"id": "e-1"}'], now=world.now)
    hooks.forget(now=world.after(hours=23))
    assert events() == 1
    hooks.forget(now=world.after(hours=25))
    assert events() == 0
    hooks.receive(secret, [b'{"id": "e-1"}'], now=world.after(hours=26))
    integrations.remove(world.maya, flow)
    sources.remove(world.maya, source_id)
    assert events() == 0


def test_a_thousand_calls_write_once_and_wait_for_one_run(
    flow: str, source: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = secret_of(world, source)
    begun = writes(monkeypatch)
    for number in range(100):
        at = world.after(minutes=1, milliseconds=number)
        assert set(hooks.receive(secret, [CHANGED] * 10, now=at)) == {"received"}
    assert len(begun) == 1
    assert len(runs_of(flow)) == 1


def test_calls_at_once_are_folded_as_well(flow: str, source: str, world: World) -> None:
    secret, start = secret_of(world, source), threading.Barrier(8)
    said: list[str] = []

    def make(number: int) -> None:
        start.wait(timeout=10)
        for _ in range(5):
            said.extend(hooks.receive(secret, [CHANGED], now=world.after(seconds=number)))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["received"] * 40
    assert [run.status for run in runs_of(flow)] == ["queued"]


# The address


def test_the_address_is_made_when_it_is_first_shown_and_stays(source: str, world: World) -> None:
    assert hooks.read(world.maya, source).address == ""
    secret = secret_of(world, source)
    assert secret_of(world, source) == secret
    shown = hooks.read(world.maya, source).address
    assert shown == f"http://adjoin.test/in/{secret[4:8]}…{secret[-4:]}"
    assert harvest.events_of(source)[-2:] == ["source.hook_shown"] * 2
    with database.reading() as session:
        stored = str(session.execute(sa.select(Source.__table__)).all())  # type: ignore[attr-defined]
    assert secret not in stored


def test_a_renewed_address_stops_the_old_one_at_once(
    flow: str, source: str, call: Callable[..., str], world: World
) -> None:
    mask = hooks.renew(world.maya, source, now=world.now)
    assert mask == hooks.read(world.maya, source).address
    assert call() == "unknown"
    assert runs_of(flow) == []
    assert hooks.receive(secret_of(world, source), [CHANGED], now=world.now) == ["received"]


def test_only_managers_see_anything_of_the_address(source: str, world: World) -> None:
    secret_of(world, source)
    assert hooks.read(world.noah, source).address == ""
    assert hooks.read(world.noah, source).moves == ()
    for verb in (lambda who: hooks.reveal(who, source, PASSWORD), lambda w: hooks.renew(w, source)):
        with pytest.raises(Refusal) as refused:
            verb(world.noah)
        assert refused.value.code == "forbidden"
    with pytest.raises(Refusal) as refused:
        hooks.reveal(world.maya, source, "a guess")
    assert refused.value.code == "wrong_password"


def test_strangers_learn_of_no_address(source: str, world: World) -> None:
    for who in harvest.strangers(world):
        for found in (source, "src_never"):
            with pytest.raises(Refusal) as refused:
                hooks.read(who, found)
            assert refused.value.code == "not_found"


def test_it_is_noted_when_a_source_last_called(
    flow: str, source: str, call: Callable[..., str], world: World
) -> None:
    assert integration_pages.read(world.noah, flow).row.called_at is None
    call(told("MessageAdded"))
    call(minutes=1, seconds=3)
    assert hooks.read(world.noah, source).called_at == world.after(minutes=1, seconds=3)
    call(minutes=1, seconds=4)
    call(minutes=2)
    assert integration_pages.read(world.noah, flow).row.called_at == world.after(minutes=2)


# The schedule


def test_a_source_that_never_calls_cannot_be_waited_for(world: World, system: HotelSystem) -> None:
    files = sources.add(world.maya, world.hotel, sources.Draft("file", "Old"), now=world.now)
    with pytest.raises(Refusal) as refused:
        integrations.create(world.maya, world.hotel, Draft(files, schedule=CALLED))
    assert refused.value.message == "Old never calls. Choose when it runs."
    with pytest.raises(Refusal):
        hooks.read(world.maya, files)


@pytest.mark.parametrize("minutes", [0, 15, 90, 25 * 60])
def test_the_safety_net_is_a_number_of_hours(
    world: World, system: HotelSystem, minutes: int
) -> None:
    with pytest.raises(Refusal) as refused:
        flows.draft(world, schedule=Schedule("webhook", minutes=minutes))
    assert "hours from 1 to 24" in refused.value.message


def test_offered_sources_say_of_what_they_tell(source: str, world: World) -> None:
    (offered,) = integration_pages.offered(world.maya, world.hotel)
    assert offered.tells == ("reservations", "guests", "spaces")


def at_an_api(world: World) -> tuple[str, str, str]:
    """Let an API bring reservations in when it calls; return its secret, the flow, the source."""
    paths = {"types": {"reservations": {"path": "/reservations"}}}
    draft = sources.Draft("rest", "API", address="https://api.example", settings=paths)
    source_id = sources.add(world.maya, world.hotel, draft, now=world.now)
    harvest.active(world, source_id)
    flow = flows.draft(world, source_id, schedule=CALLED, wanted={"reservations": ["created"]})
    integrations.activate(world.maya, flow, now=world.now)
    flows.work(flows.living(flow))
    return secret_of(world, source_id), flow, source_id


def events() -> int:
    with database.reading() as session:
        return len(session.exec(select(HookEvent)).all())
