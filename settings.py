"""The settings of an installation: environment variables that begin with ADJOIN_."""

import socket
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_MIN = 32  # characters: 32 random bytes, however they are written down, have at least these


class Settings(BaseSettings):
    """Each field is the environment variable ADJOIN_<NAME>; the README's table explains them."""

    model_config = SettingsConfigDict(env_prefix="ADJOIN_")

    database_url: str = "sqlite:///data/adjoin.db"
    secret_key: str = ""
    base_url: str = ""
    smtp_url: str = ""
    mail_from: str = "Adjoin <adjoin@localhost.localdomain>"
    mail_in_secret: str = Field(default="", pattern=r"^([A-Za-z0-9_-]{24,})?$")
    allowed_hosts: str = ""
    executor_id: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    proxies: str = ""
    api_rate: str = Field(default="200/30", pattern=r"^[1-9][0-9]{0,5}/[1-9][0-9]{0,3}$")

    @property
    def is_loopback(self) -> bool:
        """Return whether only this machine can reach us."""
        return self.host in ("127.0.0.1", "::1", "localhost")

    @property
    def address(self) -> str:
        """Return the address under which people reach us, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.base_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def hosts_allowed(self) -> frozenset[str]:
        """Return the outgoing targets that may be private, by their exact names."""
        return frozenset(name.strip() for name in self.allowed_hosts.split(",") if name.strip())

    @property
    def is_sqlite(self) -> bool:
        """Return whether the database is a file, which one process has for itself."""
        return self.database_url.startswith("sqlite")

    def executor(self, command: str) -> str:
        """Return the lasting name of this process among those that share the database.

        `command` is what it was started as: a machine may run one process of each.
        """
        return self.executor_id or f"{socket.gethostname()}-{command}"

    @property
    def proxies_trusted(self) -> list[str]:
        """Return the addresses whose word on where a request came from is taken."""
        return [name.strip() for name in self.proxies.split(",") if name.strip()]

    def secret_problem(self) -> str | None:
        """Return what is wrong with the secret in a sentence, None when it will do."""
        for part in self.secret_key.split(","):
            if len(part.strip()) < SECRET_MIN or len(set(part)) < 10:
                return (
                    f"ADJOIN_SECRET_KEY must be a random text of at least {SECRET_MIN} characters. "
                    'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
                )
        return None


def kept_secret(folder: Path) -> str:
    """Return the secret kept in `folder`, made at the first start; for loopback only."""
    import secrets

    path = folder / "secret.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Whole or not at all, also when the machine stops in between.
        part = path.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(secrets.token_urlsafe(48))
        part.replace(path)
    return path.read_text().strip()
