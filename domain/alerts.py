"""Alerts: the mails about an integration, to the people who want to know; one each, not a flood.

Each is queued in the transaction of what it tells about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from domain import messages, moments, questions
from domain.installation import link
from domain.letters import Letter
from domain.meter import Meter
from domain.refusals import Owner, invalid
from storage.integrations import Alert, Integration
from storage.properties import Property

MOST = 20  # people per integration
_FOOTER = "\n\n--\nAdjoin, the integrations portal\n"
_WHO = {
    "property": "You can put this right:",
    "partner": "The partner has to put this right. The integration in Adjoin:",
    "platform": "The other system or the platform’s operators have to put this right. Look here:",
}


@dataclass(frozen=True)
class Recipient:
    """Who is mailed, and about what. rejects_above: percent of what was read, None for never."""

    email: str
    on_disabled: bool = True
    on_failed: bool = False
    rejects_above: float | None = None


def checked(recipients: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """Return the recipients, each once; refuses `invalid`."""
    if len(recipients) > MOST:
        raise invalid(f"{MOST} people can be mailed at most.")
    found: dict[str, Recipient] = {}
    for each in recipients:
        email = each.email.strip()
        if not questions.is_email(email):
            raise invalid(f"“{email[:80]}” is no mail address.")
        if each.rejects_above is not None and not 0 <= each.rejects_above <= 100:
            raise invalid("Write the share of rejected records in percent, from 0 to 100.")
        found[email.lower()] = Recipient(
            email, each.on_disabled, each.on_failed, each.rejects_above
        )
    return tuple(found.values())


def of(session: Session, integration: Integration) -> tuple[Recipient, ...]:
    """Return who is mailed about an integration."""
    return tuple(
        Recipient(each.email, each.on_disabled, each.on_failed, each.rejects_above)
        for each in _rows(session, integration)
    )


def keep(session: Session, integration: Integration, recipients: Sequence[Recipient]) -> None:
    """Store who is mailed about an integration, in place of those before."""
    session.execute(sa.delete(Alert).where(col(Alert.integration_id) == integration.id))
    session.add_all(
        Alert(
            integration_id=integration.id,
            email=each.email,
            on_disabled=each.on_disabled,
            on_failed=each.on_failed,
            rejects_above=each.rejects_above,
        )
        for each in recipients
    )
    session.flush()


def tell_disabled(session: Session, integration: Integration, owner: Owner, now: datetime) -> None:
    """Mail that it has disabled itself, and why; call it before the meter is put back."""
    since = integration.first_failure_at or now
    parts = [
        integration.reason,
        f"No data has come in since {_moment(session, integration, since)}.",
    ]
    said = (integration.reason, integration.last_error)
    if integration.first_error and integration.first_error not in said:
        parts.append(f"The first error was: {integration.first_error}")
    if integration.last_error and integration.last_error != integration.reason:
        parts.append(f"The last error was: {integration.last_error}")
    hotel = _hotel(session, integration)
    subject = f"{integration.name} at {hotel.name} has disabled itself"
    _send(session, integration, _on_disabled, subject, parts, owner, now, "integration.disabled")


def tell_warning(
    session: Session, integration: Integration, meter: Meter, owner: Owner, now: datetime
) -> None:
    """Mail that it is about to disable itself if this goes on."""
    hotel = _hotel(session, integration)
    subject = f"{integration.name} at {hotel.name} keeps failing"
    parts = [f"Failed runs: {meter.words}.", f"The last error was: {integration.last_error}"]
    _send(session, integration, _on_disabled, subject, parts, owner, now, "integration.warned")


def tell_failed(
    session: Session, integration: Integration, sentence: str, owner: Owner, now: datetime
) -> None:
    """Mail that a run has failed; for the first one in a row, the others are no news."""
    hotel = _hotel(session, integration)
    subject = f"A run of {integration.name} at {hotel.name} failed"
    parts = [sentence, "It is tried again on its schedule. You hear of it when it works again."]
    _send(session, integration, _on_failed, subject, parts, owner, now, "run.failed")


def tell_paused(
    session: Session, integration: Integration, label: str, reason: str, now: datetime
) -> None:
    """Mail that one type of data has stopped because the source has changed."""
    hotel = _hotel(session, integration)
    subject = f"{label} of {integration.name} at {hotel.name} are paused"
    parts = [reason, f"{label} are not brought in until the mapping is put right."]
    _send(session, integration, _on_disabled, subject, parts, "property", now, "transfer.paused")


def tell_rejects(
    session: Session, integration: Integration, run_id: str, rejected: int, read: int, now: datetime
) -> None:
    """Mail those for whom more records were rejected than they want to accept."""
    share = 100 * rejected / read if read else 0
    hotel = _hotel(session, integration)
    subject = f"{rejected} records of {integration.name} at {hotel.name} were rejected"
    parts = [f"{rejected} of {read} records ({share:.1f} %) could not be taken. The others were."]

    def wants(alert: Alert) -> bool:
        return alert.rejects_above is not None and rejected > 0 and share > alert.rejects_above

    _send(session, integration, wants, subject, parts, "property", now, "run.rejects")


def tell_recovered(
    session: Session, integration: Integration, since: datetime | None, now: datetime
) -> None:
    """Mail those who were told of the failure that it works again."""
    told = _on_disabled if integration.warned or integration.status == "disabled" else _on_failed
    hotel = _hotel(session, integration)
    subject = f"{integration.name} at {hotel.name} works again"
    lasted = f" after {moments.span(now - since)}" if since else ""
    parts = [f"Data comes in again{lasted}. There is nothing for you to do."]
    _send(session, integration, told, subject, parts, None, now, "integration.recovered")


def tell_values_gone(
    session: Session,
    integration: Integration,
    app: str,
    connection_id: str,
    sentences: Sequence[str],
    now: datetime,
) -> None:
    """Mail that records which an app relies on are gone at the source; once for each of them."""
    hotel = _hotel(session, integration)
    what = "A value" if len(sentences) == 1 else f"{len(sentences)} values"
    verb = "is" if len(sentences) == 1 else "are"
    subject = f"{what} that {app} needs {verb} gone at {hotel.name}"
    page = f"/subscriptions/{connection_id}/mapping?property={integration.property_id}"
    parts = [
        f"{app} is told which records of {hotel.name} are meant. A run found that this is no "
        "longer true:",
        "\n".join(sentences),
        f"Choose what takes the place of it:\n{link(page)}",
    ]
    _send(session, integration, _on_disabled, subject, parts, None, now, "values.gone")


# Details


def _on_disabled(alert: Alert) -> bool:
    return alert.on_disabled


def _on_failed(alert: Alert) -> bool:
    return alert.on_failed


def _send(
    session: Session,
    integration: Integration,
    wants: Callable[[Alert], bool],
    subject: str,
    parts: Sequence[str],
    owner: Owner | None,
    now: datetime,
    event: str,
) -> None:
    address = link(f"/integrations/{integration.id}?property={integration.property_id}")
    where = f"{_WHO[owner]}\n{address}" if owner else address
    letter = Letter(subject, "\n\n".join((*parts, where)) + _FOOTER)
    for alert in _rows(session, integration):
        if wants(alert):
            messages.send_letter(session, alert.email, letter, now, event=event)


def _rows(session: Session, integration: Integration) -> Sequence[Alert]:
    return session.exec(
        select(Alert).where(Alert.integration_id == integration.id).order_by(col(Alert.email))
    ).all()


def _hotel(session: Session, integration: Integration) -> Property:
    return session.get_one(Property, integration.property_id)


def _moment(session: Session, integration: Integration, at: datetime) -> str:
    """Return a moment on the clocks of the property."""
    zone = ZoneInfo(_hotel(session, integration).time_zone)
    return f"{at.astimezone(zone):%d %B %Y, %H:%M}"
