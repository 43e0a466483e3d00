"""The state of an integration in a word or two: the same in the list and on its own page."""

from domain.integration_pages import Row
from ui.pages.integration.words import LIVING


def state(row: Row) -> tuple[str, str | None]:
    """Return a key of look.STATUS, and the words of the badge where they are not its own."""
    if has_disabled_itself(row):
        return "bad", "Stopped"
    if row.status == "active" and row.stopped:
        is_all = len(row.stopped) == len(row.wanted)
        return "warn", "Nothing comes in" if is_all else "Partly stopped"
    return row.status, None


def has_disabled_itself(row: Row) -> bool:
    return row.status == "disabled" and row.disabled_by == "adjoin"


def is_first_run(row: Row) -> bool:
    """Say whether the run is on before which nothing has ever come in."""
    is_on = row.last_run is not None and row.last_run.status in LIVING
    return row.last_success_at is None and is_on
