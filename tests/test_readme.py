"""The README says what is true: every setting, every command, every room of the house."""

import re
from pathlib import Path

import pytest

from main import cli
from settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
FIELDS = Settings.model_fields


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_stands_in_the_table(name: str) -> None:
    assert f"| `ADJOIN_{name.upper()}` |" in README


def test_no_setting_in_the_table_is_made_up() -> None:
    told = {name.lower() for name in re.findall(r"^\| `ADJOIN_(\w+)` \|", README, re.M)}
    assert told == set(FIELDS)


def test_every_command_stands_in_the_table() -> None:
    told = set(re.findall(r"^\| `main\.py ([\w-]+)` \|", README, re.M))
    assert told == {
        command.callback.__name__.replace("_", "-")
        for command in cli.registered_commands
        if command.callback
    }


@pytest.mark.parametrize(
    "room",
    re.findall(r"^([a-z]+(?:/|\.py)) ", README.partition("```\nmain.py")[2] and README, re.M),
)
def test_every_room_on_the_map_is_there(room: str) -> None:
    assert (ROOT / room).exists()


@pytest.mark.parametrize("picture", re.findall(r"!\[[^]]*\]\(([^)]+)\)", README))
def test_every_picture_is_there(picture: str) -> None:
    assert (ROOT / picture).exists()
