"""Sets the stage of the demo: people, hotels, partners, apps and endpoints, with ids and actors."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import col, select

from demo import cast, catalogue
from demo.catalogue import Sheet
from demo.programs import Addresses, Receiver
from domain import apps, endpoints, events, partners, passwords, properties
from domain.actors import Actor
from storage import database, encryption
from storage.apps import App
from storage.messages import Endpoint
from storage.people import Membership, Person, SignIn

AGE = timedelta(days=140)  # how long ago this platform began
# What a partner hears beside the usual, by its name.
ALSO_TOLD = {"Akia": ("reservation.created", "reservation.updated", "guest.updated")}


@dataclass
class Stage:
    """What the past is played on. Actors by e-mail address, ids by name of hotel or partner."""

    programs: Addresses
    now: datetime
    actors: dict[str, Actor] = field(default_factory=dict)
    hotels: dict[str, str] = field(default_factory=dict)
    partners: dict[str, str] = field(default_factory=dict)

    @property
    def began(self) -> datetime:
        return self.now - AGE

    @property
    def operator(self) -> Actor:
        return self.actors[cast.OPERATOR]


def build(programs: Addresses, now: datetime) -> Stage:
    """Fill an empty database with everything that was there before the first connection."""
    stage = Stage(programs, now)
    _add_people(stage)
    _add_operator(stage)
    for hotel in cast.HOTELS:
        stage.hotels[hotel.name] = properties.create(
            stage.operator,
            hotel.name,
            city=hotel.city,
            country=hotel.country,
            time_zone=hotel.time_zone,
            now=stage.began,
        )
    for sheet in catalogue.partners():
        stage.partners[sheet.name] = partners.create(
            stage.operator, sheet.name, website=sheet.website, now=stage.began
        )
    _add_memberships(stage)
    for sheet in catalogue.partners():
        _settle_partner(stage, sheet)
    _add_core_apps(stage)
    for receiver in programs.receivers:
        _add_endpoint(stage, receiver)
    return stage


def _add_people(stage: Stage) -> None:
    """Add everybody, each with a sign-in that lasted from the beginning until now."""
    password_hash = passwords.hashed(cast.PASSWORD)
    began = stage.began
    with database.transaction() as session:
        for one in cast.everybody():
            person = Person(
                email=one.email,
                name=one.name,
                password_hash=password_hash,
                created_at=began,
                password_changed_at=began,
            )
            session.add(person)
            session.flush()
            sign_in = SignIn(
                person_id=person.id,
                secret_hash=encryption.digest(secrets.token_urlsafe()),
                device="The demo’s past",
                address="127.0.0.1",
                created_at=began,
                seen_at=stage.now,
                expires_at=stage.now,
            )
            session.add(sign_in)
            session.flush()
            stage.actors[one.email] = Actor("person", sign_in.id)


def _add_operator(stage: Stage) -> None:
    with database.transaction() as session:
        person_id = session.exec(select(Person.id).where(Person.email == cast.OPERATOR)).one()
        session.add(Membership(person_id=person_id, role="operator", created_at=stage.began))


def _add_memberships(stage: Stage) -> None:
    with database.transaction() as session:
        for one in cast.everybody():
            person_id = session.exec(select(Person.id).where(Person.email == one.email)).one()
            for place in filter(None, one.places):
                session.add(
                    Membership(
                        person_id=person_id,
                        role=one.role,
                        property_id=stage.hotels.get(place),
                        partner_id=stage.partners.get(place),
                        created_at=stage.began,
                    )
                )


def _settle_partner(stage: Stage, sheet: Sheet) -> None:
    """Let a partner say how it is reached, and put its apps into the catalogue."""
    actor, partner_id = stage.actors[sheet.contact_email], stage.partners[sheet.name]
    partners.save_contact(
        actor,
        partner_id,
        contact_name=sheet.contact_name,
        contact_email=sheet.contact_email,
        contact_phone=sheet.contact_phone,
        website=sheet.website,
        now=stage.began,
    )
    if sheet.notify != "contact":
        partners.save_notifications(
            actor,
            partner_id,
            by_webhook=sheet.notify in ("webhook", "both"),
            by_mail=sheet.notify in ("mail", "both"),
            mail_to=sheet.contact_email if sheet.notify in ("mail", "both") else "",
            token_in_mail=False,
            now=stage.began,
        )
    for app in sheet.apps:
        questions = [
            {key: value for key, value in question.items() if key != "sample"}
            for question in app.get("questions", ())
        ]
        given = {**app, "questions": questions}
        apps.create(
            stage.operator, kind="integrated", partner_id=partner_id, now=stage.began, **given
        )
        apps.publish(stage.operator, app["slug"], now=stage.began)


def _add_core_apps(stage: Stage) -> None:
    for app in catalogue.core_apps():
        apps.create(stage.operator, kind="core", now=stage.began, **app)
        apps.publish(stage.operator, app["slug"], now=stage.began)
    point_vendors(stage.programs)


def _add_endpoint(stage: Stage, receiver: Receiver) -> None:
    """Add a partner's endpoint, signed with the secret that its program knows already."""
    sheet = next(one for one in catalogue.partners() if one.name == receiver.name)
    actor, partner_id = stage.actors[sheet.contact_email], stage.partners[sheet.name]
    wanted = (*events.USUAL, *ALSO_TOLD.get(receiver.name, ()))
    made = endpoints.create(actor, partner_id, receiver.hook, events=wanted, now=stage.began)
    with database.transaction() as session:
        endpoint = session.get_one(Endpoint, made.endpoint_id)
        endpoint.secret = encryption.encrypt(receiver.secret)


def point_vendors(programs: Addresses) -> None:
    """Let the core apps ask the stand-in for the hotel systems."""
    with database.transaction() as session:
        for app in session.exec(select(App).where(col(App.vendor).is_not(None))):
            app.vendor_address = programs.vendor(app.vendor or "")
