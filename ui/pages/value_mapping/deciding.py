"""What people do on the page of a value mapping: every choice is saved at once, and undone."""

from collections.abc import Callable
from typing import Any

from domain import value_mappings, value_pages
from domain.value_pages import Page
from ui.ask import attempt, load, show
from ui.components.notice import notice
from ui.components.valuemap import Record, Standing, ValueMap
from ui.frame import Visit
from ui.pages.value_mapping.standing import found, standing


class Deciding:
    """The mapping as it is now, and the ways to change it.

    `on_change(keys)` is called whenever something is different; the rows of `keys` are new. Give
    it its component before anybody can do anything.
    """

    component: ValueMap | None = None

    def __init__(self, visit: Visit, page: Page, on_change: Callable[[list[str]], Any]) -> None:
        self._visit = visit
        self.page = page
        self._on_change = on_change
        self._steps: list[int] = []  # versions before what this visitor changed

    @property
    def standing(self) -> Standing:
        return standing(self.page, can_undo=bool(self._steps))

    async def refresh(self) -> None:
        """Read the mapping again, and show what somebody else has changed."""
        now = await load(value_pages.read, self._visit.actor, self.page.connection_id)
        before = self.page  # a change of this visitor's own may have come in between
        if now.version < before.version:
            return
        self.page = now
        if now.version != before.version:
            self._steps = []  # a step back would take somebody else's change away, too
        if now != before:
            self._on_change(_changed(before, now))

    async def replaced(self, words: str) -> None:
        """Show a version that was taken up again."""
        await self.refresh()
        notice(words, title="Saved")

    # What the component asks for

    async def find(self, key: str, text: str) -> list[Record]:
        """Return what could be chosen; nothing for who may not see it any more."""
        search = value_pages.search
        outcome = await attempt(search, self._visit.actor, self.page.connection_id, key, text)
        return [found(entry) for entry in outcome.value or ()]

    async def choose(self, key: str, number: int) -> None:
        await self._make(value_mappings.choose, key, number)

    async def choose_none(self, key: str) -> None:
        await self._make(value_mappings.choose_none, key)

    async def clear(self, key: str) -> None:
        await self._make(value_mappings.clear, key)

    async def confirm(self, key: str) -> None:
        await self._make(value_mappings.confirm, key)

    async def dismiss(self, key: str) -> None:
        await self._make(value_mappings.dismiss, key)

    async def accept_all(self) -> None:
        """Accept what is sure, as one version; Undo takes all of it back."""
        before = self.page.how_far.mapped
        if await self._make(value_mappings.accept_all):
            accepted = self.page.how_far.mapped - before
            words = "1 suggestion" if accepted == 1 else f"{accepted} suggestions"
            notice(f"{words} accepted. Undo takes them back.", title="Saved")

    async def undo(self) -> None:
        """Go back to the version before the last change of this visitor."""
        if self._steps:
            steps = self._steps[:-1]
            if await self._make(value_mappings.restore, self._steps[-1]):
                self._steps = steps
                self._on_change([])

    # Details

    async def _make(self, verb: Callable[..., int], *arguments: Any) -> bool:
        """Make a change and show it; what refuses it is said at its row, or as a notice."""
        before, steps = self.page, self._steps
        outcome = await attempt(
            verb,
            self._visit.actor,
            before.connection_id,
            *arguments,
            expected_version=before.version,
        )
        self.page = await load(value_pages.read, self._visit.actor, before.connection_id)
        if outcome.refusal is not None:
            self._steps = steps if self.page.version == before.version else []
            self._on_change(_changed(before, self.page))
            key = arguments[0] if arguments and isinstance(arguments[0], str) else None
            if key and self.component and outcome.refusal.code != "signed_out":
                self.component.refuse(key, outcome.refusal.message)
            else:
                show(outcome.refusal)
            return False
        if self.page.version == outcome.value != before.version:
            self._steps = [*steps, before.version]
        self._on_change(_changed(before, self.page))
        return True


def _changed(before: Page, after: Page) -> list[str]:
    known = {row.slot.key: (row.status, row.record, row.proposal) for row in before.rows}
    return [
        row.slot.key
        for row in after.rows
        if known.get(row.slot.key) != (row.status, row.record, row.proposal)
    ]
