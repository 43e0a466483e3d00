"""Deliveries: the schedule, what each answer leads to, and Resend beside it."""

import asyncio
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from connectors.result import Result
from domain import attempts, connections, deliveries, endpoints, history, partners, retries
from storage import database, jobs
from storage.messages import Attempt, Message
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused


@pytest.fixture
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts.random, "uniform", lambda low, high: 0.0)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float | None]]:
    """The jobs that were queued: their ids and delays in seconds."""
    seen: list[tuple[str, float | None]] = []
    original = jobs.enqueue

    def enqueue(session: object, name: str, job_id: str, *rest: object, **named: object) -> None:
        seen.append((job_id, named.get("delay_seconds")))  # type: ignore[arg-type]
        original(session, name, job_id, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "enqueue", enqueue)
    return seen


def message_of(connection_id: str) -> Message:
    return builders.messages_of(connection_id)[0]


def tries(message_id: str) -> list[Attempt]:
    with database.reading() as session:
        query = select(Attempt).where(Attempt.message_id == message_id)
        return list(session.exec(query.order_by(col(Attempt.id))))


@pytest.mark.usefixtures("no_jitter")
def test_a_receiver_that_is_down_is_tried_by_the_schedule_and_then_given_up(
    world: World, queued: list[tuple[str, float | None]]
) -> None:
    message = message_of(world.connect())
    moment = world.now
    for number in range(1, 11):
        assert builders.attempt(message.id, now=moment, code=503)
        current = message_of(message.connection_id or "")
        assert current.attempts == number
        if number < 10:
            assert current.status == "waiting"
            assert current.next_attempt_at == moment + timedelta(seconds=retries.DELAYS[number])
            moment = current.next_attempt_at
    assert (current.status, current.finished_at) == ("gave_up", moment)
    mine = [(job, delay) for job, delay in queued if message.id in job]
    assert mine == [
        (f"delivery-{message.id}-1-{number}", None if number == 1 else retries.DELAYS[number - 1])
        for number in range(1, 11)
    ]
    assert [row.number for row in tries(message.id)] == list(range(1, 11))
    assert moment - world.now == timedelta(seconds=sum(retries.DELAYS))


@pytest.mark.usefixtures("no_jitter")
@pytest.mark.parametrize(("asked", "waits"), [(None, 5), (2, 5), (5, 5), (3_600, 3_600)])
def test_a_receiver_that_asks_for_a_pause_gets_it(
    world: World, asked: int | None, waits: int
) -> None:
    message = message_of(world.connect())
    builders.attempt(message.id, now=world.now, code=429, retry_after=asked)
    assert message_of(message.connection_id or "").next_attempt_at == world.after(seconds=waits)


@pytest.mark.parametrize("code", [None, 301, 400, 401, 404, 429, 500, 502, 503, 599])
def test_anything_but_success_is_tried_again(world: World, code: int | None) -> None:
    message = message_of(world.connect())
    builders.attempt(message.id, now=world.now, code=code)
    current = message_of(message.connection_id or "")
    assert (current.status, current.attempts) == ("waiting", 1)
    (row,) = tries(message.id)
    assert (row.ok, row.code, row.trigger) == (False, code, "scheduled")
    assert row.sentence.endswith(".")


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
def test_success_ends_it(world: World, code: int) -> None:
    message = message_of(world.connect())
    builders.attempt(message.id, now=world.now, code=code)
    current = message_of(message.connection_id or "")
    assert (current.status, current.finished_at, current.next_attempt_at) == (
        "delivered",
        world.now,
        None,
    )


def test_a_mailbox_that_does_not_exist_is_not_tried_again(world: World) -> None:
    endpoints.remove(world.dee, world.d3x_endpoint, now=world.now)
    message = message_of(world.connect())
    parcel = attempts.begin(message.id, 1, 1, now=world.now)
    assert parcel is not None
    gone = Result(False, 550, 3, "", "smtp_5xx", "The mailbox does not exist.", permanent=True)
    attempts.end(parcel, gone, now=world.now)
    assert message_of(message.connection_id or "").status == "gave_up"
    story = history.of_connection(world.maya, message.connection_id or "", now=world.now)
    (line,) = [line for line in story if line.event == "message.gave_up"]
    assert (line.side, line.note) == ("adjoin", "by mail, after 1 attempt")


def test_the_body_and_the_id_are_the_same_at_every_attempt(world: World) -> None:
    connection_id = world.connect()
    message = message_of(connection_id)
    first = attempts.begin(message.id, 1, 1, now=world.now)
    assert first is not None
    attempts.end(first, builders.answered(500), now=world.now)
    connections.activate(world.dee, connection_id, now=world.now)
    second = attempts.begin(message.id, 1, 2, now=world.after(seconds=5))
    assert second is not None
    assert (first.message_id, first.body) == (second.message_id, second.body)


@pytest.mark.parametrize(("round_number", "number"), [(1, 2), (1, 0), (2, 1), (0, 1), (1, -1)])
def test_an_attempt_out_of_turn_does_nothing(world: World, round_number: int, number: int) -> None:
    message = message_of(world.connect())
    before = builders.snapshot()
    assert attempts.begin(message.id, round_number, number, now=world.now) is None
    assert builders.snapshot() == before


def test_an_attempt_of_a_message_that_is_no_more_does_nothing(world: World) -> None:
    assert attempts.begin("msg_never", 1, 1, now=world.now) is None


def test_the_same_attempt_after_a_crash_is_made_again_and_counted_once(world: World) -> None:
    message = message_of(world.connect())
    before_the_crash = attempts.begin(message.id, 1, 1, now=world.now)
    after_it = attempts.begin(message.id, 1, 1, now=world.now)
    assert before_the_crash is not None
    assert after_it is not None
    for parcel in (after_it, before_the_crash):
        attempts.end(parcel, builders.answered(200), now=world.now)
    assert len(tries(message.id)) == 1
    assert attempts.begin(message.id, 1, 1, now=world.now) is None


@pytest.mark.parametrize("end", ["withdraw", "disconnect"])
def test_a_canceled_message_is_not_carried(world: World, end: str) -> None:
    connection_id = world.connect() if end == "withdraw" else world.connect_active()
    message = message_of(connection_id)
    getattr(connections, end)(world.maya, connection_id, now=world.now)
    assert attempts.begin(message.id, 1, 1, now=world.now) is None


def test_what_was_under_way_when_it_was_canceled_stays_canceled(world: World) -> None:
    connection_id = world.connect()
    parcel = attempts.begin(message_of(connection_id).id, 1, 1, now=world.now)
    assert parcel is not None
    connections.withdraw(world.maya, connection_id, now=world.now)
    attempts.end(parcel, builders.answered(500), now=world.now)
    assert message_of(connection_id).status == "canceled"


def test_without_a_mail_server_a_letter_waits_and_says_why(world: World) -> None:
    endpoints.remove(world.dee, world.d3x_endpoint, now=world.now)
    message = message_of(world.connect())
    parcel = attempts.begin(message.id, 1, 1, now=world.now)
    assert parcel is not None
    result = asyncio.run(attempts.carry(parcel))
    attempts.end(parcel, result, now=world.now)
    (row,) = tries(message.id)
    assert (row.error, row.ok) == ("no_mail_server", False)
    assert "ADJOIN_SMTP_URL" in row.sentence


# The net under everything else


def test_a_message_whose_job_was_lost_is_queued_again(
    world: World, queued: list[tuple[str, float | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_of(world.connect())
    queued.clear()
    lose_all_jobs()
    at(monkeypatch, world.after(minutes=4))
    attempts.sweep()
    assert queued == []
    at(monkeypatch, world.after(minutes=6))
    attempts.sweep()
    assert queued == [(f"delivery-{message.id}-2-1", None)]
    assert attempts.begin(message.id, 1, 1, now=world.after(minutes=6)) is None
    assert attempts.begin(message.id, 2, 1, now=world.after(minutes=6)) is not None


def test_what_waits_in_the_queue_is_not_queued_once_more(
    world: World, queued: list[tuple[str, float | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_of(world.connect())
    queued.clear()
    for minutes in (6, 12, 60):
        at(monkeypatch, world.after(minutes=minutes))
        attempts.sweep()
    assert queued == []
    assert attempts.begin(message.id, 1, 1, now=world.after(minutes=61)) is not None


def test_what_waits_in_the_queue_does_not_hide_what_was_lost(
    world: World, queued: list[tuple[str, float | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "SWEPT_AT_ONCE", 3)
    lost = endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.after(seconds=1))
    lose_all_jobs()
    for _ in range(5):
        endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.now)
    queued.clear()
    at(monkeypatch, world.after(minutes=6))
    attempts.sweep()
    assert queued == []
    attempts.sweep()
    assert queued == [(f"delivery-{lost}-2-1", None)]


def test_an_attempt_under_way_is_not_overdue_however_late_it_began(
    world: World, queued: list[tuple[str, float | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_of(world.connect())
    parcel = attempts.begin(message.id, 1, 1, now=world.after(hours=1))
    assert parcel is not None
    lose_all_jobs()
    queued.clear()
    at(monkeypatch, world.after(hours=1, minutes=4))
    attempts.sweep()
    assert queued == []
    at(monkeypatch, world.after(hours=1, minutes=11))
    attempts.sweep()
    assert queued == [(f"delivery-{message.id}-2-1", None)]


def test_what_waits_for_its_time_is_not_swept(
    world: World, queued: list[tuple[str, float | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_of(world.connect())
    builders.attempt(message.id, now=world.now, code=500, retry_after=86_400)
    queued.clear()
    at(monkeypatch, world.after(hours=23))
    attempts.sweep()
    assert queued == []


def test_after_a_sweep_the_count_of_attempts_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = message_of(world.connect())
    for _ in range(3):
        builders.attempt(message.id, now=world.now, code=500)
    lose_all_jobs()
    at(monkeypatch, world.after(days=1))
    attempts.sweep()
    assert builders.attempt(message.id, now=world.after(days=1), code=200)
    assert [row.number for row in tries(message.id)] == [1, 2, 3, 4]


def lose_all_jobs() -> None:
    schema = None if database.is_sqlite() else "dbos"
    with database.transaction() as session:
        session.execute(sa.delete(sa.table("workflow_status", schema=schema)))


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr("domain.moments.now", lambda: moment)


# Resend


def test_resend_is_one_attempt_outside_of_the_schedule(
    world: World, queued: list[tuple[str, float | None]]
) -> None:
    message = message_of(world.connect())
    builders.attempt(message.id, now=world.now, code=500)
    waiting = message_of(message.connection_id or "")
    queued.clear()
    deliveries.resend(world.dee, message.id, now=world.now)
    assert len(queued) == 1
    assert queued[0][0].startswith(f"resend-{message.id}-")
    parcel = attempts.begin_manual(message.id, now=world.now)
    assert parcel is not None
    attempts.end(parcel, builders.answered(500), now=world.now)
    after = message_of(message.connection_id or "")
    assert (after.status, after.attempts, after.next_attempt_at) == (
        waiting.status,
        waiting.attempts,
        waiting.next_attempt_at,
    )
    assert [row.trigger for row in tries(message.id)] == ["scheduled", "manual"]


def test_a_resend_that_works_ends_the_waiting(world: World) -> None:
    message = message_of(world.connect())
    builders.attempt(message.id, now=world.now, code=500)
    parcel = attempts.begin_manual(message.id, now=world.now)
    assert parcel is not None
    attempts.end(parcel, builders.answered(200), now=world.now)
    assert message_of(message.connection_id or "").status == "delivered"
    assert attempts.begin(message.id, 1, 2, now=world.after(seconds=5)) is None


def test_what_was_delivered_can_be_resent_and_stays_delivered(world: World) -> None:
    message = message_of(world.connect())
    builders.attempt(message.id, now=world.now, code=200)
    parcel = attempts.begin_manual(message.id, now=world.after(minutes=1))
    assert parcel is not None
    attempts.end(parcel, builders.answered(500), now=world.after(minutes=1))
    assert message_of(message.connection_id or "").status == "delivered"


def test_each_resend_is_a_job_of_its_own(
    world: World, queued: list[tuple[str, float | None]]
) -> None:
    message = message_of(world.connect())
    queued.clear()
    for _ in range(3):
        deliveries.resend(world.dee, message.id, now=world.now)
    assert len({job for job, _ in queued}) == 3


def test_what_was_canceled_is_not_resent(world: World) -> None:
    connection_id = world.connect()
    connections.withdraw(world.maya, connection_id, now=world.now)
    message = message_of(connection_id)
    assert refused(deliveries.resend, world.dee, message.id, now=world.now).code == "canceled"
    assert attempts.begin_manual(message.id, now=world.now) is None


def test_to_a_disabled_endpoint_nothing_is_resent(world: World) -> None:
    message = message_of(world.connect())
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    refusal = refused(deliveries.resend, world.dee, message.id, now=world.now)
    assert (refusal.code, refusal.owner) == ("endpoint_disabled", "partner")


def test_a_mail_with_a_link_is_written_anew_because_its_link_may_be_used_up(world: World) -> None:
    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=False,
        by_mail=True,
        mail_to="hub@d3x.example",
        token_in_mail=False,
        now=world.now,
    )
    connection_id = world.connect()
    deliveries.resend(world.dee, message_of(connection_id).id, now=world.now)
    first, second = map(builders.body_of, builders.messages_of(connection_id))
    assert first != second


# What a partner sees


def test_a_partner_sees_every_attempt_with_answer_and_duration(world: World) -> None:
    message = message_of(world.connect())
    parcel = attempts.begin(message.id, 1, 1, now=world.now)
    assert parcel is not None
    answered = Result(False, 500, 87, "<b>Oops</b>", "http_5xx", "The receiver answered 500.")
    attempts.end(parcel, answered, now=world.now)
    page = deliveries.read(world.dee, message.id, now=world.now)
    (row,) = page.tries
    assert (row.code, row.duration_ms, row.response, row.error) == (
        500,
        87,
        "<b>Oops</b>",
        "http_5xx",
    )
    assert page.row.last_outcome == "The receiver answered 500."
    assert page.row.target == row.target == "https://hooks.d3x.example/a"
    assert page.can_resend


def test_a_page_of_deliveries_never_holds_a_token(world: World) -> None:
    connection_id = world.connect()
    clear = builders.token_of(connection_id)
    rows = deliveries.of_partner(world.dee, world.d3x, now=world.now)
    page = deliveries.read(world.dee, rows[0].id, now=world.now)
    assert clear not in repr((rows, page))


def test_deliveries_come_newest_first_page_by_page(world: World) -> None:
    ids = [
        endpoints.send_test_event(
            world.dee, world.d3x_endpoint, now=world.after(seconds=number // 3)
        )
        for number in range(120)
    ]
    seen: list[str] = []
    before = None
    while page := deliveries.of_partner(world.dee, world.d3x, before=before, now=world.now):
        assert len(page) <= deliveries.PAGE
        seen += [row.id for row in page]
        before = page[-1].id
    assert seen == list(reversed(ids))


def test_deliveries_can_be_narrowed_down(world: World) -> None:
    connection_id = world.connect()
    message = message_of(connection_id)
    endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.now)
    builders.attempt(message.id, now=world.now, code=500)

    def found(**where: str) -> list[str]:
        rows = deliveries.of_partner(world.dee, world.d3x, now=world.now, **where)
        return [row.event for row in rows]

    assert found() == ["endpoint.test", "connection.requested"]
    assert found(connection_id=connection_id) == ["connection.requested"]
    assert found(status="failing") == ["connection.requested"]
    assert found(status="delivered") == []
    assert found(status="waiting") == ["endpoint.test", "connection.requested"]


def test_letters_to_the_hotel_are_not_the_partners_deliveries(world: World) -> None:
    world.connect_active()
    rows = deliveries.of_partner(world.dee, world.d3x, now=world.now)
    assert {row.event for row in rows} == {"connection.requested", "connection.activated"}
