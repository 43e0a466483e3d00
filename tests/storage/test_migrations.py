"""Migrations lead to the tables of this version, on both databases."""

import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from storage import database, migrations, tables
from storage.authorizations import Authorization
from storage.people import Membership
from storage.records import Space
from tests import builders
from tests.builders import World
from tests.databases import Databases


def differences(url: str) -> list[object]:
    """Return what the migrated database at `url` lacks, or has too much of."""
    engine = database.make_engine(url)
    with engine.connect() as connection, warnings.catch_warnings():
        # Alembic says that it cannot compare an index over expressions; a test of its own does.
        warnings.simplefilter("ignore")
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda thing, name, kind, *_: (
                    kind != "table" or name in tables.metadata.tables
                ),
            },
        )
        found = list(compare_metadata(context, tables.metadata))
    engine.dispose()
    return found


def names_of(url: str) -> set[str]:
    engine = database.make_engine(url)
    names = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_a_new_database_becomes_what_the_models_say(databases_of_kind: Databases) -> None:
    url = databases_of_kind.bare("new")
    migrations.upgrade(url)
    assert differences(url) == []


def test_an_upgrade_of_what_is_new_already_changes_nothing(databases_of_kind: Databases) -> None:
    url = databases_of_kind.fresh("again")
    migrations.upgrade(url)
    migrations.upgrade(url)
    assert differences(url) == []


def test_processes_that_start_at_once_bring_a_database_up_to_date_one_after_the_other(
    databases_of_kind: Databases, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind == "sqlite":
        return  # a file belongs to one process
    url = databases_of_kind.bare("at_once")
    # Alembic keeps the running migration in its module, so one process stands for several here.
    busy: list[int] = []
    seen: list[int] = []

    def step(*_: object) -> None:
        busy.append(1)
        seen.append(len(busy))
        time.sleep(0.05)
        busy.pop()

    monkeypatch.setattr(migrations.command, "upgrade", step)
    monkeypatch.setattr(migrations.jobs, "migrate", step)
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(migrations.upgrade, [url] * 3))
    assert seen == [1] * 6


def test_every_step_can_be_taken_back_and_again(databases_of_kind: Databases) -> None:
    url = databases_of_kind.bare("back")
    settings = migrations.config(url)
    command.upgrade(settings, "head")
    command.downgrade(settings, "base")
    assert names_of(url) == {"alembic_version"}
    command.upgrade(settings, "head")
    assert differences(url) == []


def test_credentials_of_core_apps_become_authorizations(databases_of_kind: Databases) -> None:
    url = databases_of_kind.bare("authorized")
    settings = migrations.config(url)
    command.upgrade(settings, "0001")
    engine = database.make_engine(url)
    with engine.begin() as connection:
        for statement in CORE_APPS_BEFORE:
            connection.execute(sa.text(statement.format(at="'2026-11-01 10:00:00+00:00'")))
    command.upgrade(settings, "head")
    with engine.begin() as connection:
        found = connection.execute(
            sa.select(*(Authorization.__table__.c[name] for name in KEPT)).order_by(sa.text("id"))
        ).all()
    engine.dispose()
    assert [tuple(row) for row in found] == [
        ("aut_1", "mews", "Mews", "mews", "https://api.mews.com", {}, "secret", "working"),
        ("aut_2", "apaleo", "Apaleo", "apaleo", "https://stand-in.example", {}, "s", "refused"),
    ]


KEPT = ("id", "kind", "name", "method", "address", "settings", "ciphertext", "status")
CORE_APPS_BEFORE = (
    "INSERT INTO properties (id, name, city, country, time_zone, created_at)"
    " VALUES ('pro_1', 'Harbour', '', '', 'UTC', {at})",
    "INSERT INTO people (id, email, name, password_hash, created_at, password_changed_at)"
    " VALUES ('per_1', 'm@harbour.example', 'Maya', '', {at}, {at})",
    "INSERT INTO apps (id, slug, name, kind, category, tagline, description, setup_notes,"
    " activation, activations, measured_from, permissions, questions, vendor, vendor_address,"
    " icon, hue, created_at) VALUES ('app_1', 'apaleo', 'Apaleo', 'core', '', '', '', '',"
    " 'manual', '[]', 0, '[]', '[]', 'apaleo', 'https://stand-in.example', '', 1, {at})",
    "INSERT INTO authorizations (id, property_id, vendor, ciphertext, status, checked_at,"
    " last_error, created_at) VALUES ('aut_1', 'pro_1', 'mews', 'secret', 'working', {at},"
    " '', {at}), ('aut_2', 'pro_1', 'apaleo', 's', 'refused', {at}, 'No.', {at})",
    "INSERT INTO connections (id, property_id, app_id, status, since, answers, requested_by,"
    " requested_at, reason, reminders, authorization_id, created_at) VALUES ('con_1', 'pro_1',"
    " 'app_1', 'broken', {at}, '{{}}', 'per_1', {at}, '', 0, 'aut_2', {at})",
)


def test_records_that_were_there_changed_when_they_were_last_seen(
    databases_of_kind: Databases,
) -> None:
    url = databases_of_kind.bare("changed")
    settings = migrations.config(url)
    command.upgrade(settings, "0002")
    engine = database.make_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(SPACE_BEFORE))
    command.upgrade(settings, "head")
    with engine.begin() as connection:
        found = connection.execute(sa.select(Space.__table__.c["seen_at", "changed_at"])).one()
    engine.dispose()
    assert found.changed_at == found.seen_at == datetime(2026, 11, 2, 11, tzinfo=UTC)


SPACE_BEFORE = (
    "INSERT INTO spaces (property_id, source_id, external_id, run_id, content_hash, search,"
    " first_seen_at, seen_at, name, raw) VALUES ('pro_1', 'src_1', '101', 'run_1', '', '',"
    " '2026-11-01 10:00:00+00:00', '2026-11-02 11:00:00+00:00', '101', '')"
)


def test_integrations_keep_their_runs_when_the_address_moves_to_their_source(
    databases_of_kind: Databases,
) -> None:
    url = databases_of_kind.bare("called")
    settings = migrations.config(url)
    command.upgrade(settings, "0002")
    engine = database.make_engine(url)
    with engine.begin() as connection:
        for statement in INTEGRATED_BEFORE:
            connection.execute(sa.text(statement.format(at="'2026-11-01 10:00:00+00:00'")))
    for version in ("head", "0002", "head"):
        step = command.upgrade if version == "head" else command.downgrade
        step(settings, version)
    with engine.begin() as connection:
        assert connection.execute(sa.text(RUN_OF_INTEGRATION)).one().name == "Flow"
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    engine.dispose()


INTEGRATED_BEFORE = (
    "INSERT INTO properties (id, name, city, country, time_zone, created_at)"
    " VALUES ('pro_1', 'Harbour', '', '', 'UTC', {at})",
    "INSERT INTO sources (id, property_id, kind, name, address, settings, status, since, reason,"
    " created_at) VALUES ('src_1', 'pro_1', 'file', 'Old', '', '{{}}', 'working', {at}, '', {at})",
    "INSERT INTO integrations (id, property_id, source_id, name, status, since, disabled_for,"
    " reason, wanted, schedule, limits, failures, first_error, last_error, warned, created_at)"
    " VALUES ('int_1', 'pro_1', 'src_1', 'Flow', 'draft', {at}, '', '', '{{}}', '{{}}', '{{}}', 0,"
    " '', '', 0, {at})",
    "INSERT INTO runs (id, integration_id, property_id, status, trigger, is_dry, queued_at, jobs,"
    " tries, sentence, canceled_by, who) VALUES ('run_1', 'int_1', 'pro_1', 'failed', 'hand',"
    " false, {at}, 1, 0, '', '', 'Maya')",
)
RUN_OF_INTEGRATION = (
    "SELECT integrations.name FROM runs JOIN integrations ON integrations.id = integration_id"
)


def test_connections_that_were_there_are_numbered_in_their_order(
    databases_of_kind: Databases,
) -> None:
    url = databases_of_kind.bare("numbered")
    settings = migrations.config(url)
    command.upgrade(settings, "0003")
    engine = database.make_engine(url)
    with engine.begin() as connection:
        for statement in CONNECTED_BEFORE:
            connection.execute(sa.text(statement.format(at="'2026-11-01 10:00:00+00:00'")))
    for version in ("head", "0003", "head"):
        step = command.upgrade if version == "head" else command.downgrade
        step(settings, version)
    with engine.begin() as connection:
        found = connection.execute(sa.text("SELECT id, number FROM connections ORDER BY number"))
        assert [tuple(row) for row in found] == [("con_2", 10_001), ("con_1", 10_002)]
        last = connection.execute(sa.text("SELECT kind, number FROM last_numbers")).one()
        assert tuple(last) == ("connection", 10_002)
    engine.dispose()


CONNECTED_BEFORE = (
    "INSERT INTO properties (id, name, city, country, time_zone, created_at)"
    " VALUES ('pro_1', 'Harbour', '', '', 'UTC', {at})",
    "INSERT INTO people (id, email, name, password_hash, created_at, password_changed_at)"
    " VALUES ('per_1', 'm@harbour.example', 'Maya', '', {at}, {at})",
    *(
        "INSERT INTO apps (id, slug, name, kind, category, tagline, description, setup_notes,"
        " activation, activations, measured_from, permissions, questions, slots, icon, hue,"
        f" created_at) VALUES ('app_{number}', 'a{number}', 'A', 'core', '', '', '', '', 'manual',"
        " '[]', 0, '[]', '[]', '[]', '', 1, {at})"
        for number in (1, 2)
    ),
    *(
        "INSERT INTO connections (id, property_id, app_id, status, since, answers, requested_by,"
        f" requested_at, reason, reminders, created_at) VALUES ('con_{number}', 'pro_1',"
        f" 'app_{number}', 'active', {{at}}, '{{{{}}}}', 'per_1', {{at}}, '', 0, '{made}')"
        for number, made in ((1, "2026-11-02 10:00:00+00:00"), (2, "2026-11-01 10:00:00+00:00"))
    ),
)


def test_our_tables_and_those_of_the_job_queue_do_not_clash(databases_of_kind: Databases) -> None:
    url = databases_of_kind.bare("ours")
    command.upgrade(migrations.config(url), "head")
    assert names_of(url) == {"alembic_version", *tables.metadata.tables}
    queues = {"workflow_status", "queues", "notifications", "streams", "operation_outputs"}
    assert not queues & set(tables.metadata.tables)


def test_whether_a_database_is_current_can_be_asked(
    databases_of_kind: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database.make_engine(databases_of_kind.fresh("asked"))
    monkeypatch.setattr(database, "_engine", engine)
    assert migrations.is_current()
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
    assert not migrations.is_current()
    engine.dispose()


@pytest.mark.parametrize("place", ["property", "partner", "platform"])
def test_a_person_has_one_living_role_per_place(world: World, place: str) -> None:
    role, place_id = {
        "property": ("viewer", world.hotel),
        "partner": ("partner", world.d3x),
        "platform": ("operator", ""),
    }[place]
    with builders.adding() as rows:
        builders.add_person(rows, "new@x.example", role, place_id, now=world.now)
    person_id = rows[0].id  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError), builders.adding() as rows:
        builders.add_role(rows, person_id, role, place_id, now=world.now)
    with database.transaction() as session:
        session.execute(
            sa.update(Membership)
            .where(sa.column("person_id") == person_id)
            .values(ended_at=world.now)
        )
    with builders.adding() as rows:
        builders.add_role(rows, person_id, role, place_id, now=world.now)
        builders.add_role(rows, person_id, "manager", world.lodge, now=world.now)
