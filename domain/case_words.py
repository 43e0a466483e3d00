"""What people write in cases: checked, and made fit to be shown anywhere. Pure."""

from datetime import datetime
from unicodedata import category

import logs
from domain.letters import TURNING
from domain.refusals import invalid

LONGEST = 20_000  # characters of a message
LONGEST_TITLE = 120
_WHITE = "\n\t"


def text(
    words: str, demand: str = "Write what you want to say.", *, may_be_empty: bool = False
) -> str:
    """Return what somebody wrote, without spaces around it; refuses `invalid`.

    `demand` is told to whoever writes nothing.
    """
    words = cleaned(words)
    if not words and not may_be_empty:
        raise invalid(demand)
    if len(words) > LONGEST:
        raise invalid(
            f"This is too long: {LONGEST:,} characters at most. Attach the rest as a text file."
        )
    return words


def cleaned(words: str) -> str:
    """Return what somebody wrote, without spaces around it and without tokens and passwords.

    A case is read by three sides, and whoever pastes a request pastes its token.
    """
    return logs.redact(shown(words).strip())


def title(words: str) -> str:
    """Return the title of a case, in one line; refuses `invalid`."""
    words = logs.redact(line(words))
    if not words:
        raise invalid("Say in a few words what does not work.")
    if len(words) > LONGEST_TITLE:
        raise invalid(f"Keep the title under {LONGEST_TITLE} characters; details go below it.")
    return words


def line(words: str) -> str:
    """Return what somebody wrote in one line."""
    return " ".join(shown(words).split())


def shown(words: str) -> str:
    """Return a text with a sign of replacement for whatever cannot be shown.

    Pasted logs are full of such. Signs that turn the direction of writing could make a mail read as
    something else.
    """
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign if _can_be_shown(sign) else "\ufffd" for sign in words)


def moment(at: datetime) -> str:
    """Return a moment in a sentence, where no reader's time zone is known."""
    return f"at {at:%H:%M} UTC on {at:%-d %B %Y}"


def _can_be_shown(sign: str) -> bool:
    return sign in _WHITE or (category(sign) not in ("Cc", "Cs") and sign not in TURNING)
