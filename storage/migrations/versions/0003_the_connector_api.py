"""the connector API: what partners' programs need, and value mappings"""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "0003"
down_revision = "0002"

_TYPES_OF_DATA = (
    "reservations",
    "guests",
    "spaces",
    "rates",
    "products",
    "services",
    "accounting_categories",
)


def upgrade() -> None:
    _let_records_say_when_they_changed()
    _let_apps_say_what_they_need_to_know()
    _let_endpoints_choose()
    _let_programs_speak_for_partners()
    _let_sources_call()
    _answer_requests_once()
    _count_requests()
    _log_requests()


def downgrade() -> None:
    _log_no_requests()
    _count_no_requests()
    _forget_what_was_answered()
    _let_no_source_call()
    _let_no_program_speak_for_partners()
    _send_everything_to_endpoints()
    _forget_what_values_mean()
    _forget_when_records_changed()


# When our copy of a record changed, and the two ways in which programs page through records.


def _let_records_say_when_they_changed() -> None:
    """Copies that are here already changed when they were last seen, as far as anybody knows."""
    now_there = sa.text("removed_at IS NULL")
    for table in _TYPES_OF_DATA:
        moment = sa.Column(
            "changed_at",
            storage.columns.Moment(timezone=True),
            nullable=False,
            server_default="1970-01-01 00:00:00+00:00",
        )
        op.add_column(table, moment)
        op.execute(f"UPDATE {table} SET changed_at = seen_at")  # noqa: S608 - names of ours
        op.create_index(f"{table}_by_change", table, ["property_id", "changed_at", "id"])
        op.create_index(
            f"{table}_by_id",
            table,
            ["property_id", "id"],
            sqlite_where=now_there,
            postgresql_where=now_there,
        )


def _forget_when_records_changed() -> None:
    for table in _TYPES_OF_DATA:
        op.drop_index(f"{table}_by_id", table)
        op.drop_index(f"{table}_by_change", table)
        op.drop_column(table, "changed_at")


# What an app needs to know of a hotel, and what a hotel's values mean to it.


def _let_apps_say_what_they_need_to_know() -> None:
    op.add_column("apps", sa.Column("slots", sa.JSON(), nullable=False, server_default="[]"))
    moment = storage.columns.Moment(timezone=True)
    op.create_table(
        "value_mappings",
        sa.Column("connection_id", sa.String(), sa.ForeignKey("connections.id"), primary_key=True),
        sa.Column("property_id", sa.String(), sa.ForeignKey("properties.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
    )
    op.create_index("ix_value_mappings_property_id", "value_mappings", ["property_id"])
    op.create_table(
        "value_mapping_versions",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("connection_id", sa.String(), sa.ForeignKey("connections.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), sa.ForeignKey("people.id"), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.UniqueConstraint("connection_id", "number", name="one_value_version_per_number"),
    )


def _forget_what_values_mean() -> None:
    op.drop_table("value_mapping_versions")
    op.drop_table("value_mappings")
    op.drop_column("apps", "slots")


# Which events an endpoint asks for, and of which properties; how far data events were told.


def _let_endpoints_choose() -> None:
    for name in ("events", "property_ids"):
        op.add_column("endpoints", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("run_parts", sa.Column("told_at", storage.columns.Moment(timezone=True)))
    op.add_column("run_parts", sa.Column("told_id", sa.BigInteger()))


def _send_everything_to_endpoints() -> None:
    op.drop_column("run_parts", "told_id")
    op.drop_column("run_parts", "told_at")
    op.drop_column("endpoints", "property_ids")
    op.drop_column("endpoints", "events")


# Keys with which partners' programs speak for them.


def _let_programs_speak_for_partners() -> None:
    moment = storage.columns.Moment(timezone=True)
    op.create_table(
        "partner_keys",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("partner_id", sa.String(), sa.ForeignKey("partners.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False, unique=True),
        sa.Column("masked", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("last_used_at", moment, nullable=True),
        sa.Column("revoked_at", moment, nullable=True),
    )
    op.create_index("ix_partner_keys_partner_id", "partner_keys", ["partner_id"])
    living = sa.text("revoked_at IS NULL")
    op.create_index(
        "one_living_key_per_name",
        "partner_keys",
        ["partner_id", "name"],
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )


def _let_no_program_speak_for_partners() -> None:
    op.drop_table("partner_keys")


# The address that a source may call, which nobody had yet while it belonged to integrations.


def _let_sources_call() -> None:
    moment = storage.columns.Moment(timezone=True)
    with op.batch_alter_table("integrations") as integrations:
        integrations.drop_column("hook_hash")
        integrations.drop_column("hook")
        integrations.add_column(sa.Column("owed_since", moment, nullable=True))
    with op.batch_alter_table("sources") as sources:
        sources.add_column(sa.Column("hook", sa.String(), nullable=True))
        sources.add_column(sa.Column("hook_hash", sa.String(), nullable=True))
        sources.add_column(sa.Column("hook_made_at", moment, nullable=True))
        sources.add_column(sa.Column("called_at", moment, nullable=True))
        sources.create_unique_constraint("one_source_per_hook", ["hook_hash"])
    op.create_table(
        "hook_events",
        sa.Column("source_id", sa.String(), sa.ForeignKey("sources.id"), primary_key=True),
        sa.Column("event_hash", sa.String(), primary_key=True),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("ix_hook_events_at", "hook_events", ["at"])


def _let_no_source_call() -> None:
    op.drop_table("hook_events")
    with op.batch_alter_table("sources") as sources:
        sources.drop_constraint("one_source_per_hook", type_="unique")
        for name in ("called_at", "hook_made_at", "hook_hash", "hook"):
            sources.drop_column(name)
    with op.batch_alter_table("integrations") as integrations:
        integrations.drop_column("owed_since")
        integrations.add_column(sa.Column("hook", sa.String(), nullable=True))
        integrations.add_column(sa.Column("hook_hash", sa.String(), nullable=True))
        integrations.create_unique_constraint("integrations_hook_hash_key", ["hook_hash"])


# Requests that named an Idempotency-Key.


def _answer_requests_once() -> None:
    op.create_table(
        "idempotent_requests",
        sa.Column("caller", sa.String(), primary_key=True),
        sa.Column("key_hash", sa.String(), primary_key=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("began_at", storage.columns.Moment(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
    )
    op.create_index("ix_idempotent_requests_began_at", "idempotent_requests", ["began_at"])


def _forget_what_was_answered() -> None:
    op.drop_table("idempotent_requests")


# The pace of programs, where several processes share a database.


def _count_requests() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "pace",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("slice", sa.BigInteger(), primary_key=True),
        sa.Column("hits", sa.Integer(), nullable=False),
        prefixes=[] if is_sqlite else ["UNLOGGED"],
    )
    op.create_index("ix_pace_slice", "pace", ["slice"])


def _count_no_requests() -> None:
    op.drop_table("pace")


# The request log.


def _log_requests() -> None:
    op.create_table(
        "api_requests",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("at", storage.columns.Moment(timezone=True), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.String(), nullable=True),
        sa.Column("partner_id", sa.String(), nullable=True),
        sa.Column("property_id", sa.String(), nullable=True),
    )
    op.create_index("ix_api_requests_at", "api_requests", ["at"])
    op.create_index("ix_api_requests_request_id", "api_requests", ["request_id"])
    op.create_index("api_requests_by_connection", "api_requests", ["connection_id", "id"])
    op.create_index("api_requests_by_partner", "api_requests", ["partner_id", "id"])


def _log_no_requests() -> None:
    op.drop_table("api_requests")
