"""The demo's mailbox: the mails that Adjoin sent to the person who looks."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from ui.components.page_title import page_title
from ui.frame import Visit


class Letter(Protocol):
    id: str
    to: str
    subject: str
    text: str
    at: datetime


Letters = Callable[[set[str]], Sequence[Letter]]


def page(letters: Letters) -> Callable[[Visit], Awaitable[None]]:
    async def build(visit: Visit) -> None:
        with page_title("Mailbox"):
            pass

    return build
