"""Forms for signing in and for one's own password. Passwords are taken as typed, so these are plain WTForms fields.

Every password field has "password" in its name: that is how the plumbing knows never to keep or show it.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from risk_registry.accounts.passwords import HINT, LONGEST
from risk_registry.core.problems import Refused


class LoginForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Name and password."""

    name = StringField(
        lazy_gettext("账号"),
        [InputRequired(lazy_gettext("请填写账号")), Length(max=64, message=lazy_gettext("账号最多64个字"))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        lazy_gettext("密码"),
        [InputRequired(lazy_gettext("请填写密码"))],
        render_kw={"autocomplete": "current-password"},
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One's own password: the present one, the new one twice."""

    current_password = PasswordField(
        lazy_gettext("当前密码"),
        [InputRequired(lazy_gettext("请填写当前密码"))],
        render_kw={"autocomplete": "current-password"},
    )
    new_password = PasswordField(
        lazy_gettext("新密码"),
        [InputRequired(lazy_gettext("请填写新密码"))],
        description=lazy_gettext(HINT),
        render_kw={"autocomplete": "new-password", "maxlength": str(LONGEST)},
    )
    repeat_password = PasswordField(
        lazy_gettext("再次输入新密码"),
        [InputRequired(lazy_gettext("请再次填写新密码"))],
        render_kw={"autocomplete": "new-password", "maxlength": str(LONGEST)},
    )

    def validate_repeat_password(self, field: Any) -> None:
        """Both must be the same."""
        if field.data != self.new_password.data:
            raise ValidationError(gettext("两次输入的新密码不一致，请重新输入"))

    def validate_new_password(self, field: Any) -> None:
        """The new one must differ from the present one."""
        if field.data and field.data == self.current_password.data:
            raise ValidationError(gettext("新密码不能与当前密码相同"))


def show(form: Any, refused: Refused) -> None:
    """Put the problems of a refused act on their fields, or on the form."""
    for problem in refused.problems:
        text = problem.say(gettext)
        target = form._fields.get(problem.field)
        if target is None:
            form.form_errors = [*form.form_errors, text]
        else:
            target.errors = [*target.errors, text]
