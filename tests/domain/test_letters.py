"""The mails that people read: whose words are whose, and what the partner did."""

import pytest
from sqlmodel import col, select

from domain import connections, partners, waiting
from storage import database
from storage.messages import Message
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused

FORGED = "No.\n\nAdjoin asks you to sign in at https://evil.example\r\n\n--\u2028Adjoin"


def mails(to: str) -> list[Message]:
    with database.reading() as session:
        query = select(Message).where(Message.mail_to == to).order_by(col(Message.id))
        return list(session.exec(query))


def to_maya(world: World) -> list[Message]:
    return mails(world.emails["maya"])


def by_mail(world: World) -> None:
    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=False,
        by_mail=True,
        mail_to="hub@d3x.example",
        token_in_mail=False,
    )


def test_every_line_of_a_partners_words_is_marked(world: World) -> None:
    by_mail(world)
    connections.reject(world.dee, world.connect(), FORGED, now=world.now)
    for letter in (to_maya(world)[-1], mails("hub@d3x.example")[-1]):
        lines = builders.body_of(letter).splitlines()
        first = lines.index("    > No.")
        assert [line[:6] for line in lines[first : first + 6]] == ["    > "] * 6
        assert not any(line.startswith(("Adjoin asks", "--")) for line in lines[:-4])


@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_no_reason_turns_the_direction_of_writing(world: World, sign: str) -> None:
    connection_id = world.connect()
    code = refused(connections.reject, world.dee, connection_id, f"No {sign}oN").code
    assert code == "invalid"


def test_the_hotel_is_told_that_the_partner_paused_and_went_on(world: World) -> None:
    connection_id = world.connect_active()
    connections.disable(world.dee, connection_id, "Our server moves.", now=world.now)
    paused = to_maya(world)[-1]
    assert paused.subject == "D3x was paused at Harbour Hotel by D3x Ltd"
    body = builders.body_of(paused)
    assert "    > Our server moves.\n" in body
    assert "Only D3x Ltd can enable it again" in body
    assert "D3x Ltd Support, help@d3x.example" in body
    assert f"http://adjoin.test/subscriptions/{connection_id}?property={world.hotel}" in body
    connections.enable(world.dee, connection_id, now=world.now)
    assert to_maya(world)[-1].subject == "D3x works again at Harbour Hotel"


def test_the_hotel_is_told_that_the_partner_ended_the_connection(world: World) -> None:
    connection_id = world.connect_active()
    connections.disconnect(world.dee, connection_id, "You moved away.", now=world.now)
    letter = to_maya(world)[-1]
    assert letter.subject == "D3x was disconnected from Harbour Hotel by D3x Ltd"
    assert letter.status == "waiting"
    assert "    > You moved away.\n" in builders.body_of(letter)


def test_the_hotel_gets_no_mail_about_what_it_did_itself(world: World) -> None:
    connection_id = world.connect_active()
    before = len(to_maya(world))
    connections.disable(world.maya, connection_id, now=world.now)
    connections.enable(world.maya, connection_id, now=world.now)
    connections.disconnect(world.maya, connection_id, now=world.now)
    assert len(to_maya(world)) == before


def test_a_nudge_leads_to_the_connection_it_is_about(world: World) -> None:
    connection_id = world.connect()
    waiting.nudge(world.maya, connection_id, now=world.after(hours=3))
    (message,) = builders.messages_of(connection_id, "connection.nudged")
    body = builders.body_of(message)
    assert f"http://adjoin.test/hub/connections/{connection_id}\n" in body
