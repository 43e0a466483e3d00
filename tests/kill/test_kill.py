"""Kill -9 at any moment: no notification is lost, none changes, repeats come under the same id."""

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from domain import moments
from storage import database as storage
from storage.connections import Connection
from storage.messages import Attempt, Message
from tests import builders
from tests.databases import Databases

pytestmark = pytest.mark.slow

HOTELS = 100
APPS = {"manual": "manual", "auto": "automatic"}
CONNECTS = HOTELS * len(APPS)
AT_LEAST, AT_MOST = 12, 25  # kills: enough to mean something, few enough to come to an end
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Receipt:
    """One request that the receiver got; status 0 means that it hung."""

    id: str
    body: str
    status: int


@contextlib.contextmanager
def program(name: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run `tests/kill/<name>.py` beside the test; ends it at the end."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    running = subprocess.Popen(
        [sys.executable, "-m", f"tests.kill.{name}", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        assert running.stdin
        running.stdin.close()
        if name == "receiver":
            running.terminate()
        running.wait(timeout=20)


def said(running: "subprocess.Popen[str]") -> str:
    assert running.stdout
    return running.stdout.readline().strip()


def tell(running: "subprocess.Popen[str]", command: str) -> None:
    assert running.stdin
    running.stdin.write(f"{command}\n")
    running.stdin.flush()
    assert said(running) == "done"


def build(hook: str) -> str:
    """Make a hundred hotels with one manager, and a partner with two apps; return the manager."""
    now = moments.now()
    with builders.adding() as rows:
        partner = builders.add_partner(rows, "Partner", now)
        builders.add_endpoint(rows, partner, hook, now)
        for slug, activation in APPS.items():
            builders.add_app(rows, slug, slug, now, partner_id=partner, activation=activation)
        first, *others = [
            builders.add_property(rows, f"Hotel {number}", now) for number in range(HOTELS)
        ]
        manager = builders.add_person(rows, "m@hotel.example", "manager", first, now=now)
        person_id = next(row.id for row in rows if row.__tablename__ == "people")  # type: ignore[attr-defined]
        for hotel in others:
            builders.add_role(rows, person_id, "manager", hotel, now=now)
    return manager.id


def connected() -> int:
    with storage.reading() as session:
        return session.exec(select(func.count()).select_from(Connection)).one()


def unfinished() -> int:
    """Count the webhooks that still have to arrive, and the apps not active by themselves yet."""
    with storage.reading() as session:
        waiting = session.exec(
            select(func.count())
            .select_from(Message)
            .where(Message.channel == "webhook", col(Message.status) != "delivered")
        ).one()
        return waiting + CONNECTS - connected()


def kill_again_and_again(portal: "subprocess.Popen[str]") -> int:
    kills = 0
    while kills < AT_LEAST or (connected() < CONNECTS and kills < AT_MOST):
        target = min(connected() + 1, CONNECTS)
        tell(portal, "start")
        if kills % 4:  # every fourth is killed wherever its start has come to
            wait_until(partial(has_connected, target))
        time.sleep(random.uniform(0, 1))
        tell(portal, "kill")
        kills += 1
    return kills


def has_connected(number: int) -> bool:
    return connected() >= number


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never gets anywhere"
        time.sleep(0.05)


def let_it_finish(portal: "subprocess.Popen[str]") -> None:
    tell(portal, "start")
    wait_until(lambda: unfinished() == 0, seconds=120)
    # What was sent already but not written down may arrive once more; it has to be the same.
    time.sleep(0.5)


def test_no_notification_is_lost_when_the_process_is_killed(
    database: str, databases_of_kind: Databases, tmp_path: Path
) -> None:
    diary = tmp_path / "diary"
    with program("receiver", str(diary)) as receiver:
        hook = f"http://127.0.0.1:{said(receiver)}/hook"
        manager = build(hook)
        with program("portal", database, manager) as portal:
            assert said(portal) == "ready"
            kills = kill_again_and_again(portal)
            let_it_finish(portal)
    receipts = [Receipt(**json.loads(line)) for line in diary.read_text().splitlines()]
    by_id: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in receipts:
        by_id[receipt.id].append(receipt)
    repeats = len(receipts) - len(by_id)
    print(f"{kills} kills, {len(by_id)} notifications, {repeats} repeats")
    with storage.reading() as session:
        rows = session.exec(select(Connection)).all()
        sent = session.exec(select(Message).where(Message.channel == "webhook")).all()
        attempts = session.exec(select(Attempt.message_id, Attempt.number)).all()
    statuses = sorted(row.status for row in rows)
    assert statuses == ["active"] * HOTELS + ["pending"] * HOTELS
    assert len(sent) == CONNECTS + HOTELS  # requested, and activated for the automatic ones
    assert len({(message.connection_id, message.event) for message in sent}) == len(sent)
    assert {message.status for message in sent} == {"delivered"}
    assert by_id.keys() == {message.id for message in sent}, "lost, or sent though rolled back"
    for message in sent:
        bodies = {receipt.body for receipt in by_id[message.id]}
        assert bodies == {builders.body_of(message)}
        assert any(receipt.status == 200 for receipt in by_id[message.id])
    webhooks = {message.id for message in sent}
    counted = [pair for pair in attempts if pair[0] in webhooks]
    assert len(counted) == len(set(counted)), "an attempt was counted twice"
