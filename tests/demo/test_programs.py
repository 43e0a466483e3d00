"""The partners' programs, as real processes: they verify, remember, activate, and die with us."""

import json
import os
import secrets
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from connectors import webhook
from connectors.door import Door
from connectors.vendors import VENDORS
from demo.partners import akia
from demo.programs import ROOT, Programs, Receiver
from domain import events, moments
from tests.demo.conftest import Running, SmallApi

TOKEN = "adj_00112233445566778899AABBCCDDEEFF00112233"
SOON = 15  # seconds


def body(event: str, status: str, *, hotel: str = "Harbour Hotel", **more: str) -> bytes:
    connection_id = f"con_{hotel.lower().replace(' ', '_')}"
    about = events.About(connection_id, status, "the-app", "pro_1", hotel)
    return events.body(event, moments.now(), about, **more).encode()


def deliver(
    receiver: Receiver,
    content: bytes,
    *,
    secret: str | None = None,
    message_id: str | None = None,
    late_by: int = 0,
) -> httpx.Response:
    """Post a webhook as Adjoin does, `late_by` seconds after it was signed."""
    name, timestamp = message_id or f"msg_{secrets.token_hex(8)}", int(time.time()) - late_by
    signature = webhook.sign([secret or receiver.secret], name, timestamp, content)
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature,
    }
    return httpx.post(receiver.hook, content=content, headers=headers, trust_env=False)


def dashboard(receiver: Receiver) -> str:
    return httpx.get(receiver.page, trust_env=False).text


def soon(is_so: Callable[[], bool]) -> bool:
    """Return whether something in another process becomes true before long."""
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("name", ["d3x", "akia", "freeguides"])
def test_a_signed_event_is_taken_and_shown(running: Running, name: str) -> None:
    receiver = getattr(running.addresses, name)
    content = body("connection.activated", "active", hotel="Quay Inn", access_token=TOKEN)
    assert deliver(receiver, content).status_code == 200
    page = dashboard(receiver)
    assert "Quay Inn" in page
    assert "0011…2233" in page
    assert TOKEN not in page


@pytest.mark.parametrize("name", ["d3x", "akia", "freeguides"])
def test_a_forged_signature_is_refused_and_shown(running: Running, name: str) -> None:
    receiver = getattr(running.addresses, name)
    content = body("connection.activated", "active", hotel="Forgers’ Arms")
    answer = deliver(receiver, content, secret=webhook.new_secret())
    assert answer.status_code == 401
    assert "Forgers" not in dashboard(receiver)
    assert "✗ refused: No matching signature found" in dashboard(receiver)


def test_a_changed_body_is_refused(running: Running) -> None:
    receiver = running.addresses.d3x
    signature = webhook.sign([receiver.secret], "msg_changed", int(time.time()), b"{}")
    headers = {
        "webhook-id": "msg_changed",
        "webhook-timestamp": str(int(time.time())),
        "webhook-signature": signature,
    }
    answer = httpx.post(receiver.hook, content=b'{"a":1}', headers=headers, trust_env=False)
    assert answer.status_code == 401


def test_an_event_that_comes_ten_minutes_late_is_refused(running: Running) -> None:
    content = body("connection.activated", "active")
    assert deliver(running.addresses.d3x, content, late_by=600).status_code == 401


@pytest.mark.parametrize("content", [b"", b"[]", b'{"type": 7}', b"\xff\xfe", b"{" * 5000])
def test_a_signed_body_that_is_no_event_is_refused_and_survived(
    running: Running, content: bytes
) -> None:
    assert deliver(running.addresses.freeguides, content).status_code == 401
    assert httpx.get(running.addresses.freeguides.page, trust_env=False).is_success


def test_a_repeated_delivery_counts_once(running: Running) -> None:
    receiver = running.addresses.freeguides
    for _ in range(3):
        content = body("connection.activated", "active", hotel="Twice Inn")
        assert deliver(receiver, content, message_id="msg_repeated").status_code == 200
    assert "came 3 times, counted once" in dashboard(receiver)


def test_the_words_of_others_are_never_html(running: Running) -> None:
    receiver = running.addresses.d3x
    deliver(receiver, body("connection.activated", "active", hotel="<script>alert(1)</script>"))
    assert "<script>" not in dashboard(receiver)
    assert "&lt;script&gt;" in dashboard(receiver)


def test_a_token_is_forgotten_when_the_connection_ends(running: Running) -> None:
    receiver = running.addresses.d3x
    requested = body("connection.requested", "pending", hotel="Brief Stay", access_token=TOKEN)
    deliver(receiver, requested)
    assert TOKEN in (running.folder / "d3x.json").read_text()
    deliver(receiver, body("connection.disconnected", "disconnected", hotel="Brief Stay"))
    kept = json.loads((running.folder / "d3x.json").read_text())["known"]
    assert next(one for one in kept if one["hotel"] == "Brief Stay")["token"] == ""


def test_akia_activates_by_itself_with_the_token(running: Running, small_api: SmallApi) -> None:
    requested = body("connection.requested", "pending", hotel="Robot Rest", access_token=TOKEN)
    assert deliver(running.addresses.akia, requested).status_code == 200
    assert "Setting the hotel up" in dashboard(running.addresses.akia)
    call = "/api/v1/connection/activate", f"Bearer {TOKEN}"
    assert soon(lambda: call in small_api.calls)
    assert soon(lambda: "Activated through the API (200)" in dashboard(running.addresses.akia))


@pytest.mark.parametrize(
    ("code", "words", "is_final"),
    [
        (200, "Activated", True),
        (409, "already", True),
        (401, "refused", True),
        (503, "again", False),
    ],
)
def test_akia_knows_what_an_answer_means(
    small_api: SmallApi, code: int, words: str, is_final: bool
) -> None:
    small_api.codes.append(code)
    said, ends = akia.ask(small_api.address, TOKEN)
    assert words in said
    assert ends == is_final


def test_akia_tries_again_when_adjoin_is_away() -> None:
    assert akia.ask("http://127.0.0.1:9", TOKEN)[1] is False


def test_d3x_and_freeguides_call_nobody(running: Running, small_api: SmallApi) -> None:
    before = len(small_api.calls)
    for receiver in (running.addresses.d3x, running.addresses.freeguides):
        deliver(receiver, body("connection.requested", "pending", access_token=TOKEN))
    assert len(small_api.calls) == before


def test_a_new_secret_can_be_put_in_on_the_partners_own_page(running: Running) -> None:
    receiver, fresh = running.addresses.freeguides, webhook.new_secret()
    settings = f"{receiver.page}/settings"
    content = body("connection.activated", "active")
    try:
        httpx.post(settings, data={"secret": fresh}, trust_env=False)
        assert deliver(receiver, content, secret=fresh).status_code == 200
        assert deliver(receiver, content).status_code == 401
    finally:
        httpx.post(settings, data={"secret": receiver.secret}, trust_env=False)
    assert deliver(receiver, content).status_code == 200


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_short", "a" * 50, "whsec_" + "ü" * 40])
def test_what_is_no_secret_is_not_taken(running: Running, text: str) -> None:
    receiver = running.addresses.freeguides
    answer = httpx.post(f"{receiver.page}/settings", data={"secret": text}, trust_env=False)
    assert "not a signing secret" in answer.text
    assert deliver(receiver, body("connection.activated", "active")).status_code == 200


def test_another_site_in_the_same_browser_cannot_post_forms(running: Running) -> None:
    account = running.addresses.credential("mews", "Alpine Lodge").account
    answer = httpx.post(
        f"{running.addresses.vendors}/revoke",
        data={"system": "mews", "id": account},
        headers={"Sec-Fetch-Site": "cross-site"},
        trust_env=False,
    )
    assert answer.status_code == 403
    assert running.addresses.credential("mews", "Alpine Lodge")


def test_a_huge_body_is_refused(running: Running) -> None:
    answer = httpx.post(running.addresses.d3x.hook, content=b"x" * 200_000, trust_env=False)
    assert answer.status_code == 413


@pytest.mark.parametrize("system", VENDORS)
def test_credentials_can_be_used_revoked_and_issued_anew(running: Running, system: str) -> None:
    addresses, vendor = running.addresses, VENDORS[system]
    door, base = Door(addresses.allowed_hosts), addresses.vendor(system)
    first = addresses.credential(system, "Alpine Lodge")
    form = {"system": system, "id": first.account}
    accepted = vendor.check(door, base, first.fields)
    assert (accepted.ok, accepted.account_name) == (True, "Alpine Lodge")
    httpx.post(f"{addresses.vendors}/revoke", data=form, trust_env=False)
    assert vendor.check(door, base, first.fields).error == "refused"
    httpx.post(f"{addresses.vendors}/issue", data=form, trust_env=False)
    second = addresses.credential(system, "Alpine Lodge")
    again = vendor.check(door, base, second.fields)
    assert (again.ok, again.account_id) == (True, accepted.account_id)
    assert vendor.check(door, base, first.fields).error == "refused"


def test_the_operator_allows_exactly_the_programs(running: Running) -> None:
    hosts = running.addresses.allowed_hosts
    assert len(hosts) == 4
    assert all(host.startswith("127.0.0.1:") for host in hosts)


def test_secrets_are_neither_in_arguments_nor_readable_by_others(running: Running) -> None:
    for name in ("d3x", "akia", "freeguides"):
        secret = getattr(running.addresses, name).secret
        assert secret not in repr(running.addresses)
        process = Path(f"/proc/{running.pids[name]}")
        if process.exists():
            assert secret.encode() not in (process / "cmdline").read_bytes()
            assert secret.encode() not in (process / "environ").read_bytes()
    for path in running.folder.glob("*"):
        if path.name != "ports.json":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_the_programs_know_nothing_of_adjoins_own_code() -> None:
    modules = ", ".join(
        f"demo.partners.{name}" for name in ("akia", "d3x", "freeguides", "vendors")
    )
    ours = "{'domain', 'storage', 'connectors', 'ui', 'api', 'settings', 'nicegui'}"
    code = f"import sys, {modules}; print({ours} & {{name.split('.')[0] for name in sys.modules}})"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert said.stdout.strip() == b"set()"


def test_a_restart_finds_the_same_addresses_and_memories(tmp_path: Path) -> None:
    programs = Programs()
    first = programs.start(tmp_path, "http://127.0.0.1:9")
    deliver(first.d3x, body("connection.activated", "active", hotel="Memory Lane"))
    programs.stop()
    second = programs.start(tmp_path, "http://127.0.0.1:9")
    try:
        assert second == first
        assert "Memory Lane" in dashboard(second.d3x)
    finally:
        programs.stop()


def test_a_port_that_somebody_else_took_is_given_up(tmp_path: Path, small_api: SmallApi) -> None:
    taken = int(small_api.address.rpartition(":")[2])
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "ports.json").write_text(json.dumps({"d3x": taken}))
    programs = Programs()
    try:
        addresses = programs.start(tmp_path, "http://127.0.0.1:9")
        assert addresses.d3x.page != small_api.address
        assert "D3x" in dashboard(addresses.d3x)
    finally:
        programs.stop()


def test_a_program_that_cannot_start_is_said_and_the_others_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.programs.VENDORS", "nobody")
    programs = Programs()
    with pytest.raises(RuntimeError, match=r"nobody\.log says why"):
        programs.start(tmp_path, "http://127.0.0.1:9")
    assert programs.pids == {}


def test_they_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import json, sys, time; from pathlib import Path; from demo.programs import Programs\n"
        "programs = Programs(); programs.start(Path(sys.argv[1]), 'http://127.0.0.1:9')\n"
        "print(json.dumps(list(programs.pids.values())), flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        pids = json.loads(parent.stdout.readline())
        assert len(pids) == 4
        assert all(is_running(pid) for pid in pids)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert soon(lambda: not any(is_running(pid) for pid in pids))


def is_running(pid: int) -> bool:
    """Return whether a process is there and not just a name that waits to be buried."""
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
