"""How Harbour Hotel's data came to flow: an hour of the past, with real runs of the real jobs."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import col, select

from connectors.sources import KINDS
from demo import cast, clock, mapped
from demo.bond import Scene
from demo.partners.hotel.boathouse import HEADER
from demo.stage import Stage
from domain import (
    authorization_pages,
    authorizations,
    due,
    hooks,
    intake,
    integrations,
    mappings,
    plans,
    schedules,
    sources,
    transfers,
)
from domain.actors import Actor
from domain.alerts import Recipient
from domain.schedules import Schedule
from storage import database
from storage.integrations import Run

HOTEL, MANAGER = "Harbour Hotel", "maya@harbour.example"
BEGAN = 52  # minutes ago: then the hotel's books are opened
EVERY = 5  # minutes
BOATHOUSE = {
    "paging": "page",
    "page_parameter": "page",
    "size_parameter": "per_page",
    "size": "100",
    "total_path": "total",
    "types": {"reservations": {"path": "/bookings", "records": "bookings"}},
}


class Flow:
    """Tells in scenes how a source was set up, ran, and was put right. Ids are known once it is."""

    def __init__(self, stage: Stage, scenes: list[Scene], ago: Callable[..., datetime]) -> None:
        self.stage = stage
        self._scenes = scenes
        self._ago = ago
        self._transfers: dict[str, str] = {}
        self._source = self._integration = ""

    def tell(self) -> None:
        """Add the scenes; the last runs end shortly before now."""
        self._at(48, self._set_up_mews)
        self._at(42, self._create_integration)
        self._at(39, self._mend_mapping)
        self._at(33, self._begin_boathouse)
        for minutes in range(37, 0, -EVERY):
            self._at(minutes, self._run_what_is_due)
        self._at(1, self._let_it_call)

    def _set_up_mews(self, now: datetime) -> None:
        (opens,) = authorization_pages.of_property(self._maya, self._hotel, "mews", now=now)
        draft = sources.Draft("mews", "Mews", opens.id)
        self._source = sources.add(self._maya, self._hotel, draft, now=now)
        for type_key, rows in mapped.OF_MEWS.items():
            transfer = transfers.add(self._maya, self._source, type_key, now=now)
            transfers.sample(self._maya, transfer, now=now)
            mappings.save(self._maya, transfer, rows, expected_version=0, now=now)
            transfers.activate(self._maya, transfer, now=now)
            self._transfers[type_key] = transfer

    def _create_integration(self, now: datetime) -> None:
        draft = self._draft(Schedule("every", minutes=EVERY))
        self._integration = integrations.create(self._maya, self._hotel, draft, now=now)
        integrations.activate(self._maya, self._integration, now=now)
        self._work()

    def _draft(self, schedule: Schedule) -> integrations.Draft:
        return integrations.Draft(
            self._source,
            "Mews data",
            {key: KINDS["mews"].types[key].changes for key in self._transfers},
            schedule,
            recipients=(Recipient(MANAGER, on_failed=True, rejects_above=0.1),),
        )

    def _let_it_call(self, now: datetime) -> None:
        """Maya gives the source's address to Mews, which calls from now on."""
        address = hooks.reveal(self._maya, self._source, cast.PASSWORD, now=now)
        clock.call_at(self.stage.programs, address[address.index(f"{hooks.PATH}/") :])
        calling = self._draft(Schedule("webhook", minutes=schedules.ONE_HOUR))
        integrations.change(self._maya, self._integration, calling, now=now)

    def _mend_mapping(self, now: datetime) -> None:
        mappings.save(
            self._maya,
            self._transfers["reservations"],
            mapped.BETTER_RESERVATIONS,
            "What guests have only requested counts as an inquiry",
            expected_version=1,
            now=now,
        )

    def _run_what_is_due(self, now: datetime) -> None:
        due.tick(now=now)
        self._work()

    def _begin_boathouse(self, now: datetime) -> None:
        """Maya added a second source, found its primary key, and was called away."""
        given = self.stage.programs.credential("boathouse", HOTEL).fields
        assert given["header"] == HEADER
        draft = authorizations.Draft(
            "rest", "api_key", given, self.stage.programs.boathouse, name="Boathouse key"
        )
        opens = authorizations.add(self._maya, self._hotel, draft, now=now)
        source = sources.add(
            self._maya,
            self._hotel,
            sources.Draft("rest", "Boathouse apartments", opens, settings=BOATHOUSE),
            now=now,
        )
        transfer = transfers.add(self._maya, source, "reservations", now=now)
        transfers.sample(self._maya, transfer, now=now)
        mappings.save(
            self._maya,
            transfer,
            mapped.HALF_OF_BOATHOUSE,
            "To be continued",
            expected_version=0,
            now=now,
        )

    def _work(self) -> None:
        """Do what the queue would do, as it would: the queue itself has not begun yet."""
        while (run := self._living()) is not None:
            intake.go_on(run.id, run.jobs)

    def _living(self) -> Run | None:
        with database.reading() as session:
            return session.exec(
                select(Run).where(
                    Run.integration_id == self._integration, col(Run.status).in_(plans.LIVING)
                )
            ).one_or_none()

    def _at(self, minutes: int, play: Callable[[datetime], None]) -> None:
        def played(now: datetime) -> None:
            clock.pass_until(self.stage.programs, now)
            with clock.set_back(now):
                play(now)

        self._scenes.append(Scene(self._ago(minutes=minutes), played))

    @property
    def _maya(self) -> Actor:
        return self.stage.actors[MANAGER]

    @property
    def _hotel(self) -> str:
        return self.stage.hotels[HOTEL]
