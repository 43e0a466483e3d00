"""Core apps: credentials that are tried at once, at a vendor on this machine."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlmodel import select

from connectors.door import Door
from connectors.vendor import Check
from connectors.vendors import VENDORS
from domain import apps, connections, core, subscriptions, tokens, waiting
from storage import database, jobs
from storage.apps import App
from storage.authorizations import Authorization
from storage.messages import Message
from tests import builders
from tests.builders import World
from tests.domain.conftest import ACCEPTED, REFUSED, UNREACHABLE, FakeVendor
from tests.domain.refusing import refused

GOOD = {"client_token": "C-1234567890-GOOD", "access_token": "A-1234567890-GOOD"}
BAD = {"client_token": "C-1234567890-GOOD", "access_token": "A-1234567890-WRONG"}


class Hotels(BaseHTTPRequestHandler):
    """Answers as the Mews Connector API does: 200 with the enterprise, or 401."""

    is_down = False

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        asked = json.loads(self.rfile.read(length))
        if Hotels.is_down:
            self._answer(503, {"Message": "Maintenance"})
        elif asked["AccessToken"] == GOOD["access_token"]:
            self._answer(200, {"Enterprise": {"Id": "ent_1", "Name": "Harbour Hotel"}})
        else:
            self._answer(401, {"Message": f"Invalid AccessToken {asked['AccessToken']}"})

    def _answer(self, code: int, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def vendor(world: World) -> Iterator[type[Hotels]]:
    """A vendor's server on this machine, where the app "mews" is checked."""
    Hotels.is_down = False
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hotels)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with database.transaction() as session:
        app = session.exec(select(App).where(App.slug == "mews")).one()
        app.vendor_address = f"http://127.0.0.1:{server.server_port}"
    yield Hotels
    server.shutdown()
    server.server_close()


def connect(world: World, credentials: dict[str, str] | None = None, **after: float) -> str:
    now = world.after(**after)
    return core.connect(world.maya, world.hotel, "mews", credentials or GOOD, now=now)


def status(connection_id: str) -> str:
    return builders.connection(connection_id).status


# With a real server


@pytest.mark.usefixtures("vendor")
def test_credentials_that_work_connect_at_once_without_pending(world: World) -> None:
    connection_id = connect(world)
    page = subscriptions.read(world.noah, connection_id, now=world.now)
    assert page.row.status == "connected"
    assert page.row.turn.whose == "nobody"
    assert page.account is not None
    assert (page.account.name, page.account.last_error) == ("Harbour Hotel", "")
    assert builders.events_of(connection_id) == ["connection.connected"]


@pytest.mark.usefixtures("vendor")
def test_credentials_that_do_not_work_save_nothing(world: World) -> None:
    before = builders.snapshot()
    refusal = refused(connect, world, BAD)
    assert refusal.code == "credentials_refused"
    assert BAD["access_token"] not in refusal.message
    assert builders.snapshot() == before


def test_a_vendor_that_is_down_is_not_the_credentials_fault(
    world: World, vendor: type[Hotels]
) -> None:
    vendor.is_down = True
    before = builders.snapshot()
    refusal = refused(connect, world)
    assert (refusal.code, refusal.owner) == ("check_failed", "platform")
    assert refusal.message.endswith("Nothing was saved.")
    assert builders.snapshot() == before


@pytest.mark.usefixtures("vendor")
def test_the_whole_path_connected_broken_repaired(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = connect(world)
    monkeypatch.setitem(GOOD, "access_token", "A-1234567890-RENEWED")
    core.check_all(now=world.after(hours=1))
    assert status(connection_id) == "broken"
    core.repair(world.maya, connection_id, dict(GOOD), now=world.after(hours=2))
    assert status(connection_id) == "connected"
    assert builders.events_of(connection_id) == [
        "connection.connected",
        "connection.broken",
        "connection.repaired",
    ]


# With a vendor that says what the test wants


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"client_token": "", "access_token": "A" * 20},
        {"client_token": "C" * 20},
        {"client_token": "C" * 20, "access_token": "  "},
        {"client_token": "C" * 20, "access_token": "A" * 2001},
        {"client_token": "C" * 20, "access_token": "A\nA"},
        {"client_token": "C" * 20, "access_token": None},
    ],
)
def test_missing_credentials_are_asked_for_before_the_vendor_is(
    world: World, mews: FakeVendor, credentials: dict[str, str]
) -> None:
    assert refused(core.connect, world.maya, world.hotel, "mews", credentials).code == "invalid"
    assert mews.asked == []


def test_only_what_the_vendor_wants_is_kept(world: World, mews: FakeVendor) -> None:
    connect(world, {**GOOD, "password": "hunter2"})
    assert mews.asked == [GOOD]


def test_strangers_and_viewers_do_not_even_cause_a_question(world: World, mews: FakeVendor) -> None:
    for actor, code in ((world.noah, "forbidden"), (world.charlie, "not_found")):
        assert refused(core.connect, actor, world.hotel, "mews", GOOD).code == code
    assert mews.asked == []


def test_an_integrated_app_takes_no_credentials(world: World, mews: FakeVendor) -> None:
    refusal = refused(core.connect, world.maya, world.hotel, "d3x", GOOD)
    assert refusal.code == "invalid"
    connection_id = world.connect()
    for verb, arguments in ((core.repair, (GOOD,)), (core.check_again, ())):
        assert refused(verb, world.maya, connection_id, *arguments).code == "invalid"


def test_a_connected_app_is_not_connected_again(world: World, mews: FakeVendor) -> None:
    connect(world)
    assert refused(connect, world).code == "already_connected"


def test_a_refusal_breaks_the_connection_and_mails_whoever_connected_it(
    world: World, mews: FakeVendor
) -> None:
    connection_id = connect(world)
    mews.says = REFUSED
    said = core.check_again(world.maya, connection_id, now=world.after(hours=1))
    assert said == REFUSED.sentence
    page = subscriptions.read(world.maya, connection_id, now=world.after(hours=1))
    assert (page.row.status, page.reason, page.row.turn.whose) == (
        "broken",
        REFUSED.sentence,
        "property",
    )
    with database.reading() as session:
        letter = session.exec(select(Message)).one()
    assert (letter.channel, letter.mail_to) == ("mail", world.emails["maya"])


def test_checking_repairs_what_the_vendor_has_given_back(world: World, mews: FakeVendor) -> None:
    connection_id = connect(world)
    mews.says = REFUSED
    core.check_all(now=world.after(hours=1))
    assert core.check_again(world.maya, connection_id) == REFUSED.sentence
    assert status(connection_id) == "broken"
    assert builders.events_of(connection_id).count("connection.broken") == 1
    mews.says = replace(ACCEPTED, account_id="ent_2", account_name="Another Hotel")
    assert refused(core.check_again, world.maya, connection_id).code == "other_account"
    assert status(connection_id) == "broken"
    mews.says = ACCEPTED
    later = world.after(hours=2)
    assert core.check_again(world.maya, connection_id, now=later) == ACCEPTED.sentence
    page = subscriptions.read(world.maya, connection_id)
    assert (page.row.status, page.reason) == ("connected", "")
    assert builders.events_of(connection_id)[-1] == "connection.repaired"
    assert (page.history[0].who, page.history[0].note) == ("Maya", "The credentials work again")


@pytest.mark.parametrize("error", ["unreachable", "rate_limited", "vendor_fault", "garbled"])
def test_a_vendor_that_cannot_answer_breaks_nothing(
    world: World, mews: FakeVendor, error: str
) -> None:
    connection_id = connect(world)
    mews.says = Check(False, None, None, "No answer.", error)
    core.check_all(now=world.after(hours=1))
    page = subscriptions.read(world.maya, connection_id, now=world.after(hours=1))
    assert page.row.status == "connected"
    assert page.account is not None
    assert (page.account.last_error, page.account.checked_at) == (
        "No answer.",
        world.after(hours=1),
    )


def test_the_clock_checks_connected_ones_only(world: World, mews: FakeVendor) -> None:
    connection_id = connect(world)
    mews.says = REFUSED
    core.check_all(now=world.after(hours=1))
    mews.asked.clear()
    core.check_all(now=world.after(hours=2))
    assert mews.asked == []
    connections.disconnect(world.maya, connection_id, now=world.after(hours=3))
    core.check_all(now=world.after(hours=4))
    assert mews.asked == []
    assert builders.events_of(connection_id).count("connection.broken") == 1


def test_one_connection_that_fails_to_be_checked_keeps_no_other_from_it(
    world: World, mews: FakeVendor
) -> None:
    first = connect(world)
    second = core.connect(world.charlie, world.lodge, "mews", GOOD, now=world.now)
    with database.transaction() as session:
        broken = builders.connection(first).authorization_id
        session.get_one(Authorization, broken).ciphertext = "no ciphertext at all"
    mews.says = REFUSED
    core.check_all(now=world.after(hours=1))
    assert status(second) == "broken"


def test_a_repair_keeps_connection_and_story(world: World, mews: FakeVendor) -> None:
    connection_id = connect(world)
    mews.says = REFUSED
    core.check_all(now=world.after(hours=1))
    assert refused(core.repair, world.maya, connection_id, BAD).code == "credentials_refused"
    assert status(connection_id) == "broken"
    mews.says = ACCEPTED
    core.repair(world.maya, connection_id, GOOD, now=world.after(hours=2))
    page = subscriptions.read(world.maya, connection_id, now=world.after(hours=2))
    assert (page.row.status, page.reason) == ("connected", "")
    with database.reading() as session:
        assert len(session.exec(select(Authorization)).all()) == 1


def test_a_repair_takes_credentials_of_the_same_account_only(
    world: World, mews: FakeVendor
) -> None:
    connection_id = connect(world)
    mews.says = Check(True, "ent_2", "Another Hotel", "Mews accepted the credentials.")
    refusal = refused(core.repair, world.maya, connection_id, GOOD, now=world.now)
    assert refusal.code == "other_account"
    assert "Another Hotel" in refusal.message


def test_working_credentials_can_be_changed(world: World, mews: FakeVendor) -> None:
    connection_id = connect(world)
    core.repair(world.maya, connection_id, GOOD, now=world.after(hours=1))
    assert builders.events_of(connection_id)[-1] == "connection.credentials_changed"


def test_a_disconnect_deletes_the_credentials(world: World, mews: FakeVendor) -> None:
    connection_id = connect(world)
    with database.reading() as session:
        assert session.exec(select(Authorization.ciphertext)).one()
    connections.disconnect(world.maya, connection_id, now=world.after(hours=1))
    with database.reading() as session:
        assert session.exec(select(Authorization.ciphertext)).one() == ""


def test_after_a_disconnect_the_credentials_are_asked_for_anew(
    world: World, mews: FakeVendor
) -> None:
    connection_id = connect(world)
    connections.disconnect(world.maya, connection_id, now=world.after(hours=1))
    page = subscriptions.read(world.maya, connection_id, now=world.after(hours=1))
    assert page.row.status == "disconnected"
    for verb, arguments in ((core.repair, (GOOD,)), (core.check_again, ())):
        assert refused(verb, world.maya, connection_id, *arguments).code == "wrong_state"
    assert connect(world, hours=2) == connection_id
    assert status(connection_id) == "connected"


def test_whoever_connects_it_again_is_mailed_from_then_on(world: World, mews: FakeVendor) -> None:
    connection_id = connect(world)
    connections.disconnect(world.maya, connection_id, "We move.", now=world.now)
    with builders.adding() as rows:
        mona = builders.add_person(
            rows, "mona@harbour.example", "manager", world.hotel, now=world.now
        )
    core.connect(mona, world.hotel, "mews", GOOD, now=world.after(hours=1))
    page = subscriptions.read(world.maya, connection_id, now=world.after(hours=1))
    assert (page.requested_by, page.reason) == ("Mona", "")


def test_a_retired_app_can_still_be_repaired(world: World, mews: FakeVendor) -> None:
    connection_id = connect(world)
    apps.retire(world.olga, "mews", now=world.now)
    core.repair(world.maya, connection_id, GOOD, now=world.after(hours=1))


@pytest.mark.parametrize("meanwhile", ["disconnected", "repaired"])
def test_a_check_that_took_too_long_undoes_nothing(
    world: World, mews: FakeVendor, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    connection_id = connect(world)
    original = mews.check

    def slow(door: Door, address: str, credentials: dict[str, str]) -> Check:
        monkeypatch.setitem(VENDORS, "mews", replace(VENDORS["mews"], check=original))
        if meanwhile == "disconnected":
            connections.disconnect(world.maya, connection_id, now=world.now)
        else:
            core.repair(world.maya, connection_id, GOOD, now=world.now)
        return REFUSED

    monkeypatch.setitem(VENDORS, "mews", replace(VENDORS["mews"], check=slow))
    core.check_all(now=world.now)
    assert status(connection_id) == ("disconnected" if meanwhile == "disconnected" else "connected")


def test_a_core_app_has_no_partner_to_nudge_and_no_token(world: World, mews: FakeVendor) -> None:
    connection_id = connect(world)
    assert refused(waiting.nudge, world.maya, connection_id, now=world.now).code == "wrong_state"
    assert refused(tokens.rotate, world.maya, connection_id, now=world.now).code == "wrong_state"
    with database.reading() as session:
        assert session.exec(select(Message)).all() == []


def test_a_core_app_knows_no_pause(world: World, mews: FakeVendor) -> None:
    connection_id = connect(world)
    for verb in (connections.disable, connections.withdraw, connections.activate):
        refusal = refused(verb, world.maya, connection_id, now=world.now)
        assert refusal.code in ("wrong_state", "forbidden")
    assert status(connection_id) == "connected"


def test_unreachable_at_the_first_try_saves_nothing(world: World, mews: FakeVendor) -> None:
    mews.says = UNREACHABLE
    before = builders.snapshot()
    assert refused(connect, world).code == "check_failed"
    assert builders.snapshot() == before


def test_every_hour_each_connection_is_checked_by_a_job_of_its_own(
    world: World, mews: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = connect(world)
    mews.asked.clear()
    queued: list[tuple[str, tuple[object, ...], str]] = []

    def enqueue(
        session: object, name: str, job_id: str, *arguments: object, destination: str
    ) -> None:
        queued.append((job_id, arguments, destination))

    monkeypatch.setattr(jobs, "enqueue", enqueue)
    monkeypatch.setattr("domain.moments.now", lambda: world.now)
    core.check_every_hour()
    core.check_every_hour()
    assert mews.asked == []
    (job,) = set(queued)
    assert job == (
        f"check-{connection_id}-{world.now:%Y-%m-%dT%H}",
        (connection_id,),
        "vendor-mews",
    )
    core.check.__wrapped__(connection_id)  # as the queue calls it
    assert len(mews.asked) == 1
