"""Forms made from declared fields: one declaration gives the input, the check, the error text and the typed value."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Form

from risk_registry.core import values
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.problems import Conflict, Refused
from risk_registry.web.inputs import ChoiceControl, DeclaredControl, Options, TokenControl, VersionControl, control

_ORDER = tuple(Gate)


class DeclaredForm(Form):
    """What forms over declared fields share.

    ``values`` are stored, typed values; ``raw`` is text as once typed (a draft) and wins over them; what was posted
    wins over both. ``choices`` gives options by field name or by dictionary name. ``require`` marks what must be filled
    at that gate and before it, ``also`` adds names to that, ``optional`` takes names out.
    """

    declared: tuple[Field, ...] = ()
    default_choices: Mapping[str, Options] = {}
    #: Whether ``validate`` asks for required fields; a draft is saved without.
    complete = True
    #: Status of an answer that shows this form.
    http_status = 200
    #: Whether an empty choice asks for everything.
    narrows = False

    def __init__(
        self,
        formdata: Any = None,
        *,
        values: Mapping[str, Any] | None = None,
        raw: Mapping[str, str] | None = None,
        choices: Mapping[str, Options] | None = None,
        require: Gate | None = None,
        also: Collection[str] = (),
        optional: Collection[str] = (),
        version: int | None = None,
        **options: Any,
    ) -> None:
        self._choices = {**self.default_choices, **(choices or {})}
        given = {} if version is None else {"version": version}
        super().__init__(formdata, data={**(values or {}), **given}, **options)
        self._posted = self.meta.wrap_formdata(self, formdata) is not None
        if not self._posted:
            for item in self.controls():
                text = raw.get(item.short_name) if raw is not None else None
                if text is None and item.text == "" and raw is None and item.short_name not in (values or {}):
                    text = item.declared.default
                if text:
                    item.take(text)
        self.require(require, also=also, optional=optional)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        """Offer the options before anything is read, because reading checks against them."""
        for item in self.controls():
            if isinstance(item, ChoiceControl):
                item.narrows = self.narrows
                found = self._choices.get(item.short_name)
                item.offer(self._choices.get(item.declared.dictionary, ()) if found is None else found)
        super().process(formdata, *args, **options)

    def controls(self) -> list[DeclaredControl]:
        """The inputs of declared fields, in order."""
        return [item for item in self._fields.values() if isinstance(item, DeclaredControl)]

    def require(self, gate: Gate | None, *, also: Collection[str] = (), optional: Collection[str] = ()) -> None:
        """Mark what must be filled; see the class."""
        reached = _ORDER[: _ORDER.index(gate) + 1] if gate is not None else ()
        for item in self.controls():
            name = item.short_name
            item.flags.required = name in also or (item.declared.required_at in reached and name not in optional)

    def validate(self, extra_validators: Any = None, *, draft: bool = False) -> bool:
        """Whether everything is well-formed and, unless a ``draft`` is kept, filled where required."""
        self.complete = not draft
        good = bool(super().validate(extra_validators))
        if not good and self._posted:
            self.http_status = 422
        return good

    def typed(self) -> dict[str, Any]:
        """The typed values by field name: what an operation takes. Call after ``validate``."""
        return {item.short_name: item.data for item in self.controls()}

    def raw_values(self) -> dict[str, str]:
        """The texts as they stand in the boxes: what a draft keeps."""
        return {item.short_name: ("1" if item.data else "") if item.declared.kind is Kind.BOOLEAN else item.text
                for item in self.controls()}  # fmt: skip

    def filled(self) -> dict[str, str]:
        """The texts of the boxes that are not empty."""
        return {name: text for name, text in self.raw_values().items() if text.strip()}

    def refuse(self, refused: Refused) -> None:
        """Show what an operation refused: at its field where the form has it, else above the form."""
        self.http_status = 409 if isinstance(refused, Conflict) else 422
        for problem in refused.problems:
            text = problem.say(gettext)
            target = self._fields.get(problem.field)
            if isinstance(target, DeclaredControl):
                target.errors = [*target.errors, text]
            else:
                self.form_errors = [*self.form_errors, text]

    def differences(self, stored: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """(label, stored text, typed text) of every field whose text differs: for the page of a conflicting save."""
        rows = []
        for item in self.controls():
            name = item.short_name
            if name not in stored:
                continue
            theirs = "" if stored[name] is None else values.render(item.declared, stored[name])
            mine = values.render(item.declared, item.data) if item.data is not None else item.text
            if theirs != mine:
                if isinstance(item, ChoiceControl):
                    labels = dict(item.options)
                    theirs, mine = labels.get(theirs, theirs), labels.get(mine, mine)
                rows.append((str(item.label.text), theirs, mine))
        return rows


class RegistryForm(DeclaredForm, FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form that changes something: CSRF, a one-time ``token`` and the ``version`` that was read."""

    version = VersionControl()
    token = TokenControl()

    def __init__(self, formdata: Any = "posted", **options: Any) -> None:
        # FlaskForm's own marker for "what this request posted" is private; here it is the default.
        posted = request.form if request.method not in ("GET", "HEAD") else None
        super().__init__(posted if isinstance(formdata, str) else formdata, **options)


class FilterForm(DeclaredForm):
    """A query bar: reads the address, changes nothing, so it carries no hidden fields; no choice means all."""

    narrows = True

    def __init__(self, formdata: Any = "query", **options: Any) -> None:
        super().__init__(request.args if isinstance(formdata, str) else formdata, **options)


def form_class(
    name: str,
    fields: Iterable[Field],
    *,
    choices: Mapping[str, Options] | None = None,
    attributes: Mapping[str, Mapping[str, Any]] | None = None,
) -> type[RegistryForm]:
    """A form over ``fields``. ``choices``: options that never change, by field or dictionary name; others are passed
    when the form is made. ``attributes``: HTML attributes by field name, such as ``data-show-when``.

    Raises ``ValueError`` for a field whose name the form itself uses.
    """
    return type(name, (RegistryForm,), members(RegistryForm, fields, choices, attributes))


def filter_class(
    name: str, fields: Iterable[Field], *, choices: Mapping[str, Options] | None = None
) -> type[FilterForm]:
    """A query bar over ``fields``; see ``form_class``."""
    return type(name, (FilterForm,), members(FilterForm, fields, choices, None))


def members(
    base: type[DeclaredForm],
    fields: Iterable[Field],
    choices: Mapping[str, Options] | None,
    attributes: Mapping[str, Mapping[str, Any]] | None,
) -> dict[str, Any]:
    """What a class of forms over ``fields`` is made of. Raises ``ValueError`` for a name that ``base`` uses."""
    declared = tuple(fields)
    members: dict[str, Any] = {"declared": declared, "default_choices": dict(choices or {})}
    for item in declared:
        if hasattr(base, item.name) or item.name in members or item.name.startswith("_"):
            raise ValueError(f"{item.name!r} cannot name a field of a form")
        members[item.name] = control(item, (attributes or {}).get(item.name))
    return members
