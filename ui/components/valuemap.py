"""The value mapping: what an app needs to know, and which of the hotel's records is meant."""

from collections.abc import Callable, Sequence
from inspect import isawaitable
from typing import Any, TypedDict

from nicegui import ui

from ui.components.plain import keep

_LONGEST = 100  # characters of a search


class Record(TypedDict):
    """A record of the hotel. number: None when it is in no list any more."""

    number: int | None
    name: str
    code: str
    external_id: str
    source: str
    state: str


class Row(TypedDict):
    """One value. type: the words for its list. choice: open, record or none; status: open, mapped,
    none, proposed or gone. proposal: {who, record or None}; suggested: a record with confidence
    and reason; gone: why its record is gone, in words."""

    key: str
    label: str
    hint: str
    type: str
    required: bool
    choice: str
    status: str
    record: Record | None
    proposal: dict[str, Any] | None
    suggested: dict[str, Any] | None
    gone: str


class Standing(TypedDict):
    """What changes while people map. lacking: how many required values are open; sure: how many
    suggestions may be accepted together; undo: whether there is a step back."""

    version: int
    mapped: int
    total: int
    lacking: int
    sure: int
    rows: list[Row]
    undo: bool


Handler = Callable[..., Any]


class ValueMap(ui.element, component="valuemap.js"):
    """Draws and asks; whoever uses it decides. Every handler may be async.

    on_find(key, text): returns the records that could be chosen for a value.
    on_choose(key, number), on_none(key), on_clear(key): a value was decided, or left open.
    on_confirm(key), on_dismiss(key): what the partner proposes is wanted, or not.
    on_all(): everything that is suggested with enough confidence was accepted.
    on_undo(): one step back.
    """

    def __init__(
        self,
        standing: Standing,
        *,
        why_not: str | None,
        on_find: Handler,
        on_choose: Handler,
        on_none: Handler,
        on_clear: Handler,
        on_confirm: Handler,
        on_dismiss: Handler,
        on_all: Handler,
        on_undo: Handler,
    ) -> None:
        """Show the mapping; `why_not` makes it read-only."""
        super().__init__()
        self._running = False
        self._why_not = why_not
        self._on_find = on_find
        self._props.set_optional("why-not", why_not)
        keep(self, standing=standing)
        self.on("find", lambda event: self._finds(event.args))
        self.on("choose", lambda event: self._heard(on_choose, self._choice(event.args)))
        for name, handler in (
            ("none", on_none),
            ("clear", on_clear),
            ("confirm", on_confirm),
            ("dismiss", on_dismiss),
        ):
            self.on(name, lambda event, it=handler: self._heard(it, self._key(event.args)))
        self.on("all", lambda: self._heard(on_all, ()), [])
        self.on("undo", lambda: self._heard(on_undo, ()), [])

    def show(self, standing: Standing, why_not: str | None, fresh: Sequence[str] = ()) -> None:
        """Show another standing; the rows of the values in `fresh` light up for a moment."""
        keep(self, standing=standing)
        if why_not != self._why_not:
            self._why_not = why_not
            self._props.set_optional("why-not", why_not)
        self.run_method("take", standing, list(fresh))

    def refuse(self, key: str, sentence: str) -> None:
        """Say at a row why nothing was changed."""
        self.run_method("refuse", key, sentence)

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

    async def _finds(self, args: Any) -> None:
        if not isinstance(args, dict) or self._why_not is not None:
            return
        key, ticket, text = self._key(args.get("key")), args.get("ticket"), args.get("text")
        if key is not None and type(ticket) is int and isinstance(text, str):
            found = await self._on_find(*key, text[:_LONGEST])
            if not self.is_deleted:
                self.run_method("found", *key, ticket, found)

    def _choice(self, args: Any) -> tuple[str, int] | None:
        key = self._key(args.get("key")) if isinstance(args, dict) else None
        return (*key, args["number"]) if key and type(args.get("number")) is int else None

    def _key(self, args: Any) -> tuple[str] | None:
        rows: list[Row] = self._props["standing"]["rows"]
        return (args,) if any(row["key"] == args for row in rows) else None

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        standing: Standing = self._props["standing"]
        found: list[Any] = [f"{standing['mapped']} of {standing['total']} mapped", self._why_not]
        for row in standing["rows"]:
            found += [row["label"], row["hint"], row["gone"], row["status"]]
            found += [row["record"]["name"]] if row["record"] else []
            found += [row["suggested"]["reason"]] if row["suggested"] else []
        return found
