"""Evidence in the portal: read on a page, printed and downloaded, by those who may."""

from nicegui import ElementFilter
from nicegui.testing import User

from domain import cases, evidence
from domain.evidence_pages import POLICY
from tests.builders import World
from tests.ui import hands
from tests.ui.cases import escalate, report
from tests.ui.conftest import Person
from ui.components.button import Button
from ui.components.listing import Listing


def escalated(world: World) -> tuple[str, str]:
    """Return a case that was escalated, and its evidence."""
    case_id = report(world)
    escalate(world, case_id)
    (pack,) = evidence.of_case(world.maya, case_id)
    return case_id, pack.id


def addresses(user: User) -> dict[str, str]:
    with user:
        return {one.text: one.props.get("href", "") for one in ElementFilter(kind=Button)}


async def test_the_hotel_reads_what_it_agrees_to(world: World, person: Person) -> None:
    _, pack_id = escalated(world)
    maya = await person("maya@harbour.example")
    await hands.go(maya, f"/evidence/{pack_id}")
    await maya.should_see("D3x at Harbour Hotel, as it was then.")
    await maya.should_see("Access tokens are masked")
    with maya:
        labels = {one.props["label"] for one in ElementFilter(kind=Listing)}
    assert {"Access tokens", "Notifications to the partner", "History"} <= labels
    assert addresses(maya)["Print"] == f"/evidence/{pack_id}/print"


async def test_what_is_printed_runs_nothing_and_is_kept_by_nobody(
    world: World, person: Person
) -> None:
    _, pack_id = escalated(world)
    maya = await person("maya@harbour.example")
    answer = await maya.http_client.get(f"/evidence/{pack_id}/print")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "private, no-store"
    assert "Evidence: D3x at Harbour Hotel" in answer.text
    assert "<script" not in answer.text


async def test_a_program_gets_the_same_as_json(world: World, person: Person) -> None:
    _, pack_id = escalated(world)
    dee = await person("dee@d3x.example")
    answer = await dee.http_client.get(f"/evidence/{pack_id}/json")
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="evidence-{pack_id}.json"'
    )
    assert answer.json()["connection"]["app"] == "D3x"
    assert answer.json()["pack"] == pack_id
    assert "integrations" not in answer.json()


async def test_operators_read_it_once_the_hotel_has_agreed(world: World, person: Person) -> None:
    case_id, pack_id = escalated(world)
    olga = await person("olga@platform.example")
    await hands.go(olga, f"/evidence/{pack_id}")
    await olga.should_see("Harbour Hotel has not agreed yet")
    answer = await olga.http_client.get(f"/evidence/{pack_id}/json")
    assert (answer.status_code, "tokens" in answer.text) == (403, False)
    cases.agree(world.maya, case_id)
    await hands.go(olga, f"/evidence/{pack_id}")
    await olga.should_see("D3x at Harbour Hotel, as it was then.")
    assert (await olga.http_client.get(f"/evidence/{pack_id}/json")).status_code == 200


async def test_strangers_find_none(world: World, person: Person) -> None:
    _, pack_id = escalated(world)
    for email in ("charlie@alpine.example", "finn@freeguides.example"):
        somebody = await person(email)
        for kind in ("print", "json"):
            answer = await somebody.http_client.get(f"/evidence/{pack_id}/{kind}")
            assert (answer.status_code, "Harbour" in answer.text) == (404, False)
        await somebody.open(f"/evidence/{pack_id}")
        await somebody.should_see("There is no such")
