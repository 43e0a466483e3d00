"""A prepared show: settings that stay on this machine, a welcome to print, a clean end."""

from pathlib import Path

import httpx
import pytest

from demo import show, world


def test_the_settings_of_a_show_never_leave_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADJOIN_DATABASE_URL", "postgresql+psycopg://somebody/production")
    monkeypatch.setenv("ADJOIN_HOST", "0.0.0.0")
    monkeypatch.setenv("ADJOIN_ALLOWED_HOSTS", "intranet.example")
    with show.prepared(tmp_path, port=8123) as scene:
        settings = scene.settings
        assert settings.database_url.startswith(f"sqlite:///{tmp_path}")
        assert settings.is_loopback
        assert settings.address == "http://127.0.0.1:8123"
        assert settings.smtp_url.startswith("smtp://127.0.0.1:")
        assert settings.hosts_allowed == scene.programs.allowed_hosts
        assert settings.secret_problem() is None


def test_a_receiver_of_ones_own_is_allowed_at_its_port_alone(tmp_path: Path) -> None:
    with show.prepared(tmp_path, port=8123, receiver=9000) as scene:
        more = scene.settings.hosts_allowed - scene.programs.allowed_hosts
        assert more == {"127.0.0.1:9000", "localhost:9000"}


def test_the_welcome_names_everything_that_can_be_tried(tmp_path: Path) -> None:
    with show.prepared(tmp_path, port=8123) as scene:
        said = scene.welcome()
        for name, email, _ in world.accounts():
            assert name in said
            assert email in said
        for _, address in scene.programs.pages:
            assert address in said
        for credential in scene.programs.credentials():
            if credential.hotel == "Harbour Hotel":
                assert all(text in said for text in credential.fields.values())


def test_the_programs_end_with_the_show(tmp_path: Path) -> None:
    pages = []

    def show_until_ctrl_c() -> None:
        with show.prepared(tmp_path, port=8123) as scene:
            pages.append(scene.programs.d3x.page)
            assert httpx.get(pages[0], trust_env=False).is_success
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        show_until_ctrl_c()
    with pytest.raises(httpx.ConnectError):
        httpx.get(pages[0], trust_env=False)


def test_a_fresh_show_forgets_the_last_one_and_nothing_else(tmp_path: Path) -> None:
    with show.prepared(tmp_path, port=8123) as scene:
        secret = scene.settings.secret_key
    (tmp_path / "diary.txt").write_text("mine")
    with show.prepared(tmp_path, port=8123) as scene:
        assert scene.settings.secret_key == secret
    with show.prepared(tmp_path, port=8123, fresh=True) as scene:
        assert scene.settings.secret_key != secret
    assert (tmp_path / "diary.txt").read_text() == "mine"
