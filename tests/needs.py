"""What tests need from the machine, and how to get it where it is missing."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

# Set by CI, which has everything: there, nothing may be skipped.
COMPLETE = os.environ.get("ADJOIN_TESTS_COMPLETE") == "1"


def postgresql() -> Path:
    """Return the folder of PostgreSQL's programs; skips where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    missing("PostgreSQL", "sudo apt-get install postgresql")


def chromium() -> str:
    """Return the path of Chromium; skips where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    missing("Chromium", "sudo apt-get install chromium")


def node() -> str:
    """Return the path of Node.js; skips where there is none."""
    return shutil.which("node") or missing("Node.js", "sudo apt-get install nodejs npm")


def program(name: str) -> str:
    """Return the path of a program that its package is called after; skips where there is none."""
    return shutil.which(name) or missing(name, f"sudo apt-get install {name}")


def missing(what: str, how: str) -> NoReturn:
    """Skip the test with a sentence how to get what it needs; fail it where nothing may miss."""
    sentence = f"This test needs {what}. To get it: {how}"
    if COMPLETE:
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def _version(initdb: Path) -> float:
    try:
        return float(initdb.parts[-3])
    except ValueError:
        return 0.0
