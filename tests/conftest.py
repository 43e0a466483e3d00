"""Fixtures for every test: a database of either kind, and a small platform inside it."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from connectors.door import Door
from connectors.webhook import Sender
from domain import installation, passwords
from domain.installation import Installation
from storage import database as storage
from storage import encryption
from tests import builders, databases, needs
from tests.builders import World
from tests.databases import Databases

HERE = Path(__file__).parent
# A machine that is busy with something else is no fault of what is tested.
settings.register_profile("adjoin", deadline=None)
settings.load_profile("adjoin")
SECRET_KEY = "a-secret-key-for-tests-0123456789abcdef"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=(*databases.KINDS, "both"),
        help="run the tests that need a database on this kind only; usually all do on both, but "
        "those of pages and of the API, which ask the domain for everything, on SQLite, save where "
        "a module says ON_BOTH_DATABASES",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames and not _names_its_kind(metafunc):
        wanted = metafunc.config.getoption("--database") or _usual(metafunc)
        kinds = databases.KINDS if wanted == "both" else (wanted,)
        metafunc.parametrize("database_kind", kinds, scope="session")


def _usual(metafunc: pytest.Metafunc) -> str:
    parts = metafunc.definition.path.relative_to(HERE).parts
    asks_the_domain = "ui" in parts or "api" in parts
    is_on_both = getattr(metafunc.module, "ON_BOTH_DATABASES", False)
    return "sqlite" if asks_the_domain and not is_on_both else "both"


def _names_its_kind(metafunc: pytest.Metafunc) -> bool:
    """Whether a test says by itself on which kind of database it runs."""
    marks = metafunc.definition.iter_markers("parametrize")
    return any(mark.args[0] == "database_kind" for mark in marks)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Where everything is installed, a skipped test is a failed one."""
    report = yield
    if needs.COMPLETE and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, although nothing may be: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """The same for whole files that skip themselves."""
    report = yield
    if needs.COMPLETE and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, although nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def _started() -> Iterator[dict[str, Databases]]:
    """Every kind of database that was needed so far; each is started once."""
    started: dict[str, Databases] = {}
    yield started
    for each in started.values():
        each.stop()


@pytest.fixture
def databases_of_kind(
    database_kind: str,
    _started: dict[str, Databases],
    tmp_path_factory: pytest.TempPathFactory,
) -> Databases:
    """Migrated databases, SQLite or PostgreSQL: `fresh(name)` makes one more."""
    if database_kind not in _started:
        folder = tmp_path_factory.mktemp("databases")
        _started[database_kind] = databases.start(database_kind, folder)
    return _started[database_kind]


@pytest.fixture(scope="module", autouse=True)
def _settled() -> None:
    """What is there stays: collecting it before and after every page test takes half of it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> None:
    passwords.make_cheap()


@pytest.fixture
def database(databases_of_kind: Databases) -> str:
    """An empty, migrated database that the domain works on; gives its address.

    The installation has no mail server, and may call this machine.
    """
    url = databases_of_kind.empty()
    if not _is_open(url):
        storage.close()
        storage.connect(url)
    encryption.use(SECRET_KEY)
    door = Door(frozenset({"127.0.0.1"}), lookup=builders.look_up)
    installation.use(
        Installation("http://adjoin.test", "Adjoin <adjoin@platform.example>", door, Sender(door))
    )
    return url


@pytest.fixture
def world(database: str) -> World:
    """A small platform with people, hotels, partners and apps; see `builders.World`."""
    return builders.build()


def _is_open(url: str) -> bool:
    try:
        return storage.engine().url == sa.make_url(url)
    except RuntimeError:
        return False
