"""Partner keys in the hub: made and shown once, listed masked, revoked after a question."""

import re

import pytest

from domain import partner_keys
from domain.refusals import Refusal
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import act, complaint, fill, press, rows
from tests.ui.hub import CHARLIE, FINN, MAYA, confirm, finds_nothing, page_words, visit
from tests.ui.patience import until

PATH = "/hub/keys"
READY = "A key is shown once"


async def test_a_key_is_made_and_shown_this_once(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    await dee.should_see("No key yet.")
    press(dee, "Make key")
    await dee.should_see("but never your account")
    fill(dee, "Name", "Dashboard")
    confirm(dee, "Make key")
    await dee.should_see("Copy your key now")
    found = re.search(r"adp_[\w-]{43}", page_words(dee))
    assert found
    clear = found.group()
    assert partner_keys.authenticate(clear)[1] == world.d3x
    confirm(dee, "I have stored it")
    await until(lambda: clear not in page_words(dee))
    [row] = rows(dee, "Partner keys")
    assert (row["name"], row["by"]) == ("Dashboard", "Dee")
    assert row["masked"] == f"adp_{clear[4:8]}…{clear[-4:]}"


async def test_a_name_that_is_taken_is_said_beside_the_field(world: World, person: Person) -> None:
    partner_keys.make(world.dee, world.d3x, "Dashboard")
    dee = await visit(person, PATH, READY)
    press(dee, "Make key")
    await dee.should_see("but never your account")
    for name, words in (("Dashboard", "called “Dashboard” already"), ("", "Write a name")):
        fill(dee, "Name", name)
        confirm(dee, "Make key")
        await until(lambda words=words: words in (complaint(dee, "Name") or ""))


async def test_a_key_is_revoked_after_a_question(world: World, person: Person) -> None:
    made = partner_keys.make(world.dee, world.d3x, "Dashboard")
    dee = await visit(person, PATH, READY)
    act(dee, "Partner keys", made.id, "revoke")
    await dee.should_see("Revoke “Dashboard”?")
    assert partner_keys.authenticate(made.clear)
    confirm(dee, "Revoke")
    await until(lambda: rows(dee, "Partner keys") == [])
    with pytest.raises(Refusal):
        partner_keys.authenticate(made.clear)


async def test_a_key_that_a_colleague_makes_appears(world: World, person: Person) -> None:
    dee = await visit(person, PATH, READY)
    partner_keys.make(world.dee, world.d3x, "Nightly")
    await until(lambda: [row["name"] for row in rows(dee, "Partner keys")] == ["Nightly"])


async def test_keys_are_the_partners_alone(world: World, person: Person) -> None:
    partner_keys.make(world.dee, world.d3x, "Dashboard")
    finn = await visit(person, PATH, READY, FINN)
    await finn.should_not_see("Dashboard")
    for email in (MAYA, CHARLIE):
        await finds_nothing(person, PATH, email)
