"""One WTForms field for each kind of declared field. What was typed stays as typed; ``data`` is the typed value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from markupsafe import Markup, escape
from wtforms import Field as Control
from wtforms import HiddenField
from wtforms.fields.choices import Choice, SelectFieldBase  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, RadioInput, TextArea, TextInput, html_params
from wtforms.widgets import Select as WTFormsSelect

from risk_registry.core import values
from risk_registry.core.fields import Field, Kind
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.web import tokens
from risk_registry.web.accounts import current_account

#: Up to this many options are laid out as radio buttons, more become a drop-down list.
MOST_RADIOS = 4
_BLANKS = " \t\r\n\u00a0\u3000"

Options = Sequence[tuple[str, str]]

_FILL = N_("请填写%(label)s")
_CHOOSE = N_("请选择%(label)s")
_UNKNOWN = N_("%(label)s：请从列出的选项中选择")
_DATE_HINT = N_("如 2024-03-05 或 2024年3月5日")


class Select(WTFormsSelect):
    """The drop-down list, written in one go: WTForms takes a tenth of a millisecond for each option.

    It keeps the name of the class it replaces, by which templates know the kind of a control.
    """

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        """The list with its options."""
        kwargs.setdefault("id", field.id)
        options = []
        for choice in field.iter_choices():
            mark = " selected" if choice.selected else ""
            options.append(f'<option{mark} value="{escape(choice.value)}">{escape(choice.label)}</option>')
        return Markup(f"<select {html_params(name=field.name, **kwargs)}>{''.join(options)}</select>")


class DeclaredControl(Control):
    """Input of one declared field."""

    widget: Any = TextInput()
    missing = _FILL

    def __init__(self, declared: Field, **options: Any) -> None:
        super().__init__(**options)
        self.declared = declared
        #: What the box shows: the text as it was typed or, of a stored value, its usual form.
        self.text = ""
        self.data: Any = None

    def process_data(self, value: Any) -> None:
        """Show a stored, typed value."""
        self.data = value
        self.text = "" if value is None else values.render(self.declared, value)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was sent."""
        self.take(valuelist[0] if valuelist else "")

    def take(self, text: str) -> None:
        """Read ``text`` as if it had been typed; faults are reported when the form is validated."""
        self.text, self.data = text, None
        self.process_errors = []
        if not self.is_empty():
            self.read()

    def read(self) -> None:
        """Turn the text into a typed value."""
        try:
            self.data = values.parse(self.declared, self.text)
        except Refused as refused:
            self.process_errors = [problem.say(gettext) for problem in refused.problems]

    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return not self.text.strip(_BLANKS)

    def pre_validate(self, form: Any) -> None:
        """A required field must be filled."""
        if self.flags.required and form.complete and self.is_empty():
            raise StopValidation(gettext(self.missing, label=gettext(self.declared.label)))

    def _value(self) -> str:
        return self.text


class LongTextControl(DeclaredControl):
    """Several lines."""

    widget = TextArea()


class TickControl(DeclaredControl):
    """Yes or not; what is not ticked is ``False``."""

    widget = CheckboxInput()

    def take(self, text: str) -> None:
        """``text`` is "1" when ticked."""
        super().take(text)
        self.data = bool(self.data)

    def process_data(self, value: Any) -> None:
        """Show a stored value."""
        self.data = bool(value)
        self.text = "1" if value else ""

    def _value(self) -> str:
        return "1"


class ChoiceControl(DeclaredControl, SelectFieldBase):
    """One of a list: radio buttons when there are few, else a drop-down list. Nothing is chosen beforehand."""

    missing = _CHOOSE
    #: What a list shows while nothing is chosen. In a query bar that is everything, and the list can go back to it.
    blank = N_("请选择")
    everything = N_("全部")

    def __init__(self, declared: Field, **options: Any) -> None:
        super().__init__(declared, **options)
        self.options: Options = ()
        self.narrows = False
        self.offer(())

    def offer(self, options: Iterable[tuple[str, str]]) -> None:
        """Set the options as (code, label)."""
        self.options = tuple(options)
        if self.declared.kind is Kind.CHOICE and 0 < len(self.options) <= MOST_RADIOS and not self.narrows:
            self.widget, self.option_widget = ListWidget(prefix_label=False), RadioInput()
        else:
            self.widget, self.option_widget = Select(), SelectFieldBase.option_widget

    def read(self) -> None:
        """The code must be one of the options offered; an option taken out of use since says so."""
        if self.text not in {code for code, _label in self.options}:
            self.process_errors = [gettext(_UNKNOWN, label=gettext(self.declared.label))]
            return
        super().read()

    def label_of_choice(self) -> str:
        """The label of what is chosen, "" when nothing is."""
        return dict(self.options).get(self.text, "")

    def iter_choices(self) -> Iterator[Choice]:
        """What the widget shows."""
        if isinstance(self.widget, Select):
            yield Choice("", gettext(self.everything if self.narrows else self.blank), not self.text, {})
        for code, label in self.options:
            yield Choice(code, label, code == self.text, {})

    def __iter__(self) -> Iterator[Any]:
        # The attributes of the question (show-when, unit) do not belong on each of its options.
        own, self.render_kw = self.render_kw, {}
        options = list(super().__iter__())
        self.render_kw = own
        return iter(options)


class VersionControl(HiddenField):
    """The version of the record at which the page was read; ``data`` is a whole number or ``None``."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take what was sent; anything but a number counts as no version, which a versioned operation refuses."""
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


class TokenControl(HiddenField):
    """The one-time token of the form; a repeated post is known by it."""

    def _value(self) -> str:
        account = current_account()
        account_id = account.id if account else 0
        sent = str(self.data or "")
        return sent if tokens.is_genuine(sent, account_id) else tokens.issue(account_id)


_CONTROLS: Mapping[Kind, type[DeclaredControl]] = {
    Kind.LONG_TEXT: LongTextControl,
    Kind.BOOLEAN: TickControl,
    Kind.CHOICE: ChoiceControl,
    Kind.ORGANISATION: ChoiceControl,
}
_ATTRIBUTES: Mapping[Kind, Mapping[str, str]] = {
    Kind.DATE: {"inputmode": "numeric", "data-width": "short", "autocomplete": "off"},
    Kind.INTEGER: {"inputmode": "numeric", "data-width": "short", "autocomplete": "off"},
    Kind.MONEY: {"inputmode": "decimal", "data-width": "short", "data-unit": N_("万元"), "autocomplete": "off"},
    Kind.AREA: {"inputmode": "decimal", "data-width": "short", "data-unit": N_("公顷"), "autocomplete": "off"},
    Kind.RATIO: {"inputmode": "decimal", "data-width": "short", "autocomplete": "off"},
    Kind.CODE: {"data-width": "medium", "autocomplete": "off"},
}


def control(declared: Field, extra: Mapping[str, Any] | None = None) -> Any:
    """The unbound WTForms field of ``declared``; ``extra`` are attributes such as ``data-show-when``."""
    attributes = {**_ATTRIBUTES.get(declared.kind, {}), **(extra or {})}
    hint = declared.help or (_DATE_HINT if declared.kind is Kind.DATE else "")
    return _CONTROLS.get(declared.kind, DeclaredControl)(
        declared,
        label=lazy_gettext(declared.label),
        description=lazy_gettext(hint) if hint else "",
        render_kw=attributes or None,
    )
