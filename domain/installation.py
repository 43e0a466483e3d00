"""What this installation is set to: its address, and its ways out. Set once, at the start."""

from dataclasses import dataclass

from connectors.door import Door
from connectors.mail import Post
from connectors.webhook import Sender


@dataclass(frozen=True)
class Installation:
    """`base_url` has no slash at its end; `post` is None where no mail server is set up.

    `mail_in` is the secret part of the address at which mails are handed in, empty for none.
    """

    base_url: str
    mail_from: str
    door: Door
    sender: Sender
    post: Post | None = None
    mail_in: str = ""


_current: Installation | None = None


def use(installation: Installation) -> None:
    global _current
    _current = installation


def current() -> Installation:
    if _current is None:
        raise RuntimeError("installation.use(…) has not been called")
    return _current


def link(path: str) -> str:
    """Return the full address of a page of ours, for mails."""
    return f"{current().base_url}{path}"


def mail_domain() -> str:
    """Return the domain from which we write, and to which answers come."""
    return current().mail_from.rpartition("@")[2].rstrip(">").strip()
