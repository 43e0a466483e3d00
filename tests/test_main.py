"""The commands, run as people run them: as processes, with nothing but their environment."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from typer.testing import CliRunner

import main
from domain import history, seals
from domain.actors import Standing
from settings import Settings
from storage import database as storage
from storage import encryption, migrations
from tests.browser.demo import free_port

ROOT = Path(__file__).parent.parent
STRONG = "3fKq9zXw7LmN2pRt5VbY8cHd4GjS6aEu"
PATIENCE = 120  # seconds, for a machine that is busy with other tests

Serve = Callable[..., tuple["subprocess.Popen[str]", str]]


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return an environment with these ADJOIN_ settings only, and the data in `folder`."""
    hidden = ("ADJOIN_", "PYTEST_CURRENT_TEST", "NICEGUI_USER_SIMULATION")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(hidden)}
    given = {"database_url": f"sqlite:///{folder / 'adjoin.db'}", **settings}
    return kept | {f"ADJOIN_{name.upper()}": text for name, text in given.items()}


def run(folder: Path, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, ROOT / "main.py", *words],
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def refused(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str, **settings: str) -> str:
    """Run a command that must not begin, within this process, and return what it says."""
    monkeypatch.chdir(folder)
    nothing_else = {name: None for name in os.environ if name.startswith("ADJOIN_")}
    given = nothing_else | environment(folder, **settings)
    ended = CliRunner().invoke(main.cli, words, env=given)
    assert ended.exit_code == 2
    assert isinstance(ended.exception, SystemExit)
    return ended.stderr


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start `serve` on a free port; gives the process and its address."""
    started: list[subprocess.Popen[str]] = []

    def start(command: str = "serve", **settings: str) -> tuple["subprocess.Popen[str]", str]:
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, ROOT / "main.py", command],
            cwd=tmp_path,
            env=environment(tmp_path, port=str(port), **settings),
            stdout=(tmp_path / "out").open("w"),
            stderr=(tmp_path / "err").open("w"),
            text=True,
        )
        started.append(process)
        return process, f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_until_ready(process: "subprocess.Popen[str]", address: str, folder: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, (folder / "err").read_text()
        try:
            if httpx.get(f"{address}/readyz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError((folder / "err").read_text())


def test_help_explains_every_command(tmp_path: Path) -> None:
    said = run(tmp_path, "--help").stdout
    for command in ("demo", "serve", "worker", "migrate", "verify-audit"):
        assert re.search(rf"{command}\s+\w+", said)


def verified(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str, secret: str = STRONG
) -> tuple[int, str]:
    """Run `verify-audit` within this process; return its exit code and what it says."""
    monkeypatch.chdir(folder)
    nothing_else = {name: None for name in os.environ if name.startswith("ADJOIN_")}
    given = nothing_else | environment(folder, secret_key=secret)
    storage.close()
    ended = CliRunner().invoke(main.cli, ["verify-audit", *words], env=given)
    assert ended.exception is None or isinstance(ended.exception, SystemExit)
    return ended.exit_code, ended.output


@pytest.fixture
def audited(tmp_path: Path) -> Path:
    """A folder with a database whose history has three sealed rows."""
    url = f"sqlite:///{tmp_path / 'adjoin.db'}"
    migrations.upgrade(url)
    storage.close()
    storage.connect(url)
    encryption.use(STRONG)
    now = datetime.now(UTC)
    for note in ("first", "second", "third"):
        with storage.transaction() as session:
            history.record(session, "test.done", Standing("Maya"), "property", now, note=note)
    assert seals.seal() == 3
    storage.close()
    return tmp_path


def test_verify_audit_says_that_the_log_holds_and_where_it_ends(
    audited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = verified(audited, monkeypatch)
    assert code == 0
    assert said.startswith("The audit log holds: 3 rows")
    end = said.splitlines()[-1]
    assert re.fullmatch(r"3:[0-9a-f]{64}", end)
    assert verified(audited, monkeypatch, "--expect", end)[0] == 0
    code, said = verified(audited, monkeypatch, "--expect", f"3:{'0' * 64}")
    assert code == 1
    assert "Seal 3 is another one" in said


def test_verify_audit_names_what_was_changed(
    audited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(audited / "adjoin.db") as connection:
        connection.execute("DROP TRIGGER history_no_update")
        connection.execute("UPDATE history SET who = 'Eve' WHERE note = 'second'")
    code, said = verified(audited, monkeypatch)
    assert code == 1
    assert said.startswith("The audit log does not hold.")
    assert "test.done by Eve" in said
    assert "number 2, was changed" in said


def test_verify_audit_with_another_secret_says_what_to_do(
    audited: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = STRONG[::-1]
    code, said = verified(audited, monkeypatch, secret=another)
    assert code == 1
    assert "put the one before behind it" in said
    assert verified(audited, monkeypatch, secret=f"{another},{STRONG}")[0] == 0


@pytest.mark.parametrize(
    ("words", "secret", "expected"),
    [
        (("--expect", "nonsense"), STRONG, "Write a number and a digest"),
        ((), "", "Set ADJOIN_SECRET_KEY"),
        ((), "short", "ADJOIN_SECRET_KEY must be a random text"),
        ((), STRONG, "The database is of another version"),
    ],
)
def test_verify_audit_refuses_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    secret: str,
    expected: str,
) -> None:
    code, said = verified(tmp_path, monkeypatch, *words, secret=secret)
    assert code == 2
    assert expected in " ".join(said.split())
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("secret", ["", "short", "a" * 60, f"{STRONG},short"])
def test_serve_beyond_loopback_refuses_a_missing_or_weak_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    said = refused(tmp_path, monkeypatch, "serve", host="0.0.0.0", secret_key=secret)
    assert "ADJOIN_SECRET_KEY must be a random text" in said
    assert not (tmp_path / "adjoin.db").exists()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_on_a_shared_database_nobody_makes_a_secret_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    shared = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    said = refused(tmp_path, monkeypatch, command, database_url=shared)
    assert "ADJOIN_SECRET_KEY must be a random text" in said
    assert not (tmp_path / "data").exists()


def test_a_portal_and_a_worker_of_one_machine_have_different_names() -> None:
    settings = Settings(executor_id="")
    assert settings.executor("serve") != settings.executor("worker")
    assert settings.executor("serve").startswith(socket.gethostname())
    assert Settings(executor_id="one").executor("worker") == "one"


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:8080"), ("::1", "http://[::1]:8080")],
)
def test_the_address_is_one_that_a_browser_can_open(host: str, address: str) -> None:
    assert Settings(host=host, port=8080, base_url="").address == address


@pytest.mark.parametrize("rate", ["", "200", "0/30", "200/0", "-1/30", "200/30s", "9" * 7 + "/30"])
def test_a_rate_that_nobody_can_keep_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="api_rate"):
        Settings(api_rate=rate)


def test_a_worker_refuses_sqlite_in_a_sentence(tmp_path: Path) -> None:
    ended = run(tmp_path, "worker", secret_key=STRONG)
    assert ended.returncode == 2
    assert "A worker needs PostgreSQL" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_migrate_makes_the_tables_and_stops(tmp_path: Path) -> None:
    assert run(tmp_path, "migrate").returncode == 0
    assert (tmp_path / "adjoin.db").exists()
    assert "up to date" in run(tmp_path, "migrate").stdout


def test_the_first_visitor_sets_up_with_the_code_from_the_terminal(
    serve: Serve, tmp_path: Path
) -> None:
    process, address = serve(secret_key=STRONG)
    wait_until_ready(process, address, tmp_path)
    said = (tmp_path / "out").read_text()
    assert f"{address}/setup" in said
    code = re.search(r"[0-9A-F]{4}(-[0-9A-F]{4}){3}", said)
    assert code
    form = {"name": "Olga", "email": "olga@platform.example", "password": "a fine long password"}
    with httpx.Client(base_url=address, headers={"Origin": address}) as client:
        wrong = client.post("/auth/setup", data={**form, "code": "0000-0000-0000-0000"})
        assert wrong.headers["location"].startswith("/setup")
        right = client.post("/auth/setup", data={**form, "code": code[0]})
        assert right.headers["location"] == "/"
        again = client.post("/auth/setup", data={**form, "code": code[0]})
        assert again.headers["location"].startswith("/setup")
    assert code[0] not in (tmp_path / "err").read_text()


def test_serve_has_no_demo_data_and_ends_cleanly_on_ctrl_c(serve: Serve, tmp_path: Path) -> None:
    process, address = serve(secret_key=STRONG)
    wait_until_ready(process, address, tmp_path)
    signing_in = httpx.post(
        f"{address}/auth/sign-in",
        data={"email": "maya@harbour.example", "password": "demo"},
        headers={"Origin": address},
    )
    assert "sign-in" in signing_in.headers["location"]
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) in (0, 130)
    assert "Traceback" not in (tmp_path / "err").read_text()


def test_on_loopback_a_secret_is_made_and_kept(serve: Serve, tmp_path: Path) -> None:
    process, address = serve()
    wait_until_ready(process, address, tmp_path)
    kept = tmp_path / "data" / "secret.key"
    assert len(kept.read_text()) >= 32
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("proxies", "believed"),
    [("", "127.0.0.1"), ("10.0.0.1", "127.0.0.1"), ("10.0.0.1, 127.0.0.1", "203.0.113.9")],
)
async def test_only_named_proxies_are_believed_where_a_request_came_from(
    proxies: str, believed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    given: dict[str, Any] = {}

    async def app(scope: Any, receive: object, send: object) -> None:
        seen.append(scope["client"][0])

    monkeypatch.setattr(main, "assemble", lambda *_: app)
    monkeypatch.setattr(uvicorn, "run", lambda app, **named: given.update(named))
    main.run(Settings(proxies=proxies))
    config = uvicorn.Config(app, **given)
    config.load()
    scope = {
        "type": "http",
        "client": ("127.0.0.1", 5000),
        "headers": [(b"x-forwarded-for", b"203.0.113.9")],
    }
    await config.loaded_app(scope, None, None)  # type: ignore[arg-type]
    assert seen == [believed]
