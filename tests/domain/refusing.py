"""How a test says that a verb must be refused."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.refusals import Refusal


def refused(verb: Callable[..., Any], *arguments: Any, **named: Any) -> Refusal:
    """Call a verb that must be refused, and return how."""
    with pytest.raises(Refusal) as caught:
        verb(*arguments, **named)
    assert caught.value.message.endswith((".", "?"))
    return caught.value
