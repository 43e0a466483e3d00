"""What is missing is said in a sentence; where nothing may miss, it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import needs

ROOT = Path(__file__).parents[1]


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs.shutil, "which", lambda name: None)
    monkeypatch.setattr(needs.Path, "glob", lambda self, pattern: iter(()))


@pytest.mark.usefixtures("bare_machine")
@pytest.mark.parametrize(
    ("need", "package"),
    [(needs.postgresql, "postgresql"), (needs.chromium, "chromium"), (needs.node, "nodejs")],
)
@pytest.mark.parametrize("complete", [False, True])
def test_what_is_missing_is_named_with_how_to_get_it(
    need: object, package: str, complete: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "COMPLETE", complete)
    outcome = pytest.fail.Exception if complete else pytest.skip.Exception
    with pytest.raises(outcome, match=f"sudo apt-get install .*{package}"):
        need()  # type: ignore[operator]


@pytest.mark.slow
@pytest.mark.parametrize(
    "test",
    [
        "import pytest\n\ndef test_one():\n    pytest.skip('I do not feel like it')\n",
        "import pytest\n\n@pytest.mark.skip\ndef test_one():\n    pass\n",
        "import pytest\npytest.importorskip('no_such_module')\n",
    ],
    ids=["inside", "marked", "whole file"],
)
def test_where_nothing_may_be_skipped_a_skipped_test_fails(tmp_path: Path, test: str) -> None:
    (tmp_path / "test_one.py").write_text(test)
    codes = {}
    for complete in ("0", "1"):
        environment = {**os.environ, "ADJOIN_TESTS_COMPLETE": complete, "PYTHONPATH": str(ROOT)}
        environment.pop("PYTEST_ADDOPTS", None)
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "."],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        codes[complete] = run.returncode
    assert codes["0"] in (0, 5)  # all skipped, or nothing collected
    assert codes["1"] in (1, 2)
