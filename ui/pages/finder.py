"""The ID finder: everything that a property has, by name, code or ID, with Copy."""

from dataclasses import asdict
from typing import cast
from urllib.parse import urlencode

from nicegui import ui

from domain import finder
from domain.types_of_data import ALL
from ui.ask import attempt, load, show
from ui.components.finder import Finder, Hit, Hits
from ui.components.page_title import page_title
from ui.frame import Visit


async def page(visit: Visit) -> None:
    text = visit.query.get("q", "")
    found = await load(finder.find, visit.actor, visit.place.id, text)

    async def find(text: str) -> Hits:
        outcome = await attempt(finder.find, visit.actor, visit.place.id, text)
        if outcome.value is None:
            if outcome.refusal is not None:
                show(outcome.refusal)
            return (), ()
        query = f"?{urlencode({'q': text})}" if text.strip() else ""
        ui.navigate.history.replace(f"/find{query}")
        return _hits(outcome.value)

    words = f"One search over everything that came in for {visit.place.name}."
    with page_title("ID finder", words):
        pass
    Finder(
        text,
        _hits(found),
        {key: each.label for key, each in ALL.items()},
        on_find=find,
        on_open=lambda type_key, number: ui.navigate.to(f"/records/{type_key}/{number}"),
    )


def _hits(found: finder.Found) -> Hits:
    return [cast(Hit, asdict(hit)) for hit in found.hits], found.more
