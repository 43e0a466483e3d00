"""What is stored: no secret is in the clear, in no table, no file, no job, and no log line."""

import asyncio
import logging
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain import (
    accesses,
    attempts,
    authorization_pages,
    authorizations,
    connections,
    core,
    deliveries,
    endpoints,
    hooks,
    invitations,
    mappings,
    partners,
    people,
    setup,
    sign_ins,
    sources,
    subscriptions,
    token_links,
    tokens,
    transfers,
)
from domain.refusals import Refusal
from storage import database
from tests import builders, harvest
from tests.builders import PASSWORD, World
from tests.domain.conftest import REFUSED, FakeVendor
from tests.domain.scenes import CREDENTIALS
from tests.harvest import HotelSystem


@pytest.fixture
def secrets(
    world: World, mews: FakeVendor, system: HotelSystem, caplog: pytest.LogCaptureFixture
) -> dict[str, str]:
    """Do everything that has to do with secrets, and return them all in the clear."""
    caplog.set_level(logging.DEBUG)
    found = {"everybody's password": PASSWORD, "a new password": "brand new horse 44"}
    found["setup code"] = setup.open_door(now=world.now)
    found["webhook secret"] = endpoints.create(
        world.dee, world.d3x, "https://b.d3x.example", now=world.now
    ).secret
    found["webhook secret, rotated"] = endpoints.rotate_secret(
        world.dee, world.d3x_endpoint, now=world.now
    ).secret
    partners.save_notifications(
        world.dee,
        world.d3x,
        by_webhook=True,
        by_mail=True,
        mail_to="hub@d3x.example",
        token_in_mail=False,
        now=world.now,
    )
    connection_id = world.connect("d3x")
    mail = next(m for m in builders.messages_of(connection_id) if m.channel == "mail")
    found["one-time link"] = builders.body_of(mail).partition("/token/")[2].split()[0]
    for message in builders.messages_of(connection_id):
        builders.attempt(message.id, now=world.now, code=500)
    found["token"] = builders.token_of(connection_id)
    tokens.reveal(world.maya, connection_id, PASSWORD, now=world.now)
    tokens.authenticate(found["token"], now=world.now)
    connections.activate(world.dee, connection_id, now=world.now)
    tokens.rotate(world.maya, connection_id, now=world.now)
    found["token, rotated"] = builders.token_of(connection_id)
    deliveries.resend(world.dee, mail.id, now=world.now)
    core.connect(world.maya, world.hotel, "mews", CREDENTIALS, now=world.now)
    mews.says = REFUSED
    core.check_all(now=world.now)
    found |= {f"credential {key}": text for key, text in CREDENTIALS.items()}
    sent = invitations.invite(
        world.maya, "new@harbour.example", "viewer", world.hotel, now=world.now
    )
    found["invitation"] = (sent.link or "").rpartition("/")[2]
    found["cookie"] = sign_ins.sign_in(
        world.emails["maya"], PASSWORD, device="d", address="a", now=world.now
    )
    with pytest.raises(Refusal):
        sign_ins.sign_in(world.emails["noah"], "a wrong one 45", device="d", address="a")
    found["a wrong password"] = "a wrong one 45"
    people.change_password(world.noah, PASSWORD, "brand new horse 44", now=world.now)
    token_links.open_once(found["one-time link"], now=world.now)
    return found | bring_data_in(world, system)


def bring_data_in(world: World, system: HotelSystem) -> dict[str, str]:
    """Do everything with sources that has to do with secrets, and with what guests wrote."""
    system.grant = replace(system.grant, expires_at=world.now)
    draft = sources.Draft("rest", "API", harvest.agreed(world))
    source_id = sources.add(world.maya, world.hotel, draft, now=world.now)
    accesses.of_source(source_id, "reservations", now=world.now)
    address = hooks.reveal(world.maya, source_id, PASSWORD, now=world.now)
    hooks.receive(address.rpartition("/")[2], [b"<html>", b"{}"], now=world.now)
    transfer_id = harvest.active(world)
    mappings.read(world.maya, transfer_id, now=world.now)
    opens = harvest.authorize(world)
    system.says = harvest.REFUSED
    authorizations.check_again(world.maya, opens, now=world.now)
    files = sources.add(world.maya, world.hotel, sources.Draft("file", "Old"), now=world.now)
    guests = b"Id;Guest\n1;somebody@upload.example\n2;another@upload.example\n"
    sources.upload(world.maya, files, "guests", "guests.csv", guests, now=world.now)
    transfers.sample(world.maya, harvest.transfer(world, files, "guests"), now=world.now)
    found = {f"credential {key} of a source": text for key, text in harvest.CREDENTIALS.items()}
    return found | {
        "address that a source calls": address.rpartition("/")[2],
        "OAuth client secret": harvest.CLIENT["client_secret"],
        "OAuth access token": harvest.GRANT.access_token,
        "OAuth refresh token": harvest.GRANT.refresh_token or "",
        "a guest in a sample": "guest3@mail.example",
        "a guest in an upload": "somebody@upload.example",
    }


def test_no_secret_is_in_any_column_of_any_table(secrets: dict[str, str]) -> None:
    text = everything_in_the_database()
    assert "Harbour Hotel" in text  # it would find what is there
    for name, secret in secrets.items():
        assert len(secret) >= 12
        assert secret not in text, name
        assert secret.removeprefix("whsec_").removeprefix("adj_") not in text, name


def test_no_secret_is_in_the_files_of_the_database(
    secrets: dict[str, str], database: str, database_kind: str
) -> None:
    if database_kind != "sqlite":
        return  # its tables were read above; its files belong to another user
    path = Path(database.removeprefix("sqlite:///"))
    # Another program reads them: closing one of these files here would end all of SQLite's locks
    # in this process (sqlite.org/howtocorrupt.html, 2.2), and a later test would crash.
    files = list(path.parent.glob(f"{path.name}*"))
    data = subprocess.run(["cat", *files], capture_output=True, check=True).stdout
    assert b"Harbour Hotel" in data
    for name, secret in secrets.items():
        assert secret.encode() not in data, name


def test_no_secret_is_in_a_log_line(
    secrets: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    for name, secret in secrets.items():
        assert secret not in caplog.text, name


def test_no_secret_is_in_the_words_of_an_object(secrets: dict[str, str], world: World) -> None:
    """Frames, reprs and tracebacks may end in a log: what the domain hands out is careful."""
    page = repr(subscriptions.of_property(world.maya, world.hotel, now=world.now))
    page += repr(deliveries.of_partner(world.dee, world.d3x, now=world.now))
    page += repr(endpoints.of_partner(world.dee, world.d3x, now=world.now))
    page += repr(sign_ins.of_person(world.maya, now=world.now))
    page += repr(invitations.waiting(world.maya, world.hotel, now=world.now))
    page += repr(authorization_pages.of_property(world.maya, world.hotel, now=world.now))
    for row in sources.of_property(world.noah, world.hotel, now=world.now):
        page += repr(sources.read(world.noah, row.id, now=world.now))
        for part in row.transfers:
            page += repr(transfers.read(world.noah, part.id, now=world.now))
            page += repr(mappings.read(world.noah, part.id, now=world.now))
    assert "Guest.Email" in page
    for name, secret in secrets.items():
        assert secret not in page, name


def test_a_letter_that_could_not_be_sent_says_nothing_of_its_content(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    endpoints.remove(world.dee, world.d3x_endpoint, now=world.now)
    message = builders.messages_of(world.connect())[0]
    parcel = attempts.begin(message.id, 1, 1, now=world.now)
    assert parcel is not None
    result = asyncio.run(attempts.carry(parcel))
    assert "/token/" in parcel.body
    assert "/token/" not in repr(result) + caplog.text


def everything_in_the_database() -> str:
    """Return every value of every table, also of those that are the job queue's."""
    engine = database.engine()
    inspector = sa.inspect(engine)
    text = []
    with engine.connect() as connection:
        for schema in ["main"] if database.is_sqlite() else ["public", "dbos"]:
            for name in inspector.get_table_names(schema=schema):
                rows = connection.execute(sa.text(f'SELECT * FROM "{schema}"."{name}"'))
                text += [repr(tuple(row)) for row in rows]
    return "\n".join(text)
