"""Whose letters somebody reads in a demo."""

import pytest

from domain import invitations, mailbox, partners
from domain.actors import Actor
from domain.refusals import Refusal
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


def test_strangers_have_no_mailbox(world: World) -> None:
    with pytest.raises(Refusal, match="signed_out"):
        mailbox.addresses(Actor("person", "nobody"))
