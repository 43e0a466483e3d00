"""The programs of the quick start do what the page says, against a real server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import FastAPI

from domain import invented, sandboxes
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
def test_it_activates_its_sandbox_and_reads_every_page(
    name: str, world: World, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    for program in NEEDED[name]:
        needs.program(program)
    monkeypatch.setattr(invented, "FLOORS", 1)  # hundreds of stays: more than one page of them
    shelf.permit(["reservations:read"])
    sandboxes.make(world.dee, world.d3x)
    sandbox = sandboxes.read(world.dee, world.d3x)
    assert sandbox is not None
    reservations = dict(sandbox.records)["Reservations"]
    assert reservations > 500
    with served(app) as address:
        for said in ("pending.\nNow it is active.", "active."):
            done = subprocess.run(
                [*PROGRAMS[name], FOLDER / name],
                env={
                    "PATH": os.environ["PATH"],
                    "ADJOIN": f"http://{address}",
                    "TOKEN": builders.token_of(sandbox.doors[0].connection_id or ""),
                },
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert (done.returncode, done.stderr) == (0, "")
            expected = f"D3x Ltd sandbox wants d3x, which is {said}\n"
            assert done.stdout == f"{expected}It has {reservations} reservations.\n"
