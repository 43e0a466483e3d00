"""The demo's world: consistent, lively, built once, and never over somebody's own data."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from sqlmodel import SQLModel, col, func, select

from connectors.vendors import VENDORS
from demo import cast, past, world
from demo.programs import Addresses
from domain import (
    case_pages,
    catalogue,
    integration_pages,
    mappings,
    notices,
    partners,
    reject_pages,
    run_pages,
    seals,
    sign_ins,
    sources,
    subscriptions,
    transfers,
    value_pages,
)
from domain.sign_ins import Visitor
from storage import audit, database, tables
from storage.apps import App
from storage.authorizations import Authorization
from storage.messages import Attempt, Endpoint, Message
from storage.people import Person
from storage.properties import Property
from storage.records import TABLES
from tests import builders
from tests.demo.conftest import Built
from tests.demo.consistency import faults


def visit(email: str) -> Visitor:
    secret = sign_ins.sign_in(email, cast.PASSWORD, device="a test", address="198.51.100.9")
    visitor = sign_ins.visit(secret)
    assert visitor is not None
    return visitor


def statuses(email: str, place: str) -> dict[str, str]:
    visitor = visit(email)
    property_id = next(one.id for one in visitor.places if one.name == place)
    return {
        row.app_slug: row.status for row in subscriptions.of_property(visitor.actor, property_id)
    }


def add_authorizations(addresses: Addresses) -> None:
    """Add three without any source: two of the stand-in, and one of somebody else's system."""
    now = datetime.now(UTC)
    own = [addresses.vendor("mews"), addresses.boathouse]
    with database.transaction() as session:
        property_id = session.exec(select(Property.id)).first()
        for number, address in enumerate([*own, "https://api.pms.example/mews"]):
            session.add(
                Authorization(
                    property_id=property_id,
                    kind="rest",
                    name=f"Key {number}",
                    method="bearer",
                    address=address,
                    ciphertext="",
                    status="working",
                    since=now,
                    checked_at=now,
                    created_at=now,
                )
            )


def row_counts() -> dict[str, int]:
    with database.reading() as session:
        every: list[type[SQLModel]] = [tables.App, tables.Person, tables.HistoryRow, tables.Message]
        every += [tables.Attempt, tables.Token, tables.Endpoint, tables.Membership]
        return {
            table.__name__: session.exec(select(func.count()).select_from(table)).one()
            for table in every
        }


def test_nothing_in_it_contradicts_anything_else(built: Built) -> None:
    assert faults(built.now) == []


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_it_is_consistent_on_the_other_database_too(empty: Addresses) -> None:
    now = datetime.now(UTC)
    world.build(empty, now)
    assert faults(now) == []


def test_nobody_seems_to_have_changed_its_history(built: Built) -> None:
    with database.reading() as session:
        rows = audit.unsealed(session, "", 10_000)
    assert rows
    assert [row["event"] for row in rows if not seals.is_stamped(row)] == []


def test_building_it_again_changes_nothing(built: Built) -> None:
    before = row_counts()
    world.build(built.addresses, datetime.now(UTC), built.post_office)
    assert row_counts() == before


@pytest.mark.parametrize(("name", "email", "role"), world.accounts())
def test_everybody_who_is_printed_can_sign_in(
    built: Built, name: str, email: str, role: str
) -> None:
    visitor = visit(email)
    assert visitor.name == name
    for place in visitor.places:
        assert place.name in role or place.kind == "platform"


def test_the_accounts_are_those_of_the_design() -> None:
    assert [email for _, email, _ in world.accounts()] == [
        "maya@harbour.example",
        "noah@harbour.example",
        "lena@alpine.example",
        "dev@d3x.example",
        "dev@akia.example",
        "dev@freeguides.example",
        "ops@adjoin.example",
    ]


def test_harbour_hotel_shows_every_state_and_leaves_the_three_partners_to_try(
    built: Built,
) -> None:
    found = statuses("maya@harbour.example", "Harbour Hotel")
    assert Counter(found.values()) == {
        "active": 4,
        "pending": 1,
        "rejected": 1,
        "disabled": 1,
        "connected": 1,
        "disconnected": 1,
    }
    assert not found.keys() & {"d3x", "akia", "freeguides", "cloudbeds", "apaleo"}


def test_data_of_harbour_hotel_flows_and_its_system_calls_from_now_on(built: Built) -> None:
    visitor = visit("noah@harbour.example")
    (flow,) = integration_pages.of_property(visitor.actor, visitor.places[0].id, now=built.now)
    assert (flow.status, flow.schedule.kind, flow.stopped) == ("active", "webhook", ())
    history = run_pages.of_integration(visitor.actor, flow.id, now=built.now)
    assert [run.status for run in history][-2:] == ["succeeded", "succeeded_with_rejects"]
    assert all(run.status == "succeeded" and run.counts.updated for run in history[:-1])
    assert len(history) >= 5
    with database.reading() as session:
        there = {
            key: session.exec(select(func.count(col(table.id)))).one()
            for key, table in TABLES.items()
        }
    assert there["reservations"] > 5000
    assert there["guests"] > 3000
    assert there["spaces"] == 118


def test_what_the_first_run_rejected_was_put_right_but_for_two_birthdays(built: Built) -> None:
    visitor = visit("maya@harbour.example")
    (flow,) = integration_pages.of_property(visitor.actor, visitor.places[0].id)
    first = run_pages.of_integration(visitor.actor, flow.id)[-1]
    left_out = reject_pages.of_run(visitor.actor, first.id)
    assert first.counts.rejected == len(left_out) == 14
    unresolved = [one for one in left_out if one.resolved_at is None]
    assert [one.reasons[0].target for one in unresolved] == ["birth_date", "birth_date"]
    letters = built.post_office.letters_for({"maya@harbour.example"})
    assert any(letter.subject.startswith("14 records of Mews data") for letter in letters)


def test_one_mapping_of_harbour_hotel_waits_to_be_finished(built: Built) -> None:
    visitor = visit("maya@harbour.example")
    found = sources.of_property(visitor.actor, visitor.places[0].id)
    (transfer,) = next(one.transfers for one in found if one.kind == "rest")
    page = transfers.read(visitor.actor, transfer.id)
    assert page.row.status == "inactive"
    assert [one.place for one in page.missing] == [
        "field:status",
        "field:arrival",
        "field:departure",
    ]


def test_that_mapping_is_finished_with_the_suggestions_and_one_word(built: Built) -> None:
    visitor = visit("maya@harbour.example")
    found = sources.of_property(visitor.actor, visitor.places[0].id)
    (transfer,) = next(one.transfers for one in found if one.kind == "rest")
    editor = mappings.read(visitor.actor, transfer.id)
    drafts = {one.row.target: one.row for one in editor.suggestions}
    accepted = mappings.try_out(visitor.actor, transfer.id, [*editor.rows, *drafts.values()])
    assert [one.place for one in accepted.missing] == ["field:status"]
    assert "“left”" in accepted.missing[0].sentence
    known = {**drafts["status"].options["values"], "left": "ended"}
    drafts["status"] = replace(drafts["status"], options={"values": known})
    finished = mappings.try_out(visitor.actor, transfer.id, [*editor.rows, *drafts.values()])
    assert finished.missing == ()


def test_a_value_mapping_of_harbour_hotel_is_half_done(built: Built) -> None:
    visitor = visit("maya@harbour.example")
    found = subscriptions.of_property(visitor.actor, visitor.places[0].id)
    till = next(row for row in found if row.app_slug == "copperpan-till")
    page = value_pages.read(visitor.actor, till.id)
    assert page.how_far.words == "4 of 8 mapped"
    status = {row.slot.key: row.status for row in page.rows}
    assert [key for key, each in status.items() if each == "proposed"] == [
        "drinks",
        "welcome_drink",
    ]
    assert [key for key, each in status.items() if each == "open"] == ["tips", "packed_lunch"]
    assert page.why_not == ""


def test_a_core_app_of_city_suites_is_broken_and_can_be_repaired(built: Built) -> None:
    assert statuses("lena@alpine.example", "City Suites")["apaleo"] == "broken"
    with pytest.raises(StopIteration):
        built.addresses.credential("apaleo", "City Suites")


def test_every_partner_that_is_waited_for_can_be_nudged(built: Built) -> None:
    visitor = visit("maya@harbour.example")
    waiting = next(
        row
        for row in subscriptions.of_property(visitor.actor, visitor.places[0].id)
        if row.status == "pending"
    )
    page = subscriptions.read(visitor.actor, waiting.id)
    assert waiting.takes_longer
    assert page.contact is not None
    assert page.contact.email
    assert page.next_nudge_at is None


def test_the_usual_waiting_time_of_manual_apps_comes_from_their_history(built: Built) -> None:
    visitor = visit("noah@harbour.example")
    cards = catalogue.of_property(visitor.actor, visitor.places[0].id, now=built.now)
    samples = {card.slug: card.usual.samples for card in cards}
    assert min(samples[slug] for slug in ("d3x", "akia", "tidyloop")) >= 3


def test_one_delivery_failed_twice_before_it_succeeded(built: Built) -> None:
    with database.reading() as session:
        found = session.exec(select(Message).where(Message.attempts == 3)).one()
        errors = session.exec(
            select(Attempt.error)
            .where(Attempt.message_id == found.id)
            .order_by(col(Attempt.number))
        ).all()
    assert found.event == "token.rotated"
    assert list(errors) == ["http_5xx", "timeout", None]


def test_d3x_has_one_request_waiting_which_its_own_program_knows_of(built: Built) -> None:
    visitor = visit("dev@d3x.example")
    assert partners.overview(visitor.actor, visitor.places[0].id, now=built.now).waiting == 1
    page = httpx.get(built.addresses.d3x.page, trust_env=False).text
    assert "City Suites" in page
    assert "✓ verified" in page


def test_akia_was_told_nothing_of_the_past(built: Built) -> None:
    page = httpx.get(built.addresses.akia.page, trust_env=False).text
    assert "City Suites" not in page
    assert "Alpine Lodge" not in page


def test_the_mails_of_the_past_lie_in_the_post_office_with_their_dates(built: Built) -> None:
    letters = built.post_office.letters_for({"maya@harbour.example"})
    assert any("did not accept" in letter.subject for letter in letters)
    assert max(letter.at for letter in letters) < built.now
    (reminder, *_) = built.post_office.letters_for({"connect@channelmoor.example"})
    assert reminder.subject.startswith("Still waiting")


def test_the_core_apps_ask_the_stand_in_and_not_the_internet(built: Built) -> None:
    with database.reading() as session:
        found = session.exec(select(App.vendor, App.vendor_address).where(App.kind == "core"))
        assert dict(found.all()) == {key: built.addresses.vendor(key) for key in VENDORS}


def test_a_viewer_sees_the_catalogue_with_every_app(built: Built) -> None:
    visitor = visit("noah@harbour.example")
    cards = catalogue.of_property(visitor.actor, visitor.places[0].id)
    assert len(cards) == 27
    assert {card.kind for card in cards} == {"core", "integrated"}


def test_a_program_that_moved_is_found_again(
    empty: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past, "play", lambda *_: None)
    world.build(empty, datetime.now(UTC))
    add_authorizations(empty)
    moved = replace(
        empty,
        akia=replace(empty.akia, hook="http://127.0.0.1:9/adjoin"),
        vendors="http://127.0.0.1:10",
    )
    world.build(moved, datetime.now(UTC))
    with database.reading() as session:
        urls = set(session.exec(select(Endpoint.url)))
        addresses = set(session.exec(select(App.vendor_address).where(App.kind == "core")))
        opened = set(session.exec(select(Authorization.address)))
    assert urls == {empty.d3x.hook, empty.freeguides.hook, "http://127.0.0.1:9/adjoin"}
    assert addresses == {f"http://127.0.0.1:10/{key}" for key in VENDORS}
    assert opened == {
        "http://127.0.0.1:10/mews",
        "http://127.0.0.1:10/boathouse/api/v2",
        "https://api.pms.example/mews",
    }


def test_a_build_that_was_interrupted_is_begun_again(
    empty: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(past, "play", interrupted)
    with pytest.raises(KeyboardInterrupt):
        world.build(empty, datetime.now(UTC))
    monkeypatch.setattr(past, "play", lambda *_: None)
    world.build(empty, datetime.now(UTC))
    with database.reading() as session:
        names = session.exec(select(Person.name)).all()
    assert sorted(names) == sorted(one.name for one in cast.everybody())


def test_it_is_never_built_over_data_of_somebody_else(
    empty: Addresses,
) -> None:
    builders.build()
    before = row_counts()
    with pytest.raises(RuntimeError, match="data of its own"):
        world.build(empty, datetime.now(UTC))
    assert row_counts() == before


def test_three_cases_wait_for_somebody_or_are_resolved(built: Built) -> None:
    lena, maya, olga = (
        visit(each).actor for each in ("lena@alpine.example", "maya@harbour.example", cast.OPERATOR)
    )
    dana, priya = visit("dev@d3x.example"), visit("dev@akia.example")
    (with_partner,) = case_pages.of_partner(dana.actor, dana.places[0].id)
    assert (with_partner.status, with_partner.turn) == ("open_with_partner", "partner")
    (escalated,) = case_pages.of_partner(priya.actor, priya.places[0].id)
    assert (escalated.status, escalated.turn) == ("escalated", "platform")
    assert case_pages.read(lena, escalated.id).needs_agreement
    resolved, waiting = sorted(case_pages.of_platform(olga), key=lambda row: row.number)
    assert (resolved.status, waiting.id) == ("resolved", escalated.id)
    assert case_pages.read(maya, resolved.id).moves == ("reopen",)


@pytest.mark.parametrize(
    "email", ["maya@harbour.example", "lena@alpine.example", "dev@d3x.example", cast.OPERATOR]
)
def test_whoever_a_case_needs_has_a_notice_of_it(built: Built, email: str) -> None:
    kinds = {notice.kind for notice in notices.of_person(visit(email).actor)}
    assert any(kind.startswith("case") for kind in kinds)
