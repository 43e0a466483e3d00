"""Brings a database to the tables of this version, with Alembic and the job queue's own steps."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage import database, jobs


def upgrade(url: str) -> None:
    """Create or update every table in the database at `url`; does nothing when all is new."""
    with database.alone(url):
        command.upgrade(config(url), "head")
        jobs.migrate(url)


def is_current() -> bool:
    """Return whether the open database has the tables of this version, no older and no newer."""
    with database.engine().connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == _newest()


@cache
def _newest() -> frozenset[str]:
    return frozenset(ScriptDirectory.from_config(config("")).get_heads())


def config(url: str) -> Config:
    """Return Alembic's configuration for the database at `url`."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("path_separator", "os")
    settings.attributes["url"] = url
    return settings
