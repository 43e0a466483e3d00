"""Consents: authorizations to which somebody agrees in the browser, and what keeps them alive."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from connectors import oauth
from connectors.oauth import Grant
from connectors.source import Fault
from domain import accesses, authorization_pages, consents, sources
from domain.sources import Draft
from storage import database
from storage.authorizations import Authorization, AuthorizationStart
from storage.sources import Source
from tests import builders, harvest
from tests.builders import World
from tests.domain.refusing import refused
from tests.harvest import CLIENT, CONSENT, REFUSED, HotelSystem

LAPSED = Fault("refused", "The permission was withdrawn. Connect again.")


def source_of(world: World, authorization_id: str) -> str:
    draft = Draft("rest", "API", authorization_id)
    return sources.add(world.maya, world.hotel, draft, now=world.now)


def grant_until(at: datetime | None, refresh: str | None = "RT-second") -> Grant:
    return Grant("AT-second-1234567890", refresh, at)


# Agreeing


def test_a_person_is_sent_away_with_a_state_and_a_challenge(
    world: World, system: HotelSystem
) -> None:
    address = consents.begin(world.maya, world.hotel, CONSENT, now=world.now)
    asked = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(CLIENT["authorize_address"])
    assert asked["redirect_uri"] == "http://adjoin.test/sources/agreed"
    assert (asked["client_id"], asked["code_challenge_method"]) == ("adjoin", "S256")
    assert CLIENT["client_secret"] not in address + repr(builders.snapshot())
    assert asked["state"] not in repr(builders.snapshot())


def test_whoever_comes_back_has_an_authorization(world: World, system: HotelSystem) -> None:
    authorization_id = harvest.agreed(world)
    row = authorization_pages.read(world.noah, authorization_id, now=world.now).row
    assert (row.method, row.status, row.address) == (
        "oauth_code",
        "working",
        "https://api.pms.example",
    )
    (access,) = system.asked
    assert access.values == {
        **CLIENT,
        "access_token": "AT-harvest-1234567890",
        "refresh_token": "RT-harvest-1234567890",
    }
    for secret in ("AT-harvest-1234567890", "RT-harvest-1234567890"):
        assert secret not in repr(builders.snapshot()) + repr(row)


def test_a_system_without_a_name_of_its_own_is_called_by_its_host(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def finish(*words: Any, **more: Any) -> Grant:
        asked.extend(words)
        return system.finish()

    monkeypatch.setattr(oauth, "finish", finish)
    row = authorization_pages.read(world.maya, harvest.agreed(world)).row
    assert "api.pms.example" in asked
    assert "REST / JSON" not in asked
    assert row.name.startswith("api.pms.example")


def test_an_answer_counts_once(world: World, system: HotelSystem) -> None:
    answer = harvest.sent(world)
    consents.finish(world.maya, answer, now=world.now)
    assert refused(consents.finish, world.maya, answer, now=world.now).code == "not_found"
    assert len(authorization_pages.of_property(world.maya, world.hotel)) == 1


def test_an_answer_counts_for_whoever_was_sent_and_for_a_while(
    world: World, system: HotelSystem
) -> None:
    answer = harvest.sent(world)
    for actor in (world.noah, *harvest.strangers(world)):
        assert refused(consents.finish, actor, answer, now=world.now).code == "not_found"
    late = world.now + consents.LASTS
    assert refused(consents.finish, world.maya, answer, now=late).code == "not_found"
    for made_up in ({}, {"state": "made up", "code": "x"}):
        assert refused(consents.finish, world.maya, made_up, now=world.now).code == "not_found"
    consents.finish(world.maya, answer, now=world.now)


def test_what_was_never_finished_is_forgotten(world: World, system: HotelSystem) -> None:
    for minutes in (0, 20):
        consents.begin(world.maya, world.hotel, CONSENT, now=world.after(minutes=minutes))
    with database.reading() as session:
        count = sa.select(sa.func.count()).select_from(AuthorizationStart)
        assert session.execute(count).scalar_one() == 1


@pytest.mark.parametrize("step", ["token", "check"])
def test_a_permission_that_does_not_work_saves_nothing(
    world: World, system: HotelSystem, step: str
) -> None:
    answer = harvest.sent(world)
    if step == "token":
        system.fault = LAPSED
    else:
        system.says = REFUSED
    assert refused(consents.finish, world.maya, answer).code == "credentials_refused"
    assert authorization_pages.of_property(world.maya, world.hotel) == ()


def test_what_cannot_be_right_sends_nobody_anywhere(world: World, system: HotelSystem) -> None:
    for draft in (
        replace(CONSENT, method="bearer", values={"token": "T" * 20}),
        replace(CONSENT, values={**CLIENT, "authorize_address": "javascript:alert(1)"}),
        replace(CONSENT, values={**CLIENT, "client_id": ""}),
        replace(CONSENT, address=""),
    ):
        refusal = refused(consents.begin, world.maya, world.hotel, draft, now=world.now)
        assert refusal.code == "invalid"
    assert refused(consents.begin, world.noah, world.hotel, CONSENT).code == "forbidden"
    assert refused(consents.begin, world.charlie, world.hotel, CONSENT).code == "not_found"


def test_a_permission_without_renewal_says_when_it_ends(world: World, system: HotelSystem) -> None:
    system.grant = grant_until(world.after(days=3), refresh=None)
    authorization_id = harvest.agreed(world)
    row = authorization_pages.read(world.maya, authorization_id, now=world.now).row
    assert (row.expires_at, row.expires) == (world.after(days=3), "soon")


# Renewing


def test_a_token_that_ends_soon_is_renewed_before_it_is_used(
    world: World, system: HotelSystem
) -> None:
    system.grant = replace(system.grant, expires_at=world.after(hours=1))
    source_id = source_of(world, harvest.agreed(world))
    accesses.of_source(source_id, "reservations", now=world.now)
    assert system.renewed == []
    system.grant = grant_until(world.after(hours=3))
    later = world.after(minutes=59)
    for _ in range(2):
        access = accesses.of_source(source_id, "reservations", now=later)
        assert access.values["access_token"] == "AT-second-1234567890"
    assert system.renewed == ["RT-harvest-1234567890"]
    # What it gets then has ended already: better than nothing, and asked for once.
    accesses.of_source(source_id, "reservations", now=world.after(hours=3))
    assert system.renewed == ["RT-harvest-1234567890", "RT-second"]


def test_a_refresh_token_that_stays_good_is_used_again(world: World, system: HotelSystem) -> None:
    system.grant = replace(system.grant, expires_at=world.now)
    source_id = source_of(world, harvest.agreed(world))
    for hours in (1, 2):
        system.grant = grant_until(world.after(hours=hours, minutes=30), refresh=None)
        accesses.of_source(source_id, "reservations", now=world.after(hours=hours))
    assert system.renewed == ["RT-harvest-1234567890"] * 2


def test_a_withdrawn_permission_breaks_the_source_and_agreeing_again_mends_it(
    world: World, system: HotelSystem
) -> None:
    system.grant = replace(system.grant, expires_at=world.now)
    authorization_id = harvest.agreed(world)
    source_id = source_of(world, authorization_id)
    system.fault = LAPSED
    refusal = refused(accesses.of_source, source_id, "reservations", now=world.now)
    assert (refusal.code, refusal.message) == ("source_broken", LAPSED.sentence)
    assert harvest.row_of(Source, source_id).status == "broken"
    system.fault = None
    address = consents.begin_again(world.maya, authorization_id, now=world.now)
    answer = harvest.back_from(address)
    assert consents.finish(world.maya, answer, now=world.now) == authorization_id
    assert harvest.row_of(Source, source_id).status == "working"


def test_another_account_does_not_repair_it(world: World, system: HotelSystem) -> None:
    authorization_id = harvest.agreed(world)
    answer = harvest.back_from(consents.begin_again(world.maya, authorization_id, now=world.now))
    system.says = replace(harvest.ACCEPTED, account_id="ent_2")
    refusal = refused(consents.finish, world.maya, answer, now=world.now)
    assert refusal.code == "other_account"


def test_a_server_that_is_down_just_now_breaks_nothing(world: World, system: HotelSystem) -> None:
    system.grant = replace(system.grant, expires_at=world.now)
    source_id = source_of(world, harvest.agreed(world))
    system.fault = Fault("unreachable", "No answer.")
    refusal = refused(accesses.of_source, source_id, "reservations", now=world.now)
    assert (refusal.code, refusal.owner) == ("check_failed", "platform")
    assert harvest.row_of(Source, source_id).status == "working"
    system.fault, system.grant = None, grant_until(world.after(hours=1))
    accesses.of_source(source_id, "reservations", now=world.now)


def test_one_process_renews_and_the_others_wait_for_what_it_gets(
    world: World, system: HotelSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.grant = replace(system.grant, expires_at=world.now)
    authorization_id = harvest.agreed(world)
    source_id = source_of(world, authorization_id)

    def claim(until: datetime | None, granted: datetime | None = None) -> None:
        with database.transaction() as session:
            row = session.get_one(Authorization, authorization_id)
            row.refreshing_until = until
            row.granted_until = granted or row.granted_until

    def other_process_is_done(seconds: float) -> None:
        claim(None, world.after(hours=1))

    claim(world.after(seconds=30))
    monkeypatch.setattr(accesses.time, "sleep", other_process_is_done)
    accesses.of_source(source_id, "reservations", now=world.now)
    assert system.renewed == []
    claim(world.after(hours=1, seconds=-1), world.now)  # it died long ago
    system.grant = grant_until(world.after(hours=3))
    accesses.of_source(source_id, "reservations", now=world.after(hours=1))
    assert system.renewed == ["RT-harvest-1234567890"]
