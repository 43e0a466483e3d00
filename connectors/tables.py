"""Tables in files that people upload: CSV in whatever way it was saved, and Excel."""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from connectors.faults import Fault
from connectors.letters import is_utf8

Content = bytes | Path
Record = dict[str, Any]

LARGEST_FILE = 64_000_000
LARGEST_UNPACKED = 300_000_000
LARGEST_TEXTS = 100_000_000
"""Bytes of the texts in an Excel file, which are kept in memory."""
MOST_COLUMNS = 500
MOST_PARTS = 5000
MOST_ROWS = 1_048_576
"""Rows of an Excel sheet, as Excel itself has; a file can name a row far below."""
MOST_BLANK = 10_000_000
"""Blank cells beyond those columns: a row of twenty letters can name one far to the right."""
MOST_EMPTY = 100_000
"""Rows without anything: a sheet that was coloured to its end has a million, and each takes a
while to read."""
MOST_TEXTS = 1_000_000
"""Texts in an Excel file; each takes a while to read, however short it is."""
DELIMITERS = ",;\t|"
_SAMPLE = 64_000
_LONGEST_LINE = 1_000_000


def read_file(content: Content) -> Iterator[Record]:
    """Read the rows of a CSV or Excel file as objects by the names in its first row.

    CSV cells are text, empty ones None. Excel cells are text, numbers and booleans; formulas
    give their values; dates and times are ISO 8601 text. Cells beyond the first row's are kept
    under "column 7". Streams: memory doesn't grow with the file. Raises Fault.
    """
    with _opened(content) as file:
        beginning = file.read(_SAMPLE)
        file.seek(0)
        _refuse_others(beginning)
        rows = _excel(file) if beginning[:4] == b"PK\x03\x04" else _csv(file, beginning)
        yield from _named(rows)


def _opened(content: Content) -> IO[bytes]:
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    if size > LARGEST_FILE:
        raise Fault("too_large", "The file is larger than 64 MB. Split it into several.")
    return content.open("rb") if isinstance(content, Path) else io.BytesIO(content)


def _refuse_others(beginning: bytes) -> None:
    """Name the files that people take for a table."""
    start = beginning.lstrip()[:15].lower()
    if not start:
        raise Fault("garbled", "The file is empty.")
    if beginning[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        sentence = "This Excel file is old (.xls) or has a password. Save it as .xlsx without one."
        raise Fault("garbled", sentence)
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        sentence = "This is a web page or XML, not a table. Save it as .xlsx or .csv."
        raise Fault("garbled", sentence)
    if start.startswith((b'{"', b"{\n", b"{\r", b"[{", b"[\n", b"[\r")):
        raise Fault("garbled", "This is JSON, not a table. Save it as .xlsx or .csv.")
    if start.startswith((b"%pdf", b"\x89png", b"\xff\xd8\xff", b"\x1f\x8b")):
        raise Fault("garbled", "This is no table. Upload a CSV or Excel file (.xlsx).")


def _named(rows: Iterator[Sequence[Any]]) -> Iterator[Record]:
    filled = _filled(rows)
    first = next(filled, None)
    if first is None:
        raise Fault("garbled", "The file has no rows.")
    names = _names(first)
    for row in filled:
        if len(row) > len(names):
            names += [f"column {number + 1}" for number in range(len(names), len(row))]
        yield {
            name: row[number] if number < len(row) else None for number, name in enumerate(names)
        }


def _filled(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Give the rows in which something is written."""
    empty = last = 0
    for number, row in enumerate(rows, start=1):
        if any(cell is not None for cell in row):
            last = number
            yield row
        elif (empty := empty + 1) > MOST_EMPTY:
            where = f"Below row {last:,}" if last else "At its beginning"
            sentence = f"{where} the table has more than {MOST_EMPTY:,} empty rows. "
            raise Fault("too_large", sentence + "Delete the empty rows and save the file again.")


def _names(first: Sequence[Any]) -> list[str]:
    """Names for the columns: each one once, and none without."""
    while first and first[-1] is None:
        first = first[:-1]
    names: dict[str, None] = {}
    times: dict[str, int] = {}
    for number, cell in enumerate(first, start=1):
        wanted = " ".join(str(cell).split())[:200] if cell is not None else f"column {number}"
        name = wanted
        while name in names:
            times[wanted] = times.get(wanted, 1) + 1
            name = f"{wanted} ({times[wanted]})"
        names[name] = None
    return list(names)


def _csv(file: IO[bytes], beginning: bytes) -> Iterator[Sequence[Any]]:
    encoding = _encoding(file, beginning)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    sample = text.read(_SAMPLE)
    text.seek(0)
    told = _TOLD.match(sample)
    if told:
        text.readline()
    delimiter = told[1] if told else _delimiter(sample)
    lines: list[str] = []
    last: list[str] = []
    reader = csv.reader(_lines(text, lines), delimiter=delimiter)
    while True:
        number = reader.line_num + (2 if told else 1)
        try:
            row = next(reader)
        except StopIteration:
            _must_be_closed(last, delimiter, number)
            return
        except csv.Error:
            sentence = f"In line {number} a cell is far too long. A quotation mark may be missing."
            raise Fault("garbled", sentence) from None
        last, lines[:] = lines[:], []
        if len(row) > MOST_COLUMNS:
            raise _too_wide()
        yield [cell.strip() or None for cell in row]


# Excel's own way of saying in the first line what separates the cells.
_TOLD = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)


def _lines(text: IO[str], kept: list[str]) -> Iterator[str]:
    """Give the lines of a file, and keep those of the row that is being read."""
    while line := text.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise Fault("garbled", "The file has a line of more than a million characters.")
        kept.append(line)
        yield line


def _must_be_closed(last: Sequence[str], delimiter: str, end: int) -> None:
    """Refuse a file whose last row goes on for lines because a quotation mark is missing."""
    try:
        for _ in csv.reader(last, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "unexpected end" in str(error):
            number = end - len(last)
            sentence = f"A quotation mark of line {number} is never closed. Correct that line."
            raise Fault("garbled", sentence) from None


def _encoding(file: IO[bytes], beginning: bytes) -> str:
    """UTF-8 or UTF-16 by mark or by trying, else what Windows writes in Western Europe."""
    if beginning.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if beginning[1:400:2].count(0) > 100 or (len(beginning) < 400 and beginning[1::2].count(0) > 4):
        return "utf-16-le"
    if b"\0" in beginning:
        raise Fault("garbled", "This is no table. Upload a CSV or Excel file (.xlsx).")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(1_000_000):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
        return "utf-8-sig"
    except UnicodeDecodeError:
        file.seek(0)
        pieces = iter(lambda: file.read(1_000_000), b"")
        return (
            "utf-8-sig" if any(is_utf8(one) and not one.isascii() for one in pieces) else "cp1252"
        )
    finally:
        file.seek(0)


def _delimiter(sample: str) -> str:
    """The delimiter that cuts most of the first rows into the same number of cells."""
    scores = {delimiter: _evenness(sample, delimiter) for delimiter in DELIMITERS}
    return max(scores, key=lambda delimiter: scores[delimiter])


def _evenness(sample: str, delimiter: str) -> tuple[int, int]:
    rows: list[int] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if row:
                rows.append(len(row))
            if len(rows) == 50:
                break
    except csv.Error:
        pass
    width = rows[0] if rows else 1
    return (sum(count == width for count in rows) if width > 1 else 0, width)


def _excel(file: IO[bytes]) -> Iterator[Sequence[Any]]:
    _refuse_bombs(file)
    # Imported here: it takes a while, and only uploads need it.
    from openpyxl import load_workbook

    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in sheets[:1]:
            # Files by other programs claim wrong sizes.
            sheet.reset_dimensions()
            blank = 0
            for number, cells in enumerate(sheet.iter_rows(values_only=True)):
                blank += max(0, len(cells) - MOST_COLUMNS)
                if number >= MOST_ROWS or blank > MOST_BLANK:
                    raise Fault("too_large", "The Excel sheet is too large. Save it as CSV.")
                if len(cells) > MOST_COLUMNS and any(c is not None for c in cells[MOST_COLUMNS:]):
                    raise _too_wide()
                yield [_plain(cell) for cell in _trimmed(cells)]
    except Fault:
        raise
    except Exception:  # a damaged file makes it raise whatever there is
        raise _damaged() from None


def _refuse_bombs(file: IO[bytes]) -> None:
    """Judge what a packed file unpacks to. Python's zipfile unpacks no more than is declared."""
    try:
        with zipfile.ZipFile(file) as packed:
            _judge(packed.infolist())
            _judge_texts(packed)
            is_strange = any(_defines_entities(packed, part) for part in packed.infolist())
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError):
        raise _damaged() from None
    finally:
        file.seek(0)
    if is_strange:
        raise _damaged()


def _judge(parts: Sequence[zipfile.ZipInfo]) -> None:
    texts = [part.file_size for part in parts if part.filename == "xl/sharedStrings.xml"]
    is_large = sum(part.file_size for part in parts) > LARGEST_UNPACKED
    if is_large or sum(texts) > LARGEST_TEXTS or len(parts) > MOST_PARTS:
        sentence = "The Excel file unpacks to far more than it seems. Save it as CSV."
        raise Fault("too_large", sentence)
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Fault("garbled", "This is no Excel file. Upload a CSV or Excel file (.xlsx).")


def _judge_texts(packed: zipfile.ZipFile) -> None:
    """Refuse more texts than can be read in a while: an empty one takes five letters."""
    if "xl/sharedStrings.xml" not in packed.namelist():
        return
    found = 0
    with packed.open("xl/sharedStrings.xml") as opened:
        while piece := opened.read(1_000_000):
            found += piece.count(b"<si")
    if found > MOST_TEXTS:
        raise Fault("too_large", "The Excel file has too many different texts. Save it as CSV.")


def _defines_entities(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part begins as XML that could grow while it is read. Excel never writes that."""
    with packed.open(part) as opened:
        beginning = opened.read(4000).replace(b"\0", b"")
    is_xml = beginning.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")
    return is_xml and (b"<!DOCTYPE" in beginning or re.search(rb"<[^?!]", beginning) is None)


def _damaged() -> Fault:
    return Fault("garbled", "The Excel file is damaged. Open and save it again.")


def _trimmed(cells: Sequence[Any]) -> Sequence[Any]:
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]


def _plain(cell: Any) -> Any:
    """A cell as JSON has it. Midnight is how Excel writes a date without a time."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, datetime):
        return (cell.date() if cell.time() == time() else cell.replace(microsecond=0)).isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    if isinstance(cell, int) and cell.bit_length() > 63:
        return str(cell)  # JSON has no such numbers, and ids are written like that
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return cell if cell is None or isinstance(cell, bool | int | float) else str(cell)


def _too_wide() -> Fault:
    return Fault("too_large", f"The table has more than {MOST_COLUMNS} columns.")
