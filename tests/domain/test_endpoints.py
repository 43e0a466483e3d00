"""Webhook endpoints: their address, their secrets, when they are disabled, and replay."""

import re
from datetime import timedelta

import pytest
from sqlmodel import col, select

from domain import attempts, endpoints, partners
from storage import database, encryption
from storage.messages import Endpoint, Message
from tests import builders
from tests.builders import World
from tests.domain.refusing import refused

NEW = "https://new.d3x.example/hook"


def row(world: World) -> endpoints.Row:
    rows = endpoints.of_partner(world.dee, world.d3x, now=world.now)
    return next(each for each in rows if each.id == world.d3x_endpoint)


def test_event(world: World, *, code: int | None, **after: float) -> str:
    """Send a test event to D3x's endpoint, which answers `code`; return the message's id."""
    moment = world.after(**after)
    message_id = endpoints.send_test_event(world.dee, world.d3x_endpoint, now=moment)
    builders.attempt(message_id, now=moment, code=code)
    return message_id


test_event.__test__ = False  # type: ignore[attr-defined]


def statuses(world: World) -> list[str]:
    with database.reading() as session:
        query = select(Message.status).where(Message.endpoint_id == world.d3x_endpoint)
        return list(session.exec(query.order_by(col(Message.id))))


# The address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.d3x.example",
        "http://hooks.d3x.example",
        "ftp://hooks.d3x.example",
        "https://",
        "https://10.0.0.1/x",
        "https://192.168.1.1",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://localhost:8080",
        "https://nowhere.invalid/",
        "https://user:secret@hooks.d3x.example/",
        "javascript:alert(1)",
        "https://hooks.d3x.example/\nHost: x",
        "x" * 5_000,
    ],
)
def test_an_address_that_adjoin_may_not_call_is_refused(world: World, url: str) -> None:
    before = builders.snapshot()
    assert refused(endpoints.create, world.dee, world.d3x, url).code == "invalid"
    assert refused(endpoints.change_url, world.dee, world.d3x_endpoint, url).code == "invalid"
    assert builders.snapshot() == before


def test_addresses_that_the_operator_allowed_may_be_private_and_plain(world: World) -> None:
    endpoints.create(world.dee, world.d3x, "http://127.0.0.1:9999/hook", now=world.now)


def test_an_endpoint_is_there_once_and_there_are_five_at_most(world: World) -> None:
    endpoints.create(world.dee, world.d3x, NEW, now=world.now)
    assert "there already" in refused(endpoints.create, world.dee, world.d3x, NEW).message
    again = refused(endpoints.change_url, world.dee, world.d3x_endpoint, NEW)
    assert "there already" in again.message
    for number in range(3):
        endpoints.create(world.dee, world.d3x, f"{NEW}/{number}", now=world.now)
    assert refused(endpoints.create, world.dee, world.d3x, f"{NEW}/4").code == "invalid"


def test_a_first_endpoint_turns_webhooks_on(world: World) -> None:
    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=False,
        by_mail=True,
        mail_to="hub@d3x.example",
        token_in_mail=False,
    )
    endpoints.create(world.dee, world.d3x, NEW, now=world.now)
    assert partners.settings(world.dee, world.d3x, now=world.now).notify_by_webhook


def test_what_waits_goes_to_the_new_address(world: World) -> None:
    world.connect()
    message = endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.now)
    endpoints.change_url(world.dee, world.d3x_endpoint, NEW, now=world.now)
    parcel = attempts.begin(message, 1, 1, now=world.now)
    assert parcel is not None
    assert parcel.target == NEW


def test_a_removed_endpoint_takes_along_what_waited_for_it(world: World) -> None:
    connection_id = world.connect()
    endpoints.remove(world.dee, world.d3x_endpoint, now=world.now)
    (message,) = builders.messages_of(connection_id)
    assert (message.status, message.endpoint_id) == ("canceled", None)
    assert endpoints.of_partner(world.dee, world.d3x, now=world.now) == ()
    refusal = refused(endpoints.send_test_event, world.dee, world.d3x_endpoint)
    assert refusal.code == "not_found"


# The secret


def test_the_secret_is_shown_once(world: World) -> None:
    made = endpoints.create(world.dee, world.d3x, NEW, now=world.now)
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made.secret)
    rows = endpoints.of_partner(world.dee, world.d3x, now=world.now)
    assert made.secret not in repr(rows)


def test_for_a_day_after_a_rotation_both_secrets_sign(world: World) -> None:
    with database.reading() as session:
        old = encryption.decrypt(session.get_one(Endpoint, world.d3x_endpoint).secret)
    made = endpoints.rotate_secret(world.dee, world.d3x_endpoint, now=world.now)
    assert made.secret != old

    def signing(moment_hours: float) -> list[str]:
        with database.reading() as session:
            endpoint = session.get_one(Endpoint, world.d3x_endpoint)
            return endpoints.signing_secrets(endpoint, world.after(hours=moment_hours))

    assert signing(0) == signing(23.9) == [made.secret, old]
    assert signing(24) == [made.secret]
    assert row(world).overlap_until == world.after(hours=24)


def test_a_delivery_is_signed_with_the_secrets_of_its_moment(world: World) -> None:
    message = endpoints.send_test_event(world.dee, world.d3x_endpoint, now=world.now)
    first = attempts.begin(message, 1, 1, now=world.now)
    made = endpoints.rotate_secret(world.dee, world.d3x_endpoint, now=world.now)
    again = attempts.begin(message, 1, 1, now=world.after(days=2))
    assert first is not None
    assert again is not None
    assert len(first.secrets) == 1
    assert again.secrets == (made.secret,)


# When it fails


def test_an_endpoint_that_answers_gone_is_disabled_and_its_owner_mailed(world: World) -> None:
    test_event(world, code=410)
    now = row(world)
    assert (now.status, now.disabled_by, now.disabled_why) == (
        "disabled",
        "adjoin",
        "It answered 410 Gone.",
    )
    with database.reading() as session:
        letter = session.exec(select(Message).where(Message.channel == "mail")).one()
    assert letter.mail_to == "help@d3x.example"
    assert "https://hooks.d3x.example/a" in builders.body_of(letter)
    assert statuses(world) == ["skipped"]


def test_four_failures_in_six_days_do_not_disable_it(world: World) -> None:
    for days in (0, 2, 4, 6):
        test_event(world, code=500, days=days)
    assert row(world).status == "enabled"


def test_a_hundred_failures_in_four_days_do_not_disable_it(world: World) -> None:
    for number in range(100):
        test_event(world, code=500, hours=number * 0.96)
    assert (row(world).status, row(world).failures) == ("enabled", 100)


def test_five_failures_over_five_days_disable_it_and_say_why(world: World) -> None:
    for days in (0, 1, 2, 3):
        test_event(world, code=500, days=days)
    assert row(world).status == "enabled"
    test_event(world, code=500, days=5)
    now = row(world)
    assert (now.status, now.disabled_by) == ("disabled", "adjoin")
    assert now.disabled_why == "Every delivery has failed for 5 days, 5 times in a row."


def test_one_success_begins_the_count_anew(world: World) -> None:
    for days in (0, 1, 2, 3):
        test_event(world, code=500, days=days)
    test_event(world, code=200, days=4)
    assert (row(world).failures, row(world).failing_since) == (0, None)
    for days in (5, 6, 7, 8):
        test_event(world, code=500, days=days)
    assert row(world).status == "enabled"


@pytest.mark.parametrize("how", ["change_url", "enable"])
def test_a_repaired_endpoint_begins_with_a_clean_sheet(world: World, how: str) -> None:
    for days in (0, 1, 2, 3):
        test_event(world, code=500, days=days)
    arguments = (NEW,) if how == "change_url" else ()
    getattr(endpoints, how)(world.dee, world.d3x_endpoint, *arguments, now=world.after(days=4))
    test_event(world, code=500, days=5)
    assert (row(world).status, row(world).failures) == ("enabled", 1)


def test_one_endpoints_failures_are_not_anothers(world: World) -> None:
    other = endpoints.create(world.dee, world.d3x, NEW, now=world.now).endpoint_id
    test_event(world, code=410)
    rows = {each.id: each.status for each in endpoints.of_partner(world.dee, world.d3x)}
    assert rows == {world.d3x_endpoint: "disabled", other: "enabled"}


# Skipped, and replayed


@pytest.mark.parametrize("by", ["partner", "adjoin"])
def test_what_happens_while_it_is_disabled_is_kept_and_can_be_replayed(
    world: World, by: str
) -> None:
    if by == "partner":
        endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    else:
        test_event(world, code=410)
    connection_id = world.connect_active()
    assert {m.status for m in builders.messages_of(connection_id)} == {"skipped"}
    assert refused(endpoints.replay_skipped, world.dee, world.d3x_endpoint).code == (
        "endpoint_disabled"
    )
    endpoints.enable(world.dee, world.d3x_endpoint, now=world.after(days=10))
    expected = 2 if by == "partner" else 3
    assert row(world).replayable == expected
    sent = endpoints.replay_skipped(world.dee, world.d3x_endpoint, now=world.after(days=10))
    assert sent == expected
    for message in builders.messages_of(connection_id):
        assert (message.status, message.round, message.attempts) == ("waiting", 2, 0)
        assert builders.attempt(message.id, now=world.after(days=10))
    assert row(world).replayable == 0


def test_what_was_on_its_way_when_it_was_disabled_is_skipped(world: World) -> None:
    connection_id = world.connect()
    message = builders.messages_of(connection_id)[0]
    parcel = attempts.begin(message.id, 1, 1, now=world.now)
    assert parcel is not None
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    attempts.end(parcel, builders.answered(500), now=world.now)
    assert builders.messages_of(connection_id)[0].status == "skipped"


def test_what_was_given_up_is_replayed_too(world: World) -> None:
    message = builders.messages_of(world.connect())[0]
    for number in range(10):
        builders.attempt(message.id, now=world.now + timedelta(seconds=number), code=500)
    assert statuses(world) == ["gave_up"]
    assert endpoints.replay_skipped(world.dee, world.d3x_endpoint, now=world.now) == 1
    assert statuses(world) == ["waiting"]


def test_a_replay_sends_the_same_body_under_the_same_id(world: World) -> None:
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    connection_id = world.connect()
    before = builders.messages_of(connection_id)[0]
    endpoints.enable(world.dee, world.d3x_endpoint, now=world.now)
    endpoints.replay_skipped(world.dee, world.d3x_endpoint, now=world.now)
    after = builders.messages_of(connection_id)[0]
    assert (after.id, after.body, after.created_at) == (before.id, before.body, before.created_at)


def test_what_was_delivered_is_not_replayed(world: World) -> None:
    test_event(world, code=200)
    assert endpoints.replay_skipped(world.dee, world.d3x_endpoint, now=world.now) == 0


def test_to_a_disabled_endpoint_no_test_event_is_sent(world: World) -> None:
    endpoints.disable(world.dee, world.d3x_endpoint, now=world.now)
    refusal = refused(endpoints.send_test_event, world.dee, world.d3x_endpoint)
    assert refusal.code == "endpoint_disabled"


def test_a_stranger_has_no_name_looked_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []
    monkeypatch.setattr(endpoints, "_checked_url", looked_up.append)
    strange = "https://internal.corp.example/"
    code = refused(endpoints.create, world.finn, world.d3x, strange, now=world.now).code
    assert code == "not_found"
    code = refused(endpoints.change_url, world.finn, world.d3x_endpoint, strange).code
    assert code == "not_found"
    assert looked_up == []
