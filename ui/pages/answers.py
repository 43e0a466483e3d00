"""A form whose fields are data: an app's questions, or the credentials that a vendor wants."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.vendor import CredentialField
from domain import credentials, questions
from ui.components.field import SelectField, TextField, select_field, text_field


class Form:
    """Fields by their key, each with the rule that says what is wrong with its text."""

    def __init__(self) -> None:
        self._fields: dict[str, TextField | SelectField] = {}
        self._rules: dict[str, Callable[[str], str | None]] = {}

    def add(
        self, key: str, field: TextField | SelectField, rule: Callable[[str], str | None]
    ) -> None:
        """Take a field into the form; `rule` returns a sentence for a text that cannot be taken."""
        self._fields[key], self._rules[key] = field.mark(key), rule

    @property
    def answers(self) -> dict[str, str]:
        """What stands in the fields now."""
        return {key: str(field.value or "") for key, field in self._fields.items()}

    def forget(self) -> None:
        """Empty every field."""
        for field in self._fields.values():
            field.value = ""

    def is_complete(self) -> bool:
        """Say whether every text can be taken; the others get their sentence and the keyboard."""
        wrong = []
        for key, answer in self.answers.items():
            complaint = self._rules[key](answer.strip())
            self._fields[key].error(complaint)
            if complaint:
                wrong.append(self._fields[key])
        if wrong:
            wrong[0].focus()
        return not wrong


def ask_questions(asked: Sequence[Mapping[str, Any]], given: Mapping[str, str]) -> Form:
    """Draw an app's questions with the answers `given` before."""
    form = Form()
    for question in asked:
        field = _question(question, given.get(question["key"], ""))
        form.add(question["key"], field, _rule_of(question))
    return form


def ask_credentials(wanted: Sequence[CredentialField]) -> Form:
    """Draw the fields for a vendor's credentials; what is secret isn't shown while it is typed."""
    form = Form()
    for each in wanted:
        field = text_field(
            each.label,
            hint=each.hint,
            secret=each.secret,
            placeholder=each.placeholder,
            required=not each.optional,
            optional=each.optional,
            # Browsers fill in passwords of the portal unless they are told that this is a new one.
            autocomplete="new-password" if each.secret else "off",
        )
        form.add(each.key, field, _rule_for(each))
    return form


def _question(question: Mapping[str, Any], answer: str) -> TextField | SelectField:
    label, hint = question["label"], question.get("hint", "")
    required, kind = bool(question.get("required")), question.get("kind", "text")
    field: TextField | SelectField
    if kind == "choice":
        choices = list(question.get("choices", ()))
        value = answer if answer in choices else None
        field = select_field(label, choices, hint=hint, value=value, required=required)
    else:
        shape = kind if kind in ("email", "url") else "text"
        field = text_field(label, hint=hint, value=answer, required=required, type=shape)
    field.props["optional"] = not required
    return field


def _rule_of(question: Mapping[str, Any]) -> Callable[[str], str | None]:
    return lambda answer: questions.problem(question, answer)


def _rule_for(wanted: CredentialField) -> Callable[[str], str | None]:
    return lambda text: credentials.problem(wanted, text)
