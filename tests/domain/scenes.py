"""One of everything, so that every verb of the domain has something to work on."""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from domain import (
    app_drafts,
    cases,
    connections,
    core,
    endpoints,
    evidence,
    integrations,
    invitations,
    notices,
    partner_keys,
    proposals,
    sandboxes,
    sign_ins,
    sources,
    tokens,
)
from domain.actors import Actor
from domain.attachments import Upload
from domain.escalations import Escalation
from domain.proposals import Wanted
from domain.sources import Draft
from storage import database
from storage.apps import App
from storage.cases import Attachment, Case
from storage.people import Membership, SignIn
from storage.sources import Source
from tests import builders, flows, harvest, pantry
from tests.builders import World
from tests.harvest import HotelSystem

WANTED = {"reservations": ("created", "updated")}
ESCALATION = Escalation("We tried it all.", "Three", "Two")
CREDENTIALS = {"client_token": "C" * 20, "access_token": "A" * 20}


@dataclass(frozen=True)
class Scene:
    """A world with D3x's apps in every state at Harbour Hotel, and what else verbs need.

    Each field but `world` and the last ones is an id that strangers must not recognise.
    """

    world: World
    hotel: str
    d3x: str
    app: str  # a slug
    described: str  # the slug of an app with texts that wait for an operator
    sign_in: str  # another one of Maya's
    pending: str
    active: str
    paused: str  # by the hotel
    ended: str
    core: str
    message: str
    notice: str  # Dee's
    endpoint: str
    broken_endpoint: str  # disabled
    membership: str  # Noah's
    invitation: str  # to the hotel
    authorization: str  # that nothing uses
    agreed: str  # an authorization to which Maya agreed in the browser
    answer: str  # the state with which Maya is about to come back from agreeing again
    source: str  # of Mews
    files: str  # a source that reads files
    unlocked: str  # a source without credentials, where `agreed` would open one
    transfer: str  # inactive, with a mapping that is ready
    moving: str  # an active transfer
    draft: str  # an integration
    flow: str  # an active integration, with no run on
    busy: str  # an active integration
    halted: str  # an integration that Maya disabled
    run: str  # of `flow`, ended with rejects
    queued: str  # a run of `busy`
    record: int  # a reservation that `run` brought in
    product: int  # that the hotel has, called Stay
    reported: str  # a case that is open with D3x
    escalated: str  # a case that the platform has
    resolved: str  # a case that never was the platform's
    pack: str  # the evidence of `escalated`, to which the hotel has not agreed
    number: int  # of the one that was escalated
    file: str  # attached to it
    partner_membership: str  # of somebody else at D3x
    program: Actor  # whoever holds the token of `active`
    key: Actor  # whoever holds a partner key of D3x
    spare_key: str  # another one of D3x
    operator_membership: str
    somebody: str  # Maya, as a person
    lab: str  # another partner that Dee works for, with a sandbox
    tried_out: str  # a connection in it

    def actor(self, name: str) -> Actor:
        """Return somebody by their first name in small letters; "program" holds the token, "key"
        the partner key."""
        return getattr(self if name in ("program", "key") else self.world, name)

    def made_up(self) -> "Scene":
        """Return the same scene with ids of things that never existed."""
        prefixes = {
            "hotel": "pro",
            "d3x": "par",
            "app": "app",
            "described": "app",
            "sign_in": "sig",
            "message": "msg",
            "notice": "ntc",
            "endpoint": "end",
            "broken_endpoint": "end",
            "membership": "mem",
            "partner_membership": "mem",
            "operator_membership": "mem",
            "somebody": "per",
            "pack": "pck",
            "invitation": "inv",
            "authorization": "aut",
            "agreed": "aut",
            "answer": "state",
            "source": "src",
            "files": "src",
            "unlocked": "src",
            "transfer": "tra",
            "moving": "tra",
            "draft": "int",
            "flow": "int",
            "busy": "int",
            "halted": "int",
            "run": "run",
            "queued": "run",
            "spare_key": "key",
            "lab": "par",
            "reported": "cas",
            "escalated": "cas",
            "resolved": "cas",
            "file": "fil",
        }
        states = ("pending", "active", "paused", "ended", "core", "tried_out")
        return replace(
            self,
            **{name: f"{prefix}_never" for name, prefix in prefixes.items()},
            **dict.fromkeys(states, "con_never"),
            record=2**40,
            product=2**40,
            number=2**30,
        )


def build(world: World, system: HotelSystem) -> Scene:
    """Fill `world` with one of everything; Mews has to accept `CREDENTIALS` as an app."""
    now = world.now
    source = harvest.source(world)
    moving = harvest.active(world, source)
    with builders.adding() as rows:
        for slug in ("active", "paused", "ended", "fresh"):
            builders.add_app(
                rows,
                slug,
                slug.title(),
                now,
                partner_id=world.d3x,
                permissions=["reservations:read"],
            )
        builders.add_app(rows, "bews", "Bews", now, kind="core", vendor="mews")
        builders.add_person(rows, "dora@d3x.example", "partner", world.d3x, now=now)
        builders.add_person(rows, "otto@platform.example", "operator", now=now)
        broken = builders.add_endpoint(rows, world.d3x, "https://hooks.d3x.example/b", now)
    ids = {slug: world.connect(slug) for slug in ("active", "paused", "ended")}
    pending = world.connect("d3x")
    for connection_id in (ids["active"], ids["paused"]):
        connections.activate(world.dee, connection_id, now=now)
    connections.disable(world.maya, ids["paused"], now=now)
    connections.withdraw(world.maya, ids["ended"], now=now)
    endpoints.disable(world.dee, broken, now=now)
    invited = invitations.invite(
        world.maya, "new@harbour.example", "viewer", world.hotel, now=now
    ).id
    return Scene(
        world,
        world.hotel,
        world.d3x,
        app="d3x",
        described=_described(world, "active"),
        sign_in=_sign_in_again(world),
        pending=pending,
        **ids,
        core=core.connect(world.maya, world.hotel, "mews", CREDENTIALS, now=now),
        message=_message(pending, world.d3x_endpoint),
        notice=notices.of_person(world.dee)[0].id,
        endpoint=world.d3x_endpoint,
        broken_endpoint=broken,
        membership=_membership("viewer"),
        partner_membership=_membership("partner", world.d3x),
        operator_membership=_membership("operator"),
        somebody=_person(world.maya),
        invitation=invited,
        authorization=harvest.authorize(world, name="Spare"),
        agreed=harvest.agreed(world),
        answer=harvest.sent(world)["state"],
        source=source,
        files=sources.add(world.maya, world.hotel, Draft("file", "Old system"), now=now),
        unlocked=harvest.unlocked(world),
        transfer=harvest.mapped(world, harvest.source(world, name="Spa")),
        moving=moving,
        **_flows(world, system, source),
        record=flows.records()["res-2"].id,
        product=_valued(world, ids["active"], source),
        key=partner_keys.authenticate(
            partner_keys.make(world.dee, world.d3x, "Dashboard", now=now).clear, now=now
        )[0],
        spare_key=partner_keys.make(world.dee, world.d3x, "Spare", now=now).id,
        program=tokens.authenticate(builders.token_of(ids["active"]), now=now),
        **_sandbox(world),
        **_cases(world, ids["active"]),
    )


def _cases(world: World, connection_id: str) -> dict[str, Any]:
    """Report three problems: one is escalated, another one resolved."""
    now, found = world.now, {}
    for name in ("reported", "escalated", "resolved"):
        files = [Upload("log.txt", b"It broke.")] if name == "escalated" else []
        found[name] = cases.open_(world.maya, connection_id, name, "Why?", files, now=now)
    cases.escalate(world.dee, found["escalated"], ESCALATION, now=now)
    cases.resolve(world.dee, found["resolved"], "Fixed.", now=now)
    with database.reading() as session:
        number = session.get_one(Case, found["escalated"]).number
        file = session.exec(select(Attachment.id)).one()
    (pack,) = evidence.of_case(world.dee, found["escalated"], now=now)
    return found | {"number": number, "file": file, "pack": pack.id}


def _sandbox(world: World) -> dict[str, str]:
    """Let Dee work for a partner with a sandbox, in which one of two apps is connected."""
    with builders.adding() as rows:
        lab = builders.add_partner(rows, "D3x Lab", world.now)
        builders.add_role(rows, _person(world.dee), "partner", lab, now=world.now)
        hotel = builders.add_property(rows, "D3x Lab sandbox", world.now, sandbox_of=lab)
        rows.append(
            Source(
                id=hotel.replace("pro_", "src_"),
                property_id=hotel,
                kind="sandbox",
                name="Invented data",
                since=world.now,
                created_at=world.now,
            )
        )
        for slug in ("tried", "spare"):
            builders.add_app(rows, slug, slug.title(), world.now, partner_id=lab)
    return {"lab": lab, "tried_out": sandboxes.connect(world.dee, lab, "tried", now=world.now)}


def _flows(world: World, system: HotelSystem, source_id: str) -> dict[str, str]:
    """Add integrations in every state, with runs."""
    names = ("draft", "flow", "busy", "halted")
    made = {name: flows.draft(world, source_id, name=name, wanted=WANTED) for name in names}
    for name in ("flow", "busy", "halted"):
        integrations.activate(world.maya, made[name], now=world.now)
    integrations.disable(world.maya, made["halted"], now=world.now)
    system.records["reservations"][0]["Start"] = "some day"
    ended = flows.work(flows.living(made["flow"]))
    system.records["reservations"][0]["Start"] = "2026-12-01"
    return made | {"run": ended, "queued": flows.living(made["busy"])}


def _valued(world: World, connection_id: str, source_id: str) -> int:
    """Let an app need two values, and its program propose one; return a record that would fit."""
    slots = [{"key": key, "label": key.title(), "type": "products"} for key in ("stay", "extra")]
    with database.transaction() as session:
        session.execute(sa.update(App).where(col(App.slug) == "active").values(slots=slots))
        number = pantry.add(session, "products", world.hotel, source_id, "p-1", world.now, "Stay")
    program = tokens.authenticate(builders.token_of(connection_id), now=world.now)
    wanted = {"extra": Wanted()}
    proposals.propose(program, connection_id, wanted, expected_version=0, now=world.now)
    return number


def _described(world: World, slug: str) -> str:
    texts = {"tagline": "Better words", "description": "", "setup_notes": ""}
    app_drafts.save(world.dee, slug, **texts, now=world.now)
    return slug


def _sign_in_again(world: World) -> str:
    email, device = world.emails["maya"], "A telephone"
    cookie = sign_ins.sign_in(
        email, builders.PASSWORD, device=device, address="203.0.113.9", now=world.now
    )
    visitor = sign_ins.visit(cookie, now=world.now)
    assert visitor is not None
    return visitor.actor.id


def _person(actor: Actor) -> str:
    with database.reading() as session:
        return session.get_one(SignIn, actor.id).person_id


def _message(connection_id: str, endpoint_id: str) -> str:
    messages = builders.messages_of(connection_id)
    return next(message.id for message in messages if message.endpoint_id == endpoint_id)


def _person(actor: Actor) -> str:
    with database.reading() as session:
        return session.get_one(SignIn, actor.id).person_id


def _membership(role: str, place_id: str = "") -> str:
    with database.reading() as session:
        rows = session.exec(select(Membership).where(Membership.role == role)).all()
        return next(row.id for row in rows if not place_id or row.partner_id == place_id)
