"""Brings a database to the tables of this version, with Alembic and the job queue's own steps."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from storage import jobs


def upgrade(url: str) -> None:
    """Create or update every table in the database at `url`; does nothing when all is new."""
    command.upgrade(config(url), "head")
    jobs.migrate(url)


def config(url: str) -> Config:
    """Return Alembic's configuration for the database at `url`."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.set_main_option("path_separator", "os")
    settings.attributes["url"] = url
    return settings
