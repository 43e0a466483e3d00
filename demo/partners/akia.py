"""Akia: sets a new hotel up by itself, then activates the connection through Adjoin's API."""

import threading
import time
from typing import Any

import httpx

from demo.partners import process, receiver
from demo.partners.inbox import Inbox

SETTING_UP = 4.0  # seconds
PAUSES = (1.0, 3.0, 10.0, 30.0)  # seconds between tries when Adjoin does not answer
HOUSE = receiver.House(
    look="akia",
    name="Akia",
    motto="Text with every guest",
    promise="Our robot sets a new hotel up in 4 seconds and then calls Adjoin's API to activate.",
    no_request="No hotel yet. Our robot is waiting for the first one.",
)


class Robot:
    """Activates what was requested; each connection in a thread of its own."""

    def __init__(self, inbox: Inbox, portal: str) -> None:
        self._inbox = inbox
        self._portal = portal

    def react(self, event: dict[str, Any]) -> None:
        if event["type"] == "connection.requested":
            self._begin(event["data"]["connection"]["id"])

    def resume(self) -> None:
        """Go on with what the last run left undone."""
        for known in list(self._inbox.known.values()):
            if known.status == "pending" and known.token:
                self._begin(known.id)

    def _begin(self, connection_id: str) -> None:
        self._inbox.note(connection_id, "Setting the hotel up …")
        threading.Thread(target=self._activate, args=(connection_id,), daemon=True).start()

    def _activate(self, connection_id: str) -> None:
        time.sleep(SETTING_UP)
        token = self._inbox.known[connection_id].token
        for pause in (*PAUSES, None):
            words, is_final = ask(self._portal, token)
            self._inbox.note(connection_id, words)
            if is_final or pause is None:
                more = propose(self._portal, token)
                self._inbox.note(connection_id, f"{words} {more}".strip())
                return
            time.sleep(pause)


def ask(portal: str, token: str) -> tuple[str, bool]:
    """Ask Adjoin to activate; return what came of it in words, and whether that is the end."""
    try:
        answer = httpx.post(
            f"{portal}/api/v1/connection/activate",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
            trust_env=False,
        )
    except httpx.HTTPError:
        return "Adjoin did not answer. Trying again soon.", False
    if answer.is_success:
        return f"Activated through the API ({answer.status_code}).", True
    if answer.status_code == 409:
        return "Adjoin says: this request was answered already (409).", True
    if answer.status_code < 500 and answer.status_code != 429:
        return f"Adjoin refused to activate ({answer.status_code}).", True
    return f"Adjoin has a problem ({answer.status_code}). Trying again soon.", False


def propose(portal: str, token: str) -> str:
    """Read the hotel's lists, propose what our values mean there, and say what came of it.

    A word of ours in the name of one record alone is enough; the hotel confirms. What the hotel
    has decided, and what it has declined, is not ours to decide again.
    """
    headers = {"Authorization": f"Bearer {token}"}
    base = f"{portal}/api/v1"
    with httpx.Client(base_url=base, headers=headers, timeout=10, trust_env=False) as adjoin:
        try:
            answer = adjoin.get("/mappings")
            answer.raise_for_status()
            slots = {
                key: slot
                for key, slot in answer.json()["values"].items()
                if slot["choice"] == "open"
            }
            lists = {slot["type"]: _list(adjoin, slot["type"]) for slot in slots.values()}
            found = {key: _meant(slot["label"], lists[slot["type"]]) for key, slot in slots.items()}
            values = {
                key: {"choice": "record", "record": {"id": record["id"]}}
                for key, record in found.items()
                if record
            }
            if not values:
                return "Nothing to propose for its value mapping."
            tag = {"If-Match": answer.headers["ETag"]}
            adjoin.put("/mappings", json={"values": values}, headers=tag).raise_for_status()
        except (httpx.HTTPError, ValueError, KeyError):
            return ""
    return f"Proposed {len(values)} of {len(slots)} values; the hotel confirms them."


def _list(adjoin: httpx.Client, type_key: str) -> list[dict[str, Any]]:
    """Return what a hotel has of a type of data, page by page."""
    found: list[dict[str, Any]] = []
    wanted = {"limit": "200", "active": "true"}
    while True:
        page = adjoin.get(f"/{type_key.replace('_', '-')}", params=wanted)
        page.raise_for_status()
        found += page.json()["data"]
        if not page.json()["next_cursor"]:
            return found
        wanted["cursor"] = page.json()["next_cursor"]


def _meant(label: str, records: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the one record whose name has our words in it, None when it is none or several."""
    words = label.lower()
    found = [record for record in records if words in str(record.get("name", "")).lower()]
    return found[0] if len(found) == 1 else None


def main() -> None:
    start = process.arguments()
    inbox = Inbox.load(start.folder, "akia")
    robot = Robot(inbox, start.portal)
    robot.resume()
    process.run(receiver.site(HOUSE, inbox, start, robot.react), start.port)


if __name__ == "__main__":
    main()
