"""The declared values of a round as one reads and sets them, and what every write of a round asks first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from risk_registry.assessments.fields import BY_NAME, CONSULTATION_FIELDS, FIELDS
from risk_registry.assessments.models import Assessment, Consultation
from risk_registry.core.problems import Conflict, Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.matters.fields import column_name

Values = Mapping[str, Any]


def refuse_if(problems: Sequence[Problem]) -> None:
    """Raise ``Refused`` when there is any problem."""
    if problems:
        raise Refused(problems)


def same_version(assessment: Assessment, version: int | None) -> None:
    """Raises ``Conflict`` when the assessment changed since the actor read it."""
    if version is not None and assessment.version != version:
        raise Conflict.one("", N_("本事项已被他人更新，请核对最新内容后再提交。您填写的内容仍在页面上。"))


def assessment_values(assessment: Assessment) -> dict[str, Any]:
    """The declared fields by name; organisations as ids."""
    return {field.name: getattr(assessment, column_name(field)) for field in FIELDS}


def set_fields(assessment: Assessment, values: Values) -> None:
    """Set declared fields by name."""
    for name, value in values.items():
        setattr(assessment, column_name(BY_NAME[name]), value)


def set_consultations(assessment: Assessment, rows: Sequence[Values]) -> None:
    """Make the consultation rows those given, in their order; unchanged ones stay as they are."""
    for position, row in enumerate(rows, 1):
        if position > len(assessment.consultations):
            assessment.consultations.append(Consultation(position=position))
        for field in CONSULTATION_FIELDS:
            setattr(assessment.consultations[position - 1], field.name, row.get(field.name))
    del assessment.consultations[len(rows) :]


def touch(assessment: Assessment) -> None:
    """Move the version on when only rows beside the assessment changed, so that a stale page is noticed."""
    # Not a declared column: flagging one would put a change into the event that never was.
    flag_modified(assessment, "entered_by")
