"""support: cases, evidence, notices, the sealed audit log, sandboxes"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

import storage.columns
from storage import audit

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Each part adds its own block."""
    _give_notice()
    _open_cases()
    _pack_evidence()
    _give_partners_sandboxes()
    _tell_of_values_at_once()
    _note_when_all_is_told()
    _never_give_a_number_twice()
    _keep_each_reject_once()
    _let_the_history_only_grow()
    _number_connections()
    _let_partners_write_drafts()
    _miss_engines()


def downgrade() -> None:
    """Each part takes its own block back."""
    op.drop_table("engines")
    op.drop_table("app_drafts")
    _number_no_connections()
    _let_the_history_be_changed()
    _unpack_evidence()
    _close_cases()
    _give_no_notice()
    _keep_rejects_of_every_run()
    _give_numbers_again()
    _note_no_end_of_telling()
    _tell_of_each_value()
    _take_sandboxes_away()


# Notices, the daily mail of them, and the hours in which a hotel wants no such mail.


def _give_notice() -> None:
    moment = storage.columns.Moment(timezone=True)
    still_open = sa.text("done_at IS NULL")
    op.create_table(
        "notices",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("done_at", moment, nullable=True),
        sa.Column("digested_at", moment, nullable=True),
    )
    op.create_index("ix_notices_at", "notices", ["at"])
    op.create_index("notices_by_person", "notices", ["person_id", "at"])
    op.create_index("notices_by_need", "notices", ["about", "kind"])
    op.create_index(
        "one_open_notice_per_need",
        "notices",
        ["person_id", "kind", "about"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.add_column("people", sa.Column("digest", sa.String(), nullable=False, server_default="off"))
    op.add_column("people", sa.Column("digested_at", moment, nullable=True))
    for name in ("quiet_from", "quiet_to"):
        op.add_column("properties", sa.Column(name, sa.String(), nullable=False, server_default=""))


def _give_no_notice() -> None:
    for name in ("quiet_to", "quiet_from"):
        op.drop_column("properties", name)
    op.drop_column("people", "digested_at")
    op.drop_column("people", "digest")
    op.drop_table("notices")


# Cases, what was said about them, and mails that hold together as a thread.


def _open_cases() -> None:
    moment = storage.columns.Moment(timezone=True)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False, unique=True),
        sa.Column("connection_id", sa.String(), sa.ForeignKey("connections.id"), nullable=False),
        sa.Column("app_id", sa.String(), sa.ForeignKey("apps.id"), nullable=False),
        sa.Column("property_id", sa.String(), sa.ForeignKey("properties.id"), nullable=False),
        sa.Column("partner_id", sa.String(), sa.ForeignKey("partners.id"), nullable=True),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("turn", sa.String(), nullable=False),
        sa.Column("turn_since", moment, nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("first_answer_at", moment, nullable=True),
        sa.Column("escalated_at", moment, nullable=True),
        sa.Column("resolved_at", moment, nullable=True),
        sa.Column("resolved_by_side", sa.String(), nullable=False),
        sa.Column("resolved_from", sa.String(), nullable=False),
        sa.Column("assigned_to", sa.String(), sa.ForeignKey("people.id"), nullable=True),
        sa.Column("agreed_at", moment, nullable=True),
        sa.Column("agreed_by", sa.String(), sa.ForeignKey("people.id"), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
    )
    op.create_index("ix_cases_connection_id", "cases", ["connection_id"])
    op.create_index("ix_cases_assigned_to", "cases", ["assigned_to"])
    for whose, column in (("property", "property_id"), ("partner", "partner_id")):
        op.create_index(f"cases_by_{whose}", "cases", [column, "changed_at"])
    op.create_index("cases_by_status", "cases", ["status", "changed_at"])
    _keep_what_is_said()
    op.add_column("messages", sa.Column("headers", sa.String(), nullable=False, server_default=""))


def _keep_what_is_said() -> None:
    moment = storage.columns.Moment(timezone=True)
    op.create_table(
        "case_messages",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("case_id", sa.String(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), sa.ForeignKey("people.id"), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("mail_id", sa.String(), nullable=True, unique=True),
    )
    op.create_index("ix_case_messages_case_id", "case_messages", ["case_id"])
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("case_id", sa.String(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("message_id", sa.String(), sa.ForeignKey("case_messages.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", sa.String(), sa.ForeignKey("people.id"), nullable=True),
        sa.Column("at", moment, nullable=False),
    )
    for column in ("case_id", "message_id"):
        op.create_index(f"ix_attachments_{column}", "attachments", [column])


def _close_cases() -> None:
    op.drop_column("messages", "headers")
    for table in ("attachments", "case_messages", "cases"):
        op.drop_table(table)


# Evidence for cases.


def _pack_evidence() -> None:
    op.create_table(
        "packs",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("case_id", sa.String(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("at", storage.columns.Moment(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), sa.ForeignKey("people.id"), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
    )
    op.create_index("ix_packs_case_id", "packs", ["case_id"])


def _unpack_evidence() -> None:
    op.drop_table("packs")


# Sandboxes: a property that belongs to a partner, and its connections.


def _give_partners_sandboxes() -> None:
    op.add_column(
        "connections",
        sa.Column("in_sandbox", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    with op.batch_alter_table("properties") as properties:
        properties.add_column(sa.Column("sandbox_of", sa.String(), nullable=True))
        properties.create_unique_constraint("one_sandbox_per_partner", ["sandbox_of"])
        properties.create_foreign_key(
            "properties_sandbox_of_fkey", "partners", ["sandbox_of"], ["id"]
        )


def _take_sandboxes_away() -> None:
    with op.batch_alter_table("properties") as properties:
        properties.drop_constraint("properties_sandbox_of_fkey", type_="foreignkey")
        properties.drop_constraint("one_sandbox_per_partner", type_="unique")
        properties.drop_column("sandbox_of")
    op.drop_column("connections", "in_sandbox")


# Rejects: a record that comes again for the same reasons is one row still.


def _keep_each_reject_once() -> None:
    left_out = sa.text("resolved_at IS NULL")
    with op.batch_alter_table("rejects") as rejects:
        rejects.add_column(sa.Column("integration_id", sa.String(), nullable=True))
        rejects.add_column(
            sa.Column("first_run_id", sa.String(), nullable=False, server_default="")
        )
        rejects.add_column(sa.Column("mark", sa.String(), nullable=True))
        rejects.add_column(sa.Column("times", sa.Integer(), nullable=False, server_default="1"))
        rejects.add_column(
            sa.Column("seen_at", storage.columns.Moment(timezone=True), nullable=True)
        )
        rejects.add_column(sa.Column("became", sa.String(), nullable=False, server_default=""))
        rejects.create_foreign_key(
            "rejects_integration_id_fkey", "integrations", ["integration_id"], ["id"]
        )
    op.execute(
        "UPDATE rejects SET first_run_id = run_id, seen_at = created_at, integration_id = "
        "(SELECT integration_id FROM runs WHERE runs.id = rejects.run_id)"
    )
    op.execute("UPDATE rejects SET became = 'fine' WHERE resolved_at IS NOT NULL")
    with op.batch_alter_table("rejects") as rejects:
        rejects.alter_column("seen_at", nullable=False)
        rejects.create_index(
            "one_reject_per_record",
            ["integration_id", "type", "mark"],
            unique=True,
            sqlite_where=left_out,
            postgresql_where=left_out,
        )


def _keep_rejects_of_every_run() -> None:
    with op.batch_alter_table("rejects") as rejects:
        rejects.drop_index("one_reject_per_record")
        rejects.drop_constraint("rejects_integration_id_fkey", type_="foreignkey")
        for name in ("became", "seen_at", "times", "mark", "first_run_id", "integration_id"):
            rejects.drop_column(name)


# Which version of a value mapping a partner was told of: all that there are.


def _tell_of_values_at_once() -> None:
    op.add_column(
        "value_mappings",
        sa.Column("told_version", sa.Integer(), nullable=False, server_default="0"),
    )
    op.execute("UPDATE value_mappings SET told_version = version")


def _tell_of_each_value() -> None:
    op.drop_column("value_mappings", "told_version")


# When partners were told of all that a run has brought; of what has ended already, that it was.


def _note_when_all_is_told() -> None:
    op.add_column("run_parts", sa.Column("told_all_at", storage.columns.Moment(timezone=True)))
    op.execute("UPDATE run_parts SET told_all_at = ended_at")


def _note_no_end_of_telling() -> None:
    op.drop_column("run_parts", "told_all_at")


# Numbers of records: partners know records by them, and cursors go by them. SQLite would give the
# number of the last record again once that is removed.

_RECORDS = (
    "reservations",
    "guests",
    "spaces",
    "rates",
    "products",
    "services",
    "accounting_categories",
)


_NUMBER, _NUMBER_ONCE = "id INTEGER NOT NULL", "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT"
_KEY = "PRIMARY KEY (id), "


def _never_give_a_number_twice() -> None:
    _make_anew(lambda made: made.replace(_NUMBER, _NUMBER_ONCE, 1).replace(_KEY, "", 1))


def _give_numbers_again() -> None:
    _make_anew(
        lambda made: made.replace(_NUMBER_ONCE, _NUMBER, 1).replace(
            "	CONSTRAINT", f"	{_KEY}CONSTRAINT", 1
        )
    )


def _make_anew(otherwise: Callable[[str], str]) -> None:
    """Copy every table of records into one that declares its number otherwise; SQLite only, where
    no table can be told to change that."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for table in _RECORDS:
        (made,) = _statements(connection, table, "table")
        indexes = _statements(connection, table, "index")
        op.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
        connection.exec_driver_sql(otherwise(made))
        op.execute(f"INSERT INTO {table} SELECT * FROM old_{table}")  # noqa: S608 - names of ours
        op.execute(f"DROP TABLE old_{table}")
        for statement in indexes:
            connection.exec_driver_sql(statement)


def _statements(connection: sa.Connection, table: str, kind: str) -> list[str]:
    """Return the statements that made a table, or its indexes."""
    query = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = ? AND sql IS NOT NULL"
    return list(connection.exec_driver_sql(query, (table, kind)).scalars())


# The audit log: the history can only grow, and its rows are stamped and sealed from now on. Those
# that are there already are sealed, without a stamp, as soon as Adjoin runs.


def _let_the_history_only_grow() -> None:
    moment = storage.columns.Moment(timezone=True)
    op.create_table(
        "seals",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("history_id", sa.String(), nullable=False, unique=True),
        sa.Column("at", moment, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
    )
    op.add_column("history", sa.Column("stamp", sa.String(), nullable=True))
    op.create_index("history_by_time", "history", ["at", "id"])
    op.create_index("history_by_event", "history", ["event", "at"])
    op.create_index("history_by_person", "history", ["person_id", "at"])
    audit.protect(op.get_bind())


def _let_the_history_be_changed() -> None:
    audit.release(op.get_bind())
    for index in ("history_by_person", "history_by_event", "history_by_time"):
        op.drop_index(index, "history")
    op.drop_column("history", "stamp")
    op.drop_table("seals")


# Connections get numbers that people can read to each other; those that are there, in their order.


def _number_connections() -> None:
    op.create_table(
        "last_numbers",
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.add_column(
        "connections", sa.Column("number", sa.Integer(), nullable=False, server_default="0")
    )
    op.execute(
        "UPDATE connections SET number = n.number FROM (SELECT id,"
        " 10000 + row_number() OVER (ORDER BY created_at, id) AS number FROM connections) AS n"
        " WHERE n.id = connections.id"
    )
    op.execute(
        "INSERT INTO last_numbers (kind, number)"
        " SELECT 'connection', 10000 + count(*) FROM connections HAVING count(*) > 0"
    )
    op.create_index("ix_connections_number", "connections", ["number"], unique=True)


def _number_no_connections() -> None:
    op.drop_index("ix_connections_number", "connections")
    op.drop_column("connections", "number")
    op.drop_table("last_numbers")


# The processes that run jobs, each with its last sign of life.


def _miss_engines() -> None:
    moment = storage.columns.Moment(timezone=True)
    op.create_table(
        "engines",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
    )


# The texts that partners would like to see on their apps, until an operator decides.


def _let_partners_write_drafts() -> None:
    moment = storage.columns.Moment(timezone=True)
    op.create_table(
        "app_drafts",
        sa.Column("app_id", sa.String(), sa.ForeignKey("apps.id"), primary_key=True),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("tagline", "description", "setup_notes")
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("saved_by", sa.String(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("saved_at", moment, nullable=False),
        sa.Column("decided_by", sa.String(), sa.ForeignKey("people.id"), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
    )
