"""What people do in the mapping editor: every confirmed row is saved at once, and can be undone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain import mappings
from domain.mapping import drafts
from domain.mapping.problems import problem_of
from domain.mapping.rows import Row, of_target
from domain.mappings import Editor, Trial
from domain.refusals import Refusal
from ui.ask import attempt, load, show
from ui.components.mapping import MappingEditor
from ui.components.notice import notice
from ui.frame import Visit
from ui.pages.source.words import counted
from ui.pages.transfer.values import lost_paths, mended, samples

MOST_STEPS_BACK = 50

Loaded = tuple[Editor, Trial | None]


async def read(visit: Visit, transfer_id: str) -> Loaded:
    """Return a mapping, and what its suggestions would do to the sample records."""
    editor = await load(mappings.read, visit.actor, transfer_id)
    drafted = tuple(each.row for each in editor.suggestions)
    if not drafted:
        return editor, None
    return editor, await load(mappings.try_out, visit.actor, transfer_id, drafted)


class Editing:
    """The mapping as it is now, and the ways to change it.

    `on_change(targets)` is called whenever something is different; the rows of `targets` are new.
    Give it its component in `mapping` before anybody can do anything.
    """

    mapping: MappingEditor

    def __init__(
        self, visit: Visit, loaded: Loaded, on_change: Callable[[Sequence[str]], Any]
    ) -> None:
        self._visit = visit
        self.editor, self.drafted = loaded
        self._on_change = on_change
        self._steps: list[tuple[Row, ...]] = []  # mappings before what this visitor changed

    @property
    def can_undo(self) -> bool:
        return bool(self._steps)

    async def refresh(self) -> None:
        """Read the mapping again, and show what somebody else has changed."""
        before = self.editor
        self.editor, self.drafted = await read(self._visit, before.transfer.id)
        if self.editor != before:
            self._on_change([row.target for row in self.editor.rows if row not in before.rows])

    async def replaced(self, words: str) -> None:
        """Show a mapping that was taken up as a whole: a restored version, or a copy."""
        self._remember(self.editor.rows)
        await self.refresh()
        notice(f"{words} Undo takes you back.", title="Saved")

    # What the component asks for

    async def pick(self, target: str, path: str) -> None:
        """Fill a field from a path, converted as its examples suggest."""
        editor = self.editor
        row, field = of_target(editor.rows, target), editor.type.field(target)
        for lost in lost_paths(editor):
            if row and (lost["target"], lost["suggestion"]) == (target, path):
                await self._put(mended(row, lost["path"], path))
                return
        found = next((each for each in editor.fields if each.path == path), None)
        if found and field:
            await self._put(drafts.row(field, found, editor.fields))

    async def accept(self, targets: Sequence[str]) -> None:
        """Make drafts count."""
        chosen = [each.row for each in self.editor.suggestions if each.row.target in targets]
        if chosen and await self._save((*self.editor.rows, *chosen), targets) and len(chosen) > 1:
            words = f"{counted(len(chosen), 'suggestion')} accepted. Undo takes them back."
            notice(words, title="Saved")

    async def keep(self, given: Mapping[str, Any]) -> None:
        """Save a row that was edited, unless it makes no sense: then it says so, and stays."""
        row, problem = self._checked(given)
        if row is None or problem:
            self.mapping.refuse(str(given["target"]), problem)
        else:
            await self._put(row)

    async def clear(self, target: str) -> None:
        """Take a row away."""
        await self._save([row for row in self.editor.rows if row.target != target], [target])

    async def undo(self) -> None:
        """Go back to the mapping before the last change of this visitor."""
        if not self._steps:
            return
        before = self._steps.pop()
        changed = [row.target for row in before if row not in self.editor.rows]
        if not await self._save(before, changed, "Undo"):
            self._steps.append(before)

    async def try_out(self, ticket: int, given: Mapping[str, Any]) -> None:
        """Show what an unsaved row would do, or what it still lacks."""
        row, problem = self._checked(given)
        if row is None or problem:
            self.mapping.tried(ticket, [], problem)
            return
        transfer_id = self.editor.transfer.id
        outcome = await attempt(mappings.try_out, self._visit.actor, transfer_id, (row,))
        if outcome.value is None:
            self.mapping.tried(ticket, [], outcome.refusal.message if outcome.refusal else "")
            return
        shown = (sample["cells"].get(row.target) for sample in samples(outcome.value))
        self.mapping.tried(ticket, [cell for cell in shown if cell], None)

    # Details

    def _checked(self, given: Mapping[str, Any]) -> tuple[Row | None, str]:
        """Return what a browser sent as a row, and what is wrong with it."""
        try:
            row = Row.from_json(dict(given))
        except ValueError as error:
            return None, str(error)
        field = self.editor.type.field(row.target)
        if field is None:
            return None, "There is no such field."
        return row, problem_of(row, field, time_zone=self.editor.time_zone) or ""

    async def _put(self, row: Row) -> None:
        others = (each for each in self.editor.rows if each.target != row.target)
        await self._save((*others, row), [row.target])

    async def _save(self, rows: Sequence[Row], targets: Sequence[str], note: str = "") -> bool:
        """Keep a mapping as the next version; a refusal is said at its row, or as a notice."""
        before = self.editor
        outcome = await attempt(
            mappings.save,
            self._visit.actor,
            before.transfer.id,
            tuple(rows),
            note,
            expected_version=before.version,
        )
        if outcome.refusal is not None:
            await self._refused(outcome.refusal, targets)
            return False
        if not note and outcome.value != before.version:
            self._remember(before.rows)
        self.editor, self.drafted = await read(self._visit, before.transfer.id)
        self._on_change(targets)
        return True

    async def _refused(self, refusal: Refusal, targets: Sequence[str]) -> None:
        if refusal.code == "changed_meanwhile":
            self._steps.clear()
            await self.refresh()
        if len(targets) == 1 and refusal.code != "signed_out":
            self.mapping.refuse(targets[0], refusal.message)
        else:
            show(refusal)

    def _remember(self, rows: tuple[Row, ...]) -> None:
        self._steps = [*self._steps, rows][-MOST_STEPS_BACK:]
