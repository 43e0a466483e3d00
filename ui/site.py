"""The site map: every page in menu order. Read this first."""

from collections.abc import Sequence

from fastapi import FastAPI
from nicegui import ui

from ui import frame, look, session
from ui.components.accounts import Account
from ui.frame import Page
from ui.pages import (
    account,
    app,
    apps,
    connection,
    connections,
    evidence,
    failure,
    finder,
    home,
    integration,
    integrations,
    invitation,
    mailbox,
    notices,
    people,
    record,
    records,
    run,
    setup,
    sign_in,
    source,
    sources,
    support,
    token_link,
    transfer,
    value_mapping,
)
from ui.pages import guide as guide_pages
from ui.pages.case import downloads
from ui.pages.guide import Guide
from ui.pages.hub import app as hub_app
from ui.pages.hub import apps as hub_apps
from ui.pages.hub import case as hub_case
from ui.pages.hub import cases as hub_cases
from ui.pages.hub import connection as hub_connection
from ui.pages.hub import connections as hub_connections
from ui.pages.hub import deliveries, delivery, endpoints, requests
from ui.pages.hub import events as hub_events
from ui.pages.hub import home as hub
from ui.pages.hub import keys as hub_keys
from ui.pages.hub import sandbox as hub_sandbox
from ui.pages.integration import new as new_integration
from ui.pages.integration import settings as integration_settings
from ui.pages.operations import app as operations_app
from ui.pages.operations import apps as operations_apps
from ui.pages.operations import audit as operations_audit
from ui.pages.operations import audit_files as operations_audit_files
from ui.pages.operations import audit_row as operations_audit_row
from ui.pages.operations import case as operations_case
from ui.pages.operations import cases as operations_cases
from ui.pages.operations import connection as operations_connection
from ui.pages.operations import connections as operations_connections
from ui.pages.operations import health as operations_health
from ui.pages.operations import home as operations
from ui.pages.operations import partner, partners, person, properties, search
from ui.pages.operations import people as operations_people
from ui.pages.operations import property as one_property
from ui.pages.source import agreed
from ui.pages.source import new as new_source
from ui.pages.support import case as support_case

HOTEL, PARTNER, PLATFORM = ("property",), ("partner",), ("platform",)

PAGES = (
    # Hotels
    Page("/", "Home", home.page, icon="house"),
    Page("/apps", "Apps", apps.page, HOTEL, icon="layout-grid"),
    Page("/apps/{slug}", "App", app.page, HOTEL),
    Page(
        "/subscriptions",
        "My subscriptions",
        connections.page,
        HOTEL,
        icon="plug-zap",
        short="Mine",
        count=connections.count,
    ),
    Page("/subscriptions/{connection_id}", "Connection", connection.page, HOTEL),
    Page("/subscriptions/{connection_id}/mapping", "Value mapping", value_mapping.page, HOTEL),
    Page("/sources", "Sources", sources.page, HOTEL, icon="database"),
    Page("/sources/new", "Add a source", new_source.page, HOTEL),
    Page("/sources/agreed", "Back from the other system", agreed.page, HOTEL),
    Page("/sources/{source_id}", "Source", source.page, HOTEL),
    Page("/sources/{source_id}/transfers/{transfer_id}", "Mapping", transfer.page, HOTEL),
    Page(
        "/integrations",
        "Integrations",
        integrations.page,
        HOTEL,
        icon="workflow",
        count=integrations.count,
    ),
    Page("/integrations/new", "New integration", new_integration.page, HOTEL),
    Page("/integrations/{integration_id}", "Integration", integration.page, HOTEL),
    Page(
        "/integrations/{integration_id}/settings",
        "Settings",
        integration_settings.page,
        HOTEL,
    ),
    Page("/integrations/{integration_id}/runs/{run_id}", "Run", run.page, HOTEL),
    Page("/records", "Data", records.page, HOTEL, icon="table-2"),
    Page("/records/{type}", "Data", records.page, HOTEL),
    Page("/records/{type}/{record_id}", "Record", record.page, HOTEL),
    Page("/find", "ID finder", finder.page, HOTEL, icon="search"),
    Page("/support", "Support", support.page, HOTEL, icon="life-buoy", count=support.count),
    Page("/support/{case_id}", "Case", support_case.page, HOTEL),
    # Partners
    Page("/hub", "Developer Hub", hub.page, PARTNER),
    Page(
        "/hub/requests",
        "Requests",
        requests.page,
        PARTNER,
        icon="hourglass",
        count=requests.count,
    ),
    Page("/hub/connections", "Connections", hub_connections.page, PARTNER, icon="plug-zap"),
    Page("/hub/connections/{connection_id}", "Connection", hub_connection.page, PARTNER),
    Page(
        "/hub/cases",
        "Cases",
        hub_cases.page,
        PARTNER,
        icon="life-buoy",
        count=hub_cases.count,
    ),
    Page("/hub/cases/{case_id}", "Case", hub_case.page, PARTNER),
    Page("/hub/apps", "My apps", hub_apps.page, PARTNER, icon="layout-grid"),
    Page("/hub/apps/{slug}", "App", hub_app.page, PARTNER),
    Page("/hub/deliveries", "Deliveries", deliveries.page, PARTNER, icon="send"),
    Page("/hub/deliveries/{message_id}", "Delivery", delivery.page, PARTNER),
    Page("/hub/endpoint", "Webhooks & mail", endpoints.page, PARTNER, icon="webhook"),
    Page("/hub/events", "Events", hub_events.page, PARTNER),
    Page("/hub/keys", "Partner keys", hub_keys.page, PARTNER, icon="key-round"),
    Page("/hub/sandbox", "Sandbox", hub_sandbox.page, PARTNER, icon="sparkles"),
    # Operators
    Page("/operations", "Operations", operations.page, PLATFORM),
    Page("/operations/search", "Search", search.page, PLATFORM, icon="search"),
    Page("/operations/health", "Health", operations_health.page, PLATFORM, icon="activity"),
    Page(
        "/operations/cases",
        "Cases",
        operations_cases.page,
        PLATFORM,
        icon="life-buoy",
        count=operations_cases.count,
    ),
    Page("/operations/cases/{case_id}", "Case", operations_case.page, PLATFORM),
    Page("/operations/people", "Everybody", operations_people.page, PLATFORM, icon="user-round"),
    Page("/operations/people/{person_id}", "Person", person.page, PLATFORM),
    Page("/operations/properties", "Properties", properties.page, PLATFORM, icon="building-2"),
    Page("/operations/properties/{property_id}", "Property", one_property.page, PLATFORM),
    Page("/operations/partners", "Partners", partners.page, PLATFORM, icon="handshake"),
    Page("/operations/partners/{partner_id}", "Partner", partner.page, PLATFORM),
    Page(
        "/operations/apps",
        "Apps",
        operations_apps.page,
        PLATFORM,
        icon="layout-grid",
        count=operations_apps.count,
    ),
    Page("/operations/apps/new", "New app", operations_app.new, PLATFORM),
    Page("/operations/apps/{slug}", "App", operations_app.page, PLATFORM),
    Page(
        "/operations/connections",
        "Connections",
        operations_connections.page,
        PLATFORM,
        icon="plug-zap",
    ),
    Page(
        "/operations/connections/{connection_id}",
        "Connection",
        operations_connection.page,
        PLATFORM,
    ),
    Page("/operations/audit", "Audit log", operations_audit.page, PLATFORM, icon="history"),
    Page("/operations/audit/{row_id}", "Audit log", operations_audit_row.page, PLATFORM),
    # Everybody
    Page("/evidence/{pack_id}", "Evidence", evidence.page),
    Page("/people", "People", people.page, icon="users"),
    Page("/notices", "Notices", notices.page),
    Page("/account", "Your account", account.page),
)


def install(
    api: FastAPI,
    *,
    base_url: str,
    letters: mailbox.Letters | None = None,
    accounts: Sequence[Account] = (),
    guide: Guide | None = None,
) -> None:
    """Put every page onto `api`; `base_url` is the address under which people reach us.

    `letters` returns the mails sent to some addresses, for the demo's mailbox; there is no
    mailbox without it. `accounts` are offered at sign-in with one press: for a demo on loopback.
    `guide` is what the API says of itself, for the pages that explain it.
    """
    look.install()
    session.install(base_url=base_url)
    sign_in.install(accounts)
    for page in (setup, invitation, token_link, failure, downloads, evidence):
        page.install()
    operations_audit_files.install()
    if guide is not None:
        guide_pages.install(guide)
    pages: tuple[Page, ...] = PAGES
    if letters is not None:
        pages += (Page("/mailbox", "Mailbox", mailbox.page(letters), icon="mail"),)
    frame.install(pages)
    ui.run_with(
        api,
        title="Adjoin",
        favicon=look.FAVICON,
        tailwind=False,
        language="en-US",
        reconnect_timeout=20,
        binding_refresh_interval=None,
    )
