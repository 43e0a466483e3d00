"""The demo's mailbox: one's own letters, with links that lead nowhere else."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from nicegui import ElementFilter
from nicegui.elements.mixins.text_element import TextElement
from nicegui.testing import User

from domain import invitations
from tests.builders import World
from tests.ui.conftest import Person
from tests.ui.hands import go, rows
from ui.pages.mailbox import links


@dataclass(frozen=True)
class Letter:
    id: str
    to: tuple[str, ...]
    subject: str
    text: str = ""
    at: datetime = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


LETTERS = [
    Letter("1", ("maya@harbour.example",), "For Maya", "See http://adjoin.test/subscriptions/c1"),
    Letter("2", ("charlie@alpine.example",), "For Charlie"),
    Letter("3", ("help@d3x.example",), "For D3x"),
    Letter("4", ("zoe@harbour.example",), "For Zoe"),
]


@pytest.fixture
def extras() -> dict[str, Any]:
    """A post office that keeps LETTERS."""

    def of(addresses: set[str]) -> list[Letter]:
        return [letter for letter in LETTERS if addresses & set(letter.to)]

    return {"letters": of}


def subjects(user: User) -> list[str]:
    return [row["subject"] for row in rows(user, "Letters")]


async def test_everybody_reads_their_own_letters(person: Person) -> None:
    for email, found in (
        ("maya@harbour.example", ["For Maya"]),
        ("charlie@alpine.example", ["For Charlie"]),
        ("dee@d3x.example", ["For D3x"]),
        ("noah@harbour.example", []),
    ):
        somebody = await person(email)
        await go(somebody, "/mailbox")
        assert subjects(somebody) == found
    await somebody.should_see("No letters yet.")


async def test_whoever_invites_sees_the_letter_arrive(person: Person, world: World) -> None:
    invitations.invite(world.maya, "zoe@harbour.example", "viewer", world.hotel)
    maya = await person("maya@harbour.example")
    await go(maya, "/mailbox")
    assert set(subjects(maya)) == {"For Maya", "For Zoe"}


async def test_a_letter_opens_with_links_that_work(person: Person) -> None:
    maya = await person("maya@harbour.example")
    await go(maya, "/mailbox?letter=1")
    await maya.should_see("See ")
    with maya:
        found = [one for one in ElementFilter(kind=TextElement) if "subscriptions/c1" in one.text]
    assert [one.props["href"] for one in found] == ["/subscriptions/c1"]


async def test_somebody_elses_letter_does_not_open(person: Person) -> None:
    maya = await person("maya@harbour.example")
    await go(maya, "/mailbox?letter=2")
    await maya.should_not_see("For Charlie")
    await maya.should_see("Choose a letter")


def test_only_our_own_addresses_become_links(database: str) -> None:
    body = (
        "a http://adjoin.test/apps?x=1 b https://evil.example/x c http://adjoin.test.evil.example/ "
        "d http://adjoin.test//evil.example e javascript:alert(1) f http://adjoin.test@evil.example/"
    )
    assert [path for _, path in links(body) if path] == ["/apps?x=1"]
    assert "".join(words for words, _ in links(body)) == body
