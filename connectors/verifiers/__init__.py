"""The verifiers that partners paste into their own apps, as the Developer Hub shows them."""

from functools import cache
from pathlib import Path

_FILES = {"python": "python.py", "javascript": "javascript.mjs"}


@cache
def source(language: str) -> str:
    """The program text of a verifier. language: "python" or "javascript"; else KeyError."""
    return (Path(__file__).parent / _FILES[language]).read_text(encoding="utf-8")
