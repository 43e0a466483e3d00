"""What people do beside connections leaves its row in the history, too, and never a secret."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

import domain
from domain import (
    deliveries,
    endpoints,
    guesses,
    history,
    invitations,
    kinds,
    partner_keys,
    partners,
    people,
    properties,
    sign_ins,
    tokens,
)
from storage import database
from storage.history import HistoryRow
from storage.people import Invitation
from tests import builders
from tests.builders import PASSWORD, World
from tests.domain.refusing import refused

PHONE = {"device": "Safari on iPhone", "address": "192.0.2.7"}


def events() -> list[str]:
    with database.reading() as session:
        return list(session.exec(select(HistoryRow.event).order_by(col(HistoryRow.id))))


def last() -> HistoryRow:
    with database.reading() as session:
        newest = select(HistoryRow).order_by(col(HistoryRow.id).desc())
        row = session.exec(newest).first()
        assert row is not None
        return row


def guess(world: World, email: str, times: int, *, address: str = "192.0.2.9") -> None:
    for _ in range(times):
        refused(sign_ins.sign_in, email, "wrong", device="x", address=address, now=world.now)


def test_a_sign_in_says_where_and_how_many_wrong_passwords_came_before(world: World) -> None:
    guess(world, world.emails["maya"], 3, address=PHONE["address"])
    sign_ins.sign_in(world.emails["maya"], PASSWORD, **PHONE, now=world.now)
    row = last()
    assert (row.event, row.who, row.side) == ("sign_in.began", "Maya", "property")
    assert row.note == "Safari on iPhone, 192.0.2.7, after 3 wrong passwords"


@pytest.mark.parametrize(
    ("name", "side"), [("maya", "property"), ("dee", "partner"), ("olga", "platform")]
)
def test_signing_out_is_told_on_ones_own_side(world: World, name: str, side: str) -> None:
    sign_ins.sign_out(getattr(world, name), now=world.now)
    assert (last().event, last().side) == ("sign_in.ended", side)


def test_signing_out_everywhere_and_a_new_password_are_told(world: World) -> None:
    sign_ins.sign_in(world.emails["maya"], PASSWORD, **PHONE, now=world.now)
    sign_ins.sign_out_everywhere(world.maya, now=world.now)
    assert (last().event, last().note) == ("sign_in.ended_everywhere", "1 other browser")
    people.change_password(world.maya, PASSWORD, "another horse 43", now=world.now)
    assert (last().event, last().note) == (
        "password.changed",
        "no other browsers signed out",
    )
    people.rename(world.maya, "Maya M.", now=world.now)
    assert (last().event, last().note) == ("person.renamed", "Maya → Maya M.")


def test_what_a_partner_sends_once_more_is_told(world: World) -> None:
    connection_id = world.connect_active(now=world.now)
    (message,) = builders.messages_of(connection_id, "connection.requested")
    deliveries.resend(world.dee, message.id, now=world.now)
    row = last()
    assert (row.event, row.side, row.note) == ("message.resent", "partner", "connection.requested")
    assert row.connection_id == connection_id
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    tokens.rotate(world.maya, connection_id, now=world.now)
    endpoints.enable(world.dee, world.d3x_endpoint, now=world.now)
    assert endpoints.replay_skipped(world.dee, world.d3x_endpoint, now=world.now) > 0
    row = last()
    assert (row.event, row.who, row.partner_id) == ("endpoint.replayed", "Dee", world.d3x)
    assert endpoints.replay_skipped(world.dee, world.d3x_endpoint, now=world.now) == 0
    assert events().count("endpoint.replayed") == 1


def test_an_invitation_its_withdrawal_and_its_acceptance_are_told_with_the_role(
    world: World,
) -> None:
    first = invitations.invite(world.maya, "eve@x.example", "viewer", world.hotel, now=world.now)
    assert (last().event, last().after, last().note) == (
        "member.invited",
        "viewer",
        "eve@x.example",
    )
    invitations.withdraw(world.maya, first.id, now=world.now)
    assert last().event == "member.invitation_withdrawn"
    again = invitations.invite(world.maya, "eve@x.example", "viewer", world.hotel, now=world.now)
    secret = (again.link or "").rpartition("/")[2]
    invitations.accept(secret, "Eve", "a long password 1", **PHONE, now=world.now)
    assert events()[-2:] == ["member.joined", "sign_in.began"]
    eve = next(m for m in people.members(world.maya, world.hotel) if m.name == "Eve")
    people.remove(world.maya, eve.membership_id, now=world.now)
    assert (last().event, last().before, last().note) == ("member.removed", "viewer", "Eve")
    with database.reading() as session:
        notes = repr(session.exec(select(HistoryRow)).all())
        assert session.exec(select(Invitation)).first()
    assert secret not in notes
    assert "a long password 1" not in notes


def test_what_operators_change_is_told_with_before_and_after(world: World) -> None:
    properties.edit(world.olga, world.hotel, "Harbour", city="Kiel", now=world.now)
    assert last().note == (
        "Name: Harbour Hotel → Harbour; City: none → Kiel; Time zone: Europe/Berlin → UTC"
    )
    partners.edit(world.olga, world.d3x, "D3x", contact_name="Dee", now=world.now)
    assert last().note.startswith("Name: D3x Ltd → D3x; Contact: D3x Ltd Support → Dee")


def test_how_a_partner_is_told_is_told_with_before_and_after(world: World) -> None:
    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=True,
        by_mail=True,
        mail_to="in@d3x.example",
        token_in_mail=False,
        now=world.now,
    )
    assert last().note == "By mail: no → yes; Mail to: none → in@d3x.example"
    assert (last().event, last().side, last().partner_id) == (
        "partner.changed",
        "partner",
        world.d3x,
    )


def test_keys_and_secrets_are_told_without_what_they_are(world: World) -> None:
    key = partner_keys.make(world.dee, world.d3x, "Dashboard", now=world.now)
    made = last()
    secret = endpoints.rotate_secret(world.dee, world.d3x_endpoint, now=world.now).secret
    rotated = last()
    assert (made.event, made.subject_id) == ("key.made", key.id)
    assert (rotated.event, rotated.subject_id) == (
        "endpoint.secret_rotated",
        world.d3x_endpoint,
    )
    assert key.clear not in repr(made)
    assert secret not in repr(rotated)


# Wrong passwords


def test_wrong_passwords_are_counted_by_the_quarter_hour(world: World) -> None:
    start = world.now.replace(minute=0, second=0)
    world.now = start + timedelta(minutes=3)
    guess(world, world.emails["maya"], 4)
    guess(world, world.emails["maya"], 2, address="192.0.2.10")
    guess(world, "nobody@x.example", 3)
    before = events()
    assert guesses.tell(start + timedelta(minutes=14)) == 0
    assert guesses.tell(start + timedelta(minutes=15)) == 2
    assert guesses.tell(start + timedelta(minutes=31)) == 0
    assert events() == [*before, "sign_in.failed", "sign_in.failed"]
    with database.reading() as session:
        rows = session.exec(select(HistoryRow).where(HistoryRow.event == guesses.EVENT)).all()
    maya, others = sorted(rows, key=lambda row: row.id)
    span = f"{start:%H}:00 to {start:%H}:15 UTC"
    assert maya.note == f"6 wrong passwords for maya@harbour.example, from 2 addresses, {span}"
    assert (maya.who, maya.side, maya.person_id) == ("Somebody", "property", None)
    assert others.note == f"3 wrong passwords for 1 that do not exist, {span}"


def test_a_flood_of_guesses_leaves_a_few_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guesses, "MOST_NAMED", 2)
    for number, email in enumerate((*world.emails.values(), *map("{}@x.example".format, range(9)))):
        guess(world, email, 1, address=f"192.0.2.{number}")
    assert guesses.tell(world.after(minutes=30)) == 3
    assert last().note.startswith("13 wrong passwords for 9 that do not exist and 4 more accounts")


def test_what_was_typed_as_an_address_is_not_told(world: World) -> None:
    guess(world, "secret.guest@x.example", 1)
    guesses.tell(world.after(minutes=30))
    assert "secret.guest" not in last().note


# Words


def _recorded() -> set[str]:
    """Return the events that the domain's modules write, as far as they stand there as a text."""
    found = set()
    for file in Path(domain.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in WRITERS:
                texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
                found |= {text for text in texts if "." in str(text)}
    return found


WRITERS = ("history.record", "moving.tell", "_record")


def test_every_event_has_its_words_and_its_kind() -> None:
    recorded = _recorded()
    assert len(recorded) > 20
    assert recorded <= history.WORDS.keys()
    nouns = {event.partition(".")[0] for event in history.WORDS}
    assert nouns == set(kinds.NOUNS)
    assert set(kinds.EVENTS) <= history.WORDS.keys()
    assert set(kinds.NOUNS.values()) | set(kinds.EVENTS.values()) == set(kinds.KINDS)
