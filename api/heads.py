"""Limits how long the head of a request may be: its first line and its headers.

httptools, unlike h11, holds a head of any size; a proxy would cut it, but not everybody has one.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST = 512_000  # bytes; proxies take 8,000 to 64,000


class Heads(HttpToolsProtocol):
    """One connection of uvicorn's: answers 400 to a head over the limit, and hangs up."""

    _taken: int | None = None  # bytes of a head that has begun and not ended

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._taken is None or self.transport.is_closing():
            return
        self._taken += len(data)
        if self._taken > LONGEST:
            self.send_400_response("The head of this request is too long.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._taken = 0

    def on_headers_complete(self) -> None:
        self._taken = None
        super().on_headers_complete()
