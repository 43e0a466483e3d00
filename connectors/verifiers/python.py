"""Verify a webhook (Standard Webhooks 1.0.0). Needs only Python's standard library."""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping


class WebhookError(Exception):
    """The message is not from Adjoin, or it is too old. Answer 400 and ignore it."""


def verify(secret: str, headers: Mapping[str, str], raw_body: bytes) -> None:
    """Raise WebhookError unless raw_body, exactly as received, was signed with the secret."""
    given = {name.lower(): value for name, value in headers.items()}
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        if not given.get(name):
            raise WebhookError(f"The header {name} is missing.")
    timestamp = given["webhook-timestamp"]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13):
        raise WebhookError("The header webhook-timestamp is not a number of seconds.")
    if abs(time.time() - int(timestamp)) > 300:
        raise WebhookError("The message is more than five minutes old, or a clock is wrong.")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{given['webhook-id']}.{timestamp}.".encode() + raw_body
    expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    # While a secret is being rotated there are several signatures; one must match.
    signatures = given["webhook-signature"].split()
    if not any(hmac.compare_digest(expected, one.encode()) for one in signatures):
        raise WebhookError("No signature matches. Is the secret right, and the body untouched?")
