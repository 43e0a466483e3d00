"""What operators write down about an app: kept when it is right, refused with a sentence."""

from dataclasses import replace
from typing import Any

import pytest

from domain import apps, questions
from domain.drafts import PERMISSIONS, Draft
from domain.refusals import Refusal
from tests.builders import World


def draft(world: World, **changes: Any) -> Draft:
    """Return an acceptable draft of D3x, with some changes."""
    return replace(Draft("D3x", "Revenue", "Explains yesterday.", partner_id=world.d3x), **changes)


def test_everything_that_is_written_is_read_again(world: World) -> None:
    written = draft(
        world,
        activation="automatic",
        usual_minutes=90,
        permissions=["rates:read", "reservations:read"],
        questions=[{"label": "Property code", "kind": "text", "required": True}],
        description=" **Bold** ",
        setup_notes="Do this.",
        icon="chart-line",
        hue=380,
    )
    apps.edit(world.olga, "d3x", written)
    found = apps.entry(world.olga, "d3x").draft
    assert found.permissions == ("reservations:read", "rates:read")
    assert found.questions[0]["key"] == "property_code"
    assert (found.description, found.hue) == ("**Bold**", 20)
    kept = ("name", "category", "tagline", "activation", "usual_minutes", "setup_notes", "icon")
    assert [getattr(found, key) for key in kept] == [getattr(written, key) for key in kept]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Write the name of the app."),
        ({"name": "x" * 61}, "60 ordinary characters"),
        ({"category": ""}, "Write the category."),
        ({"tagline": "x" * 161}, "160 ordinary characters"),
        ({"kind": "other"}, "Choose what kind of app it is."),
        ({"activation": "sometimes"}, "Choose how the app is activated."),
        ({"partner_id": "nobody"}, "Choose the partner"),
        ({"kind": "core", "vendor": "nothing"}, "Choose which system"),
        ({"kind": "core", "vendor": "mews", "vendor_address": "ftp://x"}, "https://"),
        ({"usual_minutes": -1}, "Write the usual time in minutes"),
        ({"usual_minutes": 10**7}, "one month at most"),
        ({"permissions": ["everything"]}, "no permission called everything"),
        ({"description": "x" * 20_001}, "20,000 characters"),
        ({"icon": "<svg>"}, "Choose an icon"),
        ({"questions": [{"label": ""}]}, "Question 1 needs a text"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_half_saved(
    world: World, changes: dict[str, Any], sentence: str
) -> None:
    before = apps.entry(world.olga, "d3x").draft
    with pytest.raises(Refusal, match="invalid") as refused:
        apps.edit(world.olga, "d3x", draft(world, **changes))
    assert sentence in refused.value.message
    assert apps.entry(world.olga, "d3x").draft == before


@pytest.mark.parametrize("slug", ["", "New App", "new", "d3x", "a/b", "x" * 41, "ä"])
def test_an_address_is_plain_and_free(world: World, slug: str) -> None:
    with pytest.raises(Refusal, match="invalid"):
        apps.create(
            world.olga,
            slug=slug,
            name="X",
            kind="integrated",
            category="Y",
            tagline="Z",
            partner_id=world.d3x,
        )


def test_an_app_in_use_stays_with_its_partner_and_its_kind(world: World) -> None:
    apps.edit(world.olga, "d3x", draft(world, partner_id=world.freeguides))
    apps.edit(world.olga, "d3x", draft(world))
    world.connect()
    for changes in ({"partner_id": world.freeguides}, {"kind": "core", "vendor": "mews"}):
        with pytest.raises(Refusal, match="in_use"):
            apps.edit(world.olga, "d3x", draft(world, **changes))
    apps.edit(world.olga, "d3x", draft(world, tagline="Still the same partner."))
    assert apps.entry(world.olga, "d3x").connections == 1


def test_only_operators_write(world: World) -> None:
    for somebody in (world.maya, world.noah, world.charlie, world.dee):
        with pytest.raises(Refusal, match="not_found"):
            apps.edit(somebody, "d3x", draft(world))
        with pytest.raises(Refusal, match="not_found"):
            apps.entry(somebody, "d3x")


def test_every_permission_has_words() -> None:
    assert all(words[0].isupper() for words in PERMISSIONS.values())


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        ({"label": "A", "kind": "colour"}, "must be one of these"),
        ({"label": "A", "kind": "choice", "choices": ["one"]}, "at least two answers"),
        ({"label": "A", "pattern": "("}, "no regular expression"),
        ({"label": "A", "pattern": "[A-Z]+"}, "say in words"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    question: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(Refusal, match="invalid") as refused:
        questions.checked([{"label": "Fine"}, question])
    assert complaint in refused.value.message
    assert refused.value.message.startswith("Question 2")


def test_questions_keep_their_keys_and_are_asked_once() -> None:
    declared = questions.checked([{"key": "code", "label": " Property  code "}])
    assert declared == [{"key": "code", "label": "Property code", "kind": "text"}]
    with pytest.raises(Refusal, match="invalid") as refused:
        questions.checked([{"label": "Code"}, {"label": "code"}])
    assert refused.value.message == "Question 2 is asked twice."
