"""How a text of another system is spelt that should be UTF-8, and is not quite."""

import re

# One letter of several bytes. In other spellings that would be an unlikely row of signs.
_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def is_utf8(text: bytes) -> bool:
    """Whether a text is UTF-8 but for some bytes, of a name that was cut off say.

    Were all of it taken for what Windows writes in Western Europe, one such byte would change every
    name and every key.
    """
    return text.isascii() or _LETTER.search(text) is not None
