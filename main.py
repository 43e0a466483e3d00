"""The door of Adjoin: its commands, and how its parts are put together."""

import asyncio
import gc
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from nicegui import app as pages

import api.app
import logs
from api import problems
from api.doors import DOORS
from api.heads import Heads
from connectors.door import Door
from connectors.mail import Post
from connectors.webhook import Sender
from domain import (
    api_requests,
    attempts,
    authorizations,
    case_reminders,
    core,
    digests,
    drift_checks,
    due,
    engines,
    guesses,
    hooks,
    idempotency,
    installation,
    intake,
    notices,
    pace,
    passwords,
    seals,
    setup,
    tampering,
    waiting,
)
from domain.installation import Installation
from domain.refusals import Refusal
from settings import Settings, kept_secret
from storage import changes, database, encryption, jobs, migrations
from ui import live, site
from ui.components.accounts import Account
from ui.pages.guide import Guide
from ui.pages.guide.access import Door as Access
from ui.pages.guide.errors import Explained
from ui.pages.mailbox import Letters

# Importing these registers their jobs with the queue.
JOBS = (
    api_requests,
    attempts,
    authorizations,
    case_reminders,
    core,
    digests,
    drift_checks,
    due,
    guesses,
    hooks,
    idempotency,
    intake,
    notices,
    pace,
    seals,
    waiting,
)

cli = typer.Typer(help="Adjoin, the integrations portal.", no_args_is_help=True)


@cli.command()
def serve() -> None:
    """Run the portal: pages, API and deliveries, on the settings of the environment."""
    settings = Settings()
    _refuse_weak_secret(settings)
    logs.configure(as_json=True)
    with opened(settings):
        if setup.is_needed():
            _say_setup_code(settings)
        run(settings)


@cli.command()
def worker() -> None:
    """Run deliveries only, beside other processes on the same PostgreSQL database."""
    settings = Settings()
    if settings.is_sqlite:
        raise typer.BadParameter("A worker needs PostgreSQL: set ADJOIN_DATABASE_URL.")
    _refuse_weak_secret(settings)
    logs.configure(as_json=True)
    with opened(settings):
        asyncio.run(_work(settings))


@cli.command()
def migrate() -> None:
    """Create or update the tables, and stop."""
    migrations.upgrade(Settings().database_url)
    typer.echo("The database is up to date.")


@cli.command()
def verify_audit(
    expect: Annotated[
        str, typer.Option(help="NUMBER:DIGEST, as an earlier check said and you have kept it.")
    ] = "",
) -> None:
    """Say whether somebody has changed the audit log, and what; exits with 0 or 1."""
    settings = Settings()
    _find_secret(settings)
    try:
        kept = tampering.kept(expect) if expect else None
    except Refusal as refusal:
        raise typer.BadParameter(refusal.message) from refusal
    database.connect(settings.database_url)
    encryption.use(settings.secret_key)
    try:
        if not migrations.is_current():
            typer.echo("The database is of another version. Run `main.py migrate` first.", err=True)
            raise typer.Exit(2)
        verdict = tampering.check(kept)
    finally:
        database.close()
    typer.echo("\n".join(tampering.in_words(verdict)))
    raise typer.Exit(0 if verdict.holds else 1)


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the portal.")] = 8080,
    data: Annotated[Path, typer.Option(help="Folder that keeps the demo.")] = Path("data/demo"),
    fresh: Annotated[bool, typer.Option(help="Forget earlier demos in that folder.")] = False,
    receiver: Annotated[
        int | None, typer.Option(help="Port of this machine where a receiver of yours listens.")
    ] = None,
) -> None:
    """Show Adjoin on this machine, with example hotels, partners and apps. Needs no network."""
    from demo import show

    typer.echo("Starting the partners’ programs and building the demo’s hotels…")
    with show.prepared(data, port=port, fresh=fresh, receiver=receiver) as scene:
        settings = scene.settings
        passwords.make_cheap()
        logs.configure(as_json=False)
        with opened(settings):
            scene.build()
            typer.echo(scene.welcome())
            run(settings, letters=scene.post_office.letters_for, accounts=scene.accounts)


@contextmanager
def opened(settings: Settings) -> Iterator[None]:
    """Bring the database up to date and open it, with everything that the domain stands on."""
    migrations.upgrade(settings.database_url)
    database.connect(settings.database_url)
    encryption.use(settings.secret_key)
    door = Door(settings.hosts_allowed)
    post = Post(settings.smtp_url) if settings.smtp_url else None
    ways_out = (settings.mail_from, door, Sender(door), post)
    installation.use(Installation(settings.address, *ways_out, mail_in=settings.mail_in_secret))
    try:
        yield
    finally:
        database.close()


def assemble(
    settings: Settings, letters: Letters | None = None, accounts: Sequence[Account] = ()
) -> FastAPI:
    """Return the web application: API and pages on one port, deliveries inside.

    `letters` and `accounts` are a demo's: its mailbox, and who can be tried with one press.
    """
    app = api.app.create(base_url=settings.address, limit=pace.read(settings.api_rate))
    explained = [Explained(code, **asdict(kind)) for code, kind in problems.KINDS.items()]
    access = [Access(each.title, each.meaning, each.operations, each.answers()) for each in DOORS]
    guide = Guide(settings.address, api.app.DESCRIPTION, explained, access)
    site.install(app, base_url=settings.address, letters=letters, accounts=accounts, guide=guide)
    changes.listen(live.heard)
    pages.on_startup(lambda: jobs.start(settings.executor("serve")))
    pulse = engines.Pulse(settings.executor("serve"))
    pages.on_startup(pulse.start)
    pages.on_shutdown(lambda: asyncio.to_thread(pulse.stop))
    writer = api_requests.Writer()
    pages.on_startup(writer.start)
    pages.on_shutdown(lambda: asyncio.to_thread(writer.stop))
    sealer = seals.Sealer()
    pages.on_startup(sealer.start)
    pages.on_shutdown(lambda: asyncio.to_thread(sealer.stop))
    pages.on_startup(_settle)
    pages.on_shutdown(_stop)
    return app


def _settle() -> None:
    """What is there after the start stays: the collector need not look at it at every page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


async def _stop() -> None:
    await asyncio.to_thread(jobs.stop)
    await installation.current().sender.close()


def run(
    settings: Settings, letters: Letters | None = None, accounts: Sequence[Account] = ()
) -> None:
    """Serve pages, API and deliveries until the process is told to stop."""
    relay = _relay(settings)
    uvicorn.run(
        assemble(settings, letters, accounts),
        host=settings.host,
        port=settings.port,
        http=Heads,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies_trusted),
        forwarded_allow_ips=settings.proxies_trusted,  # by itself it would trust loopback
        timeout_graceful_shutdown=5,
        ws_max_size=1_000_000,  # bytes that one message of a browser may have
    )
    if relay:
        relay.stop()


async def _work(settings: Settings) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    sealer = seals.Sealer()
    sealer.start()
    await jobs.start(settings.executor("worker"))
    pulse = engines.Pulse(settings.executor("worker"))
    pulse.start()
    await ended.wait()
    await asyncio.to_thread(pulse.stop)
    await asyncio.to_thread(sealer.stop)
    await _stop()


def _relay(settings: Settings) -> changes.Relay | None:
    if settings.is_sqlite:
        return None
    relay = changes.Relay(settings.database_url)
    relay.start()
    return relay


def _refuse_weak_secret(settings: Settings) -> None:
    """Refuse a missing or weak secret; alone on this machine, one is made and kept.

    Who shares a database shares the secret too, so there nobody makes one of its own.
    """
    if settings.secret_key or not settings.is_loopback or not settings.is_sqlite:
        if problem := settings.secret_problem():
            typer.echo(problem, err=True)
            raise typer.Exit(2)
        return
    settings.secret_key = kept_secret(Path("data"))


def _find_secret(settings: Settings) -> None:
    """Find the secret that was there when the rows were written; a new one would prove nothing."""
    if not settings.secret_key and not (Path("data") / "secret.key").exists():
        typer.echo("Set ADJOIN_SECRET_KEY to the secret with which Adjoin runs.", err=True)
        raise typer.Exit(2)
    _refuse_weak_secret(settings)


def _say_setup_code(settings: Settings) -> None:
    code = setup.open_door()
    typer.echo(
        f"\nThere is no operator yet. Open {settings.address}/setup and enter this code once:\n\n"
        f"    {code}\n"
    )


if __name__ == "__main__":
    cli()
