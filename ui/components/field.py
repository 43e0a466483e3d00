"""Form fields: label above, hint below, and the sentence that says what to correct."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from nicegui import ui


class Field:
    """What all fields share; each is a stock NiceGUI element drawn by our own component."""

    _props: Any
    component: Any
    tag: str

    def _describe(self, kind: str, label: str, hint: str, required: bool) -> None:
        self.tag = self.component.tag  # the stock radio and checkbox name Quasar's tag themselves
        self._props.update({"kind": kind, "label": label, "hint": hint, "required": required})

    def error(self, sentence: str | None = None) -> Self:
        """Show what is wrong with the value and what to do; None takes the sentence away."""
        self._props.set_optional("error-message", sentence)
        return self

    def validate(self, *, return_result: bool = True) -> bool:
        """Say whether no error is shown; the rules themselves live in the domain."""
        return self._props.get("error-message") is None

    def _handle_value_change(self, value: Any) -> None:
        """Take the sentence away as soon as the visitor corrects the value."""
        if self._props.get("error-message") is not None:
            self.error(None)
        super()._handle_value_change(value)  # type: ignore[misc]

    def focus(self) -> None:
        """Move the keyboard into the field."""
        self.run_method("focus")  # type: ignore[attr-defined]


# NiceGUI's property `error` gives way to our method of that name, on purpose.
class TextField(Field, ui.input, component="field.js"):  # type: ignore[misc]
    """One line, several lines, or a hidden secret."""


class SelectField(Field, ui.select, component="field.js"):  # type: ignore[misc]
    """One choice out of a list."""


class ChoiceCards(Field, ui.radio, component="field.js"):
    """One choice out of a few, each with its explanation."""


class Segments(Field, ui.radio, component="field.js"):
    """One choice out of very few words, in a row."""


class Checkbox(Field, ui.checkbox, component="field.js"):
    """Yes or no."""


def text_field(
    label: str,
    *,
    hint: str = "",
    value: str = "",
    secret: bool = False,
    multiline: bool = False,
    error: str | None = None,
    autocomplete: str = "off",
    required: bool = False,
    placeholder: str = "",
    type: str = "text",
    optional: bool = False,
    autofocus: bool = False,
    on_change: Callable[[Any], Any] | None = None,
    on_enter: Callable[[], Any] | None = None,
) -> TextField:
    """Show a text field; read `.value`, show what to correct with `.error(sentence)`.

    `optional` says so beside the label; `autofocus` takes the keyboard when a dialog opens;
    `on_enter` follows the Enter key, usually with what the form's main button does.
    """
    field = TextField(label, value=value, on_change=on_change)
    field._describe("lines" if multiline else "text", label, hint, required)
    field._props.update({"type": "password" if secret else type, "autocomplete": autocomplete})
    field._props.update({"optional": optional, "autofocus": autofocus})
    field._props.set_optional("placeholder", placeholder or None)
    if on_enter:
        field.on("keydown.enter", lambda: on_enter(), [])
    return field.error(error)


def select_field(
    label: str,
    options: Mapping[Any, str] | Sequence[str],
    *,
    hint: str = "",
    value: Any = None,
    error: str | None = None,
    required: bool = False,
    on_change: Callable[[Any], Any] | None = None,
) -> SelectField:
    """Show a list to choose from; `options` maps values to labels, or is a list of both in one."""
    choices = dict(options) if isinstance(options, Mapping) else list(options)
    field = SelectField(choices, label=label, value=value, on_change=on_change)
    field._describe("select", label, hint, required)
    return field.error(error)


def choice_cards(
    label: str,
    options: Mapping[Any, tuple[str, str]],
    *,
    hint: str = "",
    value: Any = None,
    error: str | None = None,
    on_change: Callable[[Any], Any] | None = None,
) -> ChoiceCards:
    """Show a few choices as cards; `options` maps values to (title, explanation)."""
    titles = {key: title for key, (title, _) in options.items()}
    field = ChoiceCards(titles, value=value, on_change=on_change)
    field._describe("cards", label, hint, False)
    field._props["explanations"] = [explanation for _, explanation in options.values()]
    return field.error(error)


def checkbox(
    label: str,
    *,
    hint: str = "",
    value: bool = False,
    error: str | None = None,
    on_change: Callable[[Any], Any] | None = None,
) -> Checkbox:
    """Show a box to tick."""
    field = Checkbox(label, value=value, on_change=on_change)
    field._describe("tick", label, hint, False)
    return field.error(error)


def segments(
    label: str,
    options: Mapping[Any, str] | Sequence[str],
    *,
    value: Any = None,
    on_change: Callable[[Any], Any] | None = None,
) -> Segments:
    """Show a switch between a few views; `label` is for screen readers, `.value` the choice."""
    choices = dict(options) if isinstance(options, Mapping) else list(options)
    field = Segments(choices, value=value, on_change=on_change)
    field._describe("segments", label, "", False)
    return field
