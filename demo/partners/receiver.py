"""A partner's program: takes Adjoin's webhooks, shows on a page of its own what became of them."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from standardwebhooks.webhooks import WebhookVerificationError

from demo.partners.inbox import Inbox, Known, Receipt
from demo.partners.process import Start
from demo.partners.site import Answer, Request, Site, as_json, back_to, from_own_page, page

HOOK = "/adjoin"
Reaction = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class House:
    """A partner as its own page shows it. `look` names its style sheet."""

    look: str
    name: str
    motto: str
    promise: str  # what the program does with a request, in a sentence
    no_request: str  # what stands where connections will


def nothing_more(event: dict[str, Any]) -> None:
    """React to no event: answering 200 is all there is to do."""


def site(house: House, inbox: Inbox, start: Start, react: Reaction = nothing_more) -> Site:
    """Return the web site of a partner; `react` is called with each new, verified event."""

    def receive(request: Request) -> Answer:
        try:
            event = inbox.take(dict(request.headers), request.body)
        except WebhookVerificationError as fault:
            return as_json({"error": f"not accepted: {fault}"}, 401)
        if event is not None:
            react(event)
        return as_json({"received": True})

    def change_secret(request: Request) -> Answer:
        try:
            inbox.change_secret(request.form.get("secret", "").strip())
        except ValueError:
            return _settings(house, "That is not a signing secret. It begins with whsec_.")
        return back_to("/")

    return {
        ("POST", HOOK): receive,
        ("GET", "/"): lambda _: _dashboard(house, inbox, start),
        ("GET", "/settings"): lambda _: _settings(house, ""),
        ("POST", "/settings"): from_own_page(change_secret),
    }


def _dashboard(house: House, inbox: Inbox, start: Start) -> Answer:
    known = sorted(inbox.known.values(), key=lambda one: one.as_of, reverse=True)
    body = f"""
    <header><p class="brand">{escape(house.name)}</p><p class="motto">{escape(house.motto)}</p>
    <nav><a href="{escape(start.portal)}/hub">Adjoin’s Developer Hub</a>
    <a href="/settings">Signing secret</a></nav></header>
    <main><h1>Adjoin at {escape(house.name)}</h1><p class="promise">{escape(house.promise)}</p>
    <section><h2>Hotels</h2>{_connections(known, house.no_request)}</section>
    <section><h2>Webhooks received</h2>{_receipts(inbox.receipts)}</section></main>
    <footer>This is a program of its own, not a page of Adjoin. It renews itself every 2 seconds.
    Signatures are checked with the library standardwebhooks.</footer>"""
    return page(house.look, f"{house.name} dashboard", body, refresh=2)


def _connections(known: list[Known], empty: str) -> str:
    if not known:
        return f'<p class="empty">{escape(empty)}</p>'
    return f'<ul class="hotels">{"".join(_connection(one) for one in known)}</ul>'


def _connection(one: Known) -> str:
    note = f'<p class="note">{escape(one.note)}</p>' if one.note else ""
    return (
        f'<li class="{escape(one.status)}"><h3>{escape(one.hotel)}</h3>'
        f'<p class="status">{escape(one.status)}</p>'
        f"<p>access token <code>{escape(one.masked_token)}</code></p>{note}</li>"
    )


def _receipts(receipts: list[Receipt]) -> str:
    if not receipts:
        return '<p class="empty">Nothing yet.</p>'
    heads = "".join(f"<th>{head}</th>" for head in ("UTC", "Event", "Hotel", "Signature", "Id"))
    rows = "".join(_receipt(receipt) for receipt in receipts[:30])
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead>{rows}</table></div>'


def _receipt(receipt: Receipt) -> str:
    verdict = "✓ verified" if receipt.verified else f"✗ refused: {receipt.words}"
    if receipt.repeats:
        verdict += f" (came {receipt.repeats + 1} times, counted once)"
    cells = (
        receipt.at[11:19],
        receipt.event or "unknown",
        receipt.hotel,
        verdict,
        receipt.id[-8:] or "none",
    )
    kind = "good" if receipt.verified else "bad"
    return f'<tr class="{kind}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _settings(house: House, complaint: str) -> Answer:
    said = f'<p class="complaint" role="alert">{escape(complaint)}</p>' if complaint else ""
    body = f"""
    <header><p class="brand">{escape(house.name)}</p><nav><a href="/">Back</a></nav></header>
    <main><h1>Signing secret</h1>
    <p class="promise">After Rotate secret in Adjoin’s Developer Hub, put the new one in here. For
    24 hours Adjoin signs with both, so nothing is refused in between.</p>{said}
    <form method="post"><label for="secret">New signing secret</label>
    <input id="secret" name="secret" placeholder="whsec_…" autocomplete="off" required>
    <button>Use it</button></form></main>"""
    return page(house.look, f"{house.name} signing secret", body)
