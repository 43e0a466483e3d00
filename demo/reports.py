"""What was reported in the demo's past: a case that waits for its partner, one that waits for the
operator, and one that is resolved."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from demo import cast, catalogue
from demo.bond import Scene
from demo.stage import Stage
from domain import cases, subscriptions
from domain.actors import Actor
from domain.attachments import Upload
from domain.escalations import Escalation

_LOG = """{day} 06:00:02 INFO  morning list: 42 rooms, 17 arrivals
{day} 06:00:02 WARN  2 arrivals without a room: skipped
"""


@dataclass
class Report:
    """One case on the stage. Each method adds a scene and returns the report."""

    stage: Stage
    scenes: list[Scene]
    hotel: cast.Hotel
    slug: str
    id: str = ""  # known once it was opened

    def opened(self, at: datetime, title: str, text: str, *files: Upload) -> "Report":
        def open_(now: datetime) -> None:
            self.id = cases.open_(self._manager, self._connection(now), title, text, files, now=now)

        return self._add(at, open_)

    def hotel_wrote(self, at: datetime, text: str, *files: Upload) -> "Report":
        return self._add(at, lambda now: cases.write(self._manager, self.id, text, files, now=now))

    def partner_wrote(self, at: datetime, text: str) -> "Report":
        return self._add(at, lambda now: cases.write(self._partner, self.id, text, now=now))

    def platform_wrote(self, at: datetime, text: str) -> "Report":
        operator = self.stage.operator
        return self._add(at, lambda now: cases.write(operator, self.id, text, now=now))

    def escalated(self, at: datetime, facts: Escalation) -> "Report":
        return self._add(at, lambda now: cases.escalate(self._partner, self.id, facts, now=now))

    def resolved_by_platform(self, at: datetime, text: str) -> "Report":
        operator = self.stage.operator
        return self._add(at, lambda now: cases.resolve(operator, self.id, text, now=now))

    def _connection(self, now: datetime) -> str:
        property_id = self.stage.hotels[self.hotel.name]
        rows = subscriptions.of_property(self._manager, property_id, now=now)
        return next(row.id for row in rows if row.app_slug == self.slug)

    @property
    def _manager(self) -> Actor:
        return self.stage.actors[self.hotel.manager]

    @property
    def _partner(self) -> Actor:
        return self.stage.actors[catalogue.partner_of(self.slug).contact_email]

    def _add(self, at: datetime, play: Callable[[datetime], object]) -> "Report":
        self.scenes.append(Scene(at, play))
        return self


def tell(
    stage: Stage,
    scenes: list[Scene],
    on: Callable[[int, str], datetime],
    ago: Callable[..., datetime],
) -> None:
    """Add the scenes of all reports."""

    def report(hotel: str, slug: str) -> Report:
        return Report(stage, scenes, cast.hotel(hotel), slug)

    report("Harbour Hotel", "mews").opened(
        on(9, "07:40"),
        "Half of our rates are missing",
        "Since this morning the list of rates shows 11. In Mews we have 23, and nobody has "
        "changed anything there.",
    ).platform_wrote(
        on(9, "08:25"),
        "Thank you. Are the missing ones private rates, or all of one service?",
    ).hotel_wrote(
        on(9, "08:52"), "You are right: all twelve are private rates."
    ).resolved_by_platform(
        on(8, "13:10"),
        "Private rates were left out since our update of the day before. That is put right, and "
        "the next run has brought them in.",
    )
    report("City Suites", "akia").opened(
        on(3, "09:15"),
        "Guests get the welcome message twice",
        "Three guests told us at the desk. The second message comes about an hour later. Other "
        "messages come once.",
    ).partner_wrote(
        on(3, "11:02"),
        "Hello Lena, we see both in our log: for these guests the reservation was sent to us as "
        "new a second time. Was anything imported again?",
    ).hotel_wrote(on(3, "11:40"), "No. We changed nothing on our side.").escalated(
        ago(hours=6),
        Escalation(
            text="We get reservation.created twice for the same reservation, with two different "
            "webhook ids, about an hour apart. We tell repeats by the webhook id, so the guest is "
            "greeted twice.",
            expected="One reservation.created for each reservation",
            came="Two, 58 to 61 minutes apart, with different webhook ids",
            since=on(4, "12:00").date(),
            properties=1,
        ),
    )
    report("Alpine Lodge", "d3x").opened(
        on(2, "08:05"),
        "Two guests have no mobile key",
        "The guests of rooms 12 and 14 arrive today and see no key in the app. All others do.",
    ).partner_wrote(
        ago(hours=30),
        "Good morning! Both came to us without a room. Can you send us your morning list?",
    ).hotel_wrote(
        ago(hours=20),
        "Here it is. The rooms were given at 7, an hour after the list was made.",
        Upload("morning-list.log", _LOG.format(day=on(2, "06:00").date()).encode()),
    )
