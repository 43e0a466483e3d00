"""What a case is called, and whose turn it is, in the words of whoever reads. Pure."""

from dataclasses import dataclass

from domain.case_pages import Row
from ui.look import STATUS


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: in a tone, a few words, and one sentence that says what to do next."""

    tone: str
    title: str
    sentence: str


def turn(row: Row, side: str, *, may_reopen: bool = False) -> Turn:
    """Return the turn on a case; `side` is property, viewer, partner or platform."""
    if row.status == "resolved":
        return _resolved(side, may_reopen)
    mine = "property" if side == "viewer" else side
    if row.turn == mine:
        sentence = _mine(row).format(**_names(row))
        if side == "viewer":
            return Turn("warn", f"{row.property}’s turn", f"A manager answers next. {sentence}")
        return Turn("warn", "Your turn", sentence)
    whom = name_of(row, row.turn)
    return Turn("info", f"Waiting for {whom}", _waiting(row, mine))


def short(row: Row, side: str) -> str:
    """Return whose turn it is in a few words, for a list."""
    return "Settled" if row.status == "resolved" else turn(row, side).title


def name_of(row: Row, side: str) -> str:
    """Return what a side of a case is called."""
    names = {"property": row.property, "partner": row.partner, "platform": "the platform"}
    return names.get(side) or "Adjoin"


def state(row: Row, side: str) -> str:
    """Return the words of a case's badge for `side`."""
    if row.status == "open_with_partner":
        return "With you" if side == "partner" else f"With {row.partner}"
    return STATUS[row.status].label


_MINE = {
    ("property", False): (
        "The last answer is for you. Write below what was asked, or resolve the case if "
        "everything works."
    ),
    ("partner", False): (
        "{property} waits for you. Answer below, resolve it, or escalate it when the fault lies "
        "with the platform."
    ),
    ("partner", True): "The platform asks something of you. Answer below; {property} reads it too.",
    ("platform", False): "{property} waits for you. Answer below, or resolve the case.",
    ("platform", True): (
        "{partner} could not solve it alone. Answer below, resolve it, or give it back to "
        "{partner} with what you found."
    ),
}


_GIVEN_BACK = (
    "The platform has given it back. Read what it found, then answer {property} below, resolve it, "
    "or escalate it again."
)


def _mine(row: Row) -> str:
    if row.turn == "partner" and row.status == "open_with_partner" and row.escalated_at:
        return _GIVEN_BACK
    is_escalated = row.status == "escalated" and row.turn != "property"
    return _MINE[row.turn, is_escalated]


def _names(row: Row) -> dict[str, str]:
    return {"partner": row.partner or "the partner", "property": row.property}


def _waiting(row: Row, side: str) -> str:
    names = _names(row)
    if row.turn == "property":
        return f"{names['property']} was answered and writes next. You can add to it below."
    if row.turn == "partner":
        return (
            f"{names['partner']} has it and answers next. You need not do anything; you can add "
            "to it below."
        )
    if row.status == "escalated" and side == "property":
        return (
            f"{names['partner']} has passed it on to the platform, which answers next. You need "
            "not do anything; you can add to it below."
        )
    return (
        "The platform has it and answers next. You need not do anything; you can add to it below."
    )


def _resolved(side: str, may_reopen: bool) -> Turn:
    more = ""
    if may_reopen:
        more = " If it does not work yet, reopen it within 14 days."
    elif side == "property":
        more = " If it comes back, report it anew."
    return Turn("ok", "Resolved", f"Everybody reads here what it was.{more}")


# What a message did to the case: its tag and tone. Those without words of their own are told in a
# line, "Olga took over the case".
TAGS = {
    "opened": ("Reported", "warn"),
    "interim": ("Answers again", "info"),
    "escalated": ("Escalated to the platform", "warn"),
    "returned": ("Given back", "info"),
    "resolved": ("Resolved", "ok"),
    "reopened": ("Reopened", "warn"),
}
