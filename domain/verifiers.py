"""Verifiers: the programs that partners paste into their own apps to check our signature."""

from connectors import verifiers

LANGUAGES = {"Python": "python", "JavaScript": "javascript"}


def sources() -> dict[str, str]:
    """Return the program text of each verifier, by the name of its language."""
    return {name: verifiers.source(language) for name, language in LANGUAGES.items()}
