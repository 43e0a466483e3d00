"""The thread of a case: what becomes a link, and what stays words."""

import pytest

from ui.components.thread import initials, parts, size


def links(text: str) -> list[str]:
    return [part["href"] for part in parts(text) if "href" in part]


def test_an_address_becomes_a_link_without_the_end_of_the_sentence() -> None:
    said = parts("See https://status.example/a?b=1#c, please.")
    assert said == [
        {"text": "See "},
        {"text": "https://status.example/a?b=1#c", "href": "https://status.example/a?b=1#c"},
        {"text": ", please."},
    ]


@pytest.mark.parametrize(
    "words",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "https://",
        "vbscript:x ftp://files.example",
        "http:\\\\evil.example",
    ],
)
def test_what_is_no_web_page_stays_words(words: str) -> None:
    assert links(words) == []
    assert "".join(part["text"] for part in parts(words)) == words


def test_nothing_of_a_message_is_lost_or_changed() -> None:
    words = '<img src=x onerror=alert(1)>\n\n"https://a.example/<b>" (https://b.example).\n'
    assert "".join(part["text"] for part in parts(words)) == words
    assert links(words) == ["https://a.example/", "https://b.example"]


def test_an_empty_message_has_no_parts() -> None:
    assert parts("") == []


def test_names_become_one_or_two_letters() -> None:
    assert [initials(name) for name in ("Maya Chen", "Dee", "Ana de la Cruz", "")] == [
        "MC",
        "D",
        "AC",
        "",
    ]


def test_sizes_are_told_in_words() -> None:
    assert [size(count) for count in (0, 1, 812, 14_200, 2_100_000)] == [
        "0 bytes",
        "1 byte",
        "812 bytes",
        "14 kB",
        "2.1 MB",
    ]
