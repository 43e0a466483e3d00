"""The questions that an app asks at Connect, as a small form that grows."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from domain import questions
from ui.components.button import button
from ui.components.field import checkbox, select_field, text_field
from ui.components.text import text

_KINDS = {
    "text": "A line of text",
    "email": "An e-mail address",
    "url": "A web address",
    "number": "A whole number",
    "choice": "One of some answers",
}


class QuestionForm:
    """A list of questions to add to and take from; `value` is what it says now."""

    def __init__(self, declared: Sequence[Mapping[str, Any]]) -> None:
        self._questions: list[_Question] = []
        self._none = text("It asks nothing: Connect takes one press.", classes="muted")
        self._list = ui.element("ol").classes("question-list")
        for question in declared:
            self._add(question)
        with ui.element("div").classes("actions"):
            button("Add a question", lambda: self._add({}), icon="plus")
        self._count()

    @property
    def value(self) -> list[dict[str, Any]]:
        return [question.value for question in self._questions]

    def _add(self, declared: Mapping[str, Any]) -> None:
        with self._list:
            question = _Question(declared, self._remove)
        self._questions.append(question)
        self._count()

    def _remove(self, question: "_Question") -> None:
        self._questions.remove(question)
        question.element.delete()
        self._count()

    def _count(self) -> None:
        self._none.set_visibility(not self._questions)


class _Question:
    """One question. Its key stays, so that answers given earlier keep their question."""

    def __init__(self, declared: Mapping[str, Any], on_remove: Any) -> None:
        self._key = declared.get("key", "")
        with ui.element("li").classes("question") as self.element:
            with ui.element("div").classes("halves"):
                self._label = text_field("Question", value=declared.get("label", ""), required=True)
                self._kind = select_field(
                    "Answer",
                    {kind: _KINDS[kind] for kind in questions.KINDS},
                    value=declared.get("kind", "text"),
                    on_change=self._follow_kind,
                )
            self._choices = text_field(
                "Answers to choose from",
                value=", ".join(declared.get("choices", ())),
                hint="With commas between them.",
            )
            self._hint = text_field(
                "Hint",
                value=declared.get("hint", ""),
                optional=True,
                hint="Below the field, for example where a hotel finds it.",
            )
            with ui.element("div").classes("halves") as self._patterns:
                self._pattern = text_field(
                    "Pattern",
                    value=declared.get("pattern", ""),
                    optional=True,
                    hint="A regular expression for the whole answer, such as [A-Z]{2}-\\d+",
                )
                self._words = text_field(
                    "The pattern in words",
                    value=declared.get("pattern_words", ""),
                    hint="“It should be …”: two letters, a dash and a number.",
                )
            with ui.element("div").classes("line between"):
                self._required = checkbox("Needs an answer", value=bool(declared.get("required")))
                button("Remove", lambda: on_remove(self), kind="quiet", icon="trash-2", small=True)
        self._follow_kind()

    @property
    def value(self) -> dict[str, Any]:
        kind = self._kind.value
        is_choice = kind == "choice"
        return {
            "key": self._key,
            "label": self._label.value,
            "kind": kind,
            "hint": self._hint.value,
            "required": self._required.value,
            "choices": self._choices.value.split(",") if is_choice else [],
            "pattern": "" if is_choice else self._pattern.value,
            "pattern_words": self._words.value,
        }

    def _follow_kind(self, _: object = None) -> None:
        is_choice = self._kind.value == "choice"
        self._choices.set_visibility(is_choice)
        self._patterns.set_visibility(not is_choice)
