"""Authorizations: tried before they are kept, used by several, repaired in one step."""

from dataclasses import replace
from typing import Any

import pytest

from connectors.source import Access, Check
from domain import (
    accesses,
    authorization_pages,
    authorizations,
    connections,
    core,
    dependents,
    sources,
    subscriptions,
    transfers,
)
from domain.actors import Actor
from storage import database, jobs
from storage.authorizations import Authorization
from storage.sources import Source
from tests import builders, harvest
from tests.builders import World
from tests.domain.conftest import FakeVendor
from tests.domain.refusing import refused
from tests.harvest import ACCEPTED, CREDENTIALS, REFUSED, UNREACHABLE, HotelSystem

DRAFT = authorizations.Draft("mews", "mews", CREDENTIALS)
ANOTHER = replace(ACCEPTED, account_id="ent_2", account_name="Alpine Lodge at Mews")


def status_of(table: type, row_id: str) -> str:
    return str(harvest.row_of(table, row_id).status)


# Adding


def test_credentials_that_work_are_kept_under_a_name(world: World, system: HotelSystem) -> None:
    authorization_id = harvest.authorize(world)
    (row,) = authorization_pages.of_property(world.noah, world.hotel, now=world.now)
    assert (row.id, row.name) == (authorization_id, "Mews, Harbour Hotel at Mews")
    assert (row.status, row.account, row.address) == (
        "working",
        "Harbour Hotel at Mews",
        "https://api.mews.com",
    )
    assert system.asked == [Access("https://api.mews.com", "mews", CREDENTIALS, {})]
    assert harvest.events_of(authorization_id) == ["authorization.added"]


def test_credentials_are_shown_to_nobody_again(world: World, system: HotelSystem) -> None:
    page = authorization_pages.read(world.maya, harvest.authorize(world), now=world.now)
    for secret in CREDENTIALS.values():
        assert secret not in repr(page)
        assert secret not in repr(DRAFT)
        assert secret not in repr(builders.snapshot())


@pytest.mark.parametrize(
    ("says", "code"), [(REFUSED, "credentials_refused"), (UNREACHABLE, "check_failed")]
)
def test_credentials_that_were_not_accepted_save_nothing(
    world: World, system: HotelSystem, says: Any, code: str
) -> None:
    system.says = says
    before = builders.snapshot()
    assert refused(authorizations.add, world.maya, world.hotel, DRAFT).code == code
    assert builders.snapshot() == before


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, kind="opera"),
        replace(DRAFT, kind="file"),
        replace(DRAFT, method="basic"),
        replace(DRAFT, values={}),
        replace(DRAFT, values={**CREDENTIALS, "access_token": "two\nlines"}),
        replace(DRAFT, address="http://10.0.0.1"),
        replace(DRAFT, address="no address"),
        replace(DRAFT, kind="rest", method="bearer", values={"token": "T" * 20}),
        replace(DRAFT, kind="rest", method="oauth_code"),
    ],
)
def test_what_cannot_be_right_is_asked_for_again_before_anybody_is_asked(
    world: World, system: HotelSystem, draft: authorizations.Draft
) -> None:
    assert refused(authorizations.add, world.maya, world.hotel, draft).code == "invalid"
    assert system.asked == []


def test_strangers_and_viewers_do_not_even_cause_a_question(
    world: World, system: HotelSystem
) -> None:
    assert refused(authorizations.add, world.noah, world.hotel, DRAFT).code == "forbidden"
    for actor in harvest.strangers(world):
        assert refused(authorizations.add, actor, world.hotel, DRAFT).code == "not_found"
    assert system.asked == []


def test_strangers_see_no_authorization_and_viewers_change_none(
    world: World, system: HotelSystem
) -> None:
    authorization_id = harvest.authorize(world)
    for actor in harvest.strangers(world):
        assert refused(authorization_pages.of_property, actor, world.hotel).code == "not_found"
        assert refused(authorization_pages.read, actor, authorization_id).code == "not_found"
    assert authorization_pages.read(world.noah, authorization_id, now=world.now).row.moves == ()
    assert authorization_pages.of_property(world.charlie, world.lodge, now=world.now) == ()


def test_an_expiring_authorization_says_so(world: World, system: HotelSystem) -> None:
    authorization_id = harvest.authorize(world)
    with database.transaction() as session:
        row = session.get_one(Authorization, authorization_id)
        row.expires_at = world.after(days=14, minutes=1)

    def expires(**after: float) -> str | None:
        page = authorization_pages.read(world.maya, authorization_id, now=world.after(**after))
        return page.row.expires

    assert (expires(), expires(minutes=1)) == (None, "soon")
    with database.transaction() as session:
        session.get_one(Authorization, authorization_id).expires_at = world.now
    assert expires() == "expired"


UNTRIED = Check(True, None, None, "api.pms.example answers.")
READ = Check(True, None, None, "api.pms.example accepted the credentials.", gave_data=True)
BEARER = authorizations.Draft("rest", "bearer", {"token": "T" * 20}, "https://api.pms.example")
PATHS = {"types": {"guests": {"path": "/guests"}}}


def test_credentials_count_as_tried_only_once_data_was_read_with_them(
    world: World, system: HotelSystem
) -> None:
    system.says = UNTRIED
    opens = authorizations.add(world.maya, world.hotel, BEARER, now=world.now)

    def is_tried() -> bool:
        return authorization_pages.read(world.maya, opens, now=world.now).row.is_tried

    assert not is_tried()
    authorizations.check_again(world.maya, opens, now=world.now)
    assert not is_tried()
    system.says = READ
    draft = sources.Draft("rest", "Boathouse", opens, settings=PATHS)
    sources.add(world.maya, world.hotel, draft, now=world.now)
    assert is_tried()
    authorizations.check_again(world.maya, opens, now=world.now)
    assert system.asked[-1].settings["types"] == PATHS["types"]
    system.says = UNTRIED
    authorizations.repair(world.maya, opens, {"token": "U" * 20}, now=world.now)
    assert not is_tried()


def test_credentials_that_fail_their_first_try_are_refused_from_then_on(
    world: World, system: HotelSystem
) -> None:
    system.says = UNTRIED
    opens = authorizations.add(world.maya, world.hotel, BEARER, now=world.now)
    system.says = REFUSED
    draft = sources.Draft("rest", "Boathouse", opens, settings=PATHS)
    assert refused(sources.add, world.maya, world.hotel, draft).code == "credentials_refused"
    assert status_of(Authorization, opens) == "refused"
    system.says = READ
    authorizations.repair(world.maya, opens, {"token": "U" * 20}, now=world.now)
    assert sources.add(world.maya, world.hotel, draft, now=world.now)


def test_what_a_vendor_has_named_the_account_of_is_tried(world: World, system: HotelSystem) -> None:
    opens = harvest.authorize(world)
    assert authorization_pages.read(world.maya, opens, now=world.now).row.is_tried


# Breaking and repairing


def test_a_refusal_breaks_every_source_that_uses_it(world: World, system: HotelSystem) -> None:
    authorization_id = harvest.authorize(world)
    first = harvest.source(world, authorization_id=authorization_id)
    second = harvest.source(world, authorization_id=authorization_id, name="Spa")
    other = harvest.source(world, name="Restaurant")  # with an authorization of its own
    system.says = REFUSED
    said = authorizations.check_again(world.maya, authorization_id, now=world.after(hours=1))
    assert said == REFUSED.sentence
    assert [status_of(Source, each) for each in (first, second, other)] == [
        "broken",
        "broken",
        "working",
    ]
    page = sources.read(world.noah, first, now=world.after(hours=1))
    assert (page.row.reason, page.row.since) == (REFUSED.sentence, world.after(hours=1))
    assert harvest.events_of(first) == ["source.added", "source.broken"]
    assert harvest.events_of(authorization_id) == ["authorization.added", "authorization.refused"]


def test_being_unreachable_breaks_nothing(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    authorization_id = harvest.row_of(Source, source_id).authorization_id
    system.says = UNREACHABLE
    authorizations.check_again(world.maya, authorization_id, now=world.after(hours=1))
    row = authorization_pages.read(world.maya, authorization_id, now=world.after(hours=1)).row
    assert (row.status, row.last_error) == ("working", UNREACHABLE.sentence)
    assert status_of(Source, source_id) == "working"


def test_one_repair_mends_everything_and_keeps_mappings(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.active(world, source_id)
    authorization_id = harvest.row_of(Source, source_id).authorization_id
    authorizations.refused(authorization_id, "No more.", now=world.after(hours=1))
    assert status_of(Source, source_id) == "broken"
    authorizations.repair(
        world.maya,
        authorization_id,
        {**CREDENTIALS, "access_token": "A-new"},
        now=world.after(hours=2),
    )
    page = transfers.read(world.maya, transfer_id, now=world.now)
    assert (page.row.status, page.row.version, page.missing) == ("active", 1, ())
    assert harvest.events_of(source_id)[-1] == "source.repaired"
    access = accesses.of_source(source_id, "reservations", now=world.now)
    assert access.values["access_token"] == "A-new"


def test_a_repair_takes_credentials_of_the_same_account_only(
    world: World, system: HotelSystem
) -> None:
    authorization_id = harvest.authorize(world)
    before = builders.snapshot()
    system.says = ANOTHER
    refusal = refused(authorizations.repair, world.maya, authorization_id, CREDENTIALS)
    assert refusal.code == "other_account"
    assert "Alpine Lodge at Mews" in refusal.message
    assert builders.snapshot() == before


def test_checking_again_mends_what_the_system_has_given_back(
    world: World, system: HotelSystem
) -> None:
    source_id = harvest.source(world)
    authorization_id = harvest.row_of(Source, source_id).authorization_id
    authorizations.refused(authorization_id, "No more.", now=world.now)
    system.says = ANOTHER
    refusal = refused(authorizations.check_again, world.maya, authorization_id)
    assert (refusal.code, status_of(Source, source_id)) == ("other_account", "broken")
    system.says = ACCEPTED
    authorizations.check_again(world.maya, authorization_id, now=world.now)
    assert status_of(Source, source_id) == "working"


def test_credentials_that_were_changed_meanwhile_are_not_judged_by_an_old_answer(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    source_id = harvest.source(world)
    authorization_id = harvest.row_of(Source, source_id).authorization_id

    def slow(way: Any, access: Access) -> Any:
        monkeypatch.undo()
        harvest.play(monkeypatch, "mews")
        authorizations.repair(world.maya, authorization_id, CREDENTIALS, now=world.now)
        return REFUSED

    monkeypatch.setattr(system, "check", slow)
    mews = replace(authorizations.KINDS["mews"], check=slow)
    monkeypatch.setitem(authorizations.KINDS, "mews", mews)  # type: ignore[arg-type]
    authorizations.check_again(world.maya, authorization_id, now=world.now)
    assert status_of(Source, source_id) == "working"


def test_what_a_source_feeds_hears_of_it_in_the_same_transaction(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dependents, "_when_broken", [])
    monkeypatch.setattr(dependents, "_when_repaired", [])
    source_id = harvest.source(world)
    authorization_id = harvest.row_of(Source, source_id).authorization_id
    heard: list[tuple[str, str, str]] = []

    @dependents.when_broken
    def broken(session: Any, source: Source, sentence: str, now: Any) -> None:
        heard.append(("broken", source.id, sentence))
        if len(heard) == 1:
            raise RuntimeError("the integration could not be disabled")

    @dependents.when_repaired
    def repaired(session: Any, source: Source, sentence: str, now: Any) -> None:
        heard.append(("repaired", source.id, sentence))

    with pytest.raises(RuntimeError):
        authorizations.refused(authorization_id, "No more.", now=world.now)
    assert status_of(Source, source_id) == "working"
    authorizations.refused(authorization_id, "No more.", now=world.now)
    authorizations.repair(world.maya, authorization_id, CREDENTIALS, now=world.now)
    assert heard[1:] == [
        ("broken", source_id, "No more."),
        ("repaired", source_id, "With new credentials"),
    ]


# Removing


def test_what_is_used_is_not_removed(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    authorization_id = harvest.row_of(Source, source_id).authorization_id
    refusal = refused(authorizations.remove, world.maya, authorization_id)
    assert refusal.code == "in_use"
    assert "Front desk" in refusal.message
    sources.remove(world.maya, source_id, now=world.now)
    authorizations.remove(world.maya, authorization_id, now=world.now)
    assert authorization_pages.of_property(world.maya, world.hotel, now=world.now) == ()
    assert harvest.events_of(authorization_id)[-1] == "authorization.removed"


def test_it_can_be_called_something_else(world: World, system: HotelSystem) -> None:
    authorization_id = harvest.authorize(world, name="Mews, old")
    authorizations.rename(world.maya, authorization_id, " Mews   of the harbour ", now=world.now)
    page = authorization_pages.read(world.maya, authorization_id, now=world.now)
    assert page.row.name == "Mews of the harbour"
    assert page.history[0].note == "Mews, old → Mews of the harbour"
    assert refused(authorizations.rename, world.maya, authorization_id, "").code == "invalid"


# Together with core apps


def connect(world: World, actor: Actor | None = None) -> str:
    return core.connect(actor or world.maya, world.hotel, "mews", CREDENTIALS, now=world.now)


def test_connecting_a_core_app_makes_an_authorization_to_start_a_source_from(
    world: World, system: HotelSystem, mews: FakeVendor
) -> None:
    connection_id = connect(world)
    (offer,) = (
        each
        for each in sources.offered(world.maya, world.hotel, now=world.now)
        if each.kind.key == "mews"
    )
    (row,) = offer.authorizations
    assert (row.name, row.uses[0].noun, row.uses[0].id) == ("Mews", "connection", connection_id)
    source_id = harvest.source(world, authorization_id=row.id)
    access = accesses.of_source(source_id, "reservations", now=world.now)
    assert access.values == CREDENTIALS


def test_what_breaks_one_breaks_both_and_one_repair_mends_both(
    world: World, system: HotelSystem, mews: FakeVendor
) -> None:
    connection_id = connect(world)
    opens = builders.connection(connection_id).authorization_id or ""
    source_id = harvest.source(world, authorization_id=opens)
    mews.says = REFUSED
    core.check_all(now=world.after(hours=1))
    assert status_of(Source, source_id) == "broken"
    assert subscriptions.read(world.maya, connection_id).row.status == "broken"
    system.says = replace(ACCEPTED, account_id="ent_1")
    authorizations.repair(world.maya, opens, CREDENTIALS, now=world.after(hours=2))
    assert status_of(Source, source_id) == "working"
    assert builders.events_of(connection_id)[-1] == "connection.repaired"
    authorizations.refused(opens, "No more.", now=world.after(hours=3))
    assert subscriptions.read(world.maya, connection_id).row.status == "broken"
    mews.says = replace(mews.says, ok=True, account_id="ent_1", error=None)
    core.repair(world.maya, connection_id, CREDENTIALS, now=world.after(hours=4))
    assert status_of(Source, source_id) == "working"


def test_a_disconnect_keeps_credentials_that_a_source_needs(
    world: World, system: HotelSystem, mews: FakeVendor
) -> None:
    connection_id = connect(world)
    opens = builders.connection(connection_id).authorization_id or ""
    source_id = harvest.source(world, authorization_id=opens)
    connections.disconnect(world.maya, connection_id, now=world.now)
    assert accesses.of_source(source_id, "reservations", now=world.now).values == CREDENTIALS
    mews.says = replace(mews.says, account_id="ent_2", account_name="Another Hotel")
    assert connect(world) == connection_id
    assert builders.connection(connection_id).authorization_id != opens
    assert authorization_pages.read(world.maya, opens).row.account == "Harbour Hotel at Mews"


def test_a_disconnect_deletes_credentials_that_nobody_needs(
    world: World, system: HotelSystem, mews: FakeVendor
) -> None:
    connection_id = connect(world)
    opens = builders.connection(connection_id).authorization_id or ""
    connections.disconnect(world.maya, connection_id, now=world.now)
    assert authorization_pages.of_property(world.maya, world.hotel, now=world.now) == ()
    assert refused(authorizations.check_again, world.maya, opens).code == "wrong_state"
    assert refused(authorizations.repair, world.maya, opens, CREDENTIALS).code == "wrong_state"
    assert connect(world) == connection_id
    assert builders.connection(connection_id).authorization_id == opens
    assert harvest.events_of(opens)[-2:] == ["authorization.forgotten", "authorization.added"]


# By the clock


def test_every_hour_what_only_sources_use_is_checked_by_a_job_of_its_own(
    world: World, system: HotelSystem, mews: FakeVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(world)  # has a check of its own
    harvest.authorize(world)  # nothing uses it
    source_id = harvest.source(world)
    used = harvest.row_of(Source, source_id).authorization_id
    queued: list[tuple[str, tuple[object, ...], str]] = []

    def enqueue(
        session: object, name: str, job_id: str, *arguments: object, destination: str
    ) -> None:
        queued.append((job_id, arguments, destination))

    monkeypatch.setattr(jobs, "enqueue", enqueue)
    monkeypatch.setattr("domain.moments.now", lambda: world.now)
    authorizations.check_every_hour()
    assert queued == [(f"check-{used}-{world.now:%Y-%m-%dT%H}", (used,), "vendor-mews")]
    system.says = REFUSED
    authorizations.check.__wrapped__(used)  # as the queue calls it
    assert status_of(Source, source_id) == "broken"


def test_a_job_about_what_was_removed_does_nothing(world: World, system: HotelSystem) -> None:
    authorizations.check.__wrapped__("aut_never")
    authorizations.refused("aut_never", "No more.", now=world.now)
    assert system.asked == []


# Access for jobs


def test_access_says_when_it_was_used(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    accesses.of_source(source_id, "reservations", now=world.after(hours=3))
    (row,) = authorization_pages.of_property(world.maya, world.hotel, now=world.now)
    assert row.last_used_at == world.after(hours=3)


def test_refused_credentials_are_not_used(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    authorizations.refused(
        harvest.row_of(Source, source_id).authorization_id, "No more.", now=world.now
    )
    refusal = refused(accesses.of_source, source_id, "reservations", now=world.now)
    assert (refusal.code, refusal.message) == ("source_broken", "No more.")


def test_a_refusal_that_was_known_already_is_told_once(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    opens = harvest.row_of(Source, source_id).authorization_id
    for hours in range(3):
        authorizations.refused(opens, "No more.", now=world.after(hours=hours))
    assert harvest.events_of(opens).count("authorization.refused") == 1
    assert harvest.row_of(Source, source_id).since == world.now
