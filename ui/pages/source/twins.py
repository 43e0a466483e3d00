"""What is said where two sources read one account: what both bring in is there twice."""

from collections.abc import Sequence

from domain.twins import Twin
from ui.components.button import button
from ui.components.callout import callout
from ui.pages.integration.words import listed

_ONE_ONLY = "Bring each type of data in from one source only: what two bring in is there twice."


def draw_twins(twins: Sequence[Twin]) -> None:
    """Say on a source's page which others read the same account, and what to do about it."""
    for twin in twins:
        of = f", {twin.account}" if twin.account else ""
        title = f"{twin.name} reads the same account{of}"
        words = _ONE_ONLY
        if twin.both:
            words = (
                f"{listed(twin.both)} are active in both, so that each record comes in twice. "
                "Deactivate them in one of the two, or remove one of the two sources with all "
                "records that came from it."
            )
        with callout("warn" if twin.both else "info", title, words, icon="copy"):
            button(f"Open {twin.name}", href=f"/sources/{twin.id}", icon="arrow-right")


def draw_read_already(twins: Sequence[Twin]) -> None:
    """Say in the form that what was chosen is read by other sources already."""
    if not twins:
        return
    names = " and ".join(twin.name for twin in twins)
    title = f"{names} {'reads' if len(twins) == 1 else 'read'} this account"
    words = f"{_ONE_ONLY} To bring in something more, add it to {twins[0].name}."
    with callout("warn", title, words, icon="copy"):
        for twin in twins:
            button(f"Open {twin.name}", href=f"/sources/{twin.id}", icon="arrow-right")
