"""What the API takes as a body: one JSON object, with no other fields than declared."""

import re
from collections.abc import Callable
from email.message import Message as Mail

from fastapi import HTTPException, Request
from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError
from starlette.types import Message, Receive

from domain.refusals import Refusal

_JSON = re.compile(r"application/([\w.-]+\+)?json")


class Body(BaseModel):
    """A body whose fields are all known and of exactly their type."""

    model_config = ConfigDict(extra="forbid", strict=True)


def judged_by(check: Callable[[str], str]) -> AfterValidator:
    """Have a check of the domain judge a field; its sentence stands beside the field's pointer."""

    def judge(text: str) -> str:
        try:
            return check(text)
        except Refusal as refusal:
            raise PydanticCustomError(
                "refused", "{sentence}", {"sentence": refusal.message}
            ) from refusal

    return AfterValidator(judge)


async def only_json(request: Request) -> None:
    """Answer 415 to a body that does not say that it is JSON."""
    if not await request.body():
        return
    said = Mail()
    said["content-type"] = request.headers.get("content-type", "")
    if not _JSON.fullmatch(said.get_content_type()):
        raise HTTPException(415)


def again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives `body` first and then whatever the server says."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again
