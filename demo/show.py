"""Prepares a show of Adjoin: programs, post office and settings of one data folder."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo import cast, world
from demo.cast import PASSWORD
from demo.post_office import PostOffice
from demo.programs import Addresses, Programs
from domain import moments
from settings import Settings, kept_secret


@dataclass(frozen=True)
class Scene:
    """A prepared demo: the settings to open Adjoin with, then `build`, then `welcome`."""

    settings: Settings
    programs: Addresses
    post_office: PostOffice

    def build(self) -> None:
        """Fill the database when it is empty, which takes some seconds; before the queue starts."""
        world.build(self.programs, moments.now(), self.post_office)

    @property
    def accounts(self) -> list[dict[str, str]]:
        """Return who can be tried, for the sign-in page: name, email, role, password."""
        return [
            {
                "name": name,
                "email": email,
                "role": role[0].upper() + role[1:],
                "password": PASSWORD,
            }
            for name, email, role in cast.accounts()
        ]

    def welcome(self) -> str:
        """Return what the terminal shows: addresses, accounts, credentials that work."""
        people = [(email, f"{name}, {role}") for name, email, role in cast.accounts()]
        keys = [
            (one.system.capitalize(), "  ".join(one.fields.values()))
            for one in self.programs.credentials()
            if one.hotel == "Harbour Hotel"
        ]
        return "\n".join(
            [
                f"\nAdjoin is open: {self.settings.address}\n",
                f"Everybody's password is “{PASSWORD}”:",
                *_table(people),
                "\nThe partners are programs of their own; open their pages next to Adjoin's:",
                *_table(self.programs.pages),
                "\nHarbour Hotel's credentials; the stand-in's page has all of them:",
                *_table(keys),
                "\nCtrl-C ends everything.\n",
            ]
        )


@contextmanager
def prepared(
    folder: Path, *, port: int, fresh: bool = False, receiver: int | None = None
) -> Iterator[Scene]:
    """Start the programs and the post office, and end them afterwards.

    folder keeps the demo between shows; fresh: forget what it holds. port: of Adjoin itself.
    receiver: the port at which a visitor's own program hears webhooks.
    """
    if fresh:
        _forget(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    programs, post_office = Programs(), PostOffice(folder)
    base_url = f"http://127.0.0.1:{port}"
    try:
        addresses = programs.start(folder, base_url)
        smtp_url = post_office.start()
        hosts = addresses.allowed_hosts
        if receiver is not None:
            hosts |= {f"127.0.0.1:{receiver}", f"localhost:{receiver}"}
        yield Scene(_settings(folder, port, base_url, smtp_url, hosts), addresses, post_office)
    finally:
        programs.stop()
        post_office.stop()


def _settings(
    folder: Path, port: int, base_url: str, smtp_url: str, hosts: frozenset[str]
) -> Settings:
    """Return the settings of a demo: whatever the environment says, it stays on this machine."""
    return Settings(
        database_url=f"sqlite:///{(folder / 'adjoin.db').resolve()}",
        secret_key=kept_secret(folder),
        base_url=base_url,
        smtp_url=smtp_url,
        mail_from="Adjoin <adjoin@adjoin.example>",
        allowed_hosts=",".join(sorted(hosts)),
        executor_id="demo",
        host="127.0.0.1",
        port=port,
    )


def _forget(folder: Path) -> None:
    """Remove what earlier demos left; only those names, in case the folder is somebody's own."""
    for name in ("adjoin.db", "adjoin.db-wal", "adjoin.db-shm", "secret.key"):
        (folder / name).unlink(missing_ok=True)
    for name in ("mail", "programs"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _table(rows: list[tuple[str, str]]) -> list[str]:
    width = max(len(left) for left, _ in rows)
    return [f"    {left:<{width}}   {right}" for left, right in rows]
