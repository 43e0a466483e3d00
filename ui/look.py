"""How Adjoin looks: one table status → label, tone and icon, and the assets of every page."""

import gzip
import hashlib
import json
import mimetypes
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

from fastapi import Request, Response
from nicegui import __version__, app, ui
from nicegui.dependencies import js_components

ASSETS = Path(__file__).parent / "assets"
COMPONENTS = Path(__file__).parent / "components"
SERVED = ("look.css", "look.js", "icons.svg", "logo.svg", "favicon.svg", "fonts")
SHEETS = ("pages.css", "data.css", "guide.css", "support.css", "operations.css")
TONES = ("ok", "warn", "bad", "info", "muted")
FAVICON = (ASSETS / "favicon.svg").read_text()  # for ui.run_with(favicon=…): no request at all
THEME_COOKIE = "adjoin_theme"
YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class StatusLook:
    """One status on the screen: its word, its tone (one of TONES) and its icon (a sprite name)."""

    label: str
    tone: str
    icon: str


STATUS: dict[str, StatusLook] = {
    # connections
    "pending": StatusLook("Pending", "warn", "hourglass"),
    "active": StatusLook("Active", "ok", "circle-check"),
    "disabled": StatusLook("Disabled", "muted", "circle-pause"),
    "disconnected": StatusLook("Disconnected", "muted", "unplug"),
    "rejected": StatusLook("Rejected", "bad", "circle-x"),
    "connected": StatusLook("Connected", "ok", "plug-zap"),
    "broken": StatusLook("Broken", "bad", "triangle-alert"),
    "not_connected": StatusLook("Not connected", "muted", "circle-dashed"),
    # authorizations, sources, data transfers
    "working": StatusLook("Working", "ok", "circle-check"),
    "refused": StatusLook("Refused", "bad", "circle-x"),
    "inactive": StatusLook("Inactive", "muted", "circle-dashed"),
    "paused": StatusLook("Paused", "warn", "circle-pause"),
    # integrations, runs
    "draft": StatusLook("Draft", "muted", "circle-dashed"),
    "queued": StatusLook("Queued", "info", "clock"),
    "running": StatusLook("Running", "info", "refresh-cw"),
    "succeeded": StatusLook("Succeeded", "ok", "circle-check"),
    "succeeded_with_rejects": StatusLook("Succeeded with rejects", "warn", "circle-alert"),
    "failed": StatusLook("Failed", "bad", "circle-x"),
    # cases
    "open_with_partner": StatusLook("With the partner", "warn", "message-square"),
    "escalated": StatusLook("Escalated", "bad", "flag"),
    "open_with_platform": StatusLook("With the platform", "warn", "headset"),
    "resolved": StatusLook("Resolved", "ok", "circle-check"),
    # messages
    "waiting": StatusLook("Waiting", "warn", "clock"),
    "sending": StatusLook("Sending", "info", "send"),
    "delivered": StatusLook("Delivered", "ok", "circle-check"),
    "gave_up": StatusLook("Gave up", "bad", "circle-x"),
    "canceled": StatusLook("Canceled", "muted", "ban"),
    "skipped": StatusLook("Skipped", "muted", "skip-forward"),
    # endpoints
    "enabled": StatusLook("Enabled", "ok", "circle-check"),
    # tokens
    "issued": StatusLook("Issued", "ok", "key-round"),
    "superseded": StatusLook("Superseded", "warn", "clock"),
    "revoked": StatusLook("Revoked", "muted", "ban"),
    # a bare tone, for a word that is no status
    **{tone: StatusLook("", tone, "circle-dot") for tone in TONES},
}

# Quasar paints its own parts (menus, spinners) with these; look.css holds the real tokens.
QUASAR = {
    "primary": "#5b2148",
    "secondary": "#8a6420",
    "accent": "#b08434",
    "dark": "#1f181d",
    "dark_page": "#161114",
    "positive": "#1d6a48",
    "negative": "#a82a1c",
    "info": "#2b5a86",
    "warning": "#85500b",
}


def install() -> None:
    """Serve the assets and put them into the head of every page.

    Call it once, after the pages were imported: it also asks browsers to fetch the components they
    will need next. Addresses carry a hash of everything served and are kept for a year.
    """
    _serve()
    app.colors(**QUASAR)
    ui.add_head_html(_head(), shared=True)


def asset(name: str) -> str:
    """Return the cacheable address of one asset, for example `asset("logo.svg")`."""
    return f"/assets/{VERSION}/{name}"


def theme(cookies: dict[str, str]) -> bool | None:
    """Return the explicit choice: True is dark, False is light, None follows the system."""
    return {"dark": True, "light": False}.get(cookies.get(THEME_COOKIE, ""))


def _read() -> dict[str, bytes]:
    """Read every served file; the script gets the status table and the asset address on top."""
    files: dict[str, bytes] = {}
    for name in SERVED:
        path = ASSETS / name
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            files[file.relative_to(ASSETS).as_posix()] = file.read_bytes()
    for sheet in SHEETS:  # one request for all
        files["look.css"] += (ASSETS / sheet).read_bytes()
    table = json.dumps({key: asdict(look) for key, look in STATUS.items()})
    files["look.js"] = f"const ADJOIN_STATUS = {table};\n".encode() + files["look.js"]
    return files


FILES = _read()
VERSION = hashlib.sha256(b"".join(FILES.values())).hexdigest()[:12]


def _serve() -> None:
    """Register one route that answers from memory, compressed once instead of per request."""
    packed = {name: gzip.compress(body, 9) for name, body in FILES.items()}

    @app.get("/assets/{version}/{name:path}", include_in_schema=False)
    def assets(version: str, name: str, request: Request) -> Response:
        if name not in FILES:
            return Response(status_code=404)
        kept = f"public, max-age={YEAR}, immutable" if version == VERSION else "no-cache"
        headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
        body = FILES[name]
        if not name.endswith(".woff2") and "gzip" in request.headers.get("Accept-Encoding", ""):
            body = packed[name]
            headers["Content-Encoding"] = "gzip"
        return Response(body, headers=headers, media_type=_media_type(name))


def _media_type(name: str) -> str:
    return {".woff2": "font/woff2", ".js": "text/javascript"}.get(
        Path(name).suffix, mimetypes.guess_type(name)[0] or "application/octet-stream"
    )


def _head() -> str:
    """Return the head of every page; the script comes first, it sets the theme before paint."""
    font = 'rel="preload" as="font" type="font/woff2" crossorigin'
    return "\n".join(
        [
            f'<script src="{asset("look.js")}" data-assets="{escape(asset(""))}"></script>',
            f'<link {font} href="{asset("fonts/inter.woff2")}">',
            f'<link {font} href="{asset("fonts/fraunces.woff2")}">',
            f'<link rel="stylesheet" href="{asset("look.css")}">',
            f'<link rel="icon" type="image/svg+xml" href="{asset("favicon.svg")}">',
            '<meta name="theme-color" content="#2c1222">',
            *(f'<link rel="prefetch" href="{address}">' for address in _components()),
        ]
    )


def _components() -> list[str]:
    """Return the addresses of our own components, so that the first menu click finds them here."""
    ours = (found for found in js_components.values() if found.path.parent == COMPONENTS)
    return [f"/_nicegui/{__version__}/components/{found.key}" for found in ours]
