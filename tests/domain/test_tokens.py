"""Access tokens: masked, found again, rotated, revoked; and the one-time links they travel in."""

import re
from datetime import datetime

import pytest
from sqlmodel import select

from domain import connections, partners, subscriptions, token_links, tokens
from domain.actors import Actor
from storage import changes, database
from storage.connections import Token
from tests import builders
from tests.builders import PASSWORD, World
from tests.domain.refusing import refused


def receipts(world: World, connection_id: str, *, now: datetime) -> list[tokens.Receipt]:
    return list(subscriptions.read(world.maya, connection_id, now=now).tokens)


def mailed_link(world: World, slug: str = "d3x") -> tuple[str, str]:
    """Connect an app whose partner is told by mail; return the connection and the secret."""
    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=False,
        by_mail=True,
        mail_to="hub@d3x.example",
        token_in_mail=False,
        now=world.now,
    )
    connection_id = world.connect(slug)
    text = builders.body_of(builders.messages_of(connection_id)[0])
    found = re.search(r"/token/(\S+)", text)
    assert found
    return connection_id, found[1]


def test_a_token_is_long_random_and_says_whose_it_is(world: World) -> None:
    clear = builders.token_of(world.connect())
    assert re.fullmatch(r"adj_[0-9A-F]{40}", clear)


def test_no_two_tokens_are_alike(world: World) -> None:
    connection_id = world.connect()
    seen = {builders.token_of(connection_id)}
    for _ in range(5):
        tokens.rotate(world.maya, connection_id, now=world.now)
        seen.add(builders.token_of(connection_id))
    assert len(seen) == 6


def test_a_page_shows_four_characters_at_each_end(world: World) -> None:
    connection_id = world.connect()
    clear = builders.token_of(connection_id)
    for actor in (world.maya, world.noah, world.dee):
        page = subscriptions.read(actor, connection_id, now=world.now)
        assert [receipt.masked for receipt in page.tokens] == [f"{clear[4:8]}…{clear[-4:]}"]
        assert clear not in repr(page)
    assert subscriptions.read(world.olga, connection_id, now=world.now).tokens == ()


def test_a_manager_finds_the_token_again_with_the_password(world: World) -> None:
    connection_id = world.connect()
    shown = tokens.reveal(world.maya, connection_id, PASSWORD, now=world.now)
    assert shown == builders.token_of(connection_id)
    assert builders.events_of(connection_id)[-1] == "token.revealed"


def test_every_look_at_the_token_is_in_the_history(world: World) -> None:
    connection_id = world.connect()
    for minute in range(3):
        tokens.reveal(world.maya, connection_id, PASSWORD, now=world.after(minutes=minute))
    lines = subscriptions.read(world.noah, connection_id, now=world.now).history
    assert [line.who for line in lines if line.event == "token.revealed"] == ["Maya"] * 3


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " ", PASSWORD.upper(), "x" * 10_000])
def test_without_the_password_nothing_is_shown_or_noted(world: World, password: str) -> None:
    connection_id = world.connect()
    refusal = refused(tokens.reveal, world.maya, connection_id, password, now=world.now)
    assert refusal.code == "wrong_password"
    assert "token.revealed" not in builders.events_of(connection_id)


def test_guessing_the_password_here_is_throttled_like_signing_in(world: World) -> None:
    connection_id = world.connect()
    codes = [
        refused(tokens.reveal, world.maya, connection_id, "wrong", now=world.now).code
        for _ in range(11)
    ]
    assert codes == ["wrong_password"] * 10 + ["too_many_tries"]
    right = refused(tokens.reveal, world.maya, connection_id, PASSWORD, now=world.now)
    assert right.code == "too_many_tries"
    tokens.reveal(world.maya, connection_id, PASSWORD, now=world.after(minutes=16))


@pytest.mark.parametrize("end", ["withdraw", "reject", "disconnect"])
def test_an_ended_connection_has_no_token_to_show_or_rotate(world: World, end: str) -> None:
    connection_id = world.connect() if end != "disconnect" else world.connect_active()
    if end == "reject":
        connections.reject(world.dee, connection_id, "No.", now=world.now)
    else:
        getattr(connections, end)(world.maya, connection_id, now=world.now)
    shown = refused(tokens.reveal, world.maya, connection_id, PASSWORD, now=world.now)
    assert shown.code == "no_token"
    assert refused(tokens.rotate, world.maya, connection_id, now=world.now).code == "wrong_state"


def test_after_a_rotation_both_tokens_work_for_a_day(world: World) -> None:
    connection_id = world.connect_active()
    old = builders.token_of(connection_id)
    mask = tokens.rotate(world.maya, connection_id, now=world.now)
    new = builders.token_of(connection_id)
    assert mask == f"{new[4:8]}…{new[-4:]}"
    almost = world.after(hours=23, minutes=59, seconds=59)
    for clear in (old, new):
        assert tokens.authenticate(clear, now=almost).kind == "token"
    assert refused(tokens.authenticate, old, now=world.after(hours=24)).code == "unauthorized"
    assert tokens.authenticate(new, now=world.after(days=400)).kind == "token"


def test_an_old_token_that_is_past_its_day_opens_nothing_it_opened_before(world: World) -> None:
    connection_id = world.connect_active()
    program = tokens.authenticate(builders.token_of(connection_id), now=world.now)
    tokens.rotate(world.maya, connection_id, now=world.now)
    late = world.after(hours=24)
    refusal = refused(connections.disable, program, connection_id, now=late)
    assert refusal.code == "token_revoked"


def test_a_rotation_at_once_stops_the_old_token_at_once(world: World) -> None:
    connection_id = world.connect_active()
    old = builders.token_of(connection_id)
    tokens.rotate(world.maya, connection_id, at_once=True, now=world.now)
    assert refused(tokens.authenticate, old, now=world.now).code == "unauthorized"


def test_a_rotation_at_once_stops_those_in_their_last_day_too(world: World) -> None:
    connection_id = world.connect_active()
    first = builders.token_of(connection_id)
    tokens.rotate(world.maya, connection_id, now=world.now)
    second = builders.token_of(connection_id)
    tokens.rotate(world.maya, connection_id, at_once=True, now=world.after(hours=1))
    for clear in (first, second):
        refusal = refused(tokens.authenticate, clear, now=world.after(hours=1))
        assert refusal.code == "unauthorized"


def test_a_second_rotation_gives_the_first_token_no_longer_life(world: World) -> None:
    connection_id = world.connect_active()
    first = builders.token_of(connection_id)
    tokens.rotate(world.maya, connection_id, now=world.now)
    tokens.rotate(world.maya, connection_id, now=world.after(hours=12))
    assert refused(tokens.authenticate, first, now=world.after(hours=25)).code == "unauthorized"


def test_the_partner_is_sent_the_new_token(world: World) -> None:
    connection_id = world.connect_active()
    tokens.rotate(world.maya, connection_id, now=world.now)
    (message,) = builders.messages_of(connection_id, "token.rotated")
    assert builders.token_of(connection_id) in builders.body_of(message)


def test_a_disconnect_ends_the_last_day_of_an_old_token(world: World) -> None:
    connection_id = world.connect_active()
    old = builders.token_of(connection_id)
    tokens.rotate(world.maya, connection_id, now=world.now)
    connections.disconnect(world.dee, connection_id, now=world.now)
    assert refused(tokens.authenticate, old, now=world.now).code == "unauthorized"


@pytest.mark.parametrize(
    "clear",
    [
        "",
        "adj_",
        "adj_" + "0" * 40,
        "adj_" + "0" * 41,
        "adp_" + "0" * 40,
        "ADJ_" + "0" * 40,
        "adj_" + "g" * 40,
        "adj_" + "０" * 40,
        "adj_" + "0" * 39 + "\n",
        "x" * 100_000,
        "\x00",
    ],
)
def test_a_garbled_token_is_unauthorized(world: World, clear: str) -> None:
    refusal = refused(tokens.authenticate, clear, now=world.now)
    assert (refusal.code, refusal.owner) == ("unauthorized", "partner")
    assert clear == "" or clear not in refusal.message


def test_a_masked_or_cut_token_is_no_token(world: World) -> None:
    clear = builders.token_of(world.connect())
    for wrong in (
        clear[:-1],
        clear + "0",
        clear.lower(),
        f" {clear}",
        f"{clear[4:8]}…{clear[-4:]}",
    ):
        assert refused(tokens.authenticate, wrong).code == "unauthorized"


def test_the_receipt_tells_delivery_opening_and_use(world: World) -> None:
    connection_id, secret = mailed_link(world)
    assert receipts(world, connection_id, now=world.now)[0].delivered_at is None
    builders.attempt(builders.messages_of(connection_id)[0].id, now=world.after(minutes=1))
    opened = token_links.open_once(secret, now=world.after(minutes=2))
    tokens.authenticate(opened.token, now=world.after(minutes=3))
    tokens.authenticate(opened.token, now=world.after(minutes=9))
    (receipt,) = receipts(world, connection_id, now=world.after(minutes=9))
    assert (
        receipt.delivered_at,
        receipt.opened_at,
        receipt.first_used_at,
        receipt.last_used_at,
    ) == (
        world.after(minutes=1),
        world.after(minutes=2),
        world.after(minutes=3),
        world.after(minutes=9),
    )
    assert builders.events_of(connection_id) == [
        "connection.requested",
        "token.delivered",
        "token.opened",
        "token.first_used",
    ]


def test_use_is_noted_once_a_minute_at_most(world: World) -> None:
    clear = builders.token_of(world.connect())
    tokens.authenticate(clear, now=world.now)
    before = builders.snapshot()
    tokens.authenticate(clear, now=world.after(seconds=59))
    assert builders.snapshot() == before


# One-time links


def test_a_link_opens_once(world: World) -> None:
    connection_id, secret = mailed_link(world)
    assert token_links.is_open(secret, now=world.now)
    opened = token_links.open_once(secret, now=world.now)
    assert opened.token == builders.token_of(connection_id)
    assert (opened.app, opened.property_name) == ("D3x", "Harbour Hotel")
    assert not token_links.is_open(secret, now=world.now)
    assert refused(token_links.open_once, secret, now=world.now).code == "link_used"


def test_looking_at_a_link_does_not_open_it(world: World) -> None:
    _, secret = mailed_link(world)
    for _ in range(5):
        assert token_links.is_open(secret, now=world.now)
    token_links.open_once(secret, now=world.now)


def test_a_link_is_too_old_after_a_week(world: World) -> None:
    _, secret = mailed_link(world)
    assert token_links.is_open(secret, now=world.after(days=6, hours=23))
    assert not token_links.is_open(secret, now=world.after(days=7))
    assert refused(token_links.open_once, secret, now=world.after(days=7)).code == "link_used"


def test_a_link_to_a_revoked_token_gives_nothing(world: World) -> None:
    connection_id, secret = mailed_link(world)
    connections.withdraw(world.maya, connection_id, now=world.now)
    assert refused(token_links.open_once, secret, now=world.now).code == "link_used"


def test_a_link_to_a_token_whose_last_day_is_over_gives_nothing(world: World) -> None:
    connection_id, secret = mailed_link(world)
    tokens.rotate(world.maya, connection_id, now=world.now)
    late = world.after(hours=25)
    assert not token_links.is_open(secret, now=late)
    assert refused(token_links.open_once, secret, now=late).code == "link_used"


@pytest.mark.parametrize("secret", ["", "x", "../../etc/passwd", "\x00", "x" * 100_000, "山"])
def test_an_invented_link_opens_nothing(world: World, secret: str) -> None:
    assert not token_links.is_open(secret, now=world.now)
    assert refused(token_links.open_once, secret, now=world.now).code == "link_used"


def test_a_token_is_stored_hashed_and_encrypted_only(world: World) -> None:
    clear = builders.token_of(world.connect())
    with database.reading() as session:
        row = session.exec(select(Token)).one()
    assert clear not in repr(row)
    assert clear[4:] not in repr(row)


def test_an_actor_with_the_id_of_somebody_elses_sign_in_is_no_program(world: World) -> None:
    connection_id = world.connect()
    for actor in (Actor("token", world.maya.id), Actor("token", connection_id)):
        assert refused(connections.activate, actor, connection_id).code == "token_revoked"


def test_a_hotel_that_looks_sees_the_link_being_opened(world: World) -> None:
    connection_id, secret = mailed_link(world)
    told: list[changes.Change] = []
    stop = changes.listen(told.append)
    token_links.open_once(secret, now=world.now)
    stop()
    assert [(change.noun, change.id, change.property_id) for change in told] == [
        ("connection", connection_id, world.hotel)
    ]
