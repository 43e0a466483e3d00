"""How every program of the demo runs: on one port of this machine, until its parent ends."""

import argparse
import os
import sys
import threading
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

from demo.partners.site import Site, handler


@dataclass(frozen=True)
class Start:
    """What a program is told: its port, the folder that keeps its memory, Adjoin's address."""

    port: int
    folder: Path
    portal: str


def arguments() -> Start:
    """Read the command line. Secrets never stand there: they are files in the folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--portal", required=True, help="Adjoin's address, without a slash")
    given = parser.parse_args()
    return Start(given.port, given.folder, given.portal)


def run(site: Site, port: int) -> None:
    """Serve `site` on 127.0.0.1 until the parent, who holds our standard input, is gone."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", port), handler(site))
    server.daemon_threads = True
    server.serve_forever()


def _end_with_parent() -> None:
    # The system closes the pipe when the parent ends, however it ends. Every change is on the
    # disk already, so there is nothing to tidy up.
    sys.stdin.buffer.read()
    os._exit(0)
