"""The demo's post office: real letters through real SMTP, kept and found."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.mail import Letter, Post
from demo import post_office
from demo.post_office import PostOffice

MAYA = {"maya@harbour.example"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    office = PostOffice(tmp_path)
    yield office
    office.stop()


def letter(to: str, subject: str, text: str = "Hello") -> Letter:
    return Letter("Adjoin <adjoin@adjoin.example>", to, subject, text, "<one@adjoin.example>")


async def test_a_letter_arrives_by_smtp(office: PostOffice) -> None:
    post = Post(office.start())
    result = await post.send(
        letter("Maya Berg <Maya@harbour.example>", "Grüße — héllo", "Zeile eins\n\nZeile zwei ✓\n")
    )
    assert result.ok
    (found,) = office.letters_for(MAYA)
    assert found.to == ("maya@harbour.example",)
    assert found.subject == "Grüße — héllo"
    assert found.text.strip() == "Zeile eins\n\nZeile zwei ✓"
    assert datetime.now(UTC) - found.at < timedelta(minutes=1)


async def test_only_its_readers_find_a_letter(office: PostOffice) -> None:
    post = Post(office.start())
    await post.send(letter("maya@harbour.example", "for Maya"))
    await post.send(letter("lena@alpine.example", "for Lena"))
    assert [one.subject for one in office.letters_for({"MAYA@harbour.example"})] == ["for Maya"]
    assert office.letters_for({"nobody@else.example"}) == []
    assert office.letters_for(set()) == []
    assert len(office.letters_for(None)) == 2


async def test_a_long_line_and_a_lone_dot_survive(office: PostOffice) -> None:
    text = f"{'x' * 3000}\n.\n..\nend"
    await Post(office.start()).send(letter("maya@harbour.example", "dots", text))
    assert office.letters_for(MAYA)[0].text.strip() == text


def test_letters_stand_newest_first_whenever_they_were_put_in(office: PostOffice) -> None:
    now = datetime.now(UTC)
    for days in (3, 9, 1):
        office.put("maya@harbour.example", f"{days} days", "…", now - timedelta(days=days))
    subjects = [one.subject for one in office.letters_for(MAYA)]
    assert subjects == ["1 days", "3 days", "9 days"]


def test_the_oldest_are_thrown_away(
    office: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_office, "KEPT", 3)
    now = datetime.now(UTC)
    for number in range(7):
        office.put("maya@harbour.example", str(number), "…", now + timedelta(seconds=number))
    assert [one.subject for one in office.letters_for(MAYA)] == ["6", "5", "4"]
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 3


def test_a_restart_finds_the_same_letters(office: PostOffice, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    office.put("maya@harbour.example", "kept", "over night", now - timedelta(hours=8))
    again = PostOffice(tmp_path)
    assert again.letters_for(MAYA) == office.letters_for(MAYA)
