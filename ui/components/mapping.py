"""The mapping editor: our fields, where each comes from, and what that makes of live records."""

from collections.abc import Callable, Mapping, Sequence
from inspect import isawaitable
from typing import Any, TypedDict

from nicegui import ui

from ui.components.plain import keep

_LONGEST = 100_000  # characters of what a browser may send as one row


class Target(TypedDict):
    """A field of ours. `convert` are the keys of the conversions that can fill it."""

    key: str
    label: str
    kind: str
    required: bool
    meaning: str
    choices: list[str]
    convert: list[str]


class SourceField(TypedDict):
    """A field of the source: some examples, and in how many percent of the records it is empty."""

    path: str
    kind: str
    examples: list[str]
    empty: int
    unique: bool


class Conversion(TypedDict):
    """A conversion; `options` by the kind of our field: {key, label, kind, meaning, choices}."""

    key: str
    label: str
    options: dict[str, list[dict[str, Any]]]


class Standing(TypedDict):
    """What changes while people map.

    rows: {target, take, source, transform, options}, by target.
    drafts: suggestions by target: {source, reason, confidence, cells}, a cell for each sample.
    samples: {key, cells}; cells are, by target, [before, after, error or None].
    wrong: sentences by target. lost: by target {path, instead or None}: what the source lacks now.
    behind: by target, how it is filled without a row.
    saved: {number, who, at}. undo: whether there is a step back.
    """

    rows: dict[str, dict[str, Any]]
    drafts: dict[str, dict[str, Any]]
    samples: list[dict[str, Any]]
    wrong: dict[str, str]
    lost: dict[str, dict[str, Any]]
    behind: dict[str, str]
    fields: list[SourceField]
    saved: dict[str, Any] | None
    undo: bool


Handler = Callable[..., Any]


class MappingEditor(ui.element, component="mapping.js"):
    """Draws and asks; whoever uses it decides. Every handler may be async.

    on_pick(target, path): a source's field was chosen for a field of ours.
    on_accept(targets): the suggestions for these were accepted.
    on_keep(row): a row was edited and confirmed; on_clear(target): a field is to stay empty.
    on_try(ticket, row): what would an unconfirmed row do? Answer with `tried`.
    on_undo(): one step back.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        conversions: Sequence[Conversion],
        standing: Standing,
        *,
        one: str,
        zone: str,
        why_not: str | None,
        on_pick: Handler,
        on_accept: Handler,
        on_keep: Handler,
        on_clear: Handler,
        on_try: Handler,
        on_undo: Handler,
    ) -> None:
        """Show the editor. `one` is the word for one record; `why_not` makes it read-only."""
        super().__init__()
        self._targets = {target["key"] for target in targets}
        self._why_not = why_not
        self._running = False
        self._props.update({"one": one, "zone": zone})
        self._props.set_optional("why-not", why_not)
        keep(self, targets=list(targets), conversions=list(conversions), standing=standing)
        self.on("pick", lambda event: self._heard(on_pick, self._pair(event.args)))
        self.on("accept", lambda event: self._heard(on_accept, self._drafted(event.args)))
        self.on("keep", lambda event: self._heard(on_keep, self._row(event.args)))
        self.on("clear", lambda event: self._heard(on_clear, self._target(event.args)))
        self.on("undo", lambda: self._heard(on_undo, ()), [])
        self.on("try", lambda event: self._tries(on_try, event.args))

    def show(self, standing: Standing, fresh: Sequence[str] = ()) -> None:
        """Show another standing; the rows of the targets in `fresh` light up for a moment."""
        keep(self, standing=standing)
        self.run_method("take", standing, list(fresh))

    def tried(self, ticket: int, cells: Sequence[Any], problem: str | None) -> None:
        """Answer `on_try`: the row's [before, after, error] for each sample, and what is wrong."""
        self.run_method("tried", ticket, list(cells), problem)

    def refuse(self, target: str, sentence: str) -> None:
        """Say at a row why it was not kept; what was typed stays."""
        self.run_method("refuse", target, sentence)

    def focus(self, target: str) -> None:
        """Move the page and the keyboard to the row of a field, open where something is wrong."""
        self.run_method("go", target)

    # What a browser sends may be forged: only what could have been sent is passed on.

    async def _heard(self, handler: Handler, given: tuple[Any, ...] | None) -> None:
        if given is None or self._running or self._why_not is not None:
            return
        self._running = True
        try:
            result = handler(*given)
            if isawaitable(result):
                await result
        finally:
            self._running = False
            if not self.is_deleted:
                self.run_method("done")

    async def _tries(self, handler: Handler, args: Any) -> None:
        if self._why_not is None and isinstance(args, dict) and type(args.get("ticket")) is int:
            row = self._row(args.get("row"))
            if row is not None:
                result = handler(args["ticket"], *row)
                if isawaitable(result):
                    await result

    def _pair(self, args: Any) -> tuple[str, str] | None:
        if not isinstance(args, dict) or not isinstance(args.get("path"), str):
            return None
        target = self._target(args.get("target"))
        return (*target, args["path"]) if target else None

    def _target(self, args: Any) -> tuple[str] | None:
        return (args,) if isinstance(args, str) and args in self._targets else None

    def _drafted(self, args: Any) -> tuple[list[str]] | None:
        wanted = args.get("targets") if isinstance(args, dict) else None
        drafts = self._props["standing"]["drafts"]
        known = [each for each in drafts if isinstance(wanted, list) and each in wanted]
        return (known,) if known else None

    def _row(self, args: Any) -> tuple[Mapping[str, Any]] | None:
        is_row = isinstance(args, dict) and self._target(args.get("target")) is not None
        return (args,) if is_row and len(repr(args)) < _LONGEST else None

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        standing: Standing = self._props["standing"]
        found = [target["label"] for target in self._props["targets"]]
        found += [row["source"] for row in standing["rows"].values()]
        found += [draft["reason"] for draft in standing["drafts"].values()]
        found += [*standing["wrong"].values(), *standing["behind"].values()]
        cells = [cell for sample in standing["samples"] for cell in sample["cells"].values()]
        return [*found, *(words for cell in cells for words in cell), self._why_not]
