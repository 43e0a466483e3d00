"""Holds the bodies of events against the schemas that partners read."""

import json
from datetime import datetime
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from domain import events


def check(body: str) -> None:
    """Hold that a body keeps its schema, and has nothing beside it."""
    told = json.loads(body)
    _validator(told["type"]).validate(told)
    assert datetime.fromisoformat(told["timestamp"]).utcoffset() is not None


@cache
def _validator(event: str) -> Draft202012Validator:
    return Draft202012Validator(_closed(events.schema(event)))


def _closed(schema: Any) -> Any:
    """Return a schema that takes no other fields than it names."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _closed(value) for key, value in schema.items()}
    if found.get("type") == "object":
        found["additionalProperties"] = False
    return found
