"""Random people make random moves at random times; a plain model says what must come of it."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import col, select

from connectors.vendors import VENDORS
from domain import connections, core, endpoints, lifecycle, messages, tokens, waiting
from domain.actors import ADJOIN, Actor
from domain.refusals import Refusal
from storage import database as storage
from storage import encryption
from storage.connections import Connection, Token
from storage.history import HistoryRow
from storage.messages import Message
from tests import builders
from tests.builders import World
from tests.databases import Databases
from tests.domain.conftest import ACCEPTED, REFUSED, FakeVendor
from tests.domain.scenes import CREDENTIALS

SLUGS = ("d3x", "freeguides", "mews")
PARTNER_OF = {"d3x": "dee", "freeguides": "finn"}
PEOPLE = ("maya", "noah", "charlie", "dee", "finn", "olga", "adjoin")
LIVING = ("pending", "active", "disabled")
VERBS = ("activate", "reject", "withdraw", "disable", "enable", "disconnect")


@dataclass
class Expected:
    """What the model knows of the connection of Harbour Hotel with one app."""

    slug: str
    id: str = ""
    status: str = "not_connected"
    disabled_by: str | None = None
    nudged_at: datetime | None = None
    states: list[str] = field(default_factory=list)
    dead_tokens: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        return "core" if self.slug == "mews" else "integrated"

    def side_of(self, person: str) -> str | None:
        """Return where somebody stands; None for those to whom it does not exist."""
        if person == PARTNER_OF.get(self.slug):
            return "partner"
        sides = {"maya": "property", "noah": "viewer", "olga": "platform", "adjoin": "adjoin"}
        return sides.get(person)

    def answer_to(self, verb: str, person: str) -> str:
        """Return what a move by somebody must come to: "ok", or the code of the refusal."""
        side = self.side_of(person)
        if side is None or not self.id:
            return "not_found"
        move = lifecycle.of(self.kind).move(verb)
        if move is None:
            return "wrong_state"
        if side not in move.sides:
            return "forbidden"
        if self.status not in move.before:
            return "request_already_resolved" if verb in ("activate", "reject") else "wrong_state"
        if verb == "enable" and self.disabled_by != side:
            return "disabled_by_other_side"
        return "ok"

    def come_to(self, status: str) -> None:
        self.status = status
        self.states.append(status)


class Story(RuleBasedStateMachine):
    """One hotel, three apps, and everybody who may or may not touch them."""

    databases: Databases  # set by the test, for its kind of database
    mews: FakeVendor

    @initialize()
    def begin(self) -> None:
        self.databases.empty()
        self.world: World = builders.build()
        self.now = self.world.now
        self.mews.says = ACCEPTED
        self.apps = {slug: Expected(slug) for slug in SLUGS}
        self.endpoints = {"dee": self.world.d3x_endpoint, "finn": self.world.freeguides_endpoint}
        self.is_on = {"dee": True, "finn": True}
        self.failing: dict[str, list[datetime]] = {"dee": [], "finn": []}
        for slug in SLUGS:
            self.connect("maya", slug)

    def actor(self, person: str) -> Actor:
        return ADJOIN if person == "adjoin" else getattr(self.world, person)

    def call(self, verb: Any, *arguments: Any) -> str:
        before = builders.snapshot()
        try:
            verb(*arguments, now=self.now)
        except Refusal as refusal:
            assert builders.snapshot() == before, "a refusal has changed something"
            return refusal.code
        return "ok"

    @rule(hours=st.integers(0, 30), minutes=st.integers(0, 59))
    def time_passes(self, hours: int, minutes: int) -> None:
        # Sign-ins last two weeks, and a story is shorter than that.
        if self.now - self.world.now < timedelta(days=12):
            self.now += timedelta(hours=hours, minutes=minutes)

    @rule(person=st.sampled_from(PEOPLE), slug=st.sampled_from(SLUGS))
    def connect(self, person: str, slug: str) -> None:
        app = self.apps[slug]
        expected = "ok" if app.status in ("not_connected", "disconnected", "rejected") else None
        expected = expected or "already_connected"
        if person != "maya":
            expected = "forbidden" if person == "noah" else "not_found"
        if slug == "mews":
            verb, more = core.connect, (CREDENTIALS,)
            if expected == "ok" and not self.mews.says.ok:
                expected = "credentials_refused"
            if expected == "already_connected" and not self.mews.says.ok:
                expected = "credentials_refused"
        else:
            verb, more = connections.connect, ()
        actor = self.actor(person)
        assert self.call(verb, actor, self.world.hotel, slug, *more) == expected
        if expected == "ok":
            self.remember(app)
            app.nudged_at = app.disabled_by = None
            app.come_to("connected" if slug == "mews" else "pending")

    @rule(data=st.data(), slug=st.sampled_from(SLUGS), steps=st.integers(1, 4))
    def somebody_does_what_is_their_turn(self, data: st.DataObject, slug: str, steps: int) -> None:
        """Left to chance alone, hardly any story would come to a pause and its end."""
        app = self.apps[slug]
        for _ in range(steps):
            open_moves = [
                (person, verb)
                for person in PEOPLE
                for verb in VERBS
                if app.answer_to(verb, person) in ("ok", "disabled_by_other_side")
            ]
            if open_moves:
                self.make_move(*data.draw(st.sampled_from(open_moves)), app)
            else:
                self.connect("maya", slug)

    @rule(person=st.sampled_from(PEOPLE), slug=st.sampled_from(SLUGS), verb=st.sampled_from(VERBS))
    def somebody_does_whatever_they_like(self, person: str, slug: str, verb: str) -> None:
        self.make_move(person, verb, self.apps[slug])

    def make_move(self, person: str, verb: str, app: Expected) -> None:
        expected = app.answer_to(verb, person)
        arguments = ("Because.",) if verb == "reject" else ()
        clear = self.clear_tokens(app)
        outcome = self.call(
            getattr(connections, verb), self.actor(person), app.id or "con_never", *arguments
        )
        assert outcome == expected, (verb, person, app.status)
        if expected == "ok":
            move = lifecycle.of(app.kind).move(verb)
            assert move is not None
            app.disabled_by = app.side_of(person) if verb == "disable" else None
            app.come_to(move.after)
            if move.after not in LIVING:
                app.dead_tokens |= clear

    @rule(slug=st.sampled_from(("d3x", "freeguides")), verb=st.sampled_from(VERBS))
    def a_program_moves(self, slug: str, verb: str) -> None:
        app = self.apps[slug]
        if app.status not in LIVING:
            return
        clear = builders.token_of(app.id)
        program = tokens.authenticate(clear, now=self.now)
        expected = app.answer_to(verb, PARTNER_OF[slug])
        arguments = ("Because.",) if verb == "reject" else ()
        all_clear = self.clear_tokens(app)
        assert self.call(getattr(connections, verb), program, app.id, *arguments) == expected
        if expected == "ok":
            move = lifecycle.INTEGRATED.move(verb)
            assert move is not None
            app.disabled_by = "partner" if verb == "disable" else None
            app.come_to(move.after)
            if move.after not in LIVING:
                app.dead_tokens |= all_clear

    @rule(person=st.sampled_from(PEOPLE), slug=st.sampled_from(SLUGS))
    def nudge(self, person: str, slug: str) -> None:
        app = self.apps[slug]
        side = app.side_of(person)
        expected = "ok"
        if side is None or not app.id:
            expected = "not_found"
        elif side != "property":
            expected = "forbidden"
        elif app.status != "pending":
            expected = "wrong_state"
        elif app.nudged_at and self.now - app.nudged_at < timedelta(hours=24):
            expected = "nudged_today"
        actor = self.actor(person)
        assert self.call(waiting.nudge, actor, app.id or "con_never") == expected
        if expected == "ok":
            app.nudged_at = self.now

    @rule(
        person=st.sampled_from(PEOPLE),
        slug=st.sampled_from(("d3x", "freeguides")),
        at_once=st.booleans(),
    )
    def rotate(self, person: str, slug: str, at_once: bool) -> None:
        app = self.apps[slug]
        expected = "ok" if app.status in LIVING else "wrong_state"
        if person != "maya" or not app.id:
            expected = "forbidden" if person == "noah" and app.id else "not_found"
        clear = self.clear_tokens(app)
        try:
            tokens.rotate(self.actor(person), app.id or "con_never", at_once=at_once, now=self.now)
            outcome = "ok"
        except Refusal as refusal:
            outcome = refusal.code
        assert outcome == expected
        if outcome == "ok" and at_once:
            app.dead_tokens |= clear

    @rule(data=st.data(), code=st.sampled_from((200, 500, None, 410)))
    def a_notification_is_tried(self, data: st.DataObject, code: int | None) -> None:
        with storage.reading() as session:
            due = session.exec(
                select(Message.id)
                .where(
                    col(Message.status).in_(messages.OPEN), col(Message.connection_id).is_not(None)
                )
                .order_by(col(Message.id))
            ).all()
        if not due:
            return
        message_id = data.draw(st.sampled_from(due))
        with storage.reading() as session:
            message = session.get_one(Message, message_id)
            connection = session.get_one(Connection, message.connection_id)
            app = next(app for app in self.apps.values() if app.id == connection.id)
            token = session.get(Token, message.token_id or "")
            opens = token is not None and (token.expires_at is None or token.expires_at > self.now)
        assert builders.attempt(message_id, now=self.now, code=code)
        if message.channel == "webhook":
            self.note_answer(PARTNER_OF[app.slug], code)
        # The first token of a request activates as well as the one after a rotation.
        if code == 200 and opens and app.slug == "freeguides" and app.status == "pending":
            app.come_to("active")

    @rule(partner=st.sampled_from(("dee", "finn")))
    def an_endpoint_is_repaired(self, partner: str) -> None:
        actor, endpoint_id = self.actor(partner), self.endpoints[partner]
        endpoints.enable(actor, endpoint_id, now=self.now)
        endpoints.replay_skipped(actor, endpoint_id, now=self.now)
        self.is_on[partner] = True
        self.failing[partner].clear()

    @rule(partner=st.sampled_from(("dee", "finn")))
    def an_endpoint_is_disabled(self, partner: str) -> None:
        endpoints.disable(self.actor(partner), self.endpoints[partner], now=self.now)
        self.is_on[partner] = False

    @rule(works=st.booleans())
    def the_vendor_changes_its_mind(self, works: bool) -> None:
        self.mews.says = ACCEPTED if works else REFUSED
        core.check_all(now=self.now)
        app = self.apps["mews"]
        if not works and app.status == "connected":
            app.come_to("broken")

    @rule(person=st.sampled_from(PEOPLE))
    def repair(self, person: str) -> None:
        app = self.apps["mews"]
        if not app.id or person not in ("maya", "noah"):
            expected = "not_found"
        elif person == "noah":
            expected = "forbidden"
        elif app.status not in ("connected", "broken"):
            expected = "wrong_state"
        else:
            expected = "ok" if self.mews.says.ok else "credentials_refused"
        actor = self.actor(person)
        assert self.call(core.repair, actor, app.id or "con_never", CREDENTIALS) == expected
        if expected == "ok" and app.status == "broken":
            app.come_to("connected")

    @rule()
    def the_clock_reminds(self) -> None:
        waiting.remind(now=self.now)

    # What must hold after every step

    @invariant()
    def every_connection_is_where_the_model_says(self) -> None:
        with storage.reading() as session:
            rows = {row.id: row for row in session.exec(select(Connection))}
        assert rows.keys() == {app.id for app in self.apps.values() if app.id}
        for app in self.apps.values():
            if app.id:
                row = rows[app.id]
                assert row.status == app.status
                assert row.status in lifecycle.states(lifecycle.of(app.kind))
                assert row.disabled_by == app.disabled_by

    @invariant()
    def a_living_connection_has_one_issued_token_and_an_ended_one_none(self) -> None:
        with storage.reading() as session:
            for app in self.apps.values():
                issued = session.exec(
                    select(Token).where(Token.connection_id == app.id, Token.status == "issued")
                ).all()
                assert len(issued) == (app.kind == "integrated" and app.status in LIVING)

    @invariant()
    def no_dead_token_ever_opens_anything_again(self) -> None:
        for app in self.apps.values():
            for clear in app.dead_tokens:
                with suppress(Refusal):
                    tokens.authenticate(clear, now=self.now)
                    raise AssertionError("a revoked token was let in")

    @invariant()
    def every_change_of_state_is_one_row_of_the_history(self) -> None:
        with storage.reading() as session:
            for app in self.apps.values():
                rows = session.exec(
                    select(HistoryRow)
                    .where(
                        HistoryRow.connection_id == app.id,
                        col(HistoryRow.before) != col(HistoryRow.after),
                    )
                    .order_by(col(HistoryRow.at), col(HistoryRow.id))
                ).all()
                assert [row.after for row in rows] == app.states
                assert [row.before for row in rows] == ["not_connected", *app.states][:-1]

    @invariant()
    def what_waits_is_about_living_connections_or_their_end(self) -> None:
        with storage.reading() as session:
            for app in self.apps.values():
                if app.status in LIVING:
                    continue
                open_ones = session.exec(
                    select(Message.event).where(
                        Message.connection_id == app.id,
                        col(Message.status).in_((*messages.OPEN, "skipped")),
                    )
                ).all()
                assert set(open_ones) <= {"connection.disconnected", "connection.rejected"}

    @invariant()
    def nothing_waits_for_a_disabled_endpoint(self) -> None:
        with storage.reading() as session:
            for partner, is_on in self.is_on.items():
                statuses = session.exec(
                    select(Message.status).where(
                        Message.endpoint_id == self.endpoints[partner],
                        col(Message.status).in_((*messages.OPEN, "skipped")),
                    )
                ).all()
                assert set(statuses) <= ({"waiting", "sending"} if is_on else {"skipped"})

    @invariant()
    def every_partner_was_told_of_every_request(self) -> None:
        with storage.reading() as session:
            for app in self.apps.values():
                told = session.exec(
                    select(Message.id).where(
                        Message.connection_id == app.id, Message.event == "connection.requested"
                    )
                ).all()
                assert len(told) == app.states.count("pending")

    def note_answer(self, partner: str, code: int | None) -> None:
        failing = self.failing[partner]
        if code == 200:
            failing.clear()
            return
        failing.append(self.now)
        is_hopeless = len(failing) >= 5 and self.now - failing[0] >= timedelta(days=5)
        if code == 410 or is_hopeless:
            self.is_on[partner] = False

    def remember(self, app: Expected) -> None:
        with storage.reading() as session:
            rows = session.exec(select(Connection).order_by(col(Connection.created_at))).all()
            known = {each.id for each in self.apps.values()}
            app.id = app.id or next(row.id for row in rows if row.id not in known)

    def clear_tokens(self, app: Expected) -> set[str]:
        with storage.reading() as session:
            rows = session.exec(select(Token.ciphertext).where(Token.connection_id == app.id))
            return {encryption.decrypt(each) for each in rows}


# SQLite is quick, so it gets the long stories.
STORIES = {"sqlite": (20, 40), "postgresql": (8, 30)}


@pytest.mark.slow
@pytest.mark.usefixtures("database")
def test_whatever_people_do_the_story_stays_true(
    databases_of_kind: Databases, database_kind: str, mews: FakeVendor
) -> None:
    assert "mews" in VENDORS
    examples, steps = STORIES[database_kind]

    class Told(Story):
        databases = databases_of_kind

    Told.mews = mews
    run_state_machine_as_test(
        Told,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
