"""A short message that comes, is read aloud, and goes."""

from typing import Literal

from nicegui import ui

SECONDS = {"ok": 5, "info": 6, "bad": 10}


def notice(text: str, tone: Literal["ok", "bad", "info"] = "ok", title: str | None = None) -> None:
    """Show a notice in the corner (at the top on phones); bad news stays longer."""
    ui.notify(
        title or text,
        caption=text if title else None,
        position="bottom-right",
        classes=f"notice notice-{tone}",
        textColor="notice",  # else Quasar paints the words white, with !important
        timeout=SECONDS[tone] * 1000,
        actions=[{"label": "✕", "aria-label": "Dismiss", "class": "notice-close", "dense": True}],
        attrs={"role": "alert" if tone == "bad" else "status"},
        group=False,
    )
