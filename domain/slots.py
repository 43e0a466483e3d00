"""Slots: the values of a hotel that an app needs to know, and which record could be meant. Pure.

An app declares a slot as a dict: `key`, `label`, `type` (a key of `TYPES`), and optionally
`required` and `hint`: {"label": "Breakfast", "type": "products", "required": True}.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rapidfuzz import fuzz, process

from domain.mapping import likeness
from domain.refusals import Refusal, invalid
from domain.shelves import READS
from domain.types_of_data import ALL

# What a value can be: an entry of the hotel's own lists, never a reservation or a guest. Each with
# the permission without which the partner could not read what was chosen.
_ORDER = ("accounting_categories", "products", "services", "rates", "spaces")
TYPES = {key: READS[key] for key in _ORDER}
LONGEST_LABEL, LONGEST_HINT, LONGEST_KEY = 80, 300, 60
MOST = 60  # slots of one app
SURE = 90  # percent from which suggestions may be accepted together
LEAST = 60  # what is less sure than this is not suggested
_SAME_CODE, _SAME_NAME, _IN_NAME = 98, 96, 88
_SIMILAR = 0.88  # what only looks alike is never as sure as what is the same
_OTHERS_ALIKE = 25  # what a second record that fits as well takes away
_NEARLY_AS_WELL = 3
_SHORT = 3  # letters: such a word is no proof when it is only part of a name


@dataclass(frozen=True)
class Slot:
    """One value that an app needs to know. type: a key of `TYPES`."""

    key: str
    label: str
    type: str
    required: bool = False
    hint: str = ""


class Candidate(NamedTuple):
    """A record that could be chosen: its number with us, its name, and its code or nothing."""

    number: int
    name: str
    code: str = ""


class Suggestion(NamedTuple):
    """A record that is probably meant. confidence: 0 to 100; reason: a sentence for people."""

    number: int
    confidence: int
    reason: str

    @property
    def is_sure(self) -> bool:
        return self.confidence >= SURE


class Completeness(NamedTuple):
    """How far a mapping is: `mapped` of `total` slots are decided, and which required ones not.

    A slot without a value on purpose is decided, unless it is required.
    """

    mapped: int
    total: int
    lacking: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"{self.mapped} of {self.total} mapped"

    @property
    def is_complete(self) -> bool:
        return self.mapped == self.total and not self.lacking


def of(declared: Sequence[Mapping[str, Any]]) -> tuple[Slot, ...]:
    """Return the slots that an app declares, as they are kept, in the order of `TYPES`."""
    order = list(TYPES)
    found = [
        Slot(
            each["key"],
            each["label"],
            each["type"],
            bool(each.get("required")),
            each.get("hint", ""),
        )
        for each in declared
        if each["type"] in TYPES
    ]
    return tuple(sorted(found, key=lambda slot: order.index(slot.type)))


def checked(declared: Sequence[Mapping[str, Any]], permissions: Sequence[str]) -> list[Any]:
    """Return declared slots tidied up; refuses `invalid` with a sentence for the first wrong one.

    A slot without a `key` gets one from its label. The app needs the permission to read what can
    be chosen, for its partner reads the choice.
    """
    if len(declared) > MOST:
        raise invalid(f"An app can need {MOST} values at most.", "platform")
    tidy: list[dict[str, Any]] = []
    for number, each in enumerate(declared, 1):
        tidy.append(_declared(each, number, {other["key"] for other in tidy}))
        needed = TYPES[tidy[-1]["type"]]
        if needed not in permissions:
            label = ALL[tidy[-1]["type"]].label.lower()
            raise _wrong(number, f"is one of the {label}: let the app read them, too ({needed})")
    return tidy


def completeness(slots: Sequence[Slot], choices: Mapping[str, str]) -> Completeness:
    """Return how far a mapping is; `choices` are "record" or "none" by the key of the slot."""
    decided = {slot.key for slot in slots if _is_decided(slot, choices.get(slot.key))}
    lacking = (slot.key for slot in slots if slot.required and slot.key not in decided)
    return Completeness(len(decided), len(slots), tuple(lacking))


def suggest(slot: Slot, candidates: Sequence[Candidate]) -> Suggestion | None:
    """Return which of the hotel's records is probably meant by a slot, None when none is."""
    return _best((slot.label,), (slot.key, slot.label), candidates, "what the app calls it")


def replacement(name: str, code: str, candidates: Sequence[Candidate]) -> Suggestion | None:
    """Return which record probably took the place of one that is gone, None when none did."""
    return _best((name,), (code,) if code else (), candidates, "what was mapped before")


# Details


def _is_decided(slot: Slot, choice: str | None) -> bool:
    return choice == "record" or (choice == "none" and not slot.required)


def _best(
    names: Sequence[str], codes: Sequence[str], candidates: Sequence[Candidate], like: str
) -> Suggestion | None:
    found = sorted(_scored(names, codes, candidates, like), key=lambda each: -each.confidence)
    if not found or found[0].confidence < LEAST:
        return None
    best = found[0]
    others = sum(each.confidence > best.confidence - _NEARLY_AS_WELL for each in found[1:])
    if not others:
        return best
    confidence = best.confidence - _OTHERS_ALIKE
    if confidence < LEAST:
        return None
    fit = "fits" if others == 1 else "fit"
    reason = f"{best.reason} But {'one other' if others == 1 else others} {fit} as well."
    return Suggestion(best.number, confidence, reason)


def _scored(
    names: Sequence[str], codes: Sequence[str], candidates: Sequence[Candidate], like: str
) -> Iterator[Suggestion]:
    known_codes = {_plain(code) for code in codes} - {""}
    wanted = [likeness.words(name) for name in names if likeness.words(name)]
    similar = _similar(wanted, candidates)
    for index, each in enumerate(candidates):
        name = likeness.words(each.name)
        if each.code and _plain(each.code) in known_codes:
            yield Suggestion(each.number, _SAME_CODE, f"Its code {each.code} is {like}.")
        elif name and name in wanted:
            yield Suggestion(each.number, _SAME_NAME, f"Its name is {like}.")
        elif any(_contains(name, whole) for whole in wanted):
            yield Suggestion(each.number, _IN_NAME, f"Its name contains {like}.")
        elif similar.get(index, 0) >= LEAST:
            yield Suggestion(each.number, similar[index], f"Its name is similar to {like}.")


def _similar(wanted: Sequence[str], candidates: Sequence[Candidate]) -> dict[int, int]:
    """Return how similar the names of candidates are, by their places, in percent."""
    names = [likeness.words(each.name) for each in candidates]
    found: dict[int, int] = {}
    for each in wanted:
        for scorer in (fuzz.ratio, fuzz.token_sort_ratio):
            least = LEAST / _SIMILAR
            for _, score, place in process.extract(
                each, names, scorer=scorer, score_cutoff=least, limit=5
            ):
                found[place] = max(found.get(place, 0), int(_SIMILAR * score))
    return found


def _contains(name: str, wanted: str) -> bool:
    """Whether all words of a wanted name stand in another, or all of the other in it."""
    mine, theirs = set(name.split()), set(wanted.split())
    if not mine or not theirs or max(map(len, mine & theirs), default=0) <= _SHORT:
        return False
    return theirs <= mine or mine <= theirs


def _plain(code: str) -> str:
    return re.sub(r"[\W_]+", "", code).lower()


def _declared(slot: Mapping[str, Any], number: int, taken: set[str]) -> dict[str, Any]:
    label = _line(slot.get("label"))
    if not label or len(label) > LONGEST_LABEL:
        raise _wrong(number, f"needs a name of {LONGEST_LABEL} characters at most")
    kind = str(slot.get("type"))
    if kind not in TYPES:
        raise _wrong(number, f"must be one of these: {', '.join(TYPES)}")
    tidy: dict[str, Any] = {"key": _key(slot, label), "label": label, "type": kind}
    if tidy["key"] in taken:
        raise _wrong(number, "is there twice")
    if slot.get("required"):
        tidy["required"] = True
    if hint := _line(slot.get("hint")):
        tidy["hint"] = hint[:LONGEST_HINT]
    return tidy


def _key(slot: Mapping[str, Any], label: str) -> str:
    given = str(slot.get("key") or "")
    tidy = re.sub(r"[^a-z0-9]+", "_", (given or label).lower()).strip("_")
    return tidy[:LONGEST_KEY] or "value"


def _line(text: Any) -> str:
    return " ".join(str(text or "").split())


def _wrong(number: int, complaint: str) -> Refusal:
    return invalid(f"Value {number} {complaint}.", "platform")
