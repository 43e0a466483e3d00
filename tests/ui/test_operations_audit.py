"""The operators' audit log: what it shows, what its address says, and what can be taken along."""

from datetime import datetime

import httpx
import pytest

from domain import audit, seals
from domain.audit import Wanted
from tests.builders import PASSWORD, World
from tests.domain.test_audit import tamper, write
from tests.ui.conftest import BASE, Person
from tests.ui.hands import button, field, fill, go, press, rows
from tests.ui.patience import until
from ui.pages.operations.audit_wish import Wish

OLGA = "olga@platform.example"
LIST = "Rows of the audit log"
PATH = "/operations/audit"


@pytest.fixture
def busy(world: World) -> World:
    world.connect_active()
    write(2, world.after(minutes=5))
    return world


async def test_it_shows_every_change_the_newest_first_and_leads_on(
    person: Person, busy: World
) -> None:
    olga = await person(OLGA)
    await go(olga, PATH)
    done, *_, asked = rows(olga, LIST)
    assert (done["note"], asked["text"]) == ("no. 1", "Connect was pressed")
    assert "Signed in" in [row["text"] for row in rows(olga, LIST)]
    assert (asked["who"], asked["side"], asked["where"]) == ("Maya", "Property", "Harbour Hotel")
    assert asked["href"] == f"{PATH}/{asked['id']}"


@pytest.mark.parametrize(
    "email", ["charlie@alpine.example", "maya@harbour.example", "dee@d3x.example"]
)
async def test_nobody_else_has_it(person: Person, busy: World, email: str) -> None:
    somebody = await person(email)
    row = audit.search(busy.olga, Wanted()).rows[0]
    for path in (PATH, f"{PATH}/{row.id}"):
        await somebody.open(path)
        await somebody.should_see("There is no such page")


async def test_the_address_says_what_is_shown(person: Person, busy: World) -> None:
    olga = await person(OLGA)
    await go(olga, f"{PATH}?event=connection.activated&person=dee&property={busy.hotel}")
    assert [row["text"] for row in rows(olga, LIST)] == ["Activated"]
    assert field(olga, "What").value == "connection.activated"
    assert field(olga, "Person").value == "dee"
    fill(olga, "Person", "nobody else")
    press(olga, "Show")
    await until(lambda: "nobody+else" in olga.back_history[-1])
    await olga.should_see("No row fits these filters.")
    assert button(olga, "Show everything").props["href"] == PATH


async def test_older_rows_are_a_page_of_their_own(
    person: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit.search, "__kwdefaults__", {"after": "", "limit": 3, "now": None})
    write(5, world.after(minutes=5))
    olga = await person(OLGA)
    await go(olga, f"{PATH}?side=property")
    assert [row["note"] for row in rows(olga, LIST)] == ["no. 4", "no. 3", "no. 2"]
    older = button(olga, "Older").props["href"]
    assert "side=property" in older
    await go(olga, older)
    assert [row["note"] for row in rows(olga, LIST)] == ["no. 1", "no. 0"]
    assert button(olga, "Newest").props["href"] == f"{PATH}?side=property"


@pytest.mark.parametrize(
    "query", ["after=his_none", "from=yesterday&to=9999-12-31", "side=x", "event=%00", "app=%27"]
)
async def test_a_mistyped_address_still_opens(person: Person, busy: World, query: str) -> None:
    olga = await person(OLGA)
    await go(olga, f"{PATH}?{query}")
    await olga.should_see("Chain of seals")


def test_days_are_those_of_the_readers_zone() -> None:
    wanted = Wish({"from": "2026-07-01", "to": "2026-07-01"}, "Europe/Berlin").wanted
    assert (wanted.since, wanted.until) == (
        datetime.fromisoformat("2026-06-30T22:00:00+00:00"),
        datetime.fromisoformat("2026-07-01T22:00:00+00:00"),
    )


async def test_a_row_has_a_page_that_says_how_it_stands(person: Person, busy: World) -> None:
    seals.seal()
    row = audit.search(busy.olga, Wanted(event="connection.activated")).rows[0]
    olga = await person(OLGA)
    await go(olga, f"{PATH}/{row.id}")
    for words in ("connection.activated", "dee@d3x.example", "Sealed", row.id, "pending"):
        await olga.should_see(words)
    assert button(olga, "By Dee").props["href"] == f"{PATH}?person=dee%40d3x.example"
    tamper(f"UPDATE history SET who = 'Eve' WHERE id = '{row.id}'")
    await go(olga, f"{PATH}/{row.id}")
    await olga.should_see("It does not fit its seal")


async def test_the_chain_is_checked_on_request(person: Person, busy: World) -> None:
    seals.seal()
    end = audit.end(busy.olga)
    olga = await person(OLGA)
    await go(olga, PATH)
    await olga.should_see(f"{end.number}:{end.digest}")
    press(olga, "Check all of it")
    await olga.should_see("It holds")
    tamper("UPDATE history SET who = 'Eve' WHERE note = 'no. 1'")
    press(olga, "Check all of it")
    await olga.should_see("It does not hold")
    await olga.should_see("was changed.")


async def _browser(house: object, email: str) -> httpx.AsyncClient:
    browser = httpx.AsyncClient(transport=httpx.ASGITransport(house), base_url=BASE)  # type: ignore[arg-type]
    form = {"email": email, "password": PASSWORD}
    await browser.post("/auth/sign-in", data=form, headers={"origin": BASE})
    return browser


async def test_what_is_shown_can_be_taken_along(house: object, busy: World) -> None:
    browser = await _browser(house, OLGA)
    answer = await browser.get("/files/audit.csv?event=connection.activated")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="audit-' in answer.headers["content-disposition"]
    titles, row = answer.text.removeprefix("\ufeff").splitlines()
    assert titles.startswith("at,event,text,who")
    assert "connection.activated,Activated,Dee,partner,Harbour Hotel" in row
    answer = await browser.get("/files/audit.jsonl")
    assert len(answer.text.splitlines()) == 6
    assert (await browser.get("/files/audit.exe")).status_code == 404


async def test_nobody_else_takes_it_along(
    house: object, stranger: httpx.AsyncClient, busy: World
) -> None:
    for email in ("maya@harbour.example", "dee@d3x.example", "charlie@alpine.example"):
        browser = await _browser(house, email)
        answer = await browser.get("/files/audit.csv")
        assert (answer.status_code, answer.text) == (404, "There is no such file.")
    answer = await stranger.get("/files/audit.csv")
    assert answer.headers["location"].startswith("/sign-in")
