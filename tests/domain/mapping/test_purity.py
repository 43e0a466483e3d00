"""The mapping asks nobody: no tables, no network, no clock."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import domain.mapping

FILES = sorted(Path(domain.mapping.__file__).parent.glob("*.py"))
ALLOWED = {"domain.mapping", "jmespath", "rapidfuzz"}
FORBIDDEN = {"time", "random", "os", "socket", "urllib", "http", "subprocess", "threading"}


def _imports(tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports when it runs; what only types need is no matter."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
        yield from _imports(node)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_module_of_the_mapping_imports_nothing_that_acts(path: Path) -> None:
    for name in _imports(ast.parse(path.read_text("utf-8"))):
        root = name.split(".")[0]
        is_ours = any(name == each or name.startswith(f"{each}.") for each in ALLOWED)
        assert is_ours or root in sys.stdlib_module_names, name
        assert root not in FORBIDDEN, name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_module_asks_for_the_time(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8")))
             if isinstance(node, ast.Attribute)]  # fmt: skip
    assert not {"now", "utcnow", "today"} & {call.attr for call in calls}
