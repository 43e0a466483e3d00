"""What has happened on the demo's stage before somebody looks: weeks of connections, in order.

Programs that are in use have called today; those of the others have been quiet since then.
"""

from datetime import datetime, time, timedelta

import httpx

from demo import cast, catalogue, clock, flow, reports
from demo.bond import Bond, Scene
from demo.courier import BEING_UPDATED, Courier
from demo.post_office import PostOffice
from demo.stage import Stage
from domain import app_drafts, apps, core, waiting


def play(stage: Stage, post_office: PostOffice | None) -> None:
    """Play the whole past, the oldest scene first. Needs the programs to be running."""
    _vendor(stage, "reset")
    past = Past(stage)
    clock.begin(stage.programs, past.ago(minutes=flow.BEGAN))
    flow.Flow(stage, past.scenes, past.ago).tell()
    for tell in (_harbour_hotel, _alpine_lodge, _city_suites, _casa_do_rio, _fjord_house):
        tell(past)
    reports.tell(stage, past.scenes, past.on, past.ago)
    past.scenes.append(Scene(past.ago(minutes=25), lambda now: core.check_all(now=now)))
    past.scenes.append(Scene(past.ago(hours=3), lambda now: _write_new_texts(stage, now)))
    courier = Courier(post_office)
    for scene in sorted(past.scenes, key=lambda scene: scene.at):
        scene.perform(courier)
    clock.go_on(stage.programs)


class Past:
    """Gathers scenes, whose times are told as seen from now."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.scenes: list[Scene] = []

    def bond(self, hotel: str, slug: str) -> Bond:
        """Begin the story of a hotel with an app."""
        return Bond(self.stage, self.scenes, cast.hotel(hotel), slug)

    def on(self, days_ago: int, clock: str) -> datetime:
        """A time of day in UTC, at least two days ago."""
        assert days_ago >= 2, "a time of yesterday or today may still lie ahead"
        day = (self.stage.now - timedelta(days=days_ago)).date()
        return datetime.combine(day, time.fromisoformat(clock), self.stage.now.tzinfo)

    def ago(self, **span: float) -> datetime:
        return self.stage.now - timedelta(**span)


def _harbour_hotel(past: Past) -> None:
    on, hotel = past.on, "Harbour Hotel"
    past.bond(hotel, "stillwatt").asked(on(63, "08:20")).opened(on(63, "09:02")).activated(
        on(63, "16:45")
    ).used(on(63, "16:52")).disabled(
        on(2, "07:30"), "The boiler room is being rebuilt until the end of the month."
    )
    past.bond(hotel, "mews").credentials_given(on(56, "09:12"))
    past.bond(hotel, "tidyloop").asked(on(49, "10:04")).opened(on(49, "10:31")).activated(
        on(49, "11:52")
    ).used(on(49, "12:03")).rotated(on(20, "15:20")).opened(on(20, "15:38")).used(
        on(20, "15:41")
    ).used(past.ago(minutes=50))
    past.bond(hotel, "fernline").asked(on(41, "13:15")).opened(on(41, "14:20")).activated(
        on(41, "16:05")
    ).used(on(41, "16:06")).disconnected(on(17, "12:40"), "We write to our guests ourselves again.")
    past.bond(hotel, "copperpan-till").asked(on(34, "07:47")).opened(on(34, "09:10")).activated(
        on(34, "17:20")
    ).used(on(34, "17:31")).revealed(on(9, "10:15")).proposed(
        past.ago(minutes=30), {"drinks": "210", "welcome_drink": "WELC"}
    ).mapped(
        past.ago(minutes=28),
        {"food": "200", "breakfast": "BRK", "half_board": "HB", "staff_meal": None},
    )
    past.bond(hotel, "orchard-glance").asked(on(26, "08:55")).used(on(25, "05:00"))
    past.bond(hotel, "fivelantern").asked(on(12, "14:30")).used(on(12, "14:33")).used(
        past.ago(hours=7)
    )
    past.bond(hotel, "yieldorchard").asked(on(5, "09:05")).rejected(
        on(4, "11:40"),
        "The property code YO-10422 belongs to a contract that has ended. Your new code is in "
        "Marta’s mail about the renewal; please connect again with that one.",
    )
    past.bond(hotel, "keystrand-keys").asked(past.ago(hours=21))


def _alpine_lodge(past: Past) -> None:
    on, hotel = past.on, "Alpine Lodge"
    past.bond(hotel, "cloudbeds").credentials_given(on(70, "08:40"))
    past.bond(hotel, "keystrand-keys").asked(on(60, "09:15")).opened(on(60, "11:30")).activated(
        on(60, "13:45")
    ).used(on(60, "13:50")).used(past.ago(hours=2))
    past.bond(hotel, "d3x").asked(on(52, "09:30")).activated(on(52, "13:15")).used(
        on(52, "13:20")
    ).rotated(on(15, "11:00"), trouble=BEING_UPDATED).used(on(15, "11:30")).used(
        past.ago(minutes=40)
    )
    past.bond(hotel, "freeguides").asked(on(38, "15:10")).used(on(38, "15:12"))
    past.bond(hotel, "akia").asked(on(30, "10:00")).activated_by_program(
        on(30, "10:06")
    ).disconnected(on(8, "09:25"), "The season is over. We connect again in spring.")
    past.bond(hotel, "tidyloop").asked(on(27, "07:50")).opened(on(27, "08:30")).activated(
        on(27, "09:10")
    ).used(on(27, "09:14")).used(past.ago(hours=1))
    past.bond(hotel, "upperberth").asked(on(3, "10:10")).withdrawn(on(3, "16:45"))


def _city_suites(past: Past) -> None:
    on, ago, hotel = past.on, past.ago, "City Suites"
    past.bond(hotel, "apaleo").credentials_given(on(66, "13:30"))
    past.bond(hotel, "brasswick-pay").asked(on(58, "08:05")).opened(on(57, "09:00")).activated(
        on(56, "15:30")
    ).used(on(56, "15:31")).used(ago(minutes=35))
    past.bond(hotel, "brasswick-links").asked(on(55, "09:45")).used(on(55, "09:47")).used(
        ago(hours=4)
    )
    past.bond(hotel, "akia").asked(on(44, "11:20")).activated_by_program(on(44, "11:21")).used(
        ago(hours=3)
    )
    past.bond(hotel, "bollardly").asked(on(24, "08:30")).rejected(
        on(23, "09:10"), "Your barrier has no camera that we can reach. Please have it switched on."
    ).asked(on(22, "07:15")).opened(on(22, "08:00")).activated(on(22, "12:40")).used(
        on(22, "12:41")
    ).used(ago(hours=9))
    past.bond(hotel, "channelmoor").asked(ago(hours=74)).nudged(ago(hours=27))
    for reminder_due in (ago(hours=50), ago(hours=2)):
        past.scenes.append(Scene(reminder_due, lambda now: waiting.remind(now=now)))
    past.scenes.append(Scene(ago(hours=5), lambda now: _refuse_apaleo(past.stage, now)))
    past.bond(hotel, "d3x").asked(ago(hours=1.8), really=True)


def _casa_do_rio(past: Past) -> None:
    on, hotel = past.on, "Casa do Rio"
    past.bond(hotel, "channelmoor").asked(on(47, "10:00")).activated(on(46, "16:10"))
    past.bond(hotel, "yieldorchard").asked(on(39, "09:20")).activated(on(39, "16:35"))
    past.bond(hotel, "d3x").asked(on(33, "10:50")).activated(on(33, "13:30")).used(
        past.ago(hours=5)
    )
    past.bond(hotel, "freeguides").asked(on(33, "11:05")).used(on(33, "11:06"))
    past.bond(hotel, "akia").asked(on(29, "16:00")).activated_by_program(on(29, "16:01"))
    past.bond(hotel, "tidyloop").asked(on(25, "08:00")).activated(on(25, "10:05"))
    past.bond(hotel, "stillwatt-meter").asked(on(19, "12:15"))


def _fjord_house(past: Past) -> None:
    on, hotel = past.on, "Fjord House"
    past.bond(hotel, "stillwatt").asked(on(46, "07:40")).activated(on(46, "17:00"))
    past.bond(hotel, "brasswick-pay").asked(on(43, "08:10")).activated(on(42, "18:20"))
    past.bond(hotel, "keystrand-keys").asked(on(36, "08:30")).activated(on(36, "13:55"))
    past.bond(hotel, "copperpan-till").asked(on(31, "07:05")).activated(on(31, "18:10"))
    past.bond(hotel, "upperberth").asked(on(28, "10:00")).activated(on(28, "15:50"))
    past.bond(hotel, "ledgerwell").asked(on(26, "16:00")).activated(on(25, "07:10"))
    past.bond(hotel, "d3x").asked(on(21, "08:15")).activated(on(21, "13:25")).used(
        past.ago(hours=6)
    )
    past.bond(hotel, "fernline").asked(on(18, "09:00")).activated(on(18, "12:05"))
    past.bond(hotel, "yieldorchard").asked(on(14, "09:40")).activated(on(14, "17:10")).disabled(
        on(6, "10:20"),
        "Three room types have no base price. We paused before wrong prices go out.",
        by_partner=True,
    )


def _write_new_texts(stage: Stage, now: datetime) -> None:
    """Let a partner propose other texts, which wait for an operator."""
    writer = stage.actors[catalogue.partner_of("tidyloop").contact_email]
    sheet = apps.sheet(writer, "tidyloop", now=now)
    app_drafts.save(
        writer,
        "tidyloop",
        tagline="The rooms in the right order, on the phone and the watch of whoever cleans them.",
        description=f"{sheet.description}\n\nNew: the list on a watch, for full hands.",
        setup_notes=sheet.setup_notes,
        now=now,
    )


def _refuse_apaleo(stage: Stage, now: datetime) -> None:
    """The system of City Suites takes its credentials back, and Adjoin's hourly check notices."""
    account = stage.programs.credential("apaleo", "City Suites").account
    _vendor(stage, "revoke", system="apaleo", id=account)
    core.check_all(now=now)


def _vendor(stage: Stage, action: str, **form: str) -> None:
    answer = httpx.post(f"{stage.programs.vendors}/{action}", data=form, trust_env=False)
    if answer.is_error:
        raise RuntimeError(f"The stand-in for the hotel systems answered {answer.status_code}.")
