"""Expressions: jmespath, for what a path cannot say; bounded in length, time and memory."""

from collections.abc import Callable
from typing import Any

import jmespath
from jmespath.exceptions import (
    ArityError,
    IncompleteExpressionError,
    JMESPathError,
    JMESPathTypeError,
    ParseError,
)

from domain.mapping.bounded import FUNCTIONS, Bounded
from domain.mapping.conversion import MappingError, short

LONGEST = 500  # characters
_DEEPEST = 40  # nodes inside one another
# What jmespath and Python raise for a value of the wrong kind.
_WRONG = (JMESPathError, TypeError, ValueError, ArithmeticError, AttributeError, LookupError)


def compiled(expression: str) -> Callable[[Any], Any]:
    """Return the function that evaluates `expression` for a record.

    Raises MappingError when it is too long or no expression. The returned function raises the
    same, and nothing else, when the expression doesn't fit a record.
    """
    tree = _parsed(expression)

    def evaluate(record: Any) -> Any:
        try:
            return Bounded().visit(tree, record)
        except RecursionError as error:
            raise MappingError("The record is nested too deep for the expression.") from error
        except _WRONG as error:
            raise MappingError(_misfit(error)) from error

    return evaluate


def _parsed(expression: str) -> Any:
    if len(expression) > LONGEST:
        raise MappingError(f"An expression has at most {LONGEST} characters.")
    if not expression.strip():
        raise MappingError("Write an expression.")
    try:
        tree: Any = jmespath.compile(expression).parsed
    except RecursionError as error:
        raise MappingError("The expression is nested too deep.") from error
    except _WRONG as error:
        raise MappingError(_unreadable(error, expression)) from error
    _check(tree)
    return tree


def _check(tree: dict[str, Any]) -> None:
    """Refuse what is too deep, and wrong uses of functions, before any record is seen."""
    level = [tree]
    for _ in range(_DEEPEST):
        for node in level:
            if node["type"] == "function_expression":
                _check_function(node["value"], len(node["children"]))
        level = [child for node in level for child in node["children"] if isinstance(child, dict)]
        if not level:
            return
    raise MappingError("The expression is nested too deep.")


def _check_function(name: str, given: int) -> None:
    if name not in FUNCTIONS:
        known = ", ".join(sorted(FUNCTIONS))
        raise MappingError(f"There is no function {name}(). These exist: {known}.")
    wanted = FUNCTIONS[name]["signature"]
    takes_more = bool(wanted and wanted[-1].get("variadic"))
    if given < len(wanted) or (given > len(wanted) and not takes_more):
        least = "at least " if takes_more else ""
        raise MappingError(f"The function {name}() takes {least}{len(wanted)} values, not {given}.")


def _unreadable(error: Exception, expression: str) -> str:
    if not isinstance(error, ParseError) or isinstance(error, ArityError):
        return "The expression cannot be read."
    place = min(error.lex_position, len(expression))
    if isinstance(error, IncompleteExpressionError) or place == len(expression):
        return "The expression ends too early."
    return f"The expression cannot be read from “{short(expression[place:])}” on."


def _misfit(error: Exception) -> str:
    if isinstance(error, JMESPathTypeError):
        given = short(error.current_value)
        return f"The expression does not fit: {error.function_name}() cannot take {given}."
    return "The expression does not fit the values of this record."
