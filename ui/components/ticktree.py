"""A tree of boxes to tick: groups with their parts, and why some cannot be ticked."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict

from nicegui import ui


class Leaf(TypedDict, total=False):
    """One box; `why_not` says why it cannot be ticked."""

    key: str
    label: str
    why_not: str | None


class Branch(TypedDict, total=False):
    """A group of boxes, ticked together by its own.

    `note` stands beside the label. `why_not` keeps boxes from being ticked, not from being
    emptied; `link` is {label, href} to where that can be put right.
    """

    key: str
    label: str
    note: str
    why_not: str | None
    link: dict[str, str] | None
    leaves: list[Leaf]


class TickTree(ui.element, component="ticktree.js"):
    """The tree; `value` is what is ticked: the keys of leaves by the keys of branches."""

    def __init__(
        self,
        label: str,
        branches: Sequence[Branch],
        value: Mapping[str, Sequence[str]],
        *,
        why_not: str | None = None,
        on_change: Callable[[], Any] | None = None,
    ) -> None:
        """Show the tree; `why_not` is why this visitor may only look at it."""
        super().__init__()
        self._branches = {branch["key"]: branch for branch in branches}
        self._on_change = on_change
        self._is_fixed = why_not is not None
        self.value = {key: list(ticked) for key, ticked in value.items()}
        self._props.update({"label": label, "branches": list(branches), "value": dict(self.value)})
        self._props["fixed"] = self._is_fixed
        self.on("tick", lambda event: self._tick(event.args))

    def error(self, sentence: str | None) -> None:
        """Show what is wrong with the choice; None takes the sentence away."""
        self._props.set_optional("error-message", sentence)

    def _tick(self, wish: Any) -> None:
        """Take what could have been ticked; what a browser sends may be forged."""
        if self._is_fixed or not isinstance(wish, dict) or type(wish.get("on")) is not bool:
            return
        branch = self._branches.get(str(wish.get("branch")))
        if branch is None or not isinstance(wish.get("leaves"), list):
            return
        is_open = not branch.get("why_not") or not wish["on"]
        known = [
            leaf["key"]
            for leaf in branch["leaves"]
            if is_open and (not leaf.get("why_not") or not wish["on"])
        ]
        wanted = {leaf for leaf in wish["leaves"] if isinstance(leaf, str) and leaf in known}
        before = set(self.value.get(branch["key"], ()))
        after = before | wanted if wish["on"] else before - wanted
        if after == before:
            return
        order = [leaf["key"] for leaf in branch["leaves"]]
        self.value[branch["key"]] = [key for key in order if key in after]
        self._props["value"] = dict(self.value)
        self.error(None)
        if self._on_change:
            self._on_change()

    def _displayed_contents(self, *, only_visible: bool) -> list[Any]:
        found: list[Any] = [self._props["label"], self._props.get("error-message")]
        for branch in self._branches.values():
            found += [branch["label"], branch.get("note"), branch.get("why_not")]
            for leaf in branch["leaves"]:
                found += [leaf["label"], leaf.get("why_not")]
        return [words for words in found if words]
