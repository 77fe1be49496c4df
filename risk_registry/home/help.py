"""使用帮助 and 关于: pages that explain the registry to those who use it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import ROLES
from risk_registry.home.guidance import GUIDES, KEYS, MEANINGS
from risk_registry.web.accounts import current_account

blueprint = Blueprint("help", __name__)

_ROLES = {term.code: term.zh for term in ROLES}


@dataclass(frozen=True)
class Part:
    """A piece of software the registry is built of."""

    name: str
    use: str
    licence: str
    version: str = ""


_PARTS = (
    Part("Flask", N_("页面"), "BSD-3-Clause"),
    Part("SQLAlchemy", N_("数据库访问"), "MIT"),
    Part("Alembic", N_("数据库升级"), "MIT"),
    Part("WTForms", N_("表单"), "BSD-3-Clause"),
    Part("Flask-WTF", N_("表单"), "BSD-3-Clause"),
    Part("Flask-Login", N_("登录"), "MIT"),
    Part("Flask-Babel", N_("语言"), "BSD-3-Clause"),
    Part("openpyxl", N_("表格文件"), "MIT"),
    Part("python-stdnum", N_("统一社会信用代码校验"), "LGPL-2.1-or-later"),
    Part("chinesecalendar", N_("历年放假安排"), "MIT"),
    Part("waitress", N_("网页服务"), "ZPL-2.1"),
)
_BOOTSTRAP = Part("Bootstrap", N_("页面样式"), "MIT", "5.3")


@blueprint.get("/help")
def index() -> ResponseReturnValue:
    """Help for everybody: the roles, what the figures mean, the keyboard, whom to call."""
    return render_template("help/index.html", roles=_ROLES, guides=GUIDES, mine=_mine(), meanings=MEANINGS, keys=KEYS)


@blueprint.get("/help/<role>")
def role(role: str) -> ResponseReturnValue:
    """Help for one role."""
    guide = GUIDES.get(role)
    if guide is None:
        abort(404)
    others = [code for code in _ROLES if code != role]
    return render_template("help/role.html", code=role, guide=guide, roles=_ROLES, others=others)


def _mine() -> list[str]:
    """The roles of the reader, in the order of the table."""
    account = current_account()
    return [] if account is None else [code for code in _ROLES if code in account.roles]


@blueprint.get("/about")
def about() -> ResponseReturnValue:
    """Which version this is and what it is made of."""
    parts = [Part(part.name, part.use, part.licence, _version(part.name)) for part in _PARTS]
    return render_template("help/about.html", parts=[*parts, _BOOTSTRAP])


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
