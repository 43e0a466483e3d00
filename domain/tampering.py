"""Finds out whether somebody has changed the audit log behind Adjoin's back, and says what.

It walks the chain of domain/seals.py from its beginning, a page at a time, so that a log of any
length needs the same memory. What the chain cannot know is whether its end was cut off together
with the rows: compare with a number and digest that were kept somewhere else (`Kept`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from domain import moments, seals
from domain.refusals import invalid
from storage import audit, database, ids
from storage.audit import Read

MOST_TOLD = 20  # findings; the others are counted
WAITS_AT_MOST = timedelta(hours=1)  # a row that has no seal after that is a finding
_AT_ONCE = 1_000
_FAR_AHEAD = 32_503_680_000  # the year 3000, in seconds
_KEPT = re.compile(r"([1-9][0-9]{0,9}):([0-9a-f]+)")


@dataclass(frozen=True)
class Kept:
    """The end of the chain at some earlier time, as somebody wrote it down."""

    number: int
    digest: str


@dataclass
class Verdict:
    """What was found. `number` and `digest` are those of the last seal: keep them elsewhere.

    `findings` are sentences about what somebody did to the log, `more` counts those beyond the
    first twenty; `notes` are sentences about what need not worry anybody by itself.
    """

    sealed: int = 0
    waiting: int = 0
    number: int = 0
    digest: str = seals.BEGINNING
    findings: list[str] = field(default_factory=list)
    more: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the log."""
        return not self.findings

    def find(self, sentence: str) -> None:
        """Add a finding."""
        if len(self.findings) < MOST_TOLD:
            self.findings.append(sentence)
        else:
            self.more += 1


def kept(text: str) -> Kept:
    """Return what `NUMBER:DIGEST` says; refuses `invalid`."""
    found = _KEPT.fullmatch(text.strip().lower())
    if found is None:
        raise invalid("Write a number and a digest, as it was told: 1234:9f86d0…", "platform")
    return Kept(int(found[1]), found[2])


def check(expected: Kept | None = None, *, now: datetime | None = None) -> Verdict:
    """Walk the whole chain and return what was found.

    `expected` is the end of the chain at an earlier time, which must still be a part of it.
    """
    verdict, now = Verdict(), now or moments.now()
    with database.reading() as session:
        walk = _Walk(verdict, expected)
        for link in _links(session):
            walk.take(link)
        walk.end()
        _look_at_the_unsealed(session, verdict, walk.has_stamps, now)
    return verdict


def in_words(verdict: Verdict) -> tuple[str, ...]:
    """Return a verdict in sentences for a terminal, the most important first."""
    if verdict.holds:
        said = [f"The audit log holds: {_rows(verdict.sealed)}, each as it was written, none gone."]
    else:
        said = ["The audit log does not hold.", *(f"- {each}" for each in verdict.findings)]
        if verdict.more:
            said.append(f"- And {verdict.more:,} more findings.")
        said.append(
            "If ADJOIN_SECRET_KEY is another one than when these rows were written, put the one "
            "before behind it, with a comma, and check again."
        )
    said += verdict.notes
    if verdict.number:
        said += [
            "Keep this somewhere else, and give it to --expect another time. Only so is it seen "
            "when the newest rows are removed together with their seals:",
            f"{verdict.number}:{verdict.digest}",
        ]
    return tuple(said)


class _Walk:
    """Where the walk along the chain stands: it remembers the last link only."""

    def __init__(self, verdict: Verdict, expected: Kept | None) -> None:
        self._verdict = verdict
        self._expected = expected
        self._misfits: tuple[int, int] | None = None  # the first and last of a row of seals
        self._late = 0
        self._unstamped = 0
        self._unstamped_at = ("", "")  # when the first and last of them were sealed
        self.has_stamps = False

    def take(self, link: Read) -> None:
        """Look at the next seal and its row."""
        verdict = self._verdict
        if link["number"] < 1:
            verdict.find(f"There is a seal {link['number']}, which Adjoin did not make.")
            return
        has_gap = link["number"] != verdict.number + 1
        if has_gap:
            self._tell_misfits()
            verdict.find(_missing(verdict.number + 1, link["number"] - 1))
        self._judge(link, has_gap=has_gap)
        self._count_unstamped(link)
        verdict.sealed += 1
        verdict.number, verdict.digest = link["number"], link["digest"]
        self.has_stamps = self.has_stamps or bool(link["stamp"])
        if self._expected and self._expected.number == link["number"]:
            self._compare(self._expected, link["digest"])

    def end(self) -> None:
        """Tell what is known at the end only."""
        self._tell_misfits()
        last, expected = self._verdict.number, self._expected
        if expected and expected.number > last:
            self._verdict.find(
                f"The chain ends at {last}, but it went up to {expected.number} when its digest "
                "was kept: the end was removed."
            )
        if self._unstamped:
            first_at, last_at = self._unstamped_at
            self._verdict.notes.append(
                f"{_rows(self._unstamped)} without a stamp, sealed from {_moment(first_at)} to "
                f"{_moment(last_at)}: right for what was there when you updated to a version with "
                "stamps. If it was another day, somebody took the stamps away and changed rows."
            )
        if self._late:
            self._verdict.notes.append(
                f"{_rows(self._late)} got the seal more than an hour after being written. That is "
                "so when Adjoin did not run, or when seals were removed and made again."
            )

    def _judge(self, link: Read, *, has_gap: bool) -> None:
        number, before = link["number"], self._verdict.digest
        if link["id"] is None:
            self._tell_misfits()
            self._verdict.find(
                f"The row {_shown(link['history_id'])}, sealed as number {number} on "
                f"{_moment(link['sealed_at'])}, was removed."
            )
        elif link["stamp"] and not seals.is_stamped(link):
            self._tell_misfits()
            self._verdict.find(f"{_named(link)}, number {number}, was changed.")
        elif not has_gap and not seals.is_fitting(link, before):
            if link["stamp"]:
                first = self._misfits[0] if self._misfits else number
                self._misfits = (first, number)
                return
            self._verdict.find(f"{_named(link)}, number {number}, or its seal was changed.")
        self._tell_misfits()
        self._late += _was_sealed_late(link)

    def _count_unstamped(self, link: Read) -> None:
        if link["id"] is not None and not link["stamp"]:
            first_at = self._unstamped_at[0] or link["sealed_at"]
            self._unstamped, self._unstamped_at = self._unstamped + 1, (first_at, link["sealed_at"])

    def _tell_misfits(self) -> None:
        if self._misfits is None:
            return
        first, last = self._misfits
        which = f"Seal {first} does" if first == last else f"The seals {first} to {last} do"
        self._verdict.find(
            f"{which} not fit what came before: a seal was changed, or made without the key."
        )
        self._misfits = None

    def _compare(self, expected: Kept, digest: str) -> None:
        if digest != expected.digest:
            self._verdict.find(
                f"Seal {expected.number} is another one than when its digest was kept: what came "
                "before was changed, and sealed again."
            )


def _links(session: Session) -> Iterator[Read]:
    after = -(2**63)
    while found := audit.chain(session, after, _AT_ONCE):
        yield from found
        after = found[-1]["number"]


def _look_at_the_unsealed(
    session: Session, verdict: Verdict, has_stamps: bool, now: datetime
) -> None:
    after = ""
    while found := audit.unsealed(session, after, _AT_ONCE):
        for each in found:
            _judge_unsealed(each, verdict, has_stamps, now)
        after = found[-1]["id"]
    if verdict.waiting:
        are = "is" if verdict.waiting == 1 else "are"
        verdict.notes.append(
            f"{_rows(verdict.waiting)} {are} not sealed yet. That takes some seconds while Adjoin "
            "runs."
        )


def _judge_unsealed(row: Read, verdict: Verdict, has_stamps: bool, now: datetime) -> None:
    if row["stamp"] and not seals.is_stamped(row):
        verdict.find(f"{_named(row)}, was inserted or changed: Adjoin did not write it so.")
    elif not row["stamp"] and has_stamps:
        verdict.find(f"{_named(row)}, was inserted: Adjoin did not write it.")
    elif row["stamp"] and _age(row["id"], now) > WAITS_AT_MOST:
        verdict.find(
            f"{_named(row)}, is not sealed yet, though it was written on "
            f"{_moment(_made_at(row['id']))}: Adjoin did not run, or its seal was removed."
        )
    else:
        verdict.waiting += 1


def _was_sealed_late(link: Read) -> bool:
    """Whether a row that was stamped got its seal long after; `at` may be a past that was told."""
    sealed_at = seals.moment(link["sealed_at"])
    if not link["stamp"] or sealed_at is None:
        return False
    return _age(link["id"], sealed_at) > WAITS_AT_MOST


def _age(id: str, now: datetime) -> timedelta:
    return now - _made_at(id)


def _made_at(id: str) -> datetime:
    """Return when an id was made; what is no id of ours is as old as can be."""
    seconds = ids.made_at(str(id)) or 0.0
    return datetime.fromtimestamp(seconds if seconds < _FAR_AHEAD else 0.0, UTC)


def _missing(first: int, last: int) -> str:
    if first == last:
        return f"Number {first} is missing: a seal was removed, with its row or without."
    return f"The numbers {first} to {last} are missing: seals were removed, with their rows or not."


def _named(row: Read) -> str:
    return (
        f"The row {_shown(row['id'])}, {_shown(row['event'])} by {_shown(row['who'])} on "
        f"{_moment(row['at'])}"
    )


def _shown(anything: object) -> str:
    """Return what may be anything by now in a way that a terminal can show."""
    text = str(anything)
    short = text if len(text) <= 80 else f"{text[:80]}…"
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in short)


def _moment(at: datetime | str) -> str:
    known = seals.moment(at)
    return f"{known:%Y-%m-%d %H:%M:%S} UTC" if known else _shown(at)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
