"""A request that comes twice is worked on once, whatever happens in between."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from domain import idempotency
from domain.idempotency import Answer, Work
from domain.refusals import Refusal
from tests import builders
from tests.builders import World

ANSWER = Answer(201, {"content-type": "application/json"}, b'{"secret": "whsec_1"}')


def begin(world: World, key: str = "k1", of: str = "a", by: str = "con_1", **after: float) -> Work:
    begun = idempotency.begin(by, key, of, now=world.after(**after))
    assert isinstance(begun, Work)
    return begun


def code(world: World, key: str = "k1", of: str = "a", **after: float) -> str:
    with pytest.raises(Refusal) as refused:
        idempotency.begin("con_1", key, of, now=world.after(**after))
    return refused.value.code


def test_what_was_answered_is_answered_again(world: World) -> None:
    idempotency.end(begin(world), ANSWER)
    assert idempotency.begin("con_1", "k1", "a", now=world.after(hours=23.9)) == ANSWER


def test_the_key_of_one_caller_means_nothing_for_another(world: World) -> None:
    idempotency.end(begin(world), ANSWER)
    begin(world, by="con_2")


def test_a_key_belongs_to_one_request(world: World) -> None:
    work = begin(world)
    assert code(world, of="b") == "idempotency_key_reused"
    idempotency.end(work, ANSWER)
    assert code(world, of="b", hours=23) == "idempotency_key_reused"


def test_while_the_first_is_worked_on_the_second_waits(world: World) -> None:
    begin(world)
    assert code(world, seconds=59) == "request_in_progress"


def test_of_who_was_killed_the_work_can_be_begun_again_after_a_minute(world: World) -> None:
    dead = begin(world)
    again = begin(world, seconds=61)
    assert code(world, seconds=90) == "request_in_progress"
    # It was slow, not dead: neither its answer nor its failure is that of the second try.
    idempotency.end(dead, Answer(500, {}, b""))
    idempotency.give_up(dead)
    idempotency.end(again, ANSWER)
    assert idempotency.begin("con_1", "k1", "a", now=world.after(hours=1)) == ANSWER


def test_what_failed_may_be_sent_again_at_once(world: World) -> None:
    idempotency.give_up(begin(world))
    begin(world)


def test_after_a_day_a_key_is_new_again(world: World) -> None:
    idempotency.end(begin(world), ANSWER)
    begin(world, of="b", hours=24)


def test_answers_are_forgotten_after_a_day(world: World) -> None:
    idempotency.end(begin(world), ANSWER)
    begin(world, key="k2", hours=1)
    idempotency.forget_before(world.after(minutes=30))
    assert len(builders.snapshot()["idempotent_requests"]) == 1


def test_neither_keys_nor_answers_can_be_read_in_the_database(world: World) -> None:
    idempotency.end(begin(world, key="maya@harbour.example"), ANSWER)
    kept = repr(builders.snapshot()["idempotent_requests"])
    assert "maya" not in kept
    assert "whsec_1" not in kept


def test_of_many_at_once_one_is_worked_on(world: World) -> None:
    together = threading.Barrier(6, timeout=20)

    def send(_: int) -> str:
        together.wait()
        try:
            idempotency.begin("con_1", "k1", "a", now=world.now)
        except Refusal as refusal:
            return refusal.code
        return "taken"

    with ThreadPoolExecutor(6) as threads:
        codes = sorted(threads.map(send, range(6)))
    assert codes == ["request_in_progress"] * 5 + ["taken"]
