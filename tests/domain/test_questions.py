"""What an app asks at Connect, and what is wrong with an answer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import mail
from domain import questions
from domain.refusals import Refusal

CODE = {
    "key": "code",
    "label": "Property code",
    "kind": "text",
    "required": True,
    "pattern": r"[A-Z]{3}\d{3}",
    "pattern_words": "three letters and three digits",
}


def question(kind: str, **more: Any) -> dict[str, Any]:
    return {"key": "q", "label": "Your answer", "kind": kind, **more}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("text", "Front desk"),
        ("text", "Zürich 山 🏨"),
        ("text", "x" * 300),
        ("email", "front.desk@hotel.example"),
        ("email", "a+b@c.de"),
        ("url", "https://hotel.example/path?x=1"),
        ("url", "http://hotel.example"),
        ("number", "0"),
        ("number", "123456789012"),
        ("choice", "yes"),
    ],
)
def test_a_right_answer_is_taken(kind: str, answer: str) -> None:
    assert questions.problem(question(kind, choices=["yes", "no"]), answer) is None


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("text", "x" * 301),
        ("text", "two\nlines"),
        ("text", "bell\a"),
        ("text", "\u202egpj.exe"),
        ("email", "front.desk"),
        ("email", "front desk@hotel.example"),
        ("email", "a@b@c.example"),
        ("email", "a@hotel"),
        ("email", '"front desk"@hotel.example'),
        ("email", '"a"@hotel.example'),
        ("email", "zürich@hotel.example"),
        ("email", "a@zürich.example"),
        ("email", "a..b@hotel.example"),
        ("email", ".a@hotel.example"),
        ("email", "a(b)@hotel.example"),
        ("email", "a@hotel..example"),
        ("email", "a@hotel.example."),
        ("email", "a@hotel_1.example"),
        ("email", "a@" + "b" * 64 + ".example"),
        ("email", "a@hotel.example, b@hotel.example"),
        ("email", "Maya <maya@hotel.example>"),
        ("email", "a@" + "b" * 254 + ".example"),
        ("url", "hotel.example"),
        ("url", "javascript:alert(1)"),
        ("url", "ftp://hotel.example"),
        ("url", "https://"),
        ("url", "https://[broken"),
        ("number", "twelve"),
        ("number", "-1"),
        ("number", "1.5"),
        ("number", "1" * 13),
        ("choice", "perhaps"),
        ("choice", "Yes"),
    ],
)
def test_a_wrong_answer_gets_a_sentence_that_names_the_question(kind: str, answer: str) -> None:
    sentence = questions.problem(question(kind, choices=["yes", "no"]), answer)
    assert sentence is not None
    assert "“Your answer”" in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("kind", questions.KINDS)
def test_an_empty_answer_is_fine_unless_it_is_needed(kind: str) -> None:
    assert questions.problem(question(kind), "") is None
    assert questions.problem(question(kind, required=True), "") == "“Your answer” is needed."


def test_a_pattern_is_explained_in_words() -> None:
    assert questions.problem(CODE, "HAR001") is None
    sentence = questions.problem(CODE, "har-1")
    assert sentence == "“Property code” should be three letters and three digits."


def test_a_pattern_has_to_match_the_whole_answer() -> None:
    assert questions.problem(CODE, "xHAR001x") is not None


def test_answers_are_tidied_and_what_was_not_asked_is_dropped() -> None:
    given = questions.check([CODE], {"code": "  HAR001 ", "is_admin": "true"})
    assert given == {"code": "HAR001"}


def test_no_question_no_answer() -> None:
    assert questions.check([], {"anything": "x"}) == {}


@pytest.mark.parametrize("answer", [None, "", "   ", 0, []])
def test_a_missing_answer_is_refused_whatever_was_sent_instead(answer: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        questions.check([CODE], {"code": answer})
    assert refusal.value.code == "invalid"
    assert refusal.value.message == "“Property code” is needed."


@given(st.sampled_from(questions.KINDS), st.text())
def test_no_text_breaks_the_check(kind: str, answer: str) -> None:
    sentence = questions.problem(question(kind, choices=["yes"]), answer.strip())
    assert sentence is None or sentence.endswith(".")


@given(st.text(max_size=400))
def test_whatever_is_taken_can_be_shown(answer: str) -> None:
    try:
        given = questions.check([question("text")], {"q": answer})
    except Refusal:
        return
    assert all(text.isprintable() and 0 < len(text) <= 300 for text in given.values())


@given(st.emails())
def test_ordinary_email_addresses_are_taken(address: str) -> None:
    wrong = any(character in address for character in ",;<> ")
    assert questions.is_email(address) or wrong or len(address) > 254


@given(st.one_of(st.emails(), st.from_regex(r"[^@]{1,9}@[^@]{1,9}\.[^@]{1,5}", fullmatch=True)))
def test_whoever_has_a_taken_address_can_be_written_to(address: str) -> None:
    if questions.is_email(address):
        letter = mail.Letter("adjoin@platform.example", address, "Hello", "", "id@adjoin.example")
        assert mail.compose(letter)[2] == address
