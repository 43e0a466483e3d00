"""One operation of a vendor's API description: what may be asked, and what is answered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.connectors.contracts import contract, faults

Json = Any


@dataclass(frozen=True)
class Operation:
    """A path and method in a description: OpenAPI 3.0 and 3.1, or Swagger 2.0.

    spec: the file below `contracts.SPECS`. path: as the description has it.
    """

    spec: str
    method: str
    path: str

    @property
    def root(self) -> dict[str, Any]:
        root = contract(self.spec)
        assert root is not None, f"{self.spec} is missing"
        return root

    @property
    def _described(self) -> dict[str, Any]:
        found: dict[str, Any] = self.root["paths"][self.path][self.method.lower()]
        return found

    def complaints(self, query: Mapping[str, str], body: Json) -> list[str]:
        """What breaks the contract in a question, in words."""
        return [*self._query_complaints(query), *self._body_complaints(body)]

    def answer_schema(self) -> dict[str, Any]:
        """The schema of a good answer."""
        responses = {str(code): told for code, told in self._described["responses"].items()}
        told = responses["200"]
        schema: dict[str, Any] = told.get("schema") or told["content"]["application/json"]["schema"]
        return schema

    def answer_faults(self, value: Json) -> list[str]:
        """Where an answer breaks the contract: the stand-in is held to it, too."""
        return faults(value, self.answer_schema(), self.root)

    def _query_complaints(self, query: Mapping[str, str]) -> list[str]:
        known = {p["name"]: p for p in self._described.get("parameters", []) if p["in"] == "query"}
        unknown = [f"there is no parameter {name}" for name in query if name not in known]
        missing = [
            f"the parameter {name} is missing"
            for name, told in known.items()
            if told.get("required") and name not in query
        ]
        wrong = [
            f"the parameter {name} can't be “{text}”"
            for name, text in query.items()
            if name in known and not _fits(text, known[name].get("schema") or known[name])
        ]
        return unknown + missing + wrong

    def _body_complaints(self, body: Json) -> list[str]:
        told = self._described.get("requestBody")
        if told is None:
            return [] if body is None else ["there must be no body"]
        schema = told["content"]["application/json"]["schema"]
        unknown = [f"there is no {key}" for key in body if key not in schema["properties"]]
        return unknown + faults(body, schema, self.root)


_DATE = r"\d{4}-\d\d-\d\d"
_FORMATS = {
    "date": _DATE,
    "date-time": _DATE + r"T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)",
}


def _fits(text: str, schema: Mapping[str, Any]) -> bool:
    """Whether the text of a query parameter is of its type."""
    kind = schema.get("type")
    if kind == "array":
        return all(_fits(one, schema["items"]) for one in text.split(","))
    if "enum" in schema and text not in schema["enum"]:
        return False
    if kind == "integer":
        return re.fullmatch(r"-?\d+", text) is not None
    if kind == "boolean":
        return text in ("true", "false")
    pattern = _FORMATS.get(schema.get("format", ""))
    return pattern is None or re.fullmatch(pattern, text) is not None
