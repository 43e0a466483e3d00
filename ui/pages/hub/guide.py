"""How to receive our webhooks: the verifier to paste, the rules, every event with an example."""

from datetime import timedelta

from nicegui import ui

from domain import endpoints, events, moments, retries, verifiers
from ui.components.card import card
from ui.components.code import code_block, code_tabs
from ui.components.text import text
from ui.pages.hub.words import and_list


def draw() -> None:
    """Draw the whole guide."""
    with (
        card(
            "Check that it is us",
            "Paste this into your program. It needs nothing but its language’s own library.",
            icon="shield-check",
        ),
        ui.element("div").classes("guide"),
    ):
        code_tabs(verifiers.sources())
        with ui.element("ul").classes("rules"):
            for title, sentence in _rules():
                with ui.element("li"):
                    text(title, "strong")
                    text(sentence, "span")
    with card("Events", "What Adjoin tells you, as JSON in the body of the POST.", icon="code"):
        for event in events.EVENTS.values():
            _event(event.name, event.meaning)


def _rules() -> list[tuple[str, str]]:
    overlap = endpoints.OVERLAP // timedelta(hours=1)
    return [
        (
            "Three headers come with every delivery",
            "webhook-id, webhook-timestamp and webhook-signature, as Standard Webhooks 1.0.0 "
            "describes them; any of its libraries works too.",
        ),
        (
            "Check the raw body",
            "Give the verifier the bytes as they arrived, before your framework parses the JSON.",
        ),
        (
            "Answer with 2xx within 20 seconds",
            "Store the event, answer, and work on it afterwards. A redirect counts as a failure.",
        ),
        (
            "Expect a delivery twice",
            "Every repeat has the same webhook-id. Remember the ids you have seen and ignore the "
            "rest.",
        ),
        (
            f"A delivery is tried {len(retries.DELAYS)} times",
            f"First {_schedule()}; each up to {retries.JITTER:.0%} earlier or later. If you answer "
            "429 or 503 with Retry-After, Adjoin waits that long.",
        ),
        (
            "Answer 410 to be left alone",
            "That disables the endpoint at once, and so does failing for "
            f"{moments.span(retries.DISABLE_AFTER)}. We write to you, and you can replay what it "
            "missed.",
        ),
        (
            "Rotate the secret without a break",
            f"For {overlap} hours after a rotation there are two signatures, with a space "
            "between. One match is enough.",
        ),
    ]


def _schedule() -> str:
    first, *later = retries.in_words()
    spans = [words.removesuffix(" later") for words in later]
    return f"{first}, then {and_list(spans)} after the attempt before"


def _event(event: str, meaning: str) -> None:
    with ui.element("details").classes("event"):
        with ui.element("summary"):
            text(event, "code")
            text(meaning, "span", "muted")
        code_block(events.example(event), "JSON")
