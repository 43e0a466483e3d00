"""The form with which a partner passes a case on to the platform: what an engineer needs."""

from collections.abc import Awaitable, Callable
from datetime import date

from nicegui import ui

from domain import api_requests, cases
from domain.api_requests import Row as Request
from domain.case_pages import Page
from domain.escalations import Escalation
from ui.ask import attempt, load, show
from ui.components.callout import callout
from ui.components.dialog import Dialog
from ui.components.field import TextField, text_field
from ui.components.notice import notice
from ui.components.text import text
from ui.frame import Visit
from ui.pages.case.reply import tell

_LEAD = (
    "The platform reads the whole case from here on, so you need not repeat it. What an engineer "
    "needs on top:"
)


async def ask_escalation(
    dialog: Dialog, visit: Visit, found: Page, refresh: Callable[[], Awaitable[None]]
) -> None:
    """Open the form; what is refused is told at its field, and nothing typed is lost."""
    asked = await load(api_requests.of_connection, visit.actor, found.row.connection_id)
    failed = next((row for row in asked if row.status >= 400), None)
    with dialog.refill("Escalate to the platform"):
        text(_LEAD, classes="dialog-lead")
        fields = _draw(found, failed)

    async def go() -> None:
        wish = _wish(fields)
        if wish is None:
            return
        outcome = await attempt(cases.escalate, visit.actor, found.row.id, wish)
        if outcome.refusal is not None and outcome.refusal.code == "invalid":
            tell(outcome.refusal, fields["text"])
            return
        dialog.close()
        if outcome.refusal is not None:
            show(outcome.refusal)
        else:
            notice("Escalated, with the evidence. The platform answers next.")
        await refresh()

    dialog.ask("Escalate", go, icon="flag")


def _draw(found: Page, failed: Request | None) -> dict[str, TextField]:
    fields = {
        "text": text_field(
            "What have you found?",
            hint="What you have tried, and why you think that the fault lies with the platform.",
            multiline=True,
            required=True,
            autofocus=True,
        )
    }
    with ui.element("div").classes("settings-grid"):
        fields["expected"] = text_field("What was expected?", required=True)
        fields["came"] = text_field("What came instead?", required=True)
        fields["since"] = text_field("Since when?", type="date", optional=True)
        fields["properties"] = text_field(
            "How many properties have it?", type="number", value="1", required=True
        )
    fields["request_id"] = text_field(
        "Request id",
        hint=_which(failed),
        value=failed.request_id if failed else "",
        optional=True,
    )
    with callout("info", "Evidence goes along", _evidence(found), icon="shield-check"):
        pass
    return fields


def _which(failed: Request | None) -> str:
    if failed is None:
        return "Of one request that went wrong: the header X-Request-Id of its answer."
    return (
        f"Of the last request that went wrong: {failed.method} {failed.endpoint}, answered "
        f"{failed.status}. Write another one if you mean another."
    )


def _evidence(found: Page) -> str:
    hotel = found.row.property
    reads = f"The platform reads it once {hotel} agrees."
    if found.agreed_at is not None:
        reads = f"The platform reads it at once, for {hotel} has agreed already."
    return (
        "Adjoin adds the connection’s history, the last deliveries and requests, and its states. "
        f"Tokens are masked, guests’ data stays out. {reads}"
    )


def _wish(fields: dict[str, TextField]) -> Escalation | None:
    """Return what was filled in, None when a date or a number is none."""
    values = {key: (field.value or "").strip() for key, field in fields.items()}
    try:
        since = date.fromisoformat(values["since"]) if values["since"] else None
    except ValueError:
        fields["since"].error("Please write a date.").focus()
        return None
    if not values["properties"].isascii() or not values["properties"].isdigit():
        fields["properties"].error("Please write a number.").focus()
        return None
    return Escalation(
        text=values["text"],
        request_id=values["request_id"],
        expected=values["expected"],
        came=values["came"],
        since=since,
        properties=int(values["properties"][:9]),
    )
