"""Health checks say which part is not ready, and nothing else."""

import asyncio
import threading
from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa

from api import health
from storage import database as storage
from storage import jobs


@pytest.fixture
async def _jobs_run(database: str) -> AsyncIterator[None]:
    await jobs.start("health")
    yield
    await asyncio.to_thread(jobs.stop)


async def test_alive_asks_nobody(machine: httpx.AsyncClient) -> None:
    storage.close()  # there is no database at all
    response = await machine.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


async def test_a_probe_may_ask_for_the_status_alone(
    machine: httpx.AsyncClient, database: str
) -> None:
    assert (await machine.head("/healthz")).status_code == 200
    assert (await machine.head("/readyz")).status_code == 503  # no jobs run here


@pytest.mark.usefixtures("_jobs_run")
async def test_ready_when_every_part_is(machine: httpx.AsyncClient) -> None:
    response = await machine.get("/readyz")
    parts = {"database": "ready", "migrations": "ready", "jobs": "ready"}
    assert (response.status_code, response.json()) == (200, {"status": "ready", "parts": parts})


async def test_not_ready_before_jobs_run_and_after(
    machine: httpx.AsyncClient, database: str
) -> None:
    before = await machine.get("/readyz")
    await jobs.start("health")
    during = await machine.get("/readyz")
    await asyncio.to_thread(jobs.stop)
    after = await machine.get("/readyz")
    assert [answer.status_code for answer in (before, during, after)] == [503, 200, 503]
    assert after.json()["parts"] == {
        "database": "ready",
        "migrations": "ready",
        "jobs": "not running",
    }


async def test_not_ready_on_tables_of_another_version(
    machine: httpx.AsyncClient, database: str
) -> None:
    with storage.engine().begin() as connection:
        kept = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'another'"))
    response = await machine.get("/readyz")
    with storage.engine().begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": kept})
    assert response.status_code == 503
    assert response.json()["parts"]["migrations"] == "another version"


async def test_not_ready_without_a_database_and_without_telling_its_address(
    machine: httpx.AsyncClient,
) -> None:
    storage.connect("postgresql+psycopg://adjoin:hunter2@127.0.0.1:1/adjoin")
    response = await machine.get("/readyz")
    storage.close()
    assert response.status_code == 503
    assert response.json()["parts"]["database"] == "no answer"
    assert response.json()["parts"]["migrations"] == "unknown"
    assert "hunter2" not in response.text


async def test_a_database_that_hangs_is_not_waited_for(
    machine: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    monkeypatch.setattr(storage, "check", released.wait)
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    response = await machine.get("/readyz")
    released.set()
    assert response.status_code == 503
    assert response.json()["parts"] == {"database": "no answer in time"}
