"""The form for what a kind of source asks about itself: only what matters after each answer."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from connectors.source import Kind, SettingField
from domain import source_settings
from domain.types_of_data import ALL
from ui.components.field import Field, SelectField, TextField, select_field, text_field
from ui.components.text import text


class SettingsForm:
    """Draws the fields of a kind here; read `.answers` when there are no `complaints()`."""

    def __init__(self, kind: Kind, given: Mapping[str, Any] | None = None) -> None:
        self._kind = kind
        self._fields: dict[str, TextField | SelectField] = {}
        self._of_types: dict[tuple[str, str], TextField | SelectField] = {}
        given = given or {}
        per_type = [each for each in kind.settings if each.per_type]
        if per_type:
            self._draw_types(per_type, given.get("types") or {})
        whole = [each for each in kind.settings if not each.per_type]
        if whole:
            with ui.element("div").classes("settings-grid"):
                for each in whole:
                    self._fields[each.key] = self._draw(each, given.get(each.key))
        self._show_what_matters()

    @property
    def answers(self) -> dict[str, Any]:
        """What stands in the fields that are shown, as `sources.Draft.settings` wants it."""
        kept: dict[str, Any] = {
            key: str(field.value or "").strip()
            for key, field in self._fields.items()
            if field.visible
        }
        if self._of_types:
            kept["types"] = {}
            for (type_key, key), field in self._of_types.items():
                kept["types"].setdefault(type_key, {})[key] = str(field.value or "").strip()
        return kept

    def complaints(self) -> list[Field]:
        """Return the fields that cannot be taken as they are, each with its sentence now."""
        rules = {each.key: each for each in self._kind.settings}
        wrong: list[Field] = []
        for key, field in self._fields.items():
            if field.visible and self._complains(field, rules[key]):
                wrong.append(field)
        for (type_key, key), field in self._of_types.items():
            if self._is_used(type_key) and self._complains(field, rules[key]):
                wrong.append(field)
        if not wrong and self._of_types and not any(map(self._is_used, self._kind.types)):
            first = next(iter(self._of_types.values()))
            first.error("Give the path of at least one type of data.")
            wrong.append(first)
        return wrong

    def named(self, name: str) -> Field | None:
        """Return the field that a refusal calls `name`, such as "reservations-path"."""
        type_key, _, key = name.partition("-")
        return self._of_types.get((type_key, key))

    def _complains(self, field: TextField | SelectField, rule: SettingField) -> bool:
        written = str(field.value or "").strip()
        complaint = source_settings.problem(rule, written or rule.default)
        field.error(complaint)
        return complaint is not None

    def _is_used(self, type_key: str) -> bool:
        return any(
            str(field.value or "").strip()
            for (each, _), field in self._of_types.items()
            if each == type_key
        )

    def _draw(self, setting: SettingField, given: Any) -> TextField | SelectField:
        value = str(given or setting.default)
        field: TextField | SelectField
        if setting.kind == "choice":
            field = select_field(
                setting.label,
                dict(setting.choices),
                hint=setting.hint,
                value=value or None,
                on_change=lambda _: self._show_what_matters(),
            )
        elif setting.kind == "yes_no":
            field = select_field(setting.label, {"yes": "Yes", "no": "No"}, value=value or "no")
        else:
            field = text_field(
                setting.label,
                hint=setting.hint,
                value=value,
                required=setting.needed,
                on_change=lambda _: self._show_what_matters(),
            )
        return field.mark(setting.key)

    def _draw_types(self, settings: list[SettingField], given: Mapping[str, Any]) -> None:
        text("Types of data", "h3")
        text("Fill in those that this API has, and leave the others empty.", classes="hint")
        with ui.element("div").classes("settings-types"):
            for place, type_key in enumerate(self._kind.types):
                with ui.element("fieldset").classes("settings-type"):
                    text(ALL[type_key].label, "legend")
                    for each in settings:
                        value = str((given.get(type_key) or {}).get(each.key) or "")
                        example = each.hint if place == 0 else ""  # it speaks of the first
                        field = text_field(each.label, value=value, placeholder=example)
                        self._of_types[type_key, each.key] = field.mark(f"{type_key}-{each.key}")

    def _show_what_matters(self) -> None:
        given = {key: field.value for key, field in self._fields.items()}
        for setting in self._kind.settings:
            if not setting.per_type:
                self._fields[setting.key].set_visibility(_matters(setting, given))


def told(kind: Kind, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what was answered, in words; what is irrelevant with these answers is left out."""
    words = []
    for field in kind.settings:
        value = str(given.get(field.key) or "")
        if value and not field.per_type and _matters(field, given):
            words.append((field.label, dict(field.choices).get(value, value)))
    for type_key, answers in (given.get("types") or {}).items():
        if type_key in ALL:
            words.append((ALL[type_key].label, " → ".join(filter(None, answers.values()))))
    return words


def _matters(setting: SettingField, given: Mapping[str, Any]) -> bool:
    """Whether a setting is asked for, after what was `given` to the others."""
    if setting.only_with is None:
        return True
    other, answers = setting.only_with
    if not answers:
        return bool(given.get(other))
    return other not in given or given[other] in answers
