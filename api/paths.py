"""Tells the paths of machines from those of pages: they differ in limits, headers and errors."""

from domain import hooks, replies

PREFIX = "/api"


def is_api(path: str) -> bool:
    """Return whether `path` is answered by the API, and so always in JSON."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def is_hook(path: str) -> bool:
    """Return whether `path` is an address that sources call."""
    return path.startswith(f"{hooks.PATH}/")


def is_mail(path: str) -> bool:
    """Return whether `path` is where the mail server hands in mails, or is said to be."""
    return path.startswith(f"{replies.PATH}/")


def is_for_machines(path: str) -> bool:
    """Return whether no browser has any business at `path`, and no cookie is read there."""
    return is_api(path) or is_hook(path) or is_mail(path)
