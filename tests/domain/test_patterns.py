"""Patterns for answers: the usual ones are taken, those that could take for ever are not."""

import time

import pytest

from demo import catalogue
from domain import patterns, questions
from domain.refusals import Refusal


@pytest.mark.parametrize(
    "pattern",
    [
        r"([A-Z]+-?)+\d",
        r"(a+)+b",
        r"(a*)*b",
        r"(a|a)*b",
        r"(a|ab?)+c",
        r"(?:\w+\s?)*x",
        r"((a{1,60}){1,60}){1,60}b",
        "a?" * 40 + "a" * 40,
        r"\d*" * 8 + "x",
        "(a|a)" * 20 + "b",
        r"(.*?,){11}P",
        r"(){4000000000}",
        r"((?:){60000}){60000}",
        r"(a)\1",
        r"(?P<a>a+)(?P=a)",
        r"(?=a+)b",
        r"(?<!a)b",
        r"(?>a+)+b",
        r"(a++)+b",
        "a" * 201,
        r"a{99999999999999999999}",
        "(",
        "(" * 199,
    ],
)
def test_a_pattern_that_could_take_long_is_refused(pattern: str) -> None:
    with pytest.raises(Refusal) as refused:
        questions.checked([{"label": "Code", "pattern": pattern, "pattern_words": "a code"}])
    assert refused.value.code == "invalid"
    assert refused.value.message.startswith("Question 1 has a pattern that ")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"[A-Z]{3}\d{3}", "HAR001"),
        (r"^[A-Z]+-\d+$", "HAR-1"),
        (r"(?i)har-\d+", "Har-12"),
        (r"(AB|CD)-\d{2,4}", "CD-123"),
        (r"(\d{3}-)*\d{3}", "123-456-789"),
        (r".+", "x" * 60),
        (r"\w+@\w+\.\w+", "a@b.c"),
    ],
)
def test_an_ordinary_pattern_is_taken(pattern: str, text: str) -> None:
    assert patterns.problem(pattern) is None
    assert patterns.fits(pattern, text)
    assert not patterns.fits(pattern, text + "\n")


def test_the_patterns_of_the_demo_are_taken() -> None:
    apps = [app for sheet in catalogue.partners() for app in sheet.apps]
    asked = [question for app in apps for question in app.get("questions", ())]
    declared = [question["pattern"] for question in asked if "pattern" in question]
    assert declared
    assert [patterns.problem(pattern) for pattern in declared] == [None] * len(declared)


def test_what_is_too_long_does_not_fit() -> None:
    assert patterns.fits(r"\d+", "1" * 60)
    assert not patterns.fits(r"\d+", "1" * 61)


@pytest.mark.parametrize("pattern", [r"\d*\d*\d*x", "(1|1)" * 17 + "x", "1?" * 17 + "1{43}x"])
def test_the_worst_that_is_taken_is_quick(pattern: str) -> None:
    assert patterns.problem(pattern) is None
    began = time.process_time()
    patterns.fits(pattern, "1" * 60)
    assert time.process_time() - began < 2
