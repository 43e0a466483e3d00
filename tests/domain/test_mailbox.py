"""Whose letters somebody reads in a demo."""

import pytest

from domain import invitations, mailbox, partners
from domain.actors import Actor
from domain.refusals import Refusal
from tests import builders
from tests.builders import World


def test_everybody_reads_their_own_and_their_partners_letters(world: World) -> None:
    assert mailbox.addresses(world.maya) == {"maya@harbour.example"}
    assert mailbox.addresses(world.dee) == {"dee@d3x.example", "help@d3x.example"}
    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=True,
        by_mail=True,
        mail_to="Tokens@d3x.example",
        token_in_mail=False,
    )
    assert "tokens@d3x.example" in mailbox.addresses(world.dee)
    assert "tokens@d3x.example" not in mailbox.addresses(world.finn)


def test_whoever_invites_reads_the_invitation_and_nobody_else(world: World) -> None:
    invitations.invite(world.maya, "zoe@harbour.example", "viewer", world.hotel)
    assert "zoe@harbour.example" in mailbox.addresses(world.maya)
    for somebody in (world.noah, world.charlie, world.olga):
        assert "zoe@harbour.example" not in mailbox.addresses(somebody)


def test_who_was_invited_and_has_an_account_reads_alone(world: World) -> None:
    invitations.invite(world.maya, world.emails["charlie"], "viewer", world.hotel)
    sent = invitations.invite(world.maya, "zoe@harbour.example", "viewer", world.hotel)
    secret = str(sent.link).rpartition("/")[2]
    invitations.accept(secret, "Zoe", "many small horses", device="", address="")
    assert mailbox.addresses(world.maya) == {"maya@harbour.example"}


def test_nobody_reads_a_partners_letters_by_inviting_its_address(world: World) -> None:
    invitations.invite(world.maya, "help@d3x.example", "viewer", world.hotel)
    assert mailbox.addresses(world.maya) == {"maya@harbour.example"}


def test_a_partner_reads_nobodys_letters_by_naming_them_as_its_own(world: World) -> None:
    def name(address: str) -> None:
        partners.save_notifications(
            world.dee,
            world.d3x,
            by_webhook=True,
            by_mail=True,
            mail_to=address,
            token_in_mail=False,
        )

    for email in (
        "Maya@Harbour.example",
        world.emails["finn"],
        world.emails["olga"],
        "help@freeguides.example",
    ):
        name(email)
        assert mailbox.addresses(world.dee) == {"dee@d3x.example", "help@d3x.example"}
    with builders.adding() as rows:
        dora = builders.add_person(rows, "dora@d3x.example", "partner", world.d3x, now=world.now)
    name("dora@d3x.example")
    assert "dora@d3x.example" in mailbox.addresses(world.dee)
    assert "dee@d3x.example" not in mailbox.addresses(dora)


def test_strangers_have_no_mailbox(world: World) -> None:
    with pytest.raises(Refusal, match="signed_out"):
        mailbox.addresses(Actor("person", "nobody"))
