"""Tables that people upload, in all the ways in which programs save them."""

import io
import struct
import tracemalloc
import zipfile
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from connectors import tables
from connectors.door import Door
from connectors.faults import Fault
from connectors.source import Access, Wanted
from connectors.sources import KINDS
from connectors.tables import read_file

PLAIN = "Nr;Gast;Anreise\n1;Zoë Müller;21.11.2026\n2;José;22.11.2026\n"
ROWS = [
    {"Nr": "1", "Gast": "Zoë Müller", "Anreise": "21.11.2026"},
    {"Nr": "2", "Gast": "José", "Anreise": "22.11.2026"},
]


def _rows(content: bytes | Path) -> list[dict[str, Any]]:
    return list(read_file(content))


def _said(content: bytes | Path) -> Fault:
    with pytest.raises(Fault) as fault:
        _rows(content)
    return fault.value


def test_one_bad_byte_changes_no_other_letter() -> None:
    content = "id;name\nü1;Müller\n2;Jos".encode() + b"\xc3\n"
    assert _rows(content) == [{"id": "ü1", "name": "Müller"}, {"id": "2", "name": "Jos\ufffd"}]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-32"]
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encoding_and_delimiter_are_found_out(encoding: str, delimiter: str, end: str) -> None:
    text = PLAIN.replace(";", delimiter).replace("\n", end)
    assert _rows(text.encode(encoding)) == ROWS


def test_a_letter_of_windows_far_down_does_not_break_the_reading() -> None:
    text = "id;name\n" + "1;plain\n" * 20_000 + "2;Café – 5 €\n"
    assert _rows(text.encode("cp1252"))[-1] == {"id": "2", "name": "Café – 5 €"}


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks() -> None:
    text = 'id,notes\n1,"two\r\nlines, and ""quotes"""\n2,"a;b;c"\n'
    assert _rows(text.encode()) == [
        {"id": "1", "notes": 'two\r\nlines, and "quotes"'},
        {"id": "2", "notes": "a;b;c"},
    ]


def test_uneven_rows_lose_nothing() -> None:
    text = "id;name;\n1\n\n;;\n2;B;x;more\n3;C\n"
    assert _rows(text.encode()) == [
        {"id": "1", "name": None},
        {"id": "2", "name": "B", "column 3": "x", "column 4": "more"},
        {"id": "3", "name": "C", "column 3": None, "column 4": None},
    ]


def test_columns_with_one_name_are_told_apart_and_nameless_ones_get_one() -> None:
    assert _rows(b"id,,name,name\n1,2,3,4\n") == [
        {"id": "1", "column 2": "2", "name": "3", "name (2)": "4"}
    ]


def test_many_columns_with_one_name_are_soon_told_apart() -> None:
    (row,) = _rows(b",".join([b"a"] * 500) + b"\n" + b",".join([b"1"] * 500) + b"\n")
    assert len(row) == 500
    assert list(row)[-1] == "a (500)"


def test_excels_own_word_on_the_separator_is_no_row() -> None:
    assert _rows(b"sep=;\r\na,b;c\r\n1;2\r\n") == [{"a,b": "1", "c": "2"}]


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows() -> None:
    fault = _said(b'id,name\n1,Ann\n2,"Bob\n3,Cy\n4,Dee\n')
    assert fault.sentence == "A quotation mark of line 3 is never closed. Correct that line."
    assert _rows(b'id,name\n1,"two\nlines"\n') == [{"id": "1", "name": "two\nlines"}]


def test_a_table_of_one_column_is_a_table() -> None:
    assert _rows(b"id\n1\n2\n") == [{"id": "1"}, {"id": "2"}]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", "garbled", "The file is empty."),
        (b" \r\n \n", "garbled", "The file is empty."),
        (b";;;\n;;\n", "garbled", "The file has no rows."),
        (b"<html><table>", "garbled", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "garbled", "Save it as .xlsx or .csv."),
        (b"%PDF-1.7 \n", "garbled", "no table"),
        (b'[\n  {"id": 1}]', "garbled", "This is JSON"),
        (b"\x00\x01\x02\x03" * 200, "garbled", "no table"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "garbled",
            "old (.xls) or has a password",
        ),
        (b"PK\x03\x04 but no more", "garbled", "damaged"),
        (b"id;n\n1;" + b'"' + b"x" * 200_000, "garbled", "In line 2 a cell is far too long"),
        (b"a" * 1_500_000, "garbled", "a line of more than a million characters"),
        (b";".join([b"x"] * 600) + b"\n", "too_large", "more than 500 columns"),
    ],
)
def test_what_is_no_table_is_said_in_words(content: bytes, error: str, words: str) -> None:
    fault = _said(content)
    assert fault.error == error
    assert words in fault.sentence
    assert fault.sentence.endswith(".")


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(65_000_000)
    assert _said(huge).sentence == "The file is larger than 64 MB. Split it into several."


@given(st.binary(max_size=300))
def test_whatever_is_uploaded_is_rows_or_a_fault_and_never_an_error(content: bytes) -> None:
    for upload in (content, b"PK\x03\x04" + content, b"id;name\n" + content):
        try:
            assert all(isinstance(row, dict) for row in read_file(upload))
        except Fault as fault:
            assert fault.sentence.endswith(".")  # noqa: PT017


def _excel(*rows: list[Any], sheets: int = 1) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for _ in range(sheets - 1):
        book.create_sheet("other").append(["no"])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_excel_cells_become_values_of_json() -> None:
    content = _excel(
        ["id", "arrival", "made", "at", "price", "nights", "paid", "note"],
        [
            7,
            date(2026, 11, 21),
            datetime(2026, 11, 20, 9, 30, 15),
            time(15, 0),
            99.5,
            3.0,
            True,
            "  two\nlines ",
        ],
        sheets=2,
    )
    assert _rows(content) == [
        {
            "id": 7,
            "arrival": "2026-11-21",
            "made": "2026-11-20T09:30:15",
            "at": "15:00:00",
            "price": 99.5,
            "nights": 3,
            "paid": True,
            "note": "two\nlines",
        }
    ]


def test_formulas_give_the_values_that_excel_stored() -> None:
    content = _replaced(
        _excel(["id", "total"], [1, "=1+2"]),
        "xl/worksheets/sheet1.xml",
        b"<f>1+2</f><v />",
        b"<f>1+2</f><v>3</v>",
    )
    assert _rows(content) == [{"id": 1, "total": 3}]


def test_an_empty_excel_file_is_said_so() -> None:
    assert _said(_excel()).sentence == "The file has no rows."


def test_another_packed_file_is_no_excel_file() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("content.xml", "<office/>")
    assert "no Excel file" in _said(packed.getvalue()).sentence


@pytest.mark.parametrize(
    ("part", "limit"),
    [("xl/media/x.png", "LARGEST_UNPACKED"), ("xl/sharedStrings.xml", "LARGEST_TEXTS")],
)
def test_a_zip_bomb_is_not_unpacked(part: str, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
        file.writestr(part, b"\0" * 20_000_000)
    monkeypatch.setattr(tables, limit, 19_000_000)
    tracemalloc.start()
    fault = _said(packed.getvalue())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert fault.error == "too_large"
    assert "unpacks to far more" in fault.sentence
    assert peak < 10_000_000


def test_a_zip_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    bomb = b"<worksheet>" + b" " * 30_000_000
    content = _replaced(_excel(["id"], [1]), "xl/worksheets/sheet1.xml", None, bomb)
    true, small = struct.pack("<L", len(bomb)), struct.pack("<L", 1000)
    assert content.count(true) >= 2
    assert _said(content.replace(true, small)).error == "garbled"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("before", ["", "<!-- " + "x" * 5000 + " -->"])
def test_entities_that_grow_are_not_expanded(
    encoding: str, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openpyxl.load_workbook", None)  # it must not come to that
    levels = "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' if n else '<!ENTITY a0 "ha">' for n in range(10)
    )
    cell = "<sheetData><row><c><v>&a9;</v></c></row></sheetData>"
    xml = f"{before}<!DOCTYPE x [{levels}]><worksheet>{cell}</worksheet>"
    content = _replaced(_excel(["id"], [1]), "xl/worksheets/sheet1.xml", None, xml.encode(encoding))
    assert _said(content).error == "garbled"


HEAD = '<row><c t="inlineStr"><is><t>id</t></is></c></row>'


def _sheet(rows: str) -> bytes:
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}{rows}</sheetData></worksheet>'
    return _replaced(_excel(["id"], [1]), "xl/worksheets/sheet1.xml", None, xml.encode())


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.mark.parametrize(
    ("limit", "rows"),
    [
        ("MOST_ROWS", '<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>'),
        ("MOST_BLANK", '<row><c r="XFD2"/></row>' * 3),
    ],
)
def test_cells_far_away_are_not_walked_to(
    limit: str, rows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, limit, 30_000)
    assert _said(_sheet(rows)).sentence == "The Excel sheet is too large. Save it as CSV."


def test_an_excel_file_of_empty_texts_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_TEXTS", 5)
    packed = io.BytesIO(_excel(["id"], [1]))
    with zipfile.ZipFile(packed, "a") as file:
        file.writestr("xl/sharedStrings.xml", f"<sst>{'<si/>' * 6}</sst>")
    assert "too many different texts" in _said(packed.getvalue()).sentence


def test_an_id_of_many_digits_stays_exact() -> None:
    content = _sheet("<row><c><v>123456789012345678901234567890</v></c></row>")
    assert _page(content).records == [{"id": "123456789012345678901234567890"}]


def _replaced(packed: bytes, name: str, old: bytes | None, new: bytes) -> bytes:
    """A packed file with one of its parts changed, or replaced when `old` is None."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as before,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.namelist():
            part = before.read(entry)
            if entry == name:
                assert old is None or old in part
                part = new if old is None else part.replace(old, new)
            after.writestr(entry, part)
    return result.getvalue()


def _blank_sheet(rows: int) -> bytes:
    """A table of two rows in a sheet that was coloured far below it."""
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, rows))
    return _sheet(f'<row r="2"><c r="A2"><v>7</v></c></row>{blank}')


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (_blank_sheet(20), "Below row 2"),
        (b"id;name\n1;Anna\n" + b"\n" * 20, "Below row 2"),
        (b";;\n" * 20 + b"id;name\n", "At its beginning"),
    ],
    ids=["excel", "csv", "csv above"],
)
def test_rows_without_end_that_are_empty_are_not_gone_through(
    content: bytes, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_EMPTY", 10)
    fault = _said(content)
    assert fault.error == "too_large"
    assert fault.sentence == (
        f"{where} the table has more than 10 empty rows. "
        "Delete the empty rows and save the file again."
    )


def test_a_coloured_sheet_with_some_empty_rows_is_read() -> None:
    (row,) = _rows(_blank_sheet(50))
    assert list(row.values()) == [7]


# As a kind of source.


def _page(content: Any, cursor: str | None = None, count: int = 1000) -> Any:
    access = Access("", settings={"file": content})
    wanted = Wanted("guests", datetime(2026, 1, 1, tzinfo=UTC), None, cursor, count)
    return KINDS["file"].read(Door(), access, wanted)


def _numbered(count: int) -> bytes:
    return ("id;name\n" + "".join(f"{n};Guest {n}\n" for n in range(count))).encode()


@pytest.mark.parametrize("as_path", [False, True])
def test_a_file_is_read_page_by_page(as_path: bool, tmp_path: Path) -> None:
    content: bytes | Path = _numbered(25)
    if as_path:
        content = tmp_path / "guests.csv"
        content.write_bytes(_numbered(25))
    cursor, ids = None, []
    while True:
        page = _page(content, cursor, 10)
        ids += [row["id"] for row in page.records]
        assert page.filtered is False
        cursor = page.cursor
        if cursor is None:
            break
    assert ids == [str(number) for number in range(25)]


def test_reading_a_file_goes_on_where_it_was_broken_off() -> None:
    first = _page(_numbered(30), None, 10)
    for _ in range(2):  # the second time, no reader waits any more
        again = _page(_numbered(30), first.cursor, 10)
        assert [row["id"] for row in again.records] == [str(n) for n in range(10, 20)]


def test_every_row_is_gone_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    original = tables.read_file

    def counted(content: tables.Content) -> Any:
        opened.append(1)
        return original(content)

    monkeypatch.setattr("connectors.file.read_file", counted)
    content, cursor = _numbered(500), None
    while True:
        cursor = _page(content, cursor, 10).cursor
        if cursor is None:
            break
    assert len(opened) == 1


def test_rows_that_are_all_alike_are_read_to_the_end() -> None:
    content, cursor, count = b"id\n" + b"same\n" * 50, None, 0
    while count == 0 or cursor:
        page = _page(content, cursor, 10)
        count, cursor = count + len(page.records), page.cursor
    assert count == 50


@pytest.mark.parametrize("content", [None, "/etc/passwd", 5])
def test_only_an_uploaded_file_is_read(content: Any) -> None:
    with pytest.raises(Fault, match="No file was uploaded"):
        _page(content)


def test_a_file_is_looked_at_before_it_is_saved() -> None:
    check = KINDS["file"].check
    assert check(Door(), Access("")).ok
    assert check(Door(), Access("", settings={"file": b"id\n1\n"})).ok
    assert not check(Door(), Access("", settings={"file": b"<html>"})).ok
