"""Sources: the list of a property's sources, and the way to a new one."""

from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from connectors.vendor import Check
from domain import authorization_pages, authorizations, sources, transfers
from tests import harvest
from tests.builders import World
from tests.harvest import CREDENTIALS, HotelSystem
from tests.ui.conftest import Person
from tests.ui.hands import act, button, complaint, field, fill, go, press, rows
from tests.ui.hub import confirm, finds_nothing, page_words
from tests.ui.patience import until

MAYA, NOAH, CHARLIE = "maya@harbour.example", "noah@harbour.example", "charlie@alpine.example"
ONLY_MANAGERS = "Only a manager of Harbour Hotel can do this."


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> HotelSystem:
    return harvest.play(monkeypatch, "mews", "rest")


@pytest.fixture
async def maya(person: Person, system: HotelSystem) -> User:
    return await person(MAYA)


def listed(user: User) -> list[tuple[Any, ...]]:
    keys = ("name", "kind", "status", "authorization", "opens", "transfers", "types")
    return [tuple(row[key] for key in keys) for row in rows(user, "Sources")]


async def choose_kind(user: User, kind: str) -> None:
    await go(user, "/sources/new")
    fill(user, "Kind", kind)
    await user.should_see("What do you call it?")


def name_it(user: User, name: str) -> None:
    user.find(marker="source-name").elements.pop().value = name


# The list


async def test_each_source_says_how_it_is_opened_and_what_it_brings(
    maya: User, world: World
) -> None:
    source_id = harvest.source(world)
    harvest.active(world, source_id)
    harvest.transfer(world, source_id, "guests")
    await go(maya, "/sources")
    account = "Harbour Hotel at Mews"
    assert listed(maya) == [
        (
            "Front desk",
            "Mews",
            {"status": "working", "text": None},
            f"Mews, {account}",
            account,
            "1 of 2 active",
            "Reservations, Guests",
        )
    ]
    assert rows(maya, "Sources")[0]["href"] == f"/sources/{source_id}"


async def test_a_source_that_answers_is_not_called_working_while_nothing_comes_from_it(
    maya: User, world: World
) -> None:
    source_id = harvest.source(world)
    await go(maya, "/sources")
    assert listed(maya)[0][2] == {"status": "muted", "text": "Brings nothing in"}
    transfer = harvest.active(world, source_id)
    await until(lambda: listed(maya)[0][2]["status"] == "working")
    harvest.paused(world, transfer)
    await until(lambda: listed(maya)[0][2] == {"status": "warn", "text": "Data paused"})


async def test_the_page_of_a_source_says_what_the_list_says(maya: User, world: World) -> None:
    source_id = harvest.source(world)
    await go(maya, f"/sources/{source_id}")
    await maya.should_see("Brings nothing in")
    transfer = harvest.active(world, source_id)
    await maya.should_not_see("Brings nothing in")
    harvest.paused(world, transfer)
    await maya.should_see("Data paused")


async def test_the_first_source_replaces_the_empty_page(maya: User, world: World) -> None:
    await go(maya, "/sources")
    await maya.should_see("No source yet")
    assert button(maya, "Add source").props["href"] == "/sources/new"
    harvest.source(world)
    await maya.should_not_see("No source yet")
    assert [row["name"] for row in rows(maya, "Sources")] == ["Front desk"]


async def test_the_list_says_when_credentials_are_refused(maya: User, world: World) -> None:
    opens = harvest.authorize(world)
    harvest.source(world, authorization_id=opens)
    await go(maya, "/sources")
    authorizations.refused(opens, "Mews does not accept them.", now=world.now)
    await until(lambda: rows(maya, "Sources")[0]["status"]["status"] == "broken")
    assert rows(maya, "Sources")[0]["opens"] == "Refused: repair it"


async def test_credentials_that_nothing_uses_can_be_removed(maya: User, world: World) -> None:
    opens, spare = harvest.authorize(world), harvest.authorize(world, name="Spare")
    source_id = harvest.source(world, authorization_id=opens)
    await go(maya, "/sources")
    found = {row["id"]: row for row in rows(maya, "Authorizations")}
    used = {"label": "Front desk", "href": f"/sources/{source_id}"}
    assert (found[opens]["uses"], found[spare]["uses"]) == ([used], [{"label": "Nothing"}])
    assert "Front desk would stop." in found[opens]["do"][1]["why_not"]
    act(maya, "Authorizations", opens, "remove")  # forged: the button is disabled
    await maya.should_not_see("Remove Mews, Harbour Hotel at Mews")
    act(maya, "Authorizations", spare, "remove")
    await maya.should_see("Remove Spare")
    confirm(maya, "Remove")
    await until(lambda: [row["id"] for row in rows(maya, "Authorizations")] == [opens])


async def test_an_authorization_is_called_something_else(
    maya: User, person: Person, world: World
) -> None:
    opens = harvest.authorize(world, name="Spare")
    await go(maya, "/sources")
    act(maya, "Authorizations", opens, "rename")
    await maya.should_see("Rename Spare")
    fill(maya, "Name", " ")
    confirm(maya, "Rename")
    await until(lambda: complaint(maya, "Name"))
    fill(maya, "Name", "Key of the night porter")
    confirm(maya, "Rename")
    names = lambda: [row["name"] for row in rows(maya, "Authorizations")]  # noqa: E731
    await until(lambda: names() == ["Key of the night porter"])
    noah = await person(NOAH)
    await go(noah, "/sources")
    assert rows(noah, "Authorizations")[0]["do"][0]["why_not"] == ONLY_MANAGERS
    act(noah, "Authorizations", opens, "rename")  # forged: the button is disabled
    await noah.should_not_see("Rename Key of the night porter")


async def test_a_refused_authorization_is_repaired_where_it_is_listed(
    maya: User, world: World
) -> None:
    opens = harvest.authorize(world, name="Spare")
    await go(maya, "/sources")
    assert [each["action"] for each in rows(maya, "Authorizations")[0]["do"]] == [
        "rename",
        "remove",
    ]
    authorizations.refused(opens, "Mews does not accept them.", now=world.now)
    await until(lambda: rows(maya, "Authorizations")[0]["do"][0]["action"] == "repair")
    act(maya, "Authorizations", opens, "repair")
    await maya.should_see("Repair Spare")
    for key, label in (("client_token", "Client token"), ("access_token", "Access token")):
        fill(maya, label, CREDENTIALS[key])
    confirm(maya, "Test and save")
    await until(lambda: rows(maya, "Authorizations")[0]["status"] == "working")


async def test_another_property_sees_nothing_of_it(
    person: Person, world: World, system: HotelSystem
) -> None:
    source_id = harvest.source(world)
    transfer_id = harvest.transfer(world, source_id)
    charlie = await person(CHARLIE)
    await go(charlie, "/sources")
    await charlie.should_see("No source yet")
    for path in (f"/sources/{source_id}", f"/sources/{source_id}/transfers/{transfer_id}"):
        await finds_nothing(person, path, CHARLIE)


async def test_a_viewer_may_look_but_not_add(person: Person, system: HotelSystem) -> None:
    noah = await person(NOAH)
    await go(noah, "/sources")
    assert button(noah, "Add source").props["why-not"] == ONLY_MANAGERS
    await go(noah, "/sources/new?kind=mews")
    await noah.should_see("You can look at sources, but not add one")
    assert "Which system is it?" not in page_words(noah)


# Adding one


async def test_credentials_are_tried_and_then_open_the_new_source(
    maya: User, world: World, system: HotelSystem
) -> None:
    await choose_kind(maya, "mews")
    press(maya, "New authorization")
    await maya.should_see("Mews is asked at once")
    for key, label in (("client_token", "Client token"), ("access_token", "Access token")):
        fill(maya, label, CREDENTIALS[key])
    system.says = harvest.REFUSED
    confirm(maya, "Test and save")
    await maya.should_see("Mews does not accept these credentials.")
    assert authorization_pages.of_property(world.maya, world.hotel) == ()
    system.says = harvest.ACCEPTED
    confirm(maya, "Test and save")
    await until(lambda: authorization_pages.of_property(world.maya, world.hotel))
    (opens,) = authorization_pages.of_property(world.maya, world.hotel)
    await until(lambda: "Harbour Hotel at Mews · Mews tokens" in page_words(maya))
    assert field(maya, "Authorization").value == opens.id
    name_it(maya, "Reception")
    press(maya, "Add source")
    await maya.should_see("Mews source of Harbour Hotel")
    (row,) = sources.of_property(world.maya, world.hotel)
    assert (row.name, row.kind, row.authorization_id) == ("Reception", "mews", opens.id)


async def test_secrets_are_never_shown_again(maya: User, world: World) -> None:
    source_id = harvest.source(world)
    await go(maya, f"/sources/{source_id}")
    await maya.should_see("Harbour Hotel at Mews")
    assert not any(secret in page_words(maya) for secret in CREDENTIALS.values())
    press(maya, "Change credentials")
    await maya.should_see("nobody can read them here afterwards")
    assert field(maya, "Access token").value == ""
    assert not any(secret in page_words(maya) for secret in CREDENTIALS.values())


async def test_a_connected_core_app_offers_its_credentials(
    maya: User, world: World, system: HotelSystem
) -> None:
    opens = harvest.authorize(world)
    await choose_kind(maya, "mews")
    assert field(maya, "Authorization").value == opens
    press(maya, "Add source")
    await until(lambda: sources.of_property(world.maya, world.hotel))
    assert sources.of_property(world.maya, world.hotel)[0].authorization_id == opens


async def test_the_form_says_that_an_account_is_read_already(maya: User, world: World) -> None:
    opens = harvest.authorize(world)
    await choose_kind(maya, "mews")
    await maya.should_not_see("this account")
    source_id = harvest.source(world, authorization_id=opens)
    await choose_kind(maya, "mews")
    await maya.should_see("Front desk reads this account")
    await maya.should_see("To bring in something more, add it to Front desk.")
    assert button(maya, "Open Front desk").props["href"] == f"/sources/{source_id}"
    press(maya, "Add source")
    await until(lambda: len(sources.of_property(world.maya, world.hotel)) == 2)


async def test_any_api_is_described_by_answers_that_matter(maya: User, world: World) -> None:
    await choose_kind(maya, "rest")
    assert field(maya, "Paging").value == "none"
    with pytest.raises(AssertionError):
        field(maya, "Where the cursor or next address lies")
    fill(maya, "Paging", "cursor")
    assert field(maya, "Where the cursor or next address lies").value == ""
    press(maya, "Add source")
    await until(lambda: maya_complains(maya))
    maya_fields = {"reservations-path": "/reservations", "reservations-records": "data.items"}
    for marker, words in maya_fields.items():
        with maya:
            maya.find(marker=marker).elements.pop().value = words
    fill(maya, "Base address", "https://api.pms.example/v1/")
    press(maya, "Add source")
    await until(lambda: sources.of_property(world.maya, world.hotel))
    page = sources.read(world.maya, sources.of_property(world.maya, world.hotel)[0].id)
    assert page.address == "https://api.pms.example/v1"
    assert page.settings["paging"] == "cursor"
    assert page.settings["types"] == {
        "reservations": {"path": "/reservations", "records": "data.items"}
    }


def maya_complains(user: User) -> bool:
    with user:
        path = user.find(marker="reservations-path").elements.pop()
    return "at least one type of data" in (path.props.get("error-message") or "")


async def test_an_empty_form_names_all_that_is_missing_at_its_place(maya: User) -> None:
    await choose_kind(maya, "rest")
    fill(maya, "Name", "")
    press(maya, "Add source")
    await until(lambda: maya_complains(maya))
    assert complaint(maya, "Base address") == "Write the address where the system answers."
    assert complaint(maya, "Name") == "Give the source a name."
    press(maya, "New authorization")
    await maya.should_see("New authorization for REST / JSON")
    confirm(maya, "Test and save")
    await until(lambda: complaint(maya, "Token"))
    assert complaint(maya, "Address") == "Write the address where the system answers."


async def test_a_path_that_leads_nowhere_is_said_at_its_field(
    maya: User, world: World, system: HotelSystem
) -> None:
    await choose_kind(maya, "rest")
    fill(maya, "Base address", "https://api.pms.example")
    with maya:
        path = maya.find(marker="guests-path").elements.pop()
        path.value = "/nothing"
    sentence = "There is nothing at /nothing (404)."
    system.says = Check(False, None, None, sentence, "garbled", field="guests-path")
    press(maya, "Add source")
    await until(lambda: path.props.get("error-message"))
    assert path.props["error-message"] == f"{sentence} Nothing was saved."
    assert sources.of_property(world.maya, world.hotel) == ()


async def test_what_nobody_could_try_yet_is_not_called_working(
    maya: User, world: World, system: HotelSystem
) -> None:
    await choose_kind(maya, "rest")
    press(maya, "New authorization")
    await maya.should_see("The other system is asked at once")
    fill(maya, "Address", "https://api.pms.example")
    fill(maya, "Token", "wrong")
    system.says = Check(True, None, None, "api.pms.example answers.")
    confirm(maya, "Test and save")
    await until(lambda: "Bearer token · not tried yet" in page_words(maya))
    await maya.should_not_see("accepted the credentials")
    system.says = Check(False, None, None, "It does not accept these credentials.", "refused")
    with maya:
        maya.find(marker="guests-path").elements.pop().value = "/guests"
    press(maya, "Add source")
    await maya.should_see("It does not accept these credentials.")
    await until(lambda: "refused: repair it first" in page_words(maya))
    assert button(maya, "Repair api.pms.example")
    await go(maya, "/sources")
    assert rows(maya, "Authorizations")[0]["status"] == "refused"


async def test_the_list_says_what_was_not_tried_yet(
    maya: User, world: World, system: HotelSystem
) -> None:
    system.says = Check(True, None, None, "api.pms.example answers.")
    draft = authorizations.Draft("rest", "bearer", {"token": "T"}, "https://api.pms.example")
    opens = authorizations.add(world.maya, world.hotel, draft, now=world.now)
    harvest.source(world, kind="rest", authorization_id=opens)
    await go(maya, "/sources")
    assert rows(maya, "Authorizations")[0]["status"] == {"status": "muted", "text": "Not tried yet"}
    assert rows(maya, "Sources")[0]["opens"] == "Not tried yet"


async def test_a_file_is_not_said_to_be_asked_but_to_be_uploaded(maya: User) -> None:
    await choose_kind(maya, "mews")
    await maya.should_see("Mews is asked before anything is saved.")
    await choose_kind(maya, "file")
    await maya.should_not_see("is asked before anything is saved")
    await maya.should_see("You upload the file on the next page")


async def test_the_proposed_name_is_free(maya: User, world: World) -> None:
    for name, proposed in (("mews", "Mews 2"), ("Mews 2", "Mews 3")):
        harvest.source(world, name=name)
        await choose_kind(maya, "mews")
        assert field(maya, "Name").value == proposed


async def test_nothing_is_saved_when_the_system_does_not_answer(
    maya: User, world: World, system: HotelSystem
) -> None:
    harvest.authorize(world)
    await choose_kind(maya, "mews")
    system.says = Check(False, None, None, "Mews gave no answer. Try again.", "unreachable")
    press(maya, "Add source")
    await maya.should_see("Mews gave no answer. Try again. Nothing was saved.")
    assert sources.of_property(world.maya, world.hotel) == ()


async def test_to_agree_in_the_browser_one_is_sent_to_the_other_system(
    maya: User, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await choose_kind(maya, "rest")
    press(maya, "New authorization")
    await maya.should_see("The other system is asked at once")
    fill(maya, "Kind of credentials", "oauth_code")
    await maya.should_see("You are sent to the other system, agree there, and come back here.")
    await maya.should_see("It must know this return address before you go")
    await maya.should_see("/sources/agreed")
    gone: list[str] = []
    monkeypatch.setattr(ui.navigate, "to", gone.append)
    fill(maya, "Address", "https://api.pms.example")
    for key, label in (
        ("client_id", "Client ID"),
        ("client_secret", "Client secret"),
        ("authorize_address", "Authorization address"),
        ("token_address", "Token address"),
    ):
        fill(maya, label, harvest.CLIENT[key])
    confirm(maya, "Go there and agree")
    await until(lambda: gone)
    assert gone[0].startswith("https://id.pms.example/authorize?")
    assert harvest.CLIENT["client_secret"] not in gone[0]
    assert authorization_pages.of_property(world.maya, world.hotel) == ()


async def test_whoever_agreed_elsewhere_comes_back_to_the_form(maya: User, world: World) -> None:
    answer = harvest.sent(world)
    await go(maya, f"/sources/agreed?state={answer['state']}&code={answer['code']}")
    await until(lambda: authorization_pages.of_property(world.maya, world.hotel))
    (opens,) = authorization_pages.of_property(world.maya, world.hotel)
    await maya.should_see("What do you call it?")
    assert field(maya, "Authorization").value == opens.id


async def test_an_answer_that_nobody_waits_for_is_refused(maya: User) -> None:
    await go(maya, "/sources/agreed?state=made-up&code=x")
    await maya.should_see("Nobody here waits for this answer.")


async def test_a_name_that_is_taken_is_refused_in_place(maya: User, world: World) -> None:
    harvest.source(world, name="Reception")
    await choose_kind(maya, "mews")
    name_it(maya, "Reception")
    press(maya, "Add source")
    await until(lambda: complaint(maya, "Name"))
    assert "There is a source called Reception already." in str(complaint(maya, "Name"))
    assert len(sources.of_property(world.maya, world.hotel)) == 1
    assert transfers.of_source(world.maya, sources.of_property(world.maya, world.hotel)[0].id) == ()
