"""One connection on the demo's stage: what happened to it, as scenes that are played in order."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from connectors.result import Result
from demo import cast, catalogue
from demo.courier import Courier
from demo.stage import Stage
from domain import (
    connections,
    core,
    proposals,
    token_links,
    tokens,
    value_mappings,
    value_pages,
    waiting,
)
from domain.actors import Actor
from domain.proposals import Wanted
from storage import database, encryption
from storage.connections import Token
from storage.messages import Message


@dataclass(frozen=True)
class Scene:
    """One thing that happened, and how its messages were delivered."""

    at: datetime
    play: Callable[[datetime], object]
    trouble: tuple[Result, ...] = ()
    really: bool = False

    def perform(self, courier: Courier) -> None:
        self.play(self.at)
        courier.deliver(self.at, trouble=self.trouble, really=self.really)


@dataclass
class Bond:
    """The connection of a hotel with an app. Each method adds a scene and returns the bond."""

    stage: Stage
    scenes: list[Scene]
    hotel: cast.Hotel
    slug: str
    id: str = field(default="", init=False)  # known once it was asked for

    def asked(self, at: datetime, *, really: bool = False) -> "Bond":
        """The hotel presses Connect or Reconnect. really: its program is told for real."""
        return self._add(at, self._ask, really=really)

    def activated(self, at: datetime) -> "Bond":
        """Somebody at the partner presses Activate."""
        return self._add(at, lambda now: connections.activate(self._partner, self.id, now=now))

    def activated_by_program(self, at: datetime) -> "Bond":
        """The partner's program activates with the access token."""

        def activate(now: datetime) -> None:
            connections.activate(tokens.authenticate(self._token(), now=now), self.id, now=now)

        return self._add(at, activate)

    def rejected(self, at: datetime, reason: str) -> "Bond":
        return self._add(
            at, lambda now: connections.reject(self._partner, self.id, reason, now=now)
        )

    def withdrawn(self, at: datetime) -> "Bond":
        return self._add(at, lambda now: connections.withdraw(self._manager, self.id, now=now))

    def disconnected(self, at: datetime, reason: str) -> "Bond":
        return self._add(
            at, lambda now: connections.disconnect(self._manager, self.id, reason, now=now)
        )

    def disabled(self, at: datetime, reason: str, *, by_partner: bool = False) -> "Bond":
        def disable(now: datetime) -> None:
            actor = self._partner if by_partner else self._manager
            connections.disable(actor, self.id, reason, now=now)

        return self._add(at, disable)

    def nudged(self, at: datetime) -> "Bond":
        return self._add(at, lambda now: waiting.nudge(self._manager, self.id, now=now))

    def opened(self, at: datetime) -> "Bond":
        """The partner opens the one-time link of the last mail that carried one."""
        return self._add(at, lambda now: token_links.open_once(self._link(), now=now))

    def used(self, at: datetime) -> "Bond":
        """The partner's program calls with the token."""
        return self._add(at, lambda now: tokens.authenticate(self._token(), now=now))

    def revealed(self, at: datetime) -> "Bond":
        return self._add(
            at, lambda now: tokens.reveal(self._manager, self.id, cast.PASSWORD, now=now)
        )

    def rotated(self, at: datetime, *, trouble: tuple[Result, ...] = ()) -> "Bond":
        return self._add(
            at, lambda now: tokens.rotate(self._manager, self.id, now=now), trouble=trouble
        )

    def credentials_given(self, at: datetime) -> "Bond":
        """The hotel connects a core app with credentials that its system accepts."""
        return self._add(at, self._give_credentials)

    def mapped(self, at: datetime, codes: Mapping[str, str | None]) -> "Bond":
        """The hotel maps values: the record with a code for each slot, None for no mapping."""
        return self._add(at, lambda now: self._map(codes, now))

    def proposed(self, at: datetime, codes: Mapping[str, str]) -> "Bond":
        """The partner's program proposes values: the record with a code for each slot."""

        def propose(now: datetime) -> None:
            wanted = {
                key: Wanted(number=self._coded(key, code, now)) for key, code in codes.items()
            }
            version = value_pages.read(self._manager, self.id, now=now).version
            program = tokens.authenticate(self._token(), now=now)
            proposals.propose(program, self.id, wanted, expected_version=version, now=now)

        return self._add(at, propose)

    def _map(self, codes: Mapping[str, str | None], now: datetime) -> None:
        version = value_pages.read(self._manager, self.id, now=now).version
        for key, code in codes.items():
            if code is None:
                version = value_mappings.choose_none(
                    self._manager, self.id, key, expected_version=version, now=now
                )
            else:
                number = self._coded(key, code, now)
                version = value_mappings.choose(
                    self._manager, self.id, key, number, expected_version=version, now=now
                )

    def _coded(self, key: str, code: str, now: datetime) -> int:
        """Return the number of the record that has this code, among those fit for a slot."""
        found = value_pages.search(self._manager, self.id, key, code, now=now)
        return next(entry.number for entry in found if entry.code == code)

    def _ask(self, now: datetime) -> None:
        property_id, answers = self.stage.hotels[self.hotel.name], self._answers()
        self.id = connections.connect(self._manager, property_id, self.slug, answers, now=now)

    def _give_credentials(self, now: datetime) -> None:
        property_id = self.stage.hotels[self.hotel.name]
        valid = self.stage.programs.credential(self.slug, self.hotel.name)
        self.id = core.connect(self._manager, property_id, self.slug, valid.fields, now=now)

    def _answers(self) -> dict[str, str]:
        manager = next(one for one in cast.everybody() if one.email == self.hotel.manager)
        words = {
            "manager": manager.name,
            "email": manager.email,
            "domain": manager.email.partition("@")[2],
            "hotel": self.hotel.name,
            "code": self.hotel.code,
            "rooms": str(self.hotel.rooms),
        }
        questions = catalogue.app(self.slug).get("questions", ())
        return {question["key"]: question["sample"].format(**words) for question in questions}

    def _token(self) -> str:
        with database.reading() as session:
            token = tokens.current(session, self.id)
            assert token is not None, f"{self.slug} has no token"
            return encryption.decrypt(session.get_one(Token, token.id).ciphertext)

    def _link(self) -> str:
        with database.reading() as session:
            bodies = session.exec(
                select(Message.body)
                .where(
                    Message.connection_id == self.id,
                    Message.channel == "mail",
                    col(Message.token_id).is_not(None),
                )
                .order_by(col(Message.id).desc())
            )
            found = re.search(r"/token/([\w-]+)", encryption.decrypt(bodies.first() or ""))
        assert found is not None, f"{self.slug} got no mail with a link"
        return found[1]

    @property
    def _manager(self) -> Actor:
        return self.stage.actors[self.hotel.manager]

    @property
    def _partner(self) -> Actor:
        return self.stage.actors[catalogue.partner_of(self.slug).contact_email]

    def _add(
        self,
        at: datetime,
        play: Callable[[datetime], object],
        *,
        trouble: tuple[Result, ...] = (),
        really: bool = False,
    ) -> "Bond":
        self.scenes.append(Scene(at, play, trouble, really))
        return self
