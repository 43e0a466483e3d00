"""Health: whether this process can do its work, and which part cannot."""

import logging

from sqlalchemy.exc import SQLAlchemyError

from storage import database, jobs, migrations

log = logging.getLogger("adjoin.health")

READY = "ready"


def check() -> dict[str, str]:
    """Return the state of each part, in a word or two; "ready" where nothing is wrong.

    Parts: the database answers, its tables are those of this version, this process runs jobs.
    """
    try:
        database.check()
        tables = READY if migrations.is_current() else "another version"
        answers = READY
    except SQLAlchemyError as error:
        # The text of such an error may hold an address with a password, so only its kind is kept.
        log.warning("the database does not answer: %s", type(error).__name__)
        answers, tables = "no answer", "unknown"
    return {
        "database": answers,
        "migrations": tables,
        "jobs": READY if jobs.is_running() else "not running",
    }
