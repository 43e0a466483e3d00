"""Webhooks and mail in the hub: endpoints, secrets shown once, test events, and the guide."""

import inspect
import re

from nicegui import ElementFilter, ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from connectors import verifiers
from connectors.webhook import Sender
from domain import deliveries, endpoints, moments, partners
from tests import builders
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import button, complaint, field, fill, labels, press
from tests.ui.hub import CHARLIE, FINN, MAYA, confirm, finds_nothing, page_words, visit
from tests.ui.patience import until
from ui.components.code import Code
from ui.components.ticktree import TickTree

PATH, READY = "/hub/endpoint", "How you are told"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{40,}")


def only(world: World) -> endpoints.Row:
    return endpoints.of_partner(world.dee, world.d3x)[0]


def newest(world: World) -> str:
    return deliveries.of_partner(world.dee, world.d3x)[0].id


def secrets(user: User) -> list[str]:
    return SECRET.findall(page_words(user))


async def add(user: User, url: str) -> None:
    press(user, "Add endpoint")
    await user.should_see("You get the secret that signs them in the next step.")
    fill(user, "Address", url)
    confirm(user, "Add endpoint")


async def test_a_new_endpoint_shows_its_secret_once(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    assert not secrets(dee)
    await add(dee, "https://new.d3x.example/hooks")
    await dee.should_see("Copy your signing secret now")
    assert len(set(secrets(dee))) == 1
    confirm(dee, "I have stored it")
    await until(lambda: not secrets(dee))
    await dee.should_see("https://new.d3x.example/hooks")


async def test_the_secret_does_not_stay_behind_a_closed_dialog(
    world: World, person: Person
) -> None:
    dee = await visit(person, PATH, READY)
    await add(dee, "https://new.d3x.example/hooks")
    await dee.should_see("Copy your signing secret now")
    confirm(dee, "Close")
    await until(lambda: not secrets(dee))


async def test_an_address_that_adjoin_may_not_call_is_refused_in_words(
    world: World, person: Person
) -> None:
    dee = await visit(person, PATH, READY)
    for url, reason in (
        ("http://new.d3x.example/", "https://"),
        ("https://169.254.169.254/latest", "169.254.169.254"),
        ("javascript:alert(1)", "https://"),
        ("", "web address"),
    ):
        await add(dee, url)
        await until(lambda: complaint(dee, "Address"))
        assert reason in (complaint(dee, "Address") or "")
        confirm(dee, "Cancel")
        await dee.should_not_see("You get the secret that signs them in the next step.")
    assert len(endpoints.of_partner(world.dee, world.d3x)) == 1


async def test_a_test_event_shows_its_result_by_itself(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    press(dee, "Send test event")
    await dee.should_see("The test event is on its way")
    builders.attempt(newest(world), now=world.now)
    await dee.should_see("Your endpoint took the test event")
    await dee.should_not_see("never yet")


async def test_a_failed_test_event_says_what_came_back(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    press(dee, "Send test event")
    await dee.should_see("The test event is on its way")
    builders.attempt(newest(world), now=world.now, code=500)
    await dee.should_see("The test event did not arrive")
    await dee.should_see("The receiver answered 500.")
    await dee.should_see("Failing: 1 in a row")


async def test_rotating_says_how_long_both_secrets_sign(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    press(dee, "Rotate secret")
    await dee.should_see("For 24 hours every delivery carries a signature of each")
    confirm(dee, "Rotate secret")
    await dee.should_see("Copy your signing secret now")
    assert len(set(secrets(dee))) == 1
    await dee.should_see("rotated; the old one signs too")
    assert only(world).overlap_until is not None


async def test_what_was_missed_while_disabled_is_replayed(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    press(dee, "Disable")
    await dee.should_see("Adjoin stops sending to it.")
    confirm(dee, "Disable")
    await dee.should_see("You disabled this endpoint")
    connection_id = world.connect("d3x")
    await dee.should_see("1 delivery skipped or given up")
    assert not button(dee, "Replay 1").enabled
    press(dee, "Enable")
    await until(lambda: "Enable" not in labels(dee))
    press(dee, "Replay 1")
    await until(lambda: "Replay 1" not in labels(dee))
    assert [one.status for one in builders.messages_of(connection_id)] == ["waiting"]


async def test_when_adjoin_disables_an_endpoint_it_says_why_and_what_to_do(
    world: World, person: Person
) -> None:
    dee = await visit(person, PATH, READY)
    message_id = endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.now)
    builders.attempt(message_id, now=world.now, code=410)
    await dee.should_see("Adjoin disabled this endpoint")
    await dee.should_see("It answered 410 Gone. Put your receiver right, press Enable")


async def test_an_address_is_changed_and_an_endpoint_removed(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    press(dee, "Change address")
    await dee.should_see("The secret stays the same.")
    assert field(dee, "Address").value == "https://hooks.d3x.example/a"
    fill(dee, "Address", "https://hooks.d3x.example/b")
    confirm(dee, "Change address")
    await until(lambda: dee.notify.contains("Changed"))
    assert only(world).url == "https://hooks.d3x.example/b"
    await dee.should_see("https://hooks.d3x.example/b")
    press(dee, "Remove")
    await dee.should_see("What waits for it is canceled")
    confirm(dee, "Remove")
    await dee.should_see("No endpoint yet")


async def test_at_least_one_way_to_be_told_must_remain(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    fill(dee, "By webhook", False)
    press(dee, "Save")
    await until(lambda: complaint(dee, "By webhook"))
    assert "requests must reach you" in (complaint(dee, "By webhook") or "")
    fill(dee, "By mail", True)
    fill(dee, "Write to", "nobody")
    press(dee, "Save")
    await until(lambda: complaint(dee, "Write to"))
    assert partners.settings(world.dee, world.d3x).notify_by_webhook
    fill(dee, "Write to", "hooks@d3x.example")
    fill(dee, "The access token travels", "itself")
    press(dee, "Save")
    await until(lambda: dee.notify.contains("Saved"))
    settings = partners.settings(world.dee, world.d3x)
    assert (settings.notify_by_webhook, settings.notify_by_mail) == (False, True)
    assert (settings.mail_to, settings.token_in_mail) == ("hooks@d3x.example", True)


async def test_hotels_read_the_contact_that_was_saved(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    fill(dee, "Name", "")
    press(dee, "Save contact")
    await until(lambda: complaint(dee, "Name"))
    fill(dee, "Name", "Dana Reyes")
    fill(dee, "Website", "d3x.example")
    press(dee, "Save contact")
    await until(lambda: complaint(dee, "Website"))
    fill(dee, "Website", "https://d3x.example")
    press(dee, "Save contact")
    await until(lambda: dee.notify.contains("Saved"))
    await visit(person, "/apps/d3x", "Dana Reyes", MAYA)


async def test_the_guide_shows_the_verifiers_that_we_test_and_every_event(
    world: World, person: Person
) -> None:
    dee = await visit(person, PATH, "Check that it is us")
    with dee:
        shown = {
            tab["name"]: tab["text"]
            for code in ElementFilter(kind=Code)
            for tab in code.props["sources"]
            if tab["name"] != "JSON"
        }
    assert shown == {
        "Python": verifiers.source("python"),
        "JavaScript": verifiers.source("javascript"),
    }
    await dee.should_see("First at once, then 5 seconds, 5 minutes, 30 minutes, 2 hours")
    seconds = inspect.signature(Sender).parameters["timeout"].default
    await dee.should_see(f"Answer with 2xx within {seconds} seconds")


# What it gets


def trees(user: User) -> dict[str, TickTree]:
    with user:
        found = ElementFilter(kind=TickTree).within(kind=ui.dialog)
        return {tree.props["label"]: tree for tree in found}


def tick(user: User, tree: str, branch: str, *leaves: str, on: bool = True) -> None:
    wish = {"branch": branch, "leaves": list(leaves), "on": on}
    UserInteraction(user, {trees(user)[tree]}, None).trigger("tick", wish)


async def test_events_and_properties_are_ticked(world: World, person: Person) -> None:
    world.connect("d3x")
    dee = await visit(person, PATH, READY)
    await dee.should_see("everything about connections")
    press(dee, "Choose events")
    await dee.should_see("This holds from the next event on.")
    fill(dee, "Events", "some")
    await dee.should_see("No app of yours may read these, so nothing would come.")
    tick(dee, "Events", "reservations", "reservation.updated")
    tick(dee, "Events", "connection", "connection.enabled", on=False)
    confirm(dee, "Save")
    await until(lambda: dee.notify.contains("Changed"))
    chosen = only(world).events
    assert "reservation.updated" in chosen
    assert "connection.enabled" not in chosen
    assert {"connection.requested", "token.rotated"} <= set(chosen)
    await dee.should_see("token.rotated, mapping.changed, source.removed, reservation.updated")


async def test_only_connected_properties_are_offered(world: World, person: Person) -> None:
    world.connect("d3x")
    dee = await visit(person, PATH, READY)
    await add_wish(dee, "https://second.d3x.example")
    fill(dee, "Properties", "some")
    confirm(dee, "Add endpoint")
    await dee.should_see("Tick one property at least.")
    (branch,) = trees(dee)["Properties"].props["branches"]
    assert [leaf["label"] for leaf in branch["leaves"]] == ["Harbour Hotel"]
    tick(dee, "Properties", "properties", world.hotel)
    confirm(dee, "Add endpoint")
    await dee.should_see("Copy your signing secret now")
    assert endpoints.of_partner(world.dee, world.d3x)[1].property_ids == (world.hotel,)


async def add_wish(user: User, url: str) -> None:
    press(user, "Add endpoint")
    await user.should_see("You get the secret that signs them in the next step.")
    fill(user, "Address", url)


async def test_it_is_said_when_tokens_would_reach_nobody(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    press(dee, "Choose events")
    await dee.should_see("This holds from the next event on.")
    fill(dee, "Events", "some")
    tick(dee, "Events", "connection", "connection.requested", on=False)
    confirm(dee, "Save")
    await dee.should_see("Then nobody would get connection.requested")
    assert only(world).events == ()


async def test_what_failed_or_was_never_sent_is_replayed_since_a_moment(
    world: World, person: Person
) -> None:
    connection_id = world.connect("d3x", now=moments.now())
    (message,) = builders.messages_of(connection_id)
    builders.attempt(message.id, now=moments.now(), code=500)
    dee = await visit(person, PATH, READY)
    press(dee, "Replay since")
    await dee.should_see("What was delivered is not sent again.")
    confirm(dee, "Replay")
    await until(lambda: dee.notify.contains("Replaying"))
    assert builders.message(message.id).round == 2
    press(dee, "Replay since")
    await dee.should_see("What was delivered is not sent again.")
    fill(dee, "What", "missing")
    confirm(dee, "Replay")
    await until(lambda: dee.notify.contains("Nothing to send"))


async def test_nobody_else_sees_an_endpoint(world: World, person: Person) -> None:
    finn = await visit(person, PATH, "https://hooks.freeguides.example/a", FINN)
    await finn.should_not_see("hooks.d3x.example")
    await finds_nothing(person, PATH, CHARLIE)
