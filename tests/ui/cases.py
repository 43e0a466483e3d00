"""What the tests of cases share: a case in each state, and the hands that write in it."""

from typing import Any

from nicegui import ElementFilter
from nicegui.elements.upload_files import SmallFileUpload
from nicegui.testing import User
from sqlmodel import select

from domain import cases
from domain.escalations import Escalation
from storage import database
from storage.apps import App
from storage.connections import Connection
from storage.people import Person
from tests import builders
from tests.builders import World
from tests.ui.patience import until
from ui.components.attach import Attach
from ui.components.thread import Thread

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
TITLE = "Invoices are missing"


def report(world: World, title: str = TITLE) -> str:
    """Let Maya report something about D3x, which works otherwise; return the case's id."""
    return _report(world, world.connect_active(), title)


def report_core(world: World, title: str = TITLE) -> str:
    """Let Maya report something about Mews, a core app; return the case's id."""
    with database.reading() as session:
        app_id = session.exec(select(App.id).where(App.slug == "mews")).one()
        maya = session.exec(select(Person.id).where(Person.email == world.emails["maya"])).one()
    with builders.adding() as rows:
        rows.append(
            connection := Connection(
                number=20_001,
                property_id=world.hotel,
                app_id=app_id,
                status="connected",
                since=world.now,
                requested_by=maya,
                requested_at=world.now,
                created_at=world.now,
            )
        )
        connection_id = connection.id
    return _report(world, connection_id, title)


def _report(world: World, connection_id: str, title: str) -> str:
    words = "Since Monday no invoice arrives."
    return cases.open_(world.maya, connection_id, title, words, now=world.now)


def escalate(world: World, case_id: str) -> None:
    """Let Dee pass a case on to the platform."""
    cases.escalate(
        world.dee,
        case_id,
        Escalation(
            text="Our requests are refused.",
            expected="200",
            came="500 without a body",
            request_id="req_12345",
            properties=3,
        ),
        now=world.after(hours=2),
    )


def said(user: User) -> list[dict[str, Any]]:
    """Return the messages of the thread on the page."""
    with user:
        (thread,) = ElementFilter(kind=Thread)
    return list(thread._rows)


def words(row: dict[str, Any]) -> str:
    """Return what a message says."""
    return "".join(part["text"] for part in row["parts"]) or row["tag"]


async def attach(user: User, name: str, content: bytes) -> Attach:
    """Put a file into the place for files that was drawn last."""
    with user:
        place = list(ElementFilter(kind=Attach))[-1]
    before = place._props["taken"]
    await place.handle_uploads([SmallFileUpload(name, "", content)])
    await until(lambda: place._props["taken"] == before + 1)
    return place
