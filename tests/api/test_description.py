"""The API against its own description: whatever is sent, the answer is one that is described.

schemathesis makes the requests from the OpenAPI document, right ones and wrong ones, and judges the
answers by all of its checks: no 5xx, no undocumented answer, none that breaks its schema.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from starlette.testclient import TestClient

import api.app
from domain import partner_keys
from domain.pace import Limit
from tests import builders, shelf
from tests.api.machines import BASE_URL
from tests.builders import World
from tests.shelf import Shelf

EXAMPLES = 2  # of each operation, for each caller and each mode
UNHURRIED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def operations() -> list[Any]:
    """Every operation of the API, for programs in a hurry."""
    app = api.app.create(base_url=BASE_URL, limit=Limit(1_000_000, 30))
    description = TestClient(app).get("/api/v1/openapi.json").json()
    for ways in description["paths"].values():
        for operation in ways.values():
            # Where either of two credentials opens, a broken header is invented beside ours, and
            # taken for a wrong request. Who may call what, tests/api/test_doors.py tries.
            if len(operation.get("security", ())) > 1:
                del operation["security"]
    config = SchemathesisConfig()
    # No schema can say which addresses may be called, what a hotel has (422), or which version of
    # its mapping is the newest (412).
    accepted = config.projects.default.checks.positive_data_acceptance
    accepted.expected_statuses = [*accepted.expected_statuses, "412", "422"]
    schema = schemathesis.openapi.from_dict(description, config=config)
    schema.app = app
    return [result.ok() for result in schema.get_all_operations()]


def _token(filled: Shelf) -> str:
    return builders.token_of(filled.connection)


def _key(filled: Shelf) -> str:
    return partner_keys.make(filled.world.dee, filled.world.d3x, "Dashboard").clear


SHOWN: dict[str, Callable[[Shelf], str]] = {
    "nothing": lambda _: "",
    "a pending token": _token,
    "an active token": _token,
    "a partner key": _key,
}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("shown", SHOWN)
def test_every_answer_is_as_described(
    shown: str, mode: GenerationMode, world: World, operations: list[Any]
) -> None:
    filled = shelf.fill(world, active=shown != "a pending token")
    ids = shelf.ids(filled)
    bearer = SHOWN[shown](filled)
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    before = builders.snapshot()
    answered = set()
    for operation in operations:

        @seed(17)
        @UNHURRIED
        @given(case=operation.as_strategy(generation_mode=mode))
        def judge(case: Any) -> None:
            if mode is GenerationMode.POSITIVE:
                case.path_parameters = path_parameters(case.operation.path, ids)
            answered.add(case.call_and_validate(headers=headers).status_code // 100)
            if case.method != "GET":
                builders.restore(before)  # or a connection that has ended opens nothing else

        judge()
    assert answered == ({2, 4} if bearer and mode is GenerationMode.POSITIVE else {4})


def path_parameters(path: str, ids: dict[str, str]) -> dict[str, str]:
    """Return the ids of what there is, for the places in a path: a guess would find nothing."""
    names = re.findall(r"{(\w+)}", path)
    return {name: ids[path.split("/")[2] if name == "id" else name] for name in names}
