"""Quick start: from an access token to the first page of data, in three languages."""

from pathlib import Path

from ui.components.card import card
from ui.components.code import code_tabs
from ui.components.guide import guide
from ui.components.prose import prose

SOURCES = Path(__file__).parents[3] / "docs" / "quickstart"
_LANGUAGES = {"Shell": "quickstart.sh", "Python": "quickstart.py", "JavaScript": "quickstart.mjs"}
_FIRST = """
Each hotel that connects your app gets an **access token** (`adj_…`) made for it. It reaches you by
webhook or mail, as you chose in the Developer Hub, and opens this one connection.

To try things out, press **Make a sandbox** in the hub, under *Sandbox*: it is a hotel that never
was, with some thousand invented reservations, already connected with your app. Take the token shown
there. Once the program below has said yes, it opens everything that your app has asked for.
**Make something happen** there, and your webhook endpoints hear of it as of any hotel.

For what concerns all your hotels at once (your connections, webhook endpoints, deliveries), make
a **partner key** (`adp_…`) in the hub.
"""
_WEBHOOKS = """
Every webhook is signed as in [Standard Webhooks](https://www.standardwebhooks.com) 1.0.0. Verify
the signature before you believe it; the hub shows how, in Python and JavaScript. Answer with 2xx
within 20 seconds and do the work afterwards; the same `webhook-id` may come twice.
"""
_LIMITS = """
- As a rule, 200 requests in 30 seconds for each token or key. The headers `RateLimit` and
  `Retry-After` say how many are left, and when to come again.
- Send an `Idempotency-Key` with every POST: asked again with the same key within 24 hours, you get
  the same answer, and nothing is done twice.
- Keep `synced_until` of a list and send it as `updated_since` the next time: you read only what has
  changed. Send the `ETag` back as `If-None-Match`: 304 means that nothing has.
- Every answer has an `X-Request-Id`. Name it when you ask for help: it leads to what happened.
"""


def draw(address: str) -> None:
    """Show the page; `address` is the portal's, as programs reach it."""
    lead = "Your program and a hotel, connected in a few minutes."
    with guide("/help", "Quick start", lead):
        with card("1. Get a token"):
            prose(_FIRST)
        lead = f"Set ADJOIN to {address} and TOKEN to the token of your sandbox."
        with card("2. Say yes, and read", lead):
            code_tabs({name: (SOURCES / file).read_text() for name, file in _LANGUAGES.items()})
        with card("3. Hear what happens"):
            prose(_WEBHOOKS)
        with card("4. Be a good guest"):
            prose(_LIMITS)
