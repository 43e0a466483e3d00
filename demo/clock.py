"""Lets the clocks of Adjoin and of the living hotel show a moment of the past, and go on there."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx

from demo.programs import Addresses
from domain import moments


@contextmanager
def set_back(moment: datetime) -> Iterator[None]:
    """Let it be `moment`, and time go on from there, for work that asks for the time itself.

    For a process that does nothing else meanwhile.
    """
    began, real = time.monotonic(), moments.now

    def now() -> datetime:
        return moment + timedelta(seconds=time.monotonic() - began)

    vars(moments)["now"] = now
    try:
        yield
    finally:
        vars(moments)["now"] = real


def begin(programs: Addresses, moment: datetime) -> None:
    """Let the hotel begin anew at a moment; there, time stands still."""
    _tell(programs, "begin", at=moment.isoformat())


def pass_until(programs: Addresses, moment: datetime) -> None:
    """Let the hotel live until a moment."""
    _tell(programs, "pass", at=moment.isoformat())


def go_on(programs: Addresses) -> None:
    """Let the hotel live by itself."""
    _tell(programs, "go-on")


def call_at(programs: Addresses, path: str) -> None:
    """Let the hotel call Adjoin at a path whenever something has changed there."""
    _tell(programs, "call", path=path)


def _tell(programs: Addresses, action: str, **form: str) -> None:
    answer = httpx.post(f"{programs.hotel}/{action}", data=form, timeout=30, trust_env=False)
    if answer.is_error:
        raise RuntimeError(f"The stand-in for the hotel systems answered {answer.status_code}.")
