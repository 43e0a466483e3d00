"""The vendors' own API descriptions: beside the checkout in `../shared/specs`, or ADJOIN_SPECS.

They are not part of this project: not all of them may be published.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "specs"
SPECS = Path(os.environ.get("ADJOIN_SPECS") or BESIDE)
KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


@cache
def contract(name: str) -> dict[str, Any] | None:
    """An API description by its path below the folder; None when it isn't there."""
    path = SPECS / name
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        parsed: dict[str, Any] = json.loads(text)
        return parsed
    loaded: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "$") -> list[str]:
    """Where a JSON value breaks a schema: types, required keys, enumerations, nested schemas."""
    while "$ref" in schema:
        schema = _pointed(root, schema["$ref"])
    for word in ("anyOf", "oneOf"):
        if word in schema and all(faults(value, one, root) for one in schema[word]):
            return [f"{at} fits none of {word}"]
    found = [fault for one in schema.get("allOf", []) for fault in faults(value, one, root, at)]
    if not _is_kind(value, schema):
        return [*found, f"{at} is not of type {schema['type']}"]
    if value is not None and value not in schema.get("enum", [value]):
        found.append(f"{at} is none of {schema['enum']}")
    if isinstance(value, dict):
        found += [
            f"{at}.{key} is missing" for key in schema.get("required", []) if key not in value
        ]
        for key, inner in schema.get("properties", {}).items():
            if key in value:
                found += faults(value[key], inner, root, f"{at}.{key}")
    if isinstance(value, list) and "items" in schema:
        for number, entry in enumerate(value):
            found += faults(entry, schema["items"], root, f"{at}[{number}]")
    return found


def _is_kind(value: Any, schema: dict[str, Any]) -> bool:
    kinds = schema.get("type", [])
    wanted = [kinds] if isinstance(kinds, str) else kinds
    if value is None and schema.get("nullable"):
        return True
    if isinstance(value, bool) and wanted and "boolean" not in wanted:
        return False
    return not wanted or any(isinstance(value, KINDS[kind]) for kind in wanted)


def _pointed(root: dict[str, Any], pointer: str) -> dict[str, Any]:
    found: Any = root
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    assert isinstance(found, dict)
    return found
