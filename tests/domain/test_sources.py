"""Sources: systems that answer before they are added, and files that can be read."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from domain import accesses, authorizations, mappings, sources, transfers
from domain.sources import Draft
from storage import database, tables
from storage.records import TABLES
from storage.sources import Source, Transfer, Upload
from tests import builders, harvest
from tests.builders import World
from tests.domain.refusing import refused
from tests.harvest import CREDENTIALS, REFUSED, UNREACHABLE, HotelSystem

REST = {
    "paging": "page",
    "size": "100",
    "first_page": "1",
    "since_format": "iso",
    "types": {"reservations": {"path": "/v1/reservations"}},
}
CSV = "Nummer;Anreise;Gast\n1001;01.12.2026;Müller\n1002;02.12.2026;Gröber\n".encode("cp1252")


def files(world: World) -> str:
    return sources.add(world.maya, world.hotel, Draft("file", "Old system"), now=world.now)


@pytest.mark.parametrize("end", ["/?property=7", "/v1#reservations"])
def test_an_address_that_no_path_can_be_added_to_is_refused(
    world: World, system: HotelSystem, end: str
) -> None:
    draft = Draft("rest", "API", address=f"https://api.pms.example{end}", settings=REST)
    refusal = refused(sources.add, world.maya, world.hotel, draft, now=world.now)
    assert "Leave out what follows “?” or “#”" in refusal.message


def test_the_same_name_again_is_no_news(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    before = builders.snapshot()
    sources.rename(world.maya, source_id, " Front  desk ", now=world.now)
    assert builders.snapshot() == before


# Choosing


def test_every_kind_is_offered_with_what_the_property_has_for_it(
    world: World, system: HotelSystem
) -> None:
    authorization_id = harvest.authorize(world)
    offers = {
        offer.kind.key: offer for offer in sources.offered(world.noah, world.hotel, now=world.now)
    }
    assert set(offers) == {"mews", "apaleo", "cloudbeds", "rest", "file"}
    assert [row.id for row in offers["mews"].authorizations] == [authorization_id]
    assert offers["apaleo"].authorizations == ()
    assert [method.key for method in offers["mews"].methods] == ["mews"]
    assert offers["file"].methods == ()


def test_a_source_is_asked_before_it_is_added(world: World, system: HotelSystem) -> None:
    authorization_id = harvest.authorize(world)
    system.asked.clear()
    source_id = harvest.source(world, authorization_id=authorization_id)
    (access,) = system.asked
    assert (access.address, access.values) == ("https://api.mews.com", CREDENTIALS)
    page = sources.read(world.noah, source_id, now=world.now)
    assert (page.row.name, page.row.kind_name, page.row.status) == (
        "Front desk",
        "Mews",
        "working",
    )
    assert page.row.transfers == ()
    assert "reservations" in page.addable
    assert page.authorization is not None
    assert page.authorization.uses[0].id == source_id
    assert [line.text for line in page.history] == ["Source added"]


@pytest.mark.parametrize(
    ("says", "code"), [(REFUSED, "credentials_refused"), (UNREACHABLE, "check_failed")]
)
def test_a_source_that_does_not_answer_is_not_added(
    world: World, system: HotelSystem, says: Any, code: str
) -> None:
    authorization_id = harvest.authorize(world)
    system.says = says
    before = builders.snapshot()
    draft = Draft("mews", "Front desk", authorization_id)
    assert refused(sources.add, world.maya, world.hotel, draft).code == code
    assert builders.snapshot() == before


def test_what_cannot_be_right_is_asked_for_again(world: World, system: HotelSystem) -> None:
    mine = harvest.authorize(world)
    theirs = harvest.authorize(world, world.charlie)
    harvest.source(world, authorization_id=mine)
    good = Draft("mews", "Spa", mine)
    for draft in (
        replace(good, kind="opera"),
        replace(good, name="Front desk"),
        replace(good, name="x" * 81),
        replace(good, authorization_id=""),
        replace(good, authorization_id="aut_never"),
        replace(good, authorization_id=theirs),
        replace(good, kind="rest"),
        Draft("rest", "API"),
        Draft("rest", "API", address="http://192.168.0.1"),
        Draft("rest", "API", address="https://api.example", settings={"paging": "sideways"}),
        Draft("rest", "API", address="https://api.example", settings={"size": "many"}),
        Draft(
            "rest",
            "API",
            address="https://api.example",
            settings={"types": {"guests": {"records": "data"}}},
        ),
    ):
        assert refused(sources.add, world.maya, world.hotel, draft).code == "invalid", draft
    assert len(sources.of_property(world.maya, world.hotel)) == 1


def test_refused_credentials_start_no_source(world: World, system: HotelSystem) -> None:
    authorization_id = harvest.authorize(world)
    authorizations.refused(authorization_id, "No more.", now=world.now)
    system.asked.clear()
    draft = Draft("mews", "Spa", authorization_id)
    refusal = refused(sources.add, world.maya, world.hotel, draft)
    assert (refusal.code, system.asked) == ("invalid", [])


def test_an_api_that_is_open_to_everybody_needs_no_credentials(
    world: World, system: HotelSystem
) -> None:
    draft = Draft("rest", "API", address="https://api.example/", settings={**REST, "evil": "x"})
    source_id = sources.add(world.maya, world.hotel, draft, now=world.now)
    access = accesses.of_source(source_id, "reservations", now=world.now)
    assert (access.address, access.method) == ("https://api.example", "")
    assert access.settings == REST


def test_a_source_that_asks_for_credentials_later_is_given_some_and_keeps_all_else(
    world: World, system: HotelSystem
) -> None:
    source_id = harvest.unlocked(world)
    transfer_id = harvest.mapped(world, source_id)
    opens = harvest.agreed(world)
    system.says = REFUSED
    refusal = refused(sources.authorize, world.maya, source_id, opens, now=world.now)
    assert refusal.code == "credentials_refused"
    assert accesses.of_source(source_id, "reservations", now=world.now).method == ""
    system.says = harvest.ACCEPTED
    sources.authorize(world.maya, source_id, harvest.agreed(world), now=world.now)
    access = accesses.of_source(source_id, "reservations", now=world.now)
    assert (access.address, access.method) == ("https://api.pms.example", "oauth_code")
    assert harvest.row_of(Transfer, transfer_id).rows
    assert harvest.events_of(source_id)[-1] == "source.changed"
    again = refused(sources.authorize, world.maya, source_id, opens, now=world.now)
    assert again.code == "wrong_state"


def test_only_what_opens_the_same_address_opens_a_source(world: World, system: HotelSystem) -> None:
    source_id = harvest.unlocked(world)
    draft = authorizations.Draft("rest", "bearer", {"token": "t-1"}, "https://other.example")
    elsewhere = authorizations.add(world.maya, world.hotel, draft, now=world.now)
    for wrong in (elsewhere, harvest.authorize(world), "", "aut_never"):
        assert refused(sources.authorize, world.maya, source_id, wrong).code == "invalid"
    opens = harvest.agreed(world)
    assert refused(sources.authorize, world.noah, source_id, opens).code == "forbidden"
    for stranger in (world.charlie, world.dee, world.olga):
        assert refused(sources.authorize, stranger, source_id, opens).code == "not_found"


def test_credentials_are_sent_where_they_are_valid_and_nowhere_else(
    world: World, system: HotelSystem
) -> None:
    values = {"token": "T-harvest-1234567890"}
    opens = authorizations.Draft("rest", "bearer", values, "https://api.example", name="API")
    authorization_id = authorizations.add(world.maya, world.hotel, opens, now=world.now)
    draft = Draft("rest", "API", authorization_id, "https://elsewhere.example", REST)
    source_id = sources.add(world.maya, world.hotel, draft, now=world.now)
    sources.change_settings(world.maya, source_id, REST, now=world.now)
    accesses.of_source(source_id, "reservations", now=world.now)
    assert {access.address for access in system.asked} == {"https://api.example"}


def test_changed_settings_are_tried_first(world: World, system: HotelSystem) -> None:
    draft = Draft("rest", "API", address="https://api.example", settings=REST)
    source_id = sources.add(world.maya, world.hotel, draft, now=world.now)
    system.says = UNREACHABLE
    changed = {**REST, "size": "500"}
    refusal = refused(sources.change_settings, world.maya, source_id, changed)
    assert refusal.code == "check_failed"
    assert harvest.row_of(Source, source_id).settings == REST
    system.says = harvest.ACCEPTED
    sources.change_settings(world.maya, source_id, changed, now=world.now)
    assert harvest.row_of(Source, source_id).settings == changed
    assert harvest.events_of(source_id) == ["source.added", "source.changed"]


def test_a_source_can_be_called_something_else_but_not_like_another(
    world: World, system: HotelSystem
) -> None:
    first = harvest.source(world)
    harvest.source(world, name="Spa")
    sources.rename(world.maya, first, " The   desk ", now=world.now)
    assert sources.read(world.maya, first).row.name == "The desk"
    refusal = refused(sources.rename, world.maya, first, "Spa")
    assert (refusal.code, "called Spa already" in refusal.message) == ("invalid", True)
    harvest.source(world, world.charlie, name="Spa")  # another property's may be


# Who may


def test_strangers_see_no_source_and_viewers_change_none(world: World, system: HotelSystem) -> None:
    source_id = harvest.source(world)
    for actor in harvest.strangers(world):
        assert refused(sources.of_property, actor, world.hotel).code == "not_found"
        assert refused(sources.read, actor, source_id).code == "not_found"
    assert sources.of_property(world.charlie, world.lodge, now=world.now) == ()
    (row,) = sources.of_property(world.noah, world.hotel, now=world.now)
    assert row.moves == ()


def test_whoever_may_not_add_one_causes_no_question(world: World, system: HotelSystem) -> None:
    authorization_id = harvest.authorize(world)
    system.asked.clear()
    draft = Draft("mews", "Spa", authorization_id)
    assert refused(sources.add, world.noah, world.hotel, draft).code == "forbidden"
    assert refused(sources.add, world.charlie, world.hotel, draft).code == "not_found"
    assert system.asked == []


# Files


def test_a_file_is_kept_encrypted_and_read_as_it_was(world: World, system: HotelSystem) -> None:
    source_id = files(world)
    path = "C:\\Users\\Maya\\Gäste.csv"
    sources.upload(world.maya, source_id, "guests", path, CSV, now=world.now)
    (upload,) = sources.read(world.noah, source_id).uploads
    assert (upload.type, upload.name, upload.size) == ("guests", "Gäste.csv", len(CSV))
    with database.reading() as session:
        assert "Müller".encode("cp1252") not in session.exec(select(Upload.content)).one()
    transfer_id = harvest.transfer(world, source_id, "guests")
    assert transfers.sample(world.maya, transfer_id, now=world.now) == 2
    fields = mappings.read(world.maya, transfer_id).fields
    assert "Gast" in {field.path for field in fields}


def test_a_new_file_takes_the_place_of_the_one_before(world: World, system: HotelSystem) -> None:
    source_id = files(world)
    for name in ("first.csv", "second.csv"):
        sources.upload(world.maya, source_id, "guests", name, CSV, now=world.now)
    sources.upload(world.maya, source_id, "spaces", "rooms.csv", CSV, now=world.now)
    found = {each.type: each.name for each in sources.read(world.maya, source_id).uploads}
    assert found == {"guests": "second.csv", "spaces": "rooms.csv"}


@pytest.mark.parametrize("content", [b"", b"a;b;c\n", b"\x89PNG\r\n\x1a\n\0\0\0", b"PK\x03\x04zip"])
def test_a_file_that_cannot_be_read_is_refused_in_words(
    world: World, system: HotelSystem, content: bytes
) -> None:
    source_id = files(world)
    refusal = refused(sources.upload, world.maya, source_id, "guests", "x.csv", content)
    assert refusal.code == "invalid"
    assert sources.read(world.maya, source_id).uploads == ()


def test_files_are_for_sources_of_files_and_known_types(world: World, system: HotelSystem) -> None:
    for source_id, key in ((harvest.source(world), "guests"), (files(world), "invoices")):
        refusal = refused(sources.upload, world.maya, source_id, key, "x.csv", CSV)
        assert refusal.code == "invalid"


def test_before_the_first_file_there_is_nothing_to_read(world: World, system: HotelSystem) -> None:
    transfer_id = harvest.transfer(world, files(world), "guests")
    refusal = refused(transfers.sample, world.maya, transfer_id)
    assert refusal.code == "no_file"
    assert transfers.read(world.noah, transfer_id).row.sample_error == refusal.message


# Removing


def test_a_removed_source_leaves_nothing_behind(world: World, system: HotelSystem) -> None:
    before = counted()
    source_id = harvest.source(world)
    harvest.active(world, source_id)
    other = harvest.source(world, world.charlie)
    for each, hotel in ((source_id, world.hotel), (other, world.lodge)):
        add_record(each, hotel, world)
    sources.remove(world.maya, source_id, now=world.now)
    assert harvest.events_of(source_id)[-1] == "source.removed"
    after = counted()
    assert after["sources"] == after["reservations"] == 1
    for name in ("transfers", "mapping_versions", "samples", "uploads"):
        assert after[name] == before[name] == 0


def add_record(source_id: str, property_id: str, world: World) -> None:
    row = TABLES["reservations"](
        property_id=property_id,
        source_id=source_id,
        external_id="res-1",
        run_id="run_1",
        content_hash=b"1",
        status="confirmed",
        arrival=world.now.date(),
        departure=world.now.date(),
        first_seen_at=world.now,
        seen_at=world.now,
        changed_at=world.now,
        raw=b"{}",
    )
    with builders.adding() as rows:
        rows.append(row)


def counted() -> dict[str, int]:
    with database.reading() as session:
        return {
            name: session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in tables.metadata.tables.items()
        }
