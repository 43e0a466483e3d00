"""Ports of this machine that nobody uses, the same ones at every start where that is possible."""

import json
import socket
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 1.0  # seconds that a program of the last start is given to end


def free() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def remembered(path: Path, names: Iterable[str]) -> dict[str, int]:
    """Return a port for each name: that of the last time, kept in a file, or else another one."""
    known = json.loads(path.read_text()) if path.exists() else {}
    ports: dict[str, int] = {}
    for name in names:
        port = known.get(name, 0)
        while not port or port in ports.values() or not _becomes_free(port):
            port = free()
        ports[name] = port
    path.write_text(json.dumps(ports))
    return ports


def _becomes_free(port: int) -> bool:
    until = time.monotonic() + PATIENCE
    while not _is_free(port):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # A port whose last connections are still winding down is free for a server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
