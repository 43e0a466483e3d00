"""Makes the ids of rows: prefixed, unguessable, and in the order in which they were made."""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, which has no look-alikes


def new(prefix: str) -> str:
    """Return an id such as `con_01k5…`: ten characters of milliseconds, twelve of randomness."""
    number = int(time.time() * 1000) << 60 | secrets.randbits(60)
    return f"{prefix}_{_base32(number, 22)}"


def _base32(number: int, width: int) -> str:
    digits = [_ALPHABET[number >> shift & 31] for shift in range(0, width * 5, 5)]
    return "".join(reversed(digits))
