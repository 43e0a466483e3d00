"""Tells the paths of the API from those of pages: they differ in limits, headers and errors."""

PREFIX = "/api"


def is_api(path: str) -> bool:
    """Return whether `path` is answered by the API, and so always in JSON."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")
