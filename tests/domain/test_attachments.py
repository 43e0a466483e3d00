"""Attachments: judged by what is in them; what is taken can harm nobody."""

import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import attachments, case_pages, cases
from domain.attachments import ENDINGS, LARGEST, Upload
from domain.refusals import Refusal
from storage import database
from storage.cases import Attachment
from tests.builders import World
from tests.domain.refusing import refused
from tests.domain.test_cases import escalated, page, reported

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
SCRIPT = b"<script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def workbook(*names: str) -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return kept.getvalue()


GOOD = {
    "photo.png": PNG,
    "photo.JPG": b"\xff\xd8\xff\xe0" + b"\x00" * 9,
    "a.gif": b"GIF89a" + b"\x00" * 9,
    "a.webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "bill.pdf": b"%PDF-1.7\n",
    "rates.xlsx": workbook("[Content_Types].xml", "xl/workbook.xml"),
    "notes.txt": "Zimmer für 2 – 山".encode(),
    "old.txt": "Zimmer für 2".encode("latin-1"),
    "wide.txt": "Zimmer für 2".encode("utf-16"),
    "app.log": b"\x1b[31mERROR\x1b[0m it broke\n",
    "rates.csv": b"a;b\n1;2\n",
    "answer.json": b'{"a": [1, 2]}',
}
BAD = {
    "page.html": SCRIPT,
    "page.htm": SCRIPT,
    "picture.svg": SVG,
    "feed.xml": b"<a/>",
    "setup.exe": b"MZ\x90\x00",
    "run.sh": b"#!/bin/sh\nrm -rf /",
    "run.js": b"alert(1)",
    "old.zip": workbook("a.txt"),
    "macros.xlsm": workbook("xl/workbook.xml", "xl/vbaProject.bin"),
    "word.docx": workbook("word/document.xml"),
    "noending": PNG,
    "invoice.pdf.exe": b"MZ\x90\x00",
    "photo.png.html": PNG,
    "trailing.png.": PNG,
    "..": PNG,
    "": PNG,
    "empty.txt": b"",
    # not what the name says
    "fake.png": SCRIPT,
    "fake.pdf": b"MZ\x90\x00",
    "fake.jpg": SVG,
    "fake.webp": b"RIFF\x00\x00\x00\x00WAVEfmt ",
    "fake.txt": b"MZ\x90\x00\x03",
    "fake.csv": PNG,
    "wrong.txt": b"\xff\xfe\x00",
    "fake.xlsx": workbook("a.txt"),
    "hidden-macros.xlsx": workbook("xl/workbook.xml", "xl/vbaProject.bin"),
    "broken.xlsx": b"PK\x03\x04" + b"\x00" * 50,
}


@pytest.mark.parametrize("name", GOOD)
def test_what_helps_to_find_a_fault_is_taken(name: str) -> None:
    attachments.must_be_welcome(name, GOOD[name])


@pytest.mark.parametrize("name", BAD)
def test_everything_else_is_refused_in_a_sentence_that_names_the_file(name: str) -> None:
    refusal = refused(attachments.must_be_welcome, name, BAD[name])
    assert refusal.code == "invalid"
    assert refusal.message.startswith("“")


@given(name=st.text(max_size=40), content=st.binary(max_size=200))
def test_whatever_comes_is_taken_or_refused(name: str, content: bytes) -> None:
    with suppress(Refusal):
        kind = attachments.must_be_welcome(name, content)
        assert name.lower().endswith(tuple(f".{ending}" for ending in kind.endings))


@given(content=st.binary(max_size=300))
def test_no_archive_breaks_the_look_into_it(content: bytes) -> None:
    with pytest.raises(Refusal):
        attachments.must_be_welcome("a.xlsx", b"PK\x03\x04" + content)


def test_no_type_is_one_that_a_browser_runs() -> None:
    types = {kind.type for kind in attachments.KINDS}
    assert not types & {"text/html", "image/svg+xml", "text/xml", "application/xml"}
    assert not {"html", "htm", "svg", "xml", "js", "xhtml"} & set(ENDINGS)


def test_a_file_comes_back_as_it_was_and_lies_encrypted(world: World) -> None:
    case_id = reported(world, files=[Upload("photo.png", PNG), Upload("notes.txt", SCRIPT)])
    first, second = page(world, case_id, "dee").messages[0].files
    assert (first.name, first.type, first.size) == ("photo.png", "image/png", len(PNG))
    assert second.type == "text/plain", "a script in a text is a text"
    assert case_pages.attachment(world.dee, second.id, now=world.now)[1] == SCRIPT
    with database.reading() as session:
        assert SCRIPT not in session.get_one(Attachment, second.id).content


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.txt", "..\\..\\windows\\a.txt", "/root/a.txt", "a\0\n\u202eb.txt"]
)
def test_a_name_is_no_path(world: World, name: str) -> None:
    case_id = reported(world, files=[Upload(name, b"x")])
    (file,) = page(world, case_id).messages[0].files
    assert not set(file.name) & set("/\\\0\n\u202e")
    assert file.name.endswith(".txt")


def test_a_file_of_200_mb_is_refused_at_once(world: World) -> None:
    case_id = reported(world)
    refusal = refused(
        cases.write, world.dee, case_id, "Look", [Upload("a.txt", b"a" * (2 * 10**8))]
    )
    assert "MB" in refusal.message
    assert (
        "10 MB at most"
        in refused(attachments.must_be_welcome, "a.txt", b"a" * (LARGEST + 1)).message
    )


def test_six_files_at_once_are_too_many(world: World) -> None:
    case_id = reported(world)
    files = [Upload(f"{number}.txt", b"x") for number in range(6)]
    assert "5 files at once" in refused(cases.write, world.dee, case_id, "", files).message
    assert len(page(world, case_id).messages) == 1


def test_a_case_has_no_place_for_more_than_25_mb(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_OF_CASE", 1_000_000)
    case_id = reported(world, files=[Upload("a.txt", b"a" * 600_000)])
    more = [Upload("b.txt", b"b" * 600_000)]
    assert "1 MB together" in refused(cases.write, world.dee, case_id, "", more).message
    assert len(page(world, case_id).messages) == 1
    cases.write(world.dee, case_id, "", [Upload("c.txt", b"c" * 300_000)], now=world.now)


def test_only_who_reads_the_case_reads_its_files(world: World) -> None:
    case_id = reported(world, files=[Upload("photo.png", PNG)])
    (file,) = page(world, case_id).messages[0].files
    for stranger in (world.charlie, world.finn, world.olga):
        assert refused(case_pages.attachment, stranger, file.id).code == "not_found"
    assert case_pages.attachment(world.noah, file.id, now=world.now)[1] == PNG
    assert refused(case_pages.attachment, world.maya, "fil_none").code == "not_found"


def test_operators_read_the_files_of_what_was_escalated(world: World) -> None:
    case_id = escalated(world)
    cases.write(world.dee, case_id, "Look", [Upload("photo.png", PNG)], now=world.now)
    files = [file for message in page(world, case_id, "olga").messages for file in message.files]
    assert case_pages.attachment(world.olga, files[0].id, now=world.now)[1] == PNG
