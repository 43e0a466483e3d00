"""Expressions: useful, and unable to do harm."""

import contextlib
import json
import time
from typing import Any

import pytest

from domain.mapping import expressions
from domain.mapping.conversion import MappingError

RECORD = {
    "guest": {"first": "Eva", "last": "Novak"},
    "nights": [{"price": 100, "kind": "room"}, {"price": 20, "kind": "tax"}],
    "names": {"en-US": "Breakfast"},
    "none": None,
}
LONG = {"list": list(range(10_000)), "text": "x" * 100_000, "texts": ["y" * 100] * 10_000}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("guest.first", "Eva"),
        ("join(' ', [guest.first, guest.last])", "Eva Novak"),
        ("nights[?kind=='room'].price | [0]", 100),
        ("sum(nights[*].price)", 120),
        ("none || guest.last", "Novak"),
        ("values(names)[0]", "Breakfast"),
        ("length(nights)", 2),
        ("nights[0].price > nights[1].price", True),
        ("guest == guest", True),
        ("nights[].price[] | [0]", 100),
        ("contains(guest.last, 'ova')", True),
        ("sort_by(nights, &price)[0].kind", "tax"),
        ("to_string(guest)", '{"first":"Eva","last":"Novak"}'),
        ("nowhere.to.be.found", None),
        ("guest > nights", None),
    ],
)
def test_expressions_say_what_paths_cannot(expression: str, value: Any) -> None:
    assert expressions.compiled(expression)(RECORD) == value


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("", "Write an expression."),
        ("a" * 501, "An expression has at most 500 characters."),
        ("guest.", "The expression ends too early."),
        ("guest..first", "The expression cannot be read from “.first” on."),
        ("guest first", "The expression cannot be read from “first” on."),
        ("'open", "The expression cannot be read from “'open” on."),
        ("[" * 490, "The expression is nested too deep."),
        ("!" * 490 + "a", "The expression is nested too deep."),
        ("(" * 200 + "a" + ")" * 200, None),
        ("length()", "The function length() takes 1 values, not 0."),
        ("merge()", "The function merge() takes at least 1 values, not 0."),
    ],
)
def test_what_cannot_be_read_says_where(expression: str, sentence: str | None) -> None:
    if sentence is None:
        expressions.compiled(expression)
        return
    with pytest.raises(MappingError) as caught:
        expressions.compiled(expression)
    assert caught.value.sentence == sentence


def test_a_function_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(MappingError, match=r"no function exec\(\).*length"):
        expressions.compiled("guest | exec(@)")


@pytest.mark.parametrize(
    "expression",
    ["join(' ', [none, none])", "abs(guest)", "nights[::0]", "max(nights)", "ceil(`1e999`)"],
)
def test_a_record_that_does_not_fit_is_refused_in_words(expression: str) -> None:
    with pytest.raises(MappingError, match="expression does not fit"):
        expressions.compiled(expression)(RECORD)


def _again(part: str, times: int) -> str:
    return "|".join([part] * times)[:500].rsplit("|", 1)[0]


@pytest.mark.parametrize(
    "expression",
    [
        _again("[@,@][]", 62),
        _again("[@,@]", 80),
        _again("[@,@]", 75) + "|to_string(@)",
        _again("[@,@]", 35) + "==" + _again("[@,@]", 35),
        _again("{a:@,b:@}", 45) + "|values(@)",
        _again("join('',[to_string(@),to_string(@)])", 13),
        "join(text, texts)",
        _again("to_string(@)", 37),
        _again("to_string([@])", 30),
        "list[*].[@,@,@,@,@,@,@,@,@,@][]",
        "map(&map(&[@,@,@], [@,@,@,@]), list)[]",
    ],
)
def test_no_expression_grows_or_runs_without_end(expression: str) -> None:
    started = time.process_time()
    found: Any = None
    with contextlib.suppress(MappingError):
        found = expressions.compiled(expression)(LONG)
    assert len(json.dumps(found)) < 5_000_000
    assert time.process_time() - started < 2


def _nested(depth: int) -> Any:
    record: Any = "end"
    for _ in range(depth):
        record = [record]
    return record


def test_a_record_that_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(MappingError):
        expressions.compiled("to_string(@)")(_nested(100_000))


@pytest.mark.parametrize("expression", ["a == b", "to_string(a)", "contains(a, b)"])
def test_how_deep_python_itself_goes_is_nobody_s_problem(expression: str) -> None:
    # From one version of Python to the next, it is answered or refused.
    with contextlib.suppress(MappingError):
        found = expressions.compiled(expression)({"a": _nested(5_000), "b": _nested(5_000)})
        assert found is not None


def test_an_expression_costs_nothing_after_it_was_refused() -> None:
    evaluate = expressions.compiled("list[*].[@,@,@,@,@,@,@,@,@,@][]")
    with pytest.raises(MappingError, match="takes too long"):
        evaluate({"list": list(range(100_000))})
    assert evaluate({"list": [1]}) == [1] * 10
