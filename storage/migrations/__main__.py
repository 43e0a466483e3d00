"""Writes the next migration: `python -m storage.migrations "what it is for"`."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from storage.migrations import config

with tempfile.TemporaryDirectory() as folder:
    settings = config(f"sqlite:///{Path(folder) / 'migrations.db'}")
    command.upgrade(settings, "head")
    number = len(list(Path(__file__).with_name("versions").glob("[0-9]*.py"))) + 1
    command.revision(settings, sys.argv[1], autogenerate=True, rev_id=f"{number:04}")
