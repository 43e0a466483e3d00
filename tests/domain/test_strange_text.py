"""Texts that no person types but browsers can send: answered in words, never by falling over."""

from collections.abc import Callable
from typing import Any

import pytest

from domain import (
    app_drafts,
    catalogue,
    connections,
    deliveries,
    endpoints,
    history,
    invitations,
    partners,
    people,
    properties,
    setup,
    sign_ins,
    subscriptions,
    token_links,
    tokens,
    waiting,
)
from domain.actors import Actor
from domain.refusals import Refusal
from tests import builders
from tests.builders import PASSWORD, World

Call = Callable[[World, str], Any]
CALLS: dict[str, Call] = {
    "read a connection": lambda w, t: subscriptions.read(w.maya, t),
    "its history": lambda w, t: history.of_connection(w.maya, t),
    "a hotel": lambda w, t: subscriptions.of_property(w.maya, t),
    "a partner": lambda w, t: subscriptions.of_partner(w.dee, t),
    "connect there": lambda w, t: connections.connect(w.maya, t, "d3x"),
    "connect that": lambda w, t: connections.connect(w.maya, w.hotel, t),
    "with answers": lambda w, t: connections.connect(w.maya, w.hotel, "d3x", {t: t}),
    "activate": lambda w, t: connections.activate(w.dee, t),
    "reject": lambda w, t: connections.reject(w.dee, w.connect("freeguides"), t),
    "nudge": lambda w, t: waiting.nudge(w.maya, t),
    "reveal": lambda w, t: tokens.reveal(w.maya, t, t),
    "reveal with": lambda w, t: tokens.reveal(w.maya, w.hotel, t),
    "a token": lambda w, t: tokens.authenticate(t),
    "a link": lambda w, t: token_links.open_once(t),
    "an actor": lambda w, t: people.members(Actor("person", t), w.hotel),
    "a program": lambda w, t: people.members(Actor("token", t), w.hotel),
    "a delivery": lambda w, t: deliveries.read(w.dee, t),
    "deliveries of": lambda w, t: deliveries.of_partner(w.dee, w.d3x, status=t),
    "deliveries before": lambda w, t: deliveries.of_partner(w.dee, w.d3x, before=t),
    "an endpoint": lambda w, t: endpoints.enable(w.dee, t),
    "an address": lambda w, t: endpoints.create(w.dee, w.d3x, t),
    "an app": lambda w, t: catalogue.read(w.maya, w.hotel, t),
    "texts": lambda w, t: app_drafts.save(w.dee, "d3x", tagline=t, description=t, setup_notes=t),
    "a contact": lambda w, t: partners.save_contact(
        w.dee, w.d3x, contact_name=t, contact_email=t, contact_phone=t, website=t
    ),
    "a new partner": lambda w, t: partners.create(w.olga, t, website="https://x.example/" + t),
    "a new hotel": lambda w, t: properties.create(w.olga, t, city=t, country=t, time_zone=t),
    "a time zone": lambda w, t: properties.create(w.olga, "Hotel", time_zone=t),
    "a cookie": lambda w, t: sign_ins.visit(t),
    "a place": lambda w, t: sign_ins.go_to(w.maya, t),
    "who": lambda w, t: sign_ins.sign_in(t, PASSWORD, device="d", address="a"),
    "a password": lambda w, t: sign_ins.sign_in(w.emails["maya"], t, device="d", address="a"),
    "a device": lambda w, t: sign_ins.sign_in(w.emails["maya"], PASSWORD, device=t, address=t),
    "a new password": lambda w, t: people.change_password(w.maya, PASSWORD, t + "abcdefghijk"),
    "a name": lambda w, t: people.rename(w.maya, t),
    "an invitation": lambda w, t: invitations.invite(w.olga, "x@y.example", t, t),
    "invited": lambda w, t: invitations.invite(w.maya, t, "viewer", w.hotel),
    "accepting": lambda w, t: invitations.accept(t, t, t, device=t, address=t),
    "a setup code": lambda w, t: setup.create_operator(t, t, t, t, device=t, address=t),
}


@pytest.mark.parametrize(
    "text",
    ["", "\x00", "a\x00b", "\ud800", "x" * 100_000, "\u202e", "%00", "🏨" * 300, "'; --", "\n\r"],
    ids=repr,
)
def test_strange_text_is_answered_in_words(world: World, text: str) -> None:
    for name, call in CALLS.items():
        said = _words(call, world, text)
        assert said.endswith((".", "?")), name
        assert len(said) < 400, name
    # And what was taken can be read again by everybody.
    assert subscriptions.of_property(world.maya, world.hotel) is not None
    assert builders.snapshot()


def _words(call: Call, world: World, text: str) -> str:
    try:
        call(world, text)
    except Refusal as refusal:
        return refusal.message
    return "It was taken."
