"""Makes the ids of rows: prefixed, unguessable, and in the order in which they were made."""

import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, which has no look-alikes
_RANDOM_BITS = 60
_one_at_a_time = threading.Lock()
_last = 0


def new(prefix: str) -> str:
    """Return an id such as `con_01k5…`: ten characters of milliseconds, twelve of randomness.

    Within a process every id is greater than the one before, so rows of one moment keep their
    order.
    """
    global _last
    with _one_at_a_time:
        number = int(time.time() * 1000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
        if number >> _RANDOM_BITS <= _last >> _RANDOM_BITS:
            number = _last + 1 + secrets.randbits(_RANDOM_BITS - 20)
        _last = number
    return f"{prefix}_{_base32(number, 22)}"


def first_of(prefix: str, seconds: float) -> str:
    """Return what comes before every id made at a time (in seconds, as time.time) or later."""
    return f"{prefix}_{_base32(int(seconds * 1000) << _RANDOM_BITS, 22)}"


def made_at(id: str) -> float | None:
    """Return the time at which an id says that it was made, None for what is no id of ours."""
    digits = id.rpartition("_")[2]
    if len(digits) != 22 or not set(digits) <= set(_ALPHABET):
        return None
    number = sum(_ALPHABET.index(digit) << 5 * place for place, digit in enumerate(digits[::-1]))
    return (number >> _RANDOM_BITS) / 1000


def _base32(number: int, width: int) -> str:
    digits = [_ALPHABET[number >> shift & 31] for shift in range(0, width * 5, 5)]
    return "".join(reversed(digits))
