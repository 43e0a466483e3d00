"""The mails about cases: what somebody wrote, whose turn it is, and how to answer."""

from collections.abc import Sequence

from domain import reply_addresses
from domain.case_sides import Held
from domain.installation import link, mail_domain
from domain.letters import FOOTER, Letter, quoted
from storage.cases import CaseMessage

# What stands below it in an answer is our own mail, quoted.
MARKER = "-- Write your answer above this line --"
PATHS = {"property": "/support", "partner": "/hub/cases", "platform": "/operations/cases"}


def news(
    held: Held, message: CaseMessage, files: Sequence[str], side: str, person_id: str
) -> Letter:
    """Return the mail to somebody on `side` about a message; `files` are the names of its files.

    Without a `person_id` there is nobody who could answer by mail.
    """
    parts = [_happened(held, message, side)]
    if message.text:
        parts.append(quoted(message.text))
    if files:
        parts.append(f"Attached, to be seen in the case: {', '.join(files)}")
    parts.append(_next(held, message, side))
    return _letter(held, parts, side, person_id, is_first=message.kind == "opened")


def reminder(held: Held, waited: str, side: str, person_id: str) -> Letter:
    """Return the mail to somebody on `side` who is waited for since `waited`."""
    parts = [
        f"{held.case.label} “{held.case.title}” of {held.hotel.name} has been waiting for you for "
        f"{waited}.",
        _TURN[side, held.case.status].format(**_names(held)),
    ]
    return _letter(held, parts, side, person_id)


def assigned(held: Held, person_id: str) -> Letter:
    """Return the mail to the operator whom somebody made responsible for a case."""
    parts = [
        f"{held.who.who} asks you to take care of {held.case.label} “{held.case.title}” of "
        f"{held.hotel.name}, about {held.app.name}."
    ]
    return _letter(held, parts, "platform", person_id)


def path(held: Held, side: str) -> str:
    """Return where a side reads a case."""
    return f"{PATHS[side]}/{held.case.id}"


# Details


def _letter(
    held: Held, parts: Sequence[str], side: str, person_id: str, *, is_first: bool = False
) -> Letter:
    address = reply_addresses.make(held.case.number, person_id) if person_id else ""
    where = f"?property={held.case.property_id}" if side == "property" else ""
    how = "Answer this mail, or in the case:" if address else "The case in Adjoin:"
    text = "\n\n".join((*parts, f"{how}\n{link(path(held, side) + where)}")) + FOOTER
    subject = f"{held.case.label} {held.case.title}"
    thread = f"<case-{held.case.number}@{mail_domain()}>"
    headers = {"References": thread, "In-Reply-To": thread}
    if address:
        text, headers = f"{MARKER}\n\n{text}", {**headers, "Reply-To": address}
    return Letter(subject if is_first else f"Re: {subject}", text, headers)


def _names(held: Held) -> dict[str, str]:
    return {"app": held.app.name, "partner": held.developer, "hotel": held.hotel.name}


def _happened(held: Held, message: CaseMessage, side: str) -> str:
    of = held.name_of(message.side)
    writer = message.who if message.who.startswith(of) else f"{message.who} of {of}"
    sentence = _HAPPENED[message.kind].format(writer=writer, **_names(held))
    return sentence if message.text else f"{sentence.rstrip(':')}."


_HAPPENED = {
    "opened": "{writer} reports a problem with {app}:",
    "message": "{writer} wrote:",
    "interim": "{writer} wrote, and is going to answer again:",
    "escalated": "{writer} has passed the case on to the platform:",
    "returned": "{writer} has given the case back to {partner}:",
    "resolved": "{writer} has resolved the case:",
    "reopened": "{writer} has reopened the case:",
}


def _next(held: Held, message: CaseMessage, side: str) -> str:
    case, names = held.case, _names(held)
    if case.status == "resolved":
        return _RESOLVED[side].format(**names)
    if case.turn == side:
        return _TURN[side, case.status].format(**names)
    turn = f"It is {held.name_of(case.turn)}’s turn."
    if message.kind == "escalated" and side == "property" and case.agreed_at is None:
        return f"{turn} {_AGREE}"
    return f"{turn} You need not do anything; you can add to it."


_AGREE = (
    "Evidence lies beside it: what Adjoin knows of the connection, without tokens and without "
    "guests’ data. The platform can read it once you press Agree in the case."
)
_RESOLVED = {
    "property": "Does it work? Then you need not do anything. If not, reopen it within 14 days.",
    "partner": "You need not do anything.",
    "platform": "You need not do anything.",
}
_TURN = {
    ("property", "open_with_partner"): "It is your turn: answer, or resolve it if it works now.",
    ("property", "open_with_platform"): "It is your turn: answer, or resolve it if it works now.",
    ("partner", "open_with_partner"): (
        "It is your turn: answer {hotel}, or resolve the case. If the fault lies with the "
        "platform, escalate it with what you have found."
    ),
    ("partner", "escalated"): "It is your turn: the platform has answered you. {hotel} reads it.",
    ("platform", "escalated"): (
        "It is your turn: answer, resolve the case, or give it back to {partner}."
    ),
    ("platform", "open_with_platform"): "It is your turn: answer {hotel}, or resolve the case.",
}
