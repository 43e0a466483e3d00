"""What is missing is said in a sentence; where nothing may miss, it fails."""

import os
import re
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


WAYS_TO_SKIP = {
    "inside": "import pytest\n\ndef test_one():\n    pytest.skip('I do not feel like it')\n",
    "marked": "import pytest\n\n@pytest.mark.skip\ndef test_one():\n    pass\n",
    "whole_file": "import pytest\npytest.importorskip('no_such_module')\n",
}


@pytest.mark.slow
@pytest.mark.parametrize(("complete", "outcome"), [("0", "skipped"), ("1", "failed")])
def test_where_nothing_may_be_skipped_a_skipped_test_fails(
    tmp_path: Path, complete: str, outcome: str
) -> None:
    for name, test in WAYS_TO_SKIP.items():
        (tmp_path / f"test_{name}.py").write_text(test)
    environment = {**os.environ, "ADJOIN_TESTS_COMPLETE": complete, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTEST_ADDOPTS", None)
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-q", "-rA"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--continue-on-collection-errors", "."],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    if outcome == "skipped":
        assert "3 skipped" in run.stdout
        assert run.returncode == 0
    else:
        # What skips itself before its test begins is an error, which fails the run just as well.
        assert "1 failed, 2 errors" in re.sub(r"\d+ warnings?, ", "", run.stdout)
        assert run.returncode == 1
