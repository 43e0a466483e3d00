"""jmespath's own interpreter, with a limit on what one evaluation may cost.

jmespath has no loops and no recursion, yet `[@,@][]|[@,@][]|…` doubles a list with every nine
characters, and `[@,@]|[@,@]|…` holds what `to_string` would write for years. So every value that
an expression builds, compares or writes is weighed first.
"""

from typing import Any

from jmespath.functions import Functions
from jmespath.visitor import Options, TreeInterpreter

from domain.mapping.conversion import MappingError

FUNCTIONS: dict[str, dict[str, Any]] = Functions.FUNCTION_TABLE
MOST_STEPS = 20_000  # per record; a usual expression takes a dozen
MOST_WEIGHT = 50_000  # per record; a value weighs 1, and so do 16 characters
_FUNCTIONS = Functions()
_OPTIONS = Options(custom_functions=_FUNCTIONS)


class Bounded(TreeInterpreter):
    """One evaluation: raises MappingError as soon as it costs too much."""

    def __init__(self) -> None:
        super().__init__(_OPTIONS)
        self._steps = MOST_STEPS
        self._weight = MOST_WEIGHT

    def visit(self, node: Any, *args: Any, **more: Any) -> Any:
        self._steps -= 1
        if self._steps < 0:
            raise MappingError("The expression takes too long for this record.")
        return super().visit(node, *args, **more)

    def visit_multi_select_list(self, node: Any, value: Any) -> Any:
        return self._weighed(super().visit_multi_select_list(node, value))

    def visit_multi_select_dict(self, node: Any, value: Any) -> Any:
        return self._weighed(super().visit_multi_select_dict(node, value))

    def visit_flatten(self, node: Any, value: Any) -> Any:
        lists = self.visit(node["children"][0], value)
        if not isinstance(lists, list):
            return None
        self._spend(sum(len(each) if isinstance(each, list) else 1 for each in lists))
        flat: list[Any] = []
        for each in lists:
            flat.extend(each) if isinstance(each, list) else flat.append(each)
        return flat

    def visit_comparator(self, node: Any, value: Any) -> Any:
        left, right = (self.visit(child, value) for child in node["children"])
        compare = self.COMPARATOR_FUNC[node["value"]]
        if node["value"] in ("eq", "ne"):
            return compare(self._weighed(left), self._weighed(right))
        # jmespath orders numbers and texts, and answers null for anything else.
        return compare(left, right) if _has_order(left) and _has_order(right) else None

    def visit_function_expression(self, node: Any, value: Any) -> Any:
        values = [self.visit(child, value) for child in node["children"]]
        if node["value"] in ("to_string", "contains"):
            for each in values:
                self._weighed(each)
        if node["value"] == "join":
            self._weigh_join(*values)
        return self._weighed(_FUNCTIONS.call_function(node["value"], values))

    def _weigh_join(self, separator: Any, texts: Any) -> None:
        if isinstance(separator, str) and isinstance(texts, list):
            self._spend(len(separator) * len(texts) // 16)
            self._weighed(texts)

    def _weighed(self, value: Any) -> Any:
        """Return `value` when its whole tree is still affordable."""
        waiting = [value]
        while waiting:
            each = waiting.pop()
            if isinstance(each, str):
                self._spend(1 + len(each) // 16)
                continue
            self._spend(1)
            if isinstance(each, list | dict):
                self._spend(len(each))
                waiting.extend(each.values() if isinstance(each, dict) else each)
        return value

    def _spend(self, weight: int) -> None:
        self._weight -= weight
        if self._weight < 0:
            raise MappingError("The expression makes too much of this record.")


def _has_order(value: Any) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)
