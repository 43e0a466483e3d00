"""The one way to fail on purpose: a sentence, a code, and who can put it right."""

from typing import Literal

Owner = Literal["property", "partner", "platform"]


class Refusal(Exception):
    """A wish that Adjoin does not grant, with nothing changed.

    `code` is stable and meant for programs, `message` is a sentence fit for people, `owner` says
    who can put it right, `field` which input it is about, if it is one.
    """

    def __init__(
        self, code: str, message: str, owner: Owner = "property", *, field: str = ""
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.owner = owner
        self.field = field


def not_found(what: str) -> Refusal:
    """What does not exist and what the actor may not see get the same answer."""
    return Refusal("not_found", f"{what} was not found. It may have been removed.")


def invalid(message: str, owner: Owner = "property", *, field: str = "") -> Refusal:
    """An input that cannot be taken; `message` says what to write instead."""
    return Refusal("invalid", message, owner, field=field)
