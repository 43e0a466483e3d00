"""The daily mail of notices: a choice of each person, and the quiet hours of each hotel."""

from domain import digests, quiet_hours
from domain.quiet_hours import Clock
from tests.builders import World
from tests.ui import hands
from tests.ui.conftest import Person

MAIL = "Mail of what needs you"


async def test_who_wants_it_is_mailed_once_a_day(person: Person, world: World) -> None:
    maya = await person("maya@harbour.example")
    await hands.go(maya, "/account")
    assert hands.field(maya, MAIL).value == "off"
    hands.fill(maya, MAIL, "daily")
    await maya.should_see("You get a mail once a day.")
    assert digests.chosen(world.maya) == "daily"
    await hands.go(maya, "/account")
    assert hands.field(maya, MAIL).value == "daily"


async def test_a_manager_sets_the_quiet_hours_and_a_viewer_reads_them(
    person: Person, world: World
) -> None:
    maya, noah = await person("maya@harbour.example"), await person("noah@harbour.example")
    await hands.go(maya, "/people")
    hands.fill(maya, "From", "22:00")
    hands.press(maya, "Save quiet hours")
    await maya.should_see("Write both times, or none for no quiet hours.")
    hands.fill(maya, "To", "07:30")
    hands.press(maya, "Save quiet hours")
    await maya.should_see("The quiet hours are saved.")
    hours = Clock("Europe/Berlin", "22:00", "07:30")
    assert quiet_hours.read(world.noah, world.hotel) == hours
    await hands.go(noah, "/people")
    await noah.should_see("22:00 to 07:30")
    await noah.should_see("Only a manager can change this.")
    assert "Save quiet hours" not in hands.labels(noah)


async def test_partners_and_operators_have_no_quiet_hours(person: Person, world: World) -> None:
    for email in ("dee@d3x.example", "olga@platform.example"):
        somebody = await person(email)
        await hands.go(somebody, "/people")
        await somebody.should_not_see("Quiet hours")
