"""Example values made from a schema: always the same for the same number."""

from datetime import UTC, datetime, timedelta
from typing import Any

BEGINNING = datetime(2024, 2, 1, 8, 0, tzinfo=UTC)
DEEPEST = 6


def sample(schema: dict[str, Any], root: dict[str, Any], number: int, depth: int = 0) -> Any:
    """A value that keeps the schema. number: which one; every third optional value is null."""
    schema = resolved(schema, root)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            real = [one for one in schema[word] if one.get("type") != "null"]
            return sample(real[number % len(real)], root, number, depth)
    if "enum" in schema:
        return schema["enum"][number % len(schema["enum"])]
    kinds = schema.get("type", "object")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    may_be_null = (isinstance(kinds, list) and "null" in kinds) or schema.get("nullable")
    if may_be_null and number % 3 == 0:
        return None
    return _of_kind(kind, schema, root, number, depth)


def resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """Follow references, and put the parts of `allOf` together."""
    while "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    if "allOf" in schema:
        whole: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
        for one in (resolved(part, root) for part in schema["allOf"]):
            whole["properties"] |= one.get("properties", {})
            whole["required"] += one.get("required", [])
        return whole
    return schema


def _of_kind(
    kind: str, schema: dict[str, Any], root: dict[str, Any], number: int, depth: int
) -> Any:
    if kind == "array":
        wanted = 1 if depth < DEEPEST else 0
        return [sample(schema["items"], root, number + i, depth + 1) for i in range(wanted)]
    if kind == "object":
        return _object(schema, root, number, depth)
    if kind == "string":
        return _text(schema, number)
    return {"integer": number % 5, "number": number + 0.5, "boolean": number % 2 == 0}[kind]


def _object(schema: dict[str, Any], root: dict[str, Any], number: int, depth: int) -> Any:
    required = schema.get("required", [])
    return {
        key: sample(inner, root, number, depth + 1)
        for key, inner in schema.get("properties", {}).items()
        if key in required or depth < DEEPEST
    }


def _text(schema: dict[str, Any], number: int) -> str:
    moment = BEGINNING + timedelta(hours=number)
    if schema.get("format") == "date-time":
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    if schema.get("format") == "date":
        return moment.date().isoformat()
    return f"text {number}"[: schema.get("maxLength", 100)]
