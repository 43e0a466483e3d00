"""The request log on the pages of both sides, and the search of operators."""

from nicegui import ElementFilter
from nicegui.testing import User

from domain import api_requests
from domain.api_requests import Entry
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import press, rows
from tests.ui.hub import DEE, MAYA, visit
from tests.ui.patience import until
from ui.components.field import Segments


def asked(world: World, connection_id: str, *statuses: int) -> None:
    """Log requests with these answers, the newest last."""
    api_requests._waiting.clear()
    for number, status in enumerate(statuses):
        code = "invalid" if status == 422 else ""
        api_requests.note(
            Entry(
                world.now,
                f"request-{number}",
                "GET",
                "/v1/reservations",
                status,
                code,
                1234,
                connection_id,
                world.d3x,
                world.hotel,
            )
        )
    api_requests.write()


def shown(user: User, label: str = "Requests") -> list[str]:
    return [row["status"]["text"] for row in rows(user, label)]


def choose(user: User, outcome: str) -> None:
    with user:
        (switch,) = [
            one for one in ElementFilter(kind=Segments) if "ended" in one.props.get("label", "")
        ]
        switch.value = outcome


async def test_both_sides_see_what_was_asked_and_filter_it(world: World, person: Person) -> None:
    connection_id = world.connect_active()
    asked(world, connection_id, 200, 422, 500)
    for email, path in (
        (MAYA, f"/subscriptions/{connection_id}"),
        (DEE, f"/hub/connections/{connection_id}"),
    ):
        user = await visit(person, path, "in the last 30 days", email)
        assert shown(user) == ["500", "422", "200"]
        [failed, refused, fine] = rows(user, "Requests")
        assert fine["asked"] == "GET /v1/reservations"
        assert (refused["code"], refused["took"], refused["request"]) == (
            "invalid",
            "1,234 ms",
            "request-1",
        )
        assert failed["status"]["status"] == "bad"
        choose(user, "refused")
        await until(lambda user=user: shown(user) == ["422"])
        choose(user, "failed")
        await until(lambda user=user: shown(user) == ["500"])


async def test_older_requests_are_a_press_away(world: World, person: Person) -> None:
    connection_id = world.connect_active()
    asked(world, connection_id, *[200] * (api_requests.PAGE + 3))
    maya = await visit(person, f"/subscriptions/{connection_id}", "in the last 30 days", MAYA)
    assert len(shown(maya)) == api_requests.PAGE
    press(maya, "Show older requests")
    await until(lambda: len(shown(maya)) == api_requests.PAGE + 3)
    await maya.should_not_see("Show older requests")


async def test_a_connection_that_nobody_used_says_so(world: World, person: Person) -> None:
    connection_id = world.connect()
    asked(world, connection_id)
    maya = await visit(person, f"/subscriptions/{connection_id}", "No such request", MAYA)
    assert shown(maya) == []
