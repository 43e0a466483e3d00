"""How an outgoing address may be written, and which hosts it may name."""

import re
from functools import lru_cache

from yarl import URL

from connectors.addresses import forbidden

LONGEST_URL = 2000
_NOT_ONE = "This is not a web address. Write it like https://hooks.example.com/adjoin."


class Blocked(Exception):
    """The door does not lead there. `reason` is a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_UNUSUAL = re.compile(r"[\x00-\x20\x7f\\]")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_LOCAL = re.compile(r"(.*\.)?(localhost|localdomain|local|internal|intranet|lan|home\.arpa)")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def parse(url: str) -> tuple[URL, str, int, str]:
    """Take an address apart as aiohttp will. Returns (url, plain host, port, scheme)."""
    if len(url) > LONGEST_URL:
        raise Blocked(f"The address is too long. At most {LONGEST_URL} characters are possible.")
    if _UNUSUAL.search(url):
        raise Blocked("The address contains a space or another character that it can't have.")
    try:
        parsed = URL(url)
        host, port = parsed.raw_host, parsed.port
    except ValueError:
        raise Blocked(_NOT_ONE) from None
    if parsed.scheme not in ("", "http", "https"):
        raise Blocked("The address must start with https://.")
    if not host or not port:
        raise Blocked(_NOT_ONE)
    if parsed.user is not None or parsed.password is not None:
        raise Blocked("The address must not contain a user name or a password.")
    return parsed, plain(host), port, parsed.scheme


def plain(host: str) -> str:
    return host.lower().removesuffix(".")


@lru_cache(maxsize=1000)
def entry(allowed: str) -> tuple[str, int | None]:
    """Split an allowed host into its plain host and its port, if it names one."""
    text = allowed.strip()
    bare = re.fullmatch(r"\[?([0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)\]?", text)
    if bare:
        text = f"[{bare[1]}]"
    try:
        url = URL(f"http://{text}")
        return plain(url.raw_host or ""), url.explicit_port
    except ValueError:
        return "", None


def judge_host(host: str) -> None:
    if ":" in host:
        judge_address(host, host)
    elif _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
        _judge_ipv4(host)
    elif len(host) > 253 or not _NAME.fullmatch(host):
        raise Blocked(f"{host[:100]} is not a host name.")
    elif "." not in host or _LOCAL.fullmatch(host):
        raise Blocked(f"{host} is not a public host name. Ask the operator to allow it.")


def _judge_ipv4(host: str) -> None:
    if forbidden(host) == "not an address":
        # 127.1, 0x7f.1 and 2130706433 all lead to 127.0.0.1 on some system.
        raise Blocked(f"{host[:100]} is an unusual way to write an address. Write a host name.")
    judge_address(host, host)


def judge_address(host: str, address: str) -> None:
    reason = forbidden(address)
    if reason is None:
        return
    if host == address:
        raise Blocked(f"{address} is {reason}. Ask the operator to allow it.")
    raise Blocked(f"{host} leads to {address}, {reason}. Ask the operator to allow {host}.")
