"""Tables as CSV that people open in a spreadsheet, without what it would take for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

MARK = b"\xef\xbb\xbf"  # UTF-8, so that Excel knows it


def lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as lines of CSV in UTF-8."""
    written = io.StringIO()
    csv.writer(written).writerows([harmless(cell) for cell in row] for row in rows)
    return written.getvalue().encode(errors="replace")


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking what somebody else wrote for a formula.

    Where lists are written with semicolons, as in Vienna, Excel begins a new cell at each of them.
    """
    return _BEGINS_A_FORMULA.sub(r"\1'", text)


_BEGINS_A_FORMULA = re.compile("(^|[;\t\r\n][; \"']*)(?=[=+\\-@\t\r\n＝＋－＠])")
