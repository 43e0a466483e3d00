"""The operators' demo controls of the living hotel: what happens there, and a field to rename."""

from collections import Counter
from datetime import UTC, datetime
from html import escape

from demo.partners.hotel import mews
from demo.partners.hotel.caller import Caller
from demo.partners.hotel.chronicle import Chronicle
from demo.partners.hotel.life import Hotel
from demo.partners.process import Start
from demo.partners.site import Answer, Request, Site, as_json, back_to, from_own_page, page

PATH = "/hotel"
HOTEL = "Harbour Hotel"
_REFRESH = 20  # seconds


class Controls:
    """A page with buttons, and what the demo itself uses to prepare the hotel's past."""

    def __init__(self, chronicle: Chronicle, start: Start, caller: Caller) -> None:
        self._chronicle = chronicle
        self._start = start
        self._caller = caller
        chronicle.when_something_happens(lambda: chronicle.look(HOTEL, caller.tell))

    def site(self) -> Site:
        return {
            ("GET", PATH): self.home,
            ("POST", f"{PATH}/happen"): from_own_page(self.happen),
            ("POST", f"{PATH}/rename"): from_own_page(self.rename),
            ("POST", f"{PATH}/restore"): from_own_page(self.restore),
            ("POST", f"{PATH}/begin"): from_own_page(self.begin),
            ("POST", f"{PATH}/pass"): from_own_page(self.pass_until),
            ("POST", f"{PATH}/go-on"): from_own_page(self.go_on),
            ("POST", f"{PATH}/call"): from_own_page(self.call),
        }

    def happen(self, _: Request) -> Answer:
        self._chronicle.pass_one(datetime.now(UTC).replace(microsecond=0))
        return back_to(PATH)

    def rename(self, _: Request) -> Answer:
        self._chronicle.rename(is_renamed=True)
        return back_to(PATH)

    def restore(self, _: Request) -> Answer:
        self._chronicle.rename(is_renamed=False)
        return back_to(PATH)

    def begin(self, request: Request) -> Answer:
        self._chronicle.begin(datetime.fromisoformat(request.form["at"]))
        return as_json({})

    def pass_until(self, request: Request) -> Answer:
        self._chronicle.pass_until(datetime.fromisoformat(request.form["at"]))
        return as_json({})

    def go_on(self, _: Request) -> Answer:
        self._chronicle.go_on()
        return as_json({})

    def call(self, request: Request) -> Answer:
        self._caller.call_at(request.form["path"])
        return as_json({})

    def home(self, _: Request) -> Answer:
        counts, told = self._chronicle.look(HOTEL, _seen)
        body = f"""
        <header><p class="brand">{HOTEL}</p>
        <p class="motto">a stand-in for its hotel system, Mews</p>
        <nav><a href="{escape(self._start.portal)}/sources">Adjoin</a>
        <a href="/">Credentials</a></nav></header>
        <main><h1>Demo controls</h1>
        <p class="promise">Every minute a guest books, another one cancels, somebody arrives or
        leaves, and a few change their plans. This system then calls Adjoin, which reads at once
        what has changed.</p>
        {_button("happen", "Let a minute happen now")}
        {self._version()}
        <section><h2>In the books</h2><div class="scroll"><table class="plain">
        <thead><tr>{_heads(counts)}</tr></thead>
        <tr>{_cells(counts)}</tr></table></div></section>
        <section><h2>What happened last (UTC)</h2><div class="scroll">
        <table class="plain told">{_rows(told)}</table></div></section></main>
        <footer>Everybody here is made up.</footer>
        """
        return page("vendors", f"{HOTEL}: demo controls", body, refresh=_REFRESH)

    def _version(self) -> str:
        old, new = mews.RENAMED
        if self._chronicle.is_renamed:
            state = f"The new version is out: <code>{old}</code> is called <code>{new}</code> now."
            button = _button("restore", "Take the new version back")
        else:
            state = f"Reservations say in <code>{old}</code> when a guest arrives."
            button = _button("rename", f"Rename it to {new}")
        return (
            f"<section><h2>The vendor changes its API</h2><div class='inside'><p>{state} Whenever "
            "the name changes, no reservation can be taken any more: Adjoin pauses the data "
            "transfer, says which field is gone, and suggests the one that looks like it.</p>"
            f"{button}</div></section>"
        )


def _seen(hotel: Hotel) -> tuple[dict[str, int], list[tuple[datetime, str]]]:
    states = Counter(one["State"] for one in hotel.lists["Reservations"])
    counts = {"All reservations": states.total(), **dict(states.most_common())}
    return counts | {"Guests": len(hotel.lists["Customers"])}, list(hotel.told)


def _button(action: str, words: str) -> str:
    return f"<form method='post' action='{PATH}/{action}'><button>{escape(words)}</button></form>"


def _heads(counts: dict[str, int]) -> str:
    return "".join(f"<th>{escape(name)}</th>" for name in counts)


def _cells(counts: dict[str, int]) -> str:
    return "".join(f"<td>{count:,}</td>" for count in counts.values())


def _rows(told: list[tuple[datetime, str]]) -> str:
    if not told:
        return "<tr><td>Nothing yet. Wait a minute.</td></tr>"
    return "".join(f"<tr><td>{at:%H:%M:%S}</td><td>{escape(words)}</td></tr>" for at, words in told)
