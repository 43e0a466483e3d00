"""How each verb of the domain is called, on one of everything."""

from collections.abc import Callable
from typing import Any

from sqlmodel import col, select

from domain import (
    api_requests,
    app_drafts,
    apps,
    audit,
    audit_files,
    authorization_pages,
    authorizations,
    callers,
    case_pages,
    cases,
    catalogue,
    connections,
    consents,
    core,
    deliveries,
    digests,
    endpoints,
    everybody,
    evidence,
    extracts,
    finder,
    freshness,
    history,
    hooks,
    integration_pages,
    integrations,
    invitations,
    lookups,
    mailbox,
    mappings,
    notices,
    operations,
    partner_connections,
    partner_keys,
    partners,
    people,
    platform_health,
    properties,
    proposals,
    quiet_hours,
    records,
    reject_pages,
    replays,
    run_pages,
    runs,
    sandboxes,
    sign_ins,
    sources,
    subscriptions,
    support,
    tokens,
    transfers,
    value_mappings,
    value_pages,
    waiting,
)
from domain.actors import Actor
from domain.drafts import Draft
from domain.places import Place
from storage import database
from storage.history import HistoryRow
from tests import harvest
from tests.builders import PASSWORD
from tests.domain.scenes import CREDENTIALS, ESCALATION, WANTED, Scene

Verb = Callable[[Actor, Scene], Any]
_DRAFT = {"name": "Pager", "category": "Guest", "tagline": "Calls guests"}
_TEXTS = {"tagline": "Calls guests", "description": "", "setup_notes": ""}
_CONTACT = {
    "contact_name": "D",
    "contact_email": "d@d3x.example",
    "contact_phone": "",
    "website": "",
}
_WAYS = {"by_webhook": True, "by_mail": False, "mail_to": "", "token_in_mail": False}


def _flow(s: Scene) -> integrations.Draft:
    return integrations.Draft(s.source, "New", WANTED)


def _newest(s: Scene) -> str:
    """Return the id of a row of the history."""
    with database.reading() as session:
        newest = select(HistoryRow.id).order_by(col(HistoryRow.id).desc())
        return session.exec(newest).first() or ""


VERBS: dict[str, Verb] = {
    "audit.search": lambda who, s: audit.search(who, audit.Wanted()),
    "audit.read": lambda who, s: audit.read(who, _newest(s)),
    "audit.end": lambda who, s: audit.end(who),
    "audit.check": lambda who, s: audit.check(who),
    "audit.choices": lambda who, s: audit.choices(who),
    "audit_files.export": lambda who, s: list(audit_files.export(who, audit.Wanted(), "csv")),
    "catalogue.of_property": lambda who, s: catalogue.of_property(who, s.hotel),
    "catalogue.card": lambda who, s: catalogue.card(who, s.hotel, s.active),
    "catalogue.read": lambda who, s: catalogue.read(who, s.hotel, "d3x"),
    "apps.of_partner": lambda who, s: apps.of_partner(who, s.d3x),
    "apps.all_of_them": lambda who, s: apps.all_of_them(who),
    "apps.create": lambda who, s: apps.create(
        who, slug="pager", kind="integrated", partner_id=s.world.d3x, **_DRAFT
    ),
    "apps.edit": lambda who, s: apps.edit(
        who, s.app, Draft(kind="integrated", partner_id=s.world.d3x, **_DRAFT)
    ),
    "apps.entry": lambda who, s: apps.entry(who, s.app),
    "apps.publish": lambda who, s: apps.publish(who, s.app),
    "apps.retire": lambda who, s: apps.retire(who, s.app),
    "app_drafts.save": lambda who, s: app_drafts.save(who, s.app, **_TEXTS),
    "app_drafts.withdraw": lambda who, s: app_drafts.withdraw(who, s.described),
    "app_drafts.publish": lambda who, s: app_drafts.publish(who, s.described, 1),
    "app_drafts.decline": lambda who, s: app_drafts.decline(who, s.described, 1, "Why?"),
    "app_drafts.of_app": lambda who, s: app_drafts.of_app(who, s.described),
    "app_drafts.waiting": lambda who, s: app_drafts.waiting(who),
    "app_drafts.count_waiting": lambda who, s: app_drafts.count_waiting(who),
    "apps.sheet": lambda who, s: apps.sheet(who, s.app),
    "connections.connect": lambda who, s: connections.connect(who, s.hotel, "fresh"),
    "connections.reconnect": lambda who, s: connections.connect(who, s.hotel, "ended"),
    "connections.activate": lambda who, s: connections.activate(who, s.pending),
    "connections.reject": lambda who, s: connections.reject(who, s.pending, "No such code."),
    "connections.withdraw": lambda who, s: connections.withdraw(who, s.pending),
    "connections.disconnect": lambda who, s: connections.disconnect(who, s.active),
    "connections.disable": lambda who, s: connections.disable(who, s.active),
    "connections.enable": lambda who, s: connections.enable(who, s.paused),
    "core.connect": lambda who, s: core.connect(who, s.hotel, "bews", CREDENTIALS),
    "core.repair": lambda who, s: core.repair(who, s.core, CREDENTIALS),
    "core.check_again": lambda who, s: core.check_again(who, s.core),
    "core.disconnect": lambda who, s: connections.disconnect(who, s.core),
    "authorization_pages.of_property": lambda who, s: authorization_pages.of_property(who, s.hotel),
    "authorization_pages.read": lambda who, s: authorization_pages.read(who, s.authorization),
    "authorizations.add": lambda who, s: authorizations.add(
        who, s.hotel, authorizations.Draft("mews", "mews", CREDENTIALS)
    ),
    "authorizations.rename": lambda who, s: authorizations.rename(who, s.authorization, "New"),
    "authorizations.check_again": lambda who, s: authorizations.check_again(who, s.authorization),
    "authorizations.repair": lambda who, s: authorizations.repair(
        who, s.authorization, CREDENTIALS
    ),
    "authorizations.remove": lambda who, s: authorizations.remove(who, s.authorization),
    "consents.begin": lambda who, s: consents.begin(who, s.hotel, harvest.CONSENT),
    "consents.begin_again": lambda who, s: consents.begin_again(who, s.agreed),
    "consents.finish": lambda who, s: consents.finish(who, {"state": s.answer, "code": "c"}),
    "sources.offered": lambda who, s: sources.offered(who, s.hotel),
    "sources.of_property": lambda who, s: sources.of_property(who, s.hotel),
    "sources.read": lambda who, s: sources.read(who, s.source),
    "sources.add": lambda who, s: sources.add(who, s.hotel, sources.Draft("file", "More")),
    "sources.rename": lambda who, s: sources.rename(who, s.source, "New"),
    "sources.change_settings": lambda who, s: sources.change_settings(who, s.source, {}),
    "sources.authorize": lambda who, s: sources.authorize(who, s.unlocked, s.agreed),
    "sources.upload": lambda who, s: sources.upload(who, s.files, "guests", "a.csv", b"a;b\n1;2\n"),
    "sources.remove": lambda who, s: sources.remove(who, s.files),
    "hooks.read": lambda who, s: hooks.read(who, s.source),
    "hooks.of_property": lambda who, s: hooks.of_property(who, s.hotel),
    "hooks.reveal": lambda who, s: hooks.reveal(who, s.source, PASSWORD),
    "hooks.renew": lambda who, s: hooks.renew(who, s.source),
    "transfers.of_source": lambda who, s: transfers.of_source(who, s.source),
    "transfers.read": lambda who, s: transfers.read(who, s.transfer),
    "transfers.add": lambda who, s: transfers.add(who, s.source, "guests"),
    "transfers.sample": lambda who, s: transfers.sample(who, s.transfer),
    "transfers.activate": lambda who, s: transfers.activate(who, s.transfer),
    "transfers.deactivate": lambda who, s: transfers.deactivate(who, s.moving),
    "transfers.remove": lambda who, s: transfers.remove(who, s.transfer),
    "mappings.read": lambda who, s: mappings.read(who, s.transfer),
    "mappings.try_out": lambda who, s: mappings.try_out(who, s.transfer, harvest.ROWS),
    "mappings.history": lambda who, s: mappings.history(who, s.transfer),
    "mappings.copyable": lambda who, s: mappings.copyable(who, s.transfer),
    "mappings.save": lambda who, s: mappings.save(
        who, s.transfer, harvest.ROWS[:1], expected_version=1
    ),
    "mappings.restore": lambda who, s: mappings.restore(who, s.transfer, 1, expected_version=1),
    "mappings.copy": lambda who, s: mappings.copy(who, s.transfer, s.moving, expected_version=1),
    "integration_pages.offered": lambda who, s: integration_pages.offered(who, s.hotel),
    "integration_pages.of_property": lambda who, s: integration_pages.of_property(who, s.hotel),
    "integration_pages.count_stopped": lambda who, s: integration_pages.count_stopped(who, s.hotel),
    "integration_pages.read": lambda who, s: integration_pages.read(who, s.flow),
    "integrations.create": lambda who, s: integrations.create(who, s.hotel, _flow(s)),
    "integrations.change": lambda who, s: integrations.change(who, s.draft, _flow(s)),
    "integrations.activate": lambda who, s: integrations.activate(who, s.draft),
    "integrations.disable": lambda who, s: integrations.disable(who, s.flow),
    "integrations.enable": lambda who, s: integrations.enable(who, s.halted),
    "integrations.remove": lambda who, s: integrations.remove(who, s.flow),
    "run_pages.of_integration": lambda who, s: run_pages.of_integration(who, s.flow),
    "run_pages.read": lambda who, s: run_pages.read(who, s.run),
    "reject_pages.of_run": lambda who, s: reject_pages.of_run(who, s.run),
    "reject_pages.as_csv": lambda who, s: reject_pages.as_csv(who, s.run),
    "runs.run_now": lambda who, s: runs.run_now(who, s.flow),
    "runs.dry_run": lambda who, s: runs.dry_run(who, s.flow),
    "runs.retry": lambda who, s: runs.retry(who, s.run),
    "runs.cancel": lambda who, s: runs.cancel(who, s.queued),
    "records.counts": lambda who, s: records.counts(who, s.hotel),
    "freshness.of_property": lambda who, s: freshness.of_property(who, s.hotel),
    "records.search": lambda who, s: records.search(who, s.hotel, "reservations"),
    "records.read": lambda who, s: records.read(who, "reservations", s.record),
    "tokens.reveal": lambda who, s: tokens.reveal(who, s.active, PASSWORD),
    "tokens.rotate": lambda who, s: tokens.rotate(who, s.active),
    "waiting.nudge": lambda who, s: waiting.nudge(who, s.pending),
    "subscriptions.of_property": lambda who, s: subscriptions.of_property(who, s.hotel),
    "subscriptions.count_due": lambda who, s: subscriptions.count_due(who, s.hotel),
    "subscriptions.page": lambda who, s: subscriptions.page(who),
    "subscriptions.counts": lambda who, s: subscriptions.counts(who),
    "subscriptions.of_partner": lambda who, s: subscriptions.of_partner(who, s.d3x),
    "subscriptions.requests": lambda who, s: subscriptions.requests(who, s.d3x),
    "subscriptions.count_requests": lambda who, s: subscriptions.count_requests(who, s.d3x),
    "subscriptions.read": lambda who, s: subscriptions.read(who, s.active),
    "history.of_connection": lambda who, s: history.of_connection(who, s.active),
    "value_mappings.choose": lambda who, s: value_mappings.choose(
        who, s.active, "stay", s.product, expected_version=1
    ),
    "value_mappings.choose_none": lambda who, s: value_mappings.choose_none(
        who, s.active, "stay", expected_version=1
    ),
    "value_mappings.clear": lambda who, s: value_mappings.clear(
        who, s.active, "stay", expected_version=1
    ),
    "value_mappings.confirm": lambda who, s: value_mappings.confirm(
        who, s.active, "extra", expected_version=1
    ),
    "value_mappings.dismiss": lambda who, s: value_mappings.dismiss(
        who, s.active, "extra", expected_version=1
    ),
    "value_mappings.accept_all": lambda who, s: value_mappings.accept_all(
        who, s.active, expected_version=1
    ),
    "value_mappings.restore": lambda who, s: value_mappings.restore(
        who, s.active, 0, expected_version=1
    ),
    "proposals.propose": lambda who, s: proposals.propose(who, s.active, {}, expected_version=1),
    "value_pages.read": lambda who, s: value_pages.read(who, s.active),
    "value_pages.summary": lambda who, s: value_pages.summary(who, s.active),
    "value_pages.versions": lambda who, s: value_pages.versions(who, s.active),
    "value_pages.search": lambda who, s: value_pages.search(who, s.active, "stay", ""),
    "finder.find": lambda who, s: finder.find(who, s.hotel, "stay"),
    "partner_connections.page": lambda who, s: partner_connections.page(who, s.d3x),
    "partner_connections.read": lambda who, s: partner_connections.read(who, s.active),
    "api_requests.of_connection": lambda who, s: api_requests.of_connection(who, s.active),
    "api_requests.of_partner": lambda who, s: api_requests.of_partner(who, s.d3x),
    "callers.read": lambda who, s: callers.read(who),
    "extracts.page": lambda who, s: extracts.page(who, "reservations", extracts.Wanted()),
    "extracts.one": lambda who, s: extracts.one(who, "reservations", s.record),
    "deliveries.of_partner": lambda who, s: deliveries.of_partner(who, s.d3x),
    "deliveries.read": lambda who, s: deliveries.read(who, s.message),
    "deliveries.resend": lambda who, s: deliveries.resend(who, s.message),
    "endpoints.of_partner": lambda who, s: endpoints.of_partner(who, s.d3x),
    "endpoints.create": lambda who, s: endpoints.create(who, s.d3x, "https://c.d3x.example"),
    "endpoints.change": lambda who, s: endpoints.change(who, s.endpoint, events=()),
    "endpoints.change_url": lambda who, s: endpoints.change_url(
        who, s.endpoint, "https://c.d3x.example"
    ),
    "endpoints.rotate_secret": lambda who, s: endpoints.rotate_secret(who, s.endpoint),
    "endpoints.send_test_event": lambda who, s: endpoints.send_test_event(who, s.endpoint),
    "endpoints.disable": lambda who, s: endpoints.disable(who, s.endpoint),
    "endpoints.enable": lambda who, s: endpoints.enable(who, s.broken_endpoint),
    "endpoints.remove": lambda who, s: endpoints.remove(who, s.endpoint),
    "endpoints.replay_skipped": lambda who, s: endpoints.replay_skipped(who, s.endpoint),
    "endpoints.read": lambda who, s: endpoints.read(who, s.endpoint),
    "endpoints.choose": lambda who, s: endpoints.choose(
        who, s.endpoint, events=(), property_ids=()
    ),
    "endpoints.choosable": lambda who, s: endpoints.choosable(who, s.d3x),
    "endpoints.send_example": lambda who, s: endpoints.send_example(
        who, s.endpoint, "guest.updated"
    ),
    "replays.recover": lambda who, s: replays.recover(who, s.endpoint, s.world.now),
    "replays.replay_missing": lambda who, s: replays.replay_missing(who, s.endpoint, s.world.now),
    "partners.settings": lambda who, s: partners.settings(who, s.d3x),
    "partners.save_contact": lambda who, s: partners.save_contact(who, s.d3x, **_CONTACT),
    "partners.save_notifications": lambda who, s: partners.save_notifications(who, s.d3x, **_WAYS),
    "partners.overview": lambda who, s: partners.overview(who, s.d3x),
    "partner_keys.make": lambda who, s: partner_keys.make(who, s.d3x, "Another"),
    "partner_keys.of_partner": lambda who, s: partner_keys.of_partner(who, s.d3x),
    "partner_keys.revoke": lambda who, s: partner_keys.revoke(who, s.spare_key),
    "sandboxes.read": lambda who, s: sandboxes.read(who, s.d3x),
    "sandboxes.make": lambda who, s: sandboxes.make(who, s.d3x),
    "sandboxes.connect": lambda who, s: sandboxes.connect(who, s.lab, "spare"),
    "sandboxes.reveal_token": lambda who, s: sandboxes.reveal_token(who, s.tried_out),
    "sandboxes.rotate_token": lambda who, s: sandboxes.rotate_token(who, s.tried_out),
    "sandboxes.happen": lambda who, s: sandboxes.happen(who, s.lab),
    "sandboxes.reset": lambda who, s: sandboxes.reset(who, s.lab, now=s.world.after(hours=1)),
    "sandboxes.remove": lambda who, s: sandboxes.remove(who, s.lab),
    "partners.create": lambda who, s: partners.create(who, "New Ltd"),
    "partners.read": lambda who, s: partners.read(who, s.d3x),
    "partners.edit": lambda who, s: partners.edit(who, s.d3x, "D3x Limited"),
    "partners.all_of_them": lambda who, s: partners.all_of_them(who),
    "properties.create": lambda who, s: properties.create(who, "New Hotel"),
    "properties.read": lambda who, s: properties.read(who, s.hotel),
    "properties.edit": lambda who, s: properties.edit(who, s.hotel, "The Harbour"),
    "operations.overview": lambda who, s: operations.overview(who),
    "operations.integrations": lambda who, s: operations.integrations(who),
    "properties.page": lambda who, s: properties.page(who),
    "everybody.page": lambda who, s: everybody.page(who),
    "everybody.read": lambda who, s: everybody.read(who, s.somebody),
    "everybody.invited": lambda who, s: everybody.invited(who),
    "lookups.find": lambda who, s: lookups.find(who, "Harbour"),
    "platform_health.overview": lambda who, s: platform_health.overview(who),
    "people.members": lambda who, s: people.members(who, s.hotel),
    "people.remove": lambda who, s: people.remove(who, s.membership, "Left."),
    "people.remove_partner": lambda who, s: people.remove(who, s.partner_membership, "Left."),
    "people.remove_operator": lambda who, s: people.remove(who, s.operator_membership),
    "people.change_password": lambda who, s: people.change_password(
        who, PASSWORD, "another horse 43"
    ),
    "people.rename": lambda who, s: people.rename(who, "Somebody Else"),
    "mailbox.addresses": lambda who, s: mailbox.addresses(who),
    "notices.of_person": lambda who, s: notices.of_person(who),
    "notices.count_unread": lambda who, s: notices.count_unread(who),
    "notices.read": lambda who, s: notices.read(who, s.notice),
    "notices.read_all": lambda who, s: notices.read_all(who),
    "digests.chosen": lambda who, s: digests.chosen(who),
    "digests.choose": lambda who, s: digests.choose(who, "daily"),
    "quiet_hours.read": lambda who, s: quiet_hours.read(who, s.hotel),
    "quiet_hours.choose": lambda who, s: quiet_hours.choose(who, s.hotel, "22:00", "07:00"),
    "cases.open_": lambda who, s: cases.open_(who, s.active, "Another", "Why?"),
    "cases.write": lambda who, s: cases.write(who, s.reported, "Hello"),
    "cases.escalate": lambda who, s: cases.escalate(who, s.reported, ESCALATION),
    "cases.return_to_partner": lambda who, s: cases.return_to_partner(who, s.escalated, "Yours."),
    "cases.resolve": lambda who, s: cases.resolve(who, s.reported, "Fixed."),
    "cases.reopen": lambda who, s: cases.reopen(who, s.resolved, "Not yet."),
    "cases.assign": lambda who, s: cases.assign(who, s.escalated, None),
    "cases.agree": lambda who, s: cases.agree(who, s.escalated),
    "evidence.of_case": lambda who, s: evidence.of_case(who, s.escalated),
    "evidence.read": lambda who, s: evidence.read(who, s.pack),
    "support.of_connection": lambda who, s: support.of_connection(who, s.active),
    "support.of_property": lambda who, s: support.of_property(who, s.hotel),
    "case_pages.of_property": lambda who, s: case_pages.of_property(who, s.hotel),
    "case_pages.of_partner": lambda who, s: case_pages.of_partner(who, s.d3x),
    "case_pages.of_connection": lambda who, s: case_pages.of_connection(who, s.active),
    "case_pages.of_platform": lambda who, s: case_pages.of_platform(who),
    "case_pages.count_due": lambda who, s: case_pages.count_due(
        who, Place(s.hotel, "property", s.hotel, "Harbour Hotel", "manager")
    ),
    "case_pages.read": lambda who, s: case_pages.read(who, s.escalated),
    "case_pages.by_number": lambda who, s: case_pages.by_number(who, s.number),
    "case_pages.attachment": lambda who, s: case_pages.attachment(who, s.file),
    "invitations.invite": lambda who, s: invitations.invite(
        who, "x@harbour.example", "viewer", s.hotel
    ),
    "invitations.waiting": lambda who, s: invitations.waiting(who, s.hotel),
    "invitations.resend": lambda who, s: invitations.resend(who, s.invitation),
    "invitations.withdraw": lambda who, s: invitations.withdraw(who, s.invitation),
    "sign_ins.of_person": lambda who, s: sign_ins.of_person(who),
    "sign_ins.sign_out": lambda who, s: sign_ins.sign_out(who),
    "sign_ins.sign_out_everywhere": lambda who, s: sign_ins.sign_out_everywhere(who),
    "sign_ins.confirm_password": lambda who, s: sign_ins.confirm_password(who, PASSWORD),
    "sign_ins.go_to": lambda who, s: sign_ins.go_to(who, s.hotel),
    "sign_ins.end": lambda who, s: sign_ins.end(who, s.sign_in),
}
# Two verbs that are called in more than one state, and one that is called for three places.
ALSO = {"connections.reconnect", "core.disconnect", "people.remove_partner"}
ALSO |= {"people.remove_operator"}
