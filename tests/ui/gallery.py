"""Every component on one site with a hotel's data: `uv run tests/ui/gallery.py --port 8090`."""

# ruff: noqa: E501 (rows of data read best as rows)
import asyncio
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import uvicorn
from fastapi import FastAPI
from nicegui import ui

from ui import look
from ui.components.ago import ago
from ui.components.badge import badge
from ui.components.button import button
from ui.components.callout import callout
from ui.components.card import card, facts
from ui.components.catalogue import App, Catalogue
from ui.components.code import code_block, code_tabs
from ui.components.dialog import Dialog
from ui.components.empty import empty, failed, not_found, skeleton
from ui.components.field import checkbox, choice_cards, segments, select_field, text_field
from ui.components.front import front, front_form
from ui.components.listing import Listing
from ui.components.notice import notice
from ui.components.page_title import breadcrumb, page_title
from ui.components.secret import copyable, secret
from ui.components.shell import MenuItem, Person, Place, Shell, shell
from ui.components.stat import stat
from ui.components.steps import steps
from ui.components.text import text
from ui.components.tile import tile
from ui.components.timeline import Timeline

NOW = datetime.now(UTC)
ZONE = "Europe/Berlin"
CONNECT = {"label": "Connect", "enabled": True, "why_not": None}
VIEW = {"label": "View", "enabled": True, "why_not": None}


def before(**ago_: float) -> str:
    return (NOW - timedelta(**ago_)).isoformat()


def app(slug: str, name: str, developer: str, tagline: str, category: str, icon: str, hue: int,
        status: str | None = None, activation: str | None = "manual",
        usual: str | None = "usually about 2 hours") -> App:  # fmt: skip
    core = activation is None
    return {
        "slug": slug, "name": name, "developer": developer, "tagline": tagline,
        "category": category, "kind": "core" if core else "integrated", "activation": activation,
        "usual": usual, "icon": icon, "hue": hue, "status": status,
        "action": VIEW if status else CONNECT,
    }  # fmt: skip


APPS = [
    app("d3x", "D3x", "D3x Analytics", "Revenue dashboards that explain yesterday before the morning meeting.", "Revenue", "chart-line", 265, "pending"),
    app("akia", "Akia", "Akia Inc.", "Text your guests from one inbox, with replies that write themselves.", "Guest messaging", "message-circle", 200, "active"),
    app("freeguides", "FreeGuides", "FreeGuides GmbH", "A digital guest directory in eleven languages, always up to date.", "Guest experience", "map", 145, "active", "automatic", "usually a few seconds"),
    app("keyring", "Keyring", "Nordlås AS", "Mobile keys issued at check-in and gone at departure.", "Door locks", "key-round", 45, None, "automatic", "usually a few seconds"),
    app("tablebell", "Tablebell", "Mise en Place SARL", "Post restaurant and bar bills straight to the room.", "Restaurant", "utensils", 20, "rejected"),
    app("linenly", "Linenly", "Linenly Oy", "Live room states for the housekeeping team, on any phone.", "Housekeeping", "brush-cleaning", 100),
    app("paywell", "Paywell", "Paywell Payments Ltd.", "Card payments and deposits without leaving the folio.", "Payments", "credit-card", 160, None, "manual", "usually about a day"),
    app("echo", "Écho Reviews", "Échologie SAS", "Ask for reviews at the right moment and answer in one place.", "Reputation", "star", 75),
    app("ledgerlane", "Ledgerlane", "Ledgerlane B.V.", "Journals, tax and city ledger exported every night.", "Accounting", "receipt", 230, "disabled"),
    app("mews", "Mews", "Adjoin", "Reservations, guests and rates from your Mews property system.", "Property system", "hotel", 330, "connected", None, None),
    app("cloudbeds", "Cloudbeds", "Adjoin", "Reservations and rooms from Cloudbeds.", "Property system", "cloud", 245, "broken", None, None),
    app("apaleo", "Apaleo", "Adjoin", "Reservations, folios and inventory from Apaleo.", "Property system", "bed-double", 290, None, None, None),
]  # fmt: skip
APPS[6]["action"] = {
    "label": "Connect", "enabled": False,
    "why_not": "Only a manager can connect apps. Ask Maya Lindqvist.",
}  # fmt: skip

MENU = [
    MenuItem("/", "Home", "house"),
    MenuItem("/apps", "Apps", "layout-grid"),
    MenuItem("/subscriptions", "My subscriptions", "plug-zap", 2, "Subscriptions"),
    MenuItem("/forms", "Forms", "pencil"),
    MenuItem("/states", "States", "circle-dashed"),
    MenuItem("/many", "2,000 apps", "list"),
]
PLACES = [
    Place("p1", "Harbour Hotel", "Manager", "hotel"),
    Place("p2", "City Suites", "Viewer", "hotel"),
    Place("d3x", "D3x", "Partner", "plug"),
    Place("ops", "Platform", "Operator", "shield"),
]
PYTHON = '''# pip install standardwebhooks
from standardwebhooks import Webhook

def receive(body: bytes, headers: dict[str, str]) -> dict:
    """Return the event, or raise when the signature is wrong."""
    return Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").verify(body, headers)
'''
JAVASCRIPT = """// npm install standardwebhooks
import { Webhook } from "standardwebhooks";

export function receive(body, headers) {
  return new Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").verify(body, headers);
}
"""
NOTES = """
## Before you connect
Open **Settings → Integrations** in Akia and note your *property code*.

1. Press Connect and enter the code, for example `HH-02`.
2. Akia checks it and opens its side, [usually within two hours](https://akia.example/help).

- Messages are read from today on.
- Past guests are not contacted.
"""


def frame() -> Shell:
    return shell(
        MENU,
        Person("Maya Lindqvist", "maya@harbour.example"),
        PLACES,
        "p1",
        on_place=lambda key: notice(f"Now at {key}"),
        on_notice=lambda _: None,
        on_all_read=lambda: None,
        sign_out_action="/auth/sign-out",
    )


def home() -> None:
    with page_title("Good morning, Maya", "One request is waiting for its partner."):
        button("Browse apps", href="/apps", kind="primary", icon="layout-grid")
    with ui.element("div").classes("stack"):
        with ui.element("div").classes("stats"):
            stat(7, "active connections", "/subscriptions")
            stat(1, "waiting for a partner", "/subscriptions")
            stat(1, "needs your attention", "/subscriptions")
            stat("2 h", "usual waiting time")
        with callout("warn", "It is D3x’s turn",
                     "You asked 3 hours ago; it usually takes about 2 hours. Nobody on the "
                     "platform’s side can activate it. Your contact is Dana Reyes, dana@d3x.example."):  # fmt: skip
            button("Nudge", nap, icon="bell")
            button("Withdraw", kind="quiet", icon="undo-2")
        with card("How far it is", icon="door-open"):
            steps(
                [
                    {"title": "Requested", "text": "by Maya, 14:02", "state": "done"},
                    {"title": "Partner notified", "text": "webhook, 14:02", "state": "done"},
                    {"title": "Partner activates", "text": "usually 2 hours", "state": "now"},
                    {"title": "Active", "text": "data starts to flow", "state": "next"},
                ]
            )
        with ui.element("div").classes("line"):
            for status in ("pending", "active", "disabled", "disconnected", "rejected", "connected",
                           "broken", "sending", "gave_up", "superseded"):  # fmt: skip
                badge(status)
            badge("warn", "Waiting for Akia")


async def nap() -> None:
    await asyncio.sleep(1.5)
    notice("Dana Reyes at D3x got a mail from us.", title="Nudged")


def apps() -> None:
    with page_title("Apps", "Open a door to another system. You ask, the partner opens its side."):
        pass

    def act(slug: str) -> None:
        catalogue.patch(slug, "pending", VIEW)
        notice("The partner was notified. The badge changes by itself.", title="Requested")

    catalogue = Catalogue(APPS, on_act=act)


def many() -> None:
    with page_title("2,000 apps"):
        pass
    apps_ = [{**APPS[i % 12], "slug": f"a{i}", "name": f"{APPS[i % 12]['name']} {i}"}
             for i in range(2000)]  # fmt: skip
    Catalogue(apps_)  # type: ignore[arg-type]


def one_app(slug: str) -> None:
    found = next((a for a in APPS if a["slug"] == slug), None)
    if found is None:
        return not_found("app", "/apps", "All apps")
    breadcrumb([("Apps", "/apps"), (str(found["name"]), None)])
    with ui.element("div").classes("line").style("gap: 18px; margin-top: 14px"):
        tile(found["icon"], found["hue"], 64)
        with ui.element("div").classes("grow"):
            text(found["name"], "h1")
            text(f"Developed by {found['developer']}, who supports it", classes="lead")
        button("Connect", kind="primary", icon="plug")
    with ui.element("div").style("margin-top: 24px"), card("Setting it up", icon="list-checks"):
        ui.markdown(NOTES)
    return None


def subscriptions() -> None:
    with page_title("My subscriptions", "Every system that shares a door with Harbour Hotel."):
        button("Connect another", href="/apps", kind="primary", icon="plus")
    listing = Listing(
        [
            {"key": "app", "label": "App", "kind": "strong", "sub": "developer"},
            {"key": "status", "label": "Status", "kind": "badge"},
            {"key": "turn", "label": "Whose turn", "kind": "text"},
            {"key": "since", "label": "Since", "kind": "ago"},
            {"key": "token", "label": "Token", "kind": "mono"},
            {"key": "calls", "label": "Calls today", "kind": "number"},
            {"key": "do", "label": "", "kind": "actions"},
        ],
        [
            {"id": 1, "href": "/subscriptions/1", "app": "D3x", "developer": "D3x Analytics", "status": {"status": "pending", "text": "Waiting for D3x"}, "turn": "D3x", "since": before(hours=3), "token": "E0D4…9E1D", "calls": 0, "do": [{"action": "nudge", "label": "Nudge"}]},
            {"id": 2, "href": "/subscriptions/2", "app": "Akia", "developer": "Akia Inc.", "status": "active", "turn": None, "since": before(days=41), "token": "77AC…01F3", "calls": 12480},
            {"id": 3, "href": "/subscriptions/3", "app": "Tablebell", "developer": "Mise en Place SARL", "status": "rejected", "turn": "You", "since": before(days=2), "token": None, "calls": None, "do": [{"action": "reconnect", "label": "Reconnect", "why_not": "Only a manager can reconnect."}]},
            {"id": 4, "href": "/subscriptions/4", "app": "Cloudbeds", "developer": "Core app", "status": "broken", "turn": "You", "since": before(minutes=12), "token": None, "calls": None, "do": [{"action": "repair", "label": "Repair", "kind": "primary"}]},
            {"id": 5, "href": "/subscriptions/5", "app": "Ledgerlane", "developer": "Ledgerlane B.V.", "status": "disabled", "turn": "Ledgerlane", "since": before(days=90), "token": "0B19…77CE", "calls": 0},
        ],
        label="Connections", on_act=lambda e: listing.patch(e["row"], {"status": "active"}),
        search="Search connections", zone=ZONE,
    )  # fmt: skip


def subscription(id: str) -> None:
    breadcrumb([("My subscriptions", "/subscriptions"), ("Akia", None)])
    with page_title("Akia"):
        badge("active")
        button("Disconnect", kind="danger", icon="unplug")
    dialog = Dialog()

    def ask() -> None:
        with dialog.refill("Show the access token"):
            text("Anyone with this token can act for Harbour Hotel towards Akia. "
                 "Showing it is written into the history.", classes="muted")  # fmt: skip
            with ui.element("div").style("margin-top: 18px"):
                password = text_field(
                    "Your password",
                    secret=True,
                    autofocus=True,
                    on_enter=lambda: show(),
                    autocomplete="current-password",
                )

        def show() -> None:
            if password.value != "demo":
                password.error("That is not your password. Try again.")
                return
            dialog.close()
            token.reveal("adj_E0D4k2vT8wq1ZpLr5sYb0cXn9E1D")

        with dialog.footer:
            button("Cancel", dialog.close)
            button("Show token", show, kind="primary")
        dialog.open()

    with ui.element("div").classes("columns"):
        with ui.element("div").classes("stack"):
            with card("History", "The same story that Akia and the platform read.", icon="history"):
                Timeline(
                    [
                        {"at": before(minutes=4), "who": "Maya Lindqvist", "side": "Harbour Hotel", "text": "Rotated the token", "detail": None, "tone": "info", "icon": "refresh-cw"},
                        {"at": before(hours=2), "who": "Akia", "side": "Partner", "text": "Token used for the first time", "detail": None, "tone": "muted", "icon": "key-round"},
                        {"at": before(days=1), "who": "Akia dashboard", "side": "Partner", "text": "Activated", "detail": None, "tone": "ok", "icon": "circle-check"},
                        {"at": before(days=1, minutes=1), "who": "Adjoin", "side": None, "text": "Notified the partner by webhook", "detail": "Delivered at the second attempt (503, then 204)", "tone": "muted", "icon": "webhook"},
                        {"at": before(days=1, minutes=2), "who": "Maya Lindqvist", "side": "Harbour Hotel", "text": "Requested the connection", "detail": None, "tone": "warn", "icon": "hourglass"},
                        {"at": before(days=9), "who": "Dana Reyes", "side": "Akia", "text": "Rejected the request", "detail": "“The property code HH-02 is not known to us. Please check it in your Akia settings.”", "tone": "bad", "icon": "circle-x"},
                    ],
                    zone=ZONE,
                )  # fmt: skip
            with card("Verify our signature", icon="shield-check"):
                code_tabs({"Python": PYTHON, "JavaScript": JAVASCRIPT})
        with ui.element("div").classes("stack"):
            with card("Token", icon="key-round"):
                token = secret("E0D4…9E1D", ask)
                facts(
                    [
                        ("Delivered", lambda: ago(before(days=1), zone=ZONE)),
                        ("Opened", "not yet"),
                        ("First used", lambda: ago(before(hours=2), zone=ZONE)),
                    ]
                )
            with card("Facts", icon="info"):
                facts(
                    [
                        ("Developed by", "Akia Inc., who supports it"),
                        ("Activation", "Manual, usually about 2 hours"),
                        ("Status", lambda: badge("active")),
                        ("Contact", "support@akia.example"),
                    ]
                )


def forms() -> None:
    with page_title("Forms", "Labels above, hints below, sentences where something is wrong."):
        pass
    with ui.element("div").classes("halves"):
        with card("Connect Akia", "Akia needs to know who you are.", icon="plug"):
            text_field("Contact person", value="Maya Lindqvist", required=True,
                       hint="Akia writes to this person when something is unclear.")  # fmt: skip
            text_field("Property code at Akia", value="HH 02",
                       error="Use letters, digits and dashes only, for example HH-02.")  # fmt: skip
            select_field("Language of messages", {"en": "English", "de": "German", "fr": "French"},
                         value="en")  # fmt: skip
            text_field(
                "Note to the partner",
                multiline=True,
                placeholder="Anything they should know",
                optional=True,
            )
            checkbox("Include reservations made before today",
                     hint="Up to one year back; this can take some minutes.")  # fmt: skip
        with card("Notifications", icon="bell"):
            choice_cards(
                "How do you want to be told?",
                {
                    "webhook": ("Webhook", "We POST a signed event to your server at once."),
                    "mail": ("Mail", "We write to your team; the token is a one-time link."),
                    "both": ("Both", "The webhook first, a mail for the people."),
                },
                value="webhook",
                hint="You can change this at any time.",
            )
            text_field("Password", secret=True, autocomplete="current-password")
            with ui.element("div").classes("actions").style("margin-top: 20px"):
                button("Save", nap, kind="primary", icon="check")
                button("Cancel")
                button("Delete", kind="danger", icon="trash-2")
                button("More", kind="quiet", icon="ellipsis", hide_label=True)
                button("Activate", why_not="The partner has to activate this app, not the hotel.")


def states() -> None:
    with page_title("States"):
        button("Good news", lambda: notice("Akia is active now."))
        button("Bad news", lambda: notice("Akia was already activated at 14:02.", "bad"))
    with ui.element("div").classes("stack"):
        with ui.element("div").classes("halves"):
            for tone, title in (("ok", "Akia is active"), ("bad", "Cloudbeds refused the key"),
                                ("info", "Core apps connect at once"), ("muted", "Disabled by you")):  # fmt: skip
                with callout(tone, title, "Here is what happened and what you can do about it."):
                    pass
        with card(), empty("door-open", "No connections yet",
                           "Choose an app and open the door. The partner opens its side."):  # fmt: skip
            button("Browse apps", href="/apps", kind="primary")
        with card():
            failed("The list did not load", "The database took too long. Nothing is lost.", nap)
        with card():
            not_found("app", "/apps", "All apps")
        segments(
            "Which deliveries",
            {"all": "All", "failing": "Failing", "waiting": "Waiting"},
            value="all",
        )
        copyable("https://adjoin.example/api/v1", "API address")
        skeleton("list")
        skeleton("cards")
        code_block('{"status": "pending", "owner": "partner"}', "JSON")


def register(api: FastAPI) -> None:
    look.install()

    @ui.page("/sign-in")
    def sign_in(wrong: bool = False) -> None:
        with front("Welcome back", "Sign in to see your connections."):
            front_form(
                "/auth/sign-in",
                [
                    {"name": "email", "label": "Email", "type": "email", "autocomplete": "username"},
                    {"name": "password", "label": "Password", "type": "password",
                     "autocomplete": "current-password"},
                ],
                "Sign in",
                {"next": "/apps"},
                "Email and password do not match. Try again." if wrong else None,
            )  # fmt: skip

    @ui.page("/")
    @ui.page("/{_:path}")
    def page() -> None:
        with frame():
            ui.sub_pages(
                {
                    "/": home, "/apps": apps, "/apps/{slug}": one_app, "/many": many,
                    "/subscriptions": subscriptions, "/subscriptions/{id}": subscription,
                    "/forms": forms, "/states": states,
                }
            )  # fmt: skip

    ui.run_with(
        api, title="Adjoin", tailwind=False, language="en-US", dark=None, favicon=look.FAVICON,
        reconnect_timeout=20, binding_refresh_interval=None, show_welcome_message=False,
        storage_secret="the gallery keeps nothing",
    )  # fmt: skip


if __name__ == "__main__":
    arguments = ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=8090)
    api = FastAPI()
    register(api)
    uvicorn.run(api, port=arguments.parse_args().port, log_level="warning")
