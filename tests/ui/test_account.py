"""Your account: name, password, the browsers in which one is signed in, and where one belongs."""

from domain import sign_ins
from tests.builders import PASSWORD, World
from tests.ui.conftest import Person
from tests.ui.hands import act, complaint, field, fill, go, press, rows
from tests.ui.patience import until

MAYA = "maya@harbour.example"
BROWSERS = "Browsers in which you are signed in"
NEW = "many small horses"


async def test_a_name_is_saved_and_an_empty_one_is_not(person: Person, world: World) -> None:
    maya = await person(MAYA)
    await go(maya, "/account")
    fill(maya, "Name", "  ")
    press(maya, "Save name")
    await maya.should_see("Write your name")
    assert complaint(maya, "Name") == "Write your name, with 80 characters at most."
    fill(maya, "Name", "Maya L. Lindqvist")
    press(maya, "Save name")
    await maya.should_see("Your name is saved.")
    visitor = sign_ins.visit(world.cookies["maya"])
    assert visitor is not None
    assert visitor.name == "Maya L. Lindqvist"


async def test_the_password_fields_say_beforehand_what_is_asked(person: Person) -> None:
    maya = await person(MAYA)
    await go(maya, "/account")
    assert field(maya, "Password now").props["autocomplete"] == "current-password"
    assert field(maya, "New password").props["autocomplete"] == "new-password"
    assert "At least 10 characters" in field(maya, "New password").props["hint"]


async def test_a_wrong_password_is_said_at_its_field_and_changes_nothing(
    person: Person, world: World
) -> None:
    maya = await person(MAYA)
    await go(maya, "/account")
    fill(maya, "Password now", "not it")
    fill(maya, "New password", NEW)
    press(maya, "Change password")
    await maya.should_see("That is not your password. Please try again.")
    assert complaint(maya, "New password") is None
    fill(maya, "Password now", PASSWORD)
    fill(maya, "New password", "short")
    press(maya, "Change password")
    await maya.should_see("Choose a password of at least 10 characters.")
    assert complaint(maya, "Password now") is None
    assert sign_ins.visit(world.cookies["maya"]) is not None
    sign_ins.confirm_password(world.maya, PASSWORD)


async def test_a_changed_password_signs_out_every_other_browser(
    person: Person, world: World
) -> None:
    maya = await person(MAYA)
    await go(maya, "/account")
    fill(maya, "Password now", PASSWORD)
    fill(maya, "New password", NEW)
    press(maya, "Change password")
    await maya.should_see("Your password is changed")
    assert sign_ins.visit(world.cookies["maya"]) is None
    assert field(maya, "New password").value == ""
    await go(maya, "/account")
    await maya.should_see("You sign in as maya@harbour.example.")


async def test_one_browser_is_signed_out_from_another(
    person: Person, world: World, departures: list[tuple[str, str]]
) -> None:
    here, there = await person(MAYA), await person(MAYA)
    await go(there, "/apps")
    await go(here, "/account")
    await here.should_see("(this one)")
    mine = rows(here, BROWSERS)[:1]
    assert mine[0]["device"].endswith("(this one)")
    others = [row for row in rows(here, BROWSERS) if row not in mine]
    assert [row["do"] for row in mine] == [[]]
    assert world.maya.id in {row["id"] for row in others}
    other = next(row["id"] for row in others if row["id"] != world.maya.id)
    act(here, BROWSERS, other, "end")
    await here.should_see("That browser was signed out.")
    await until(lambda: other not in {row["id"] for row in rows(here, BROWSERS)})
    # The window that was open there goes to the sign-in page by itself.
    assert there.client is not None
    await until(lambda: (there.client.id, "/sign-in?ended=1") in departures)


async def test_signing_out_everywhere_keeps_this_browser(person: Person, world: World) -> None:
    maya = await person(MAYA)
    await go(maya, "/account")
    press(maya, "Sign out everywhere else")
    await maya.should_see("Sign out everywhere else?")
    press(maya, "Sign out everywhere else")
    await maya.should_see("1 other browser was signed out.")
    assert sign_ins.visit(world.cookies["maya"]) is None
    await until(lambda: len(rows(maya, BROWSERS)) == 1)


async def test_nobody_ends_somebody_elses_sign_in(person: Person, world: World) -> None:
    charlie = await person("charlie@alpine.example")
    await go(charlie, "/account")
    assert world.maya.id not in {row["id"] for row in rows(charlie, BROWSERS)}
    act(charlie, BROWSERS, world.maya.id, "end")
    await charlie.should_see("Where you are signed in")
    assert sign_ins.visit(world.cookies["maya"]) is not None


async def test_where_one_belongs_is_listed_with_what_one_may_do(person: Person) -> None:
    noah = await person("noah@harbour.example")
    await go(noah, "/account")
    listed = rows(noah, "Where you belong")
    assert [(row["place"], row["role"]) for row in listed] == [("Harbour Hotel", "Viewer")]
    await noah.should_see("See apps, connections and their history, without changing anything.")
    await noah.should_not_see("Switch between them")  # there is only one
