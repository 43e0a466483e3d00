"""The demo's catalogue: complete, valid, and good to look at."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from demo import catalogue
from domain import drafts, questions, slots

ICONS = Path(__file__).parents[2] / "ui" / "assets" / "icons" / "names.txt"
INTEGRATED = [app for sheet in catalogue.partners() for app in sheet.apps]
EVERY = [*INTEGRATED, *catalogue.core_apps()]
SAMPLES = {
    "manager": "Maya Berg",
    "email": "maya@harbour.example",
    "domain": "harbour.example",
    "hotel": "Harbour Hotel",
    "code": "HRB",
    "rooms": "118",
}

of_every_app = pytest.mark.parametrize("app", EVERY, ids=lambda app: app["slug"])


def test_some_twenty_apps_of_a_dozen_partners_surround_the_three() -> None:
    slugs = {app["slug"] for app in INTEGRATED}
    assert {"d3x", "akia", "freeguides"} < slugs
    assert len(slugs) >= 23
    assert len(catalogue.partners()) >= 15
    assert len({app["category"] for app in INTEGRATED}) >= 8


def test_slugs_names_and_hues_are_never_used_twice() -> None:
    for what in ("slug", "name", "hue"):
        (_, most), *_ = Counter(app[what] for app in EVERY).most_common(1)
        assert most == 1, what


def test_partners_are_told_in_every_way_there_is() -> None:
    ways = {sheet.notify for sheet in catalogue.partners()}
    assert ways == {"webhook", "mail", "both", "contact"}


def test_every_partner_can_be_contacted() -> None:
    for sheet in catalogue.partners():
        assert questions.is_email(sheet.contact_email)
        assert sheet.contact_email.endswith(".example")
        assert sheet.website.endswith(".example")
        assert sheet.contact_phone


@of_every_app
def test_an_app_is_described_in_paragraphs_with_a_list(app: dict[str, Any]) -> None:
    blocks = [block for block in app["description"].strip().split("\n\n") if block]
    lists = [block for block in blocks if block.startswith("- ")]
    assert len(lists) == 1
    assert 2 <= len(blocks) - len(lists) <= 4
    assert app["setup_notes"].strip()
    assert len(app["tagline"]) <= 90


@of_every_app
def test_an_app_asks_only_for_permissions_that_exist(app: dict[str, Any]) -> None:
    assert app["permissions"]
    assert set(app["permissions"]) <= drafts.PERMISSIONS.keys()


@of_every_app
def test_the_values_that_an_app_needs_can_be_declared(app: dict[str, Any]) -> None:
    kept = slots.checked(app.get("slots", []), app["permissions"])
    assert [each["key"] for each in kept] == [each["key"] for each in app.get("slots", [])]


@of_every_app
def test_an_app_has_an_icon_that_we_carry(app: dict[str, Any]) -> None:
    assert app["icon"] in ICONS.read_text().split()
    assert 0 <= app["hue"] < 360


@of_every_app
def test_the_sample_answers_are_accepted(app: dict[str, Any]) -> None:
    asked = app.get("questions", [])
    answers = {one["key"]: one["sample"].format(**SAMPLES) for one in asked}
    assert questions.check(asked, answers) == answers
    for one in asked:
        assert set(one) <= {
            *("key", "label", "kind", "hint", "required", "choices"),
            *("pattern", "pattern_words", "sample"),
        }
        if "pattern" in one:
            assert re.compile(one["pattern"])
            assert one["pattern_words"]


def test_manual_apps_promise_a_waiting_time_and_automatic_ones_need_none() -> None:
    for app in INTEGRATED:
        assert ("usual_minutes" in app) == (app["activation"] == "manual"), app["slug"]
