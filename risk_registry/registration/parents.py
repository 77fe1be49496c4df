"""上级事项 as the pages of registration ask it: read from what was typed, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash
from flask_babel import gettext

from risk_registry.casefile.context import current_scope
from risk_registry.casefile.relations import Relative, parent_named, reference_of, related
from risk_registry.core.codes import check_project_code
from risk_registry.core.problems import Problem, Refused
from risk_registry.db.extension import db
from risk_registry.matters.fields import PARENT
from risk_registry.matters.models import Matter
from risk_registry.matters.queries import matter_with_id


def parent_problems(values: Mapping[str, Any], present: Matter | None = None) -> list[Problem]:
    """Why 上级事项 cannot be understood; ``present`` is the one the matter has now."""
    try:
        parent_named(db.session(), current_scope(), values.get(PARENT.name), present=present)
    except Refused as refused:
        return list(refused.problems)
    return []


def with_parent(values: Mapping[str, Any], present: Matter | None = None) -> dict[str, Any]:
    """The values an operation takes: the matter meant instead of what was typed. Raises ``Refused``."""
    rest = {name: value for name, value in values.items() if name != PARENT.name}
    if PARENT.name not in values:
        return rest
    found = parent_named(db.session(), current_scope(), values[PARENT.name], present=present)
    return {**rest, "parent_id": found}


def parent_of(values: Mapping[str, Any]) -> Matter | None:
    """The matter that 上级事项 names, if one is understood."""
    try:
        found = parent_named(db.session(), current_scope(), values.get(PARENT.name))
    except Refused:
        return None
    return matter_with_id(db.session(), found) if found is not None else None


def reference_to(matter: Matter | None) -> str:
    """How the assessment of a parent is referred to, "" without one."""
    return reference_of(db.session(), current_scope(), matter.id) if matter is not None else ""


def siblings(values: Mapping[str, Any]) -> list[Relative]:
    """Matters in scope of the same investment project or the same parent as what is being declared."""
    above = parent_of(values)
    code = values.get("project_code")
    return related(db.session(), current_scope(), project_code=code, parent_id=above.id if above else None)


def warn_of_project_code(values: Mapping[str, Any]) -> None:
    """Say what is odd about the 投资项目代码 once it is kept; it stops nothing (DOMAIN §6)."""
    for statement in check_project_code(values["project_code"]) if values.get("project_code") else ():
        flash(statement.say(gettext), "warning")
