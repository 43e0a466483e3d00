"""The operators' search, their page of everybody, and the health of the platform."""

from domain import api_requests, connections, invitations, people
from domain.api_requests import Entry
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import act, complaint, fill, go, press, rows, search, table_rows
from tests.ui.hub import CHARLIE, DEE, MAYA, finds_nothing, visit
from tests.ui.patience import until

OLGA = "olga@platform.example"


async def test_a_number_a_request_id_and_a_name_lead_there(world: World, person: Person) -> None:
    connection_id = world.connect_active()
    entry = Entry(
        world.now, "req-7", "GET", "/v1/rates", 500, "", 9, connection_id, world.d3x, world.hotel
    )
    api_requests.note(entry)
    api_requests.write()
    olga = await visit(person, "/operations/search?q=c-10001", "D3x at Harbour Hotel", OLGA)
    place = f"/operations/connections/{connection_id}"
    assert [row["href"] for row in rows(olga, "Connections")] == [place]
    fill(olga, "What do you look for?", "req-7")
    await olga.should_see("Requests of the last 30 days")
    (row,) = rows(olga, "Requests of the last 30 days")
    assert (row["href"], row["status"]["text"]) == (place, "500")
    fill(olga, "What do you look for?", "maya")
    await olga.should_see("maya@harbour.example")
    fill(olga, "What do you look for?", "<script>alert(1)</script>")
    await olga.should_see("Nothing goes by that")


async def test_everybody_is_found_and_a_role_ended_in_words(world: World, person: Person) -> None:
    olga = await visit(person, "/operations/people", "Who has an account", OLGA)
    assert len(table_rows(olga)) == 6
    search(olga, "noah")
    await until(lambda: [row["name"] for row in table_rows(olga)] == ["Noah"])
    await go(olga, table_rows(olga)[0]["href"])
    (role,) = rows(olga, "Where they work")
    act(olga, "Where they work", role["id"], "end")
    await olga.should_see("End the access of Noah?")
    press(olga, "End access")
    await until(lambda: complaint(olga, "Why?"))
    fill(olga, "Why?", "Works elsewhere now.")
    press(olga, "End access")
    await olga.should_see("Nowhere at the moment")
    assert [member.name for member in people.members(world.maya, world.hotel)] == ["Maya"]


async def test_the_last_manager_cannot_be_ended_and_the_page_says_why(
    world: World, person: Person
) -> None:
    olga = await visit(person, "/operations/people?q=maya", "Who has an account", OLGA)
    await go(olga, table_rows(olga)[0]["href"])
    (role,) = rows(olga, "Where they work")
    assert role["do"][0]["why_not"].startswith("Somebody has to stay")


async def test_an_invitation_is_sent_again_by_who_may(world: World, person: Person) -> None:
    theirs = invitations.invite(world.maya, "new@harbour.example", "viewer", world.hotel).id
    ours = invitations.invite(world.olga, "ops@platform.example", "operator", "platform").id
    olga = await visit(person, "/operations/people", "Invited, not here yet", OLGA)
    found = {row["id"]: row for row in rows(olga, "Invited, not here yet")}
    assert "why_not" in found[theirs]["do"][0]
    act(olga, "Invited, not here yet", ours, "resend")
    await olga.should_see("Hand this link over")
    maya = await visit(person, "/people", "Open invitations", MAYA)
    act(maya, "Open invitations", theirs, "resend")
    await maya.should_see("Hand this link over")


async def test_health_counts_what_waits_and_follows_it(world: World, person: Person) -> None:
    olga = await visit(person, "/operations/health", "Nothing waits and nothing fails", OLGA)
    await olga.should_see("No process runs jobs")
    connection = world.connect()
    await until(lambda: rows(olga, "Deliveries"))
    (row,) = rows(olga, "Deliveries")
    assert (row["name"], row["waiting"]) == ("D3x Ltd", 1)
    await olga.should_see("requests pending")
    connections.withdraw(world.maya, connection)
    await until(lambda: rows(olga, "Deliveries") == [] or rows(olga, "Deliveries")[0]["waiting"])


async def test_nobody_else_has_these_pages(world: World, person: Person) -> None:
    for email in (MAYA, DEE, CHARLIE):
        for path in ("search?q=d3x", "people", "health"):
            await finds_nothing(person, f"/operations/{path}", email)
