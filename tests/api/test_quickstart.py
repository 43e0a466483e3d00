"""The programs of the quick start do what the page says, against a real server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests import builders, needs, shelf
from tests.api.machines import served
from tests.builders import World

FOLDER = Path(__file__).parents[2] / "docs" / "quickstart"
PROGRAMS = {
    "quickstart.sh": ("sh",),
    "quickstart.py": (sys.executable,),
    "quickstart.mjs": ("node",),
}
NEEDED = {"quickstart.sh": ("curl", "jq"), "quickstart.py": (), "quickstart.mjs": ("node",)}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_activates_and_reads_every_page(name: str, world: World, app: FastAPI) -> None:
    for program in NEEDED[name]:
        needs.program(program)
    filled = shelf.fill(world, active=False)
    filled.add_products(1100)
    with served(app) as address:
        for said in ("pending.\nNow it is active.", "active."):
            done = subprocess.run(
                [*PROGRAMS[name], FOLDER / name],
                env={
                    "PATH": os.environ["PATH"],
                    "ADJOIN": f"http://{address}",
                    "TOKEN": builders.token_of(filled.connection),
                },
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert (done.returncode, done.stderr) == (0, "")
            expected = f"Harbour Hotel wants d3x, which is {said}\nIt has 1101 products.\n"
            assert done.stdout == expected
