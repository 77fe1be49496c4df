"""评估完成, and the revision of a round that came back unfiled: the content that a filing is bound to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.assessments.act import Act, require_step
from risk_registry.assessments.faults import conclusion_faults, method_for
from risk_registry.assessments.fields import BY_NAME
from risk_registry.assessments.index import Risks, by_index, recorded, recorded_survey, set_risks, settled
from risk_registry.assessments.models import Assessment
from risk_registry.assessments.stored import (
    assessment_values,
    refuse_if,
    same_version,
    set_consultations,
    set_fields,
    touch,
)
from risk_registry.assessments.terms import due_after
from risk_registry.audit.operations import record
from risk_registry.methods.queries import SHIPPED

Values = Mapping[str, Any]

_NOT_CONCLUDED = frozenset({"screening", "decision", "follow_up"})


def conclude(
    session: Session,
    act: Act,
    assessment: Assessment,
    values: Values,
    consultations: Sequence[Values] | None = None,
    *,
    risks: Risks | None = None,
    version: int | None = None,
) -> None:
    """评估完成: tests, levels, outcome and sign-off (§8b row 9). Raises ``Refused`` with every problem at once.

    The version of the method in force on that day is the round's for good (§8d 28).
    """
    same_version(assessment, version)
    require_step(session, act, assessment, "conclude")
    merged = settled({**assessment_values(assessment), **values})
    _check_and_set(session, act, assessment, merged, consultations=consultations, risks=risks)
    found = method_for(session, merged["concluded_on"]).number
    assessment.method_version = found if by_index(merged) else SHIPPED
    assessment.status = "concluded"
    assessment.due_on = due_after(session, act, "term_file_within", merged["concluded_on"])
    record(session, act.actor, "conclude", assessment)


def revise(
    session: Session,
    act: Act,
    assessment: Assessment,
    values: Values,
    consultations: Sequence[Values] | None = None,
    *,
    risks: Risks | None = None,
    version: int | None = None,
) -> None:
    """修改评估内容 of a round that came back unfiled, before it is sent again (§8b row 10).

    The days on which it was begun and concluded stay, and so does the version of a method that stays: another
    conclusion on another day is a new round.
    """
    same_version(assessment, version)
    require_step(session, act, assessment, "revise")
    before = assessment_values(assessment)
    kept = {name: before[name] for name in ("started_on", "concluded_on")}
    merged = settled({**before, **values, **kept})
    number = assessment.method_version if before["method"] == merged["method"] else None
    _check_and_set(session, act, assessment, merged, consultations=consultations, risks=risks, number=number)
    if number is None:
        found = method_for(session, merged["concluded_on"]).number
        assessment.method_version = found if by_index(merged) else SHIPPED
    touch(assessment)
    record(session, act.actor, "revise", assessment)


def _check_and_set(
    session: Session,
    act: Act,
    assessment: Assessment,
    merged: Values,
    *,
    consultations: Sequence[Values] | None,
    risks: Risks | None,
    number: int | None = None,
) -> None:
    """Check what will stand there as a whole, then set it; rows that are not given stay as they are."""
    heard = consultations if consultations is not None else recorded_survey(assessment)
    given = (risks if risks is not None else recorded(assessment)) if by_index(merged) else Risks()
    refuse_if(conclusion_faults(session, act, merged, heard, risks=given, method_version=number))
    set_fields(assessment, {name: merged[name] for name in BY_NAME if BY_NAME[name].section not in _NOT_CONCLUDED})
    if consultations is not None:
        set_consultations(assessment, consultations)
    set_risks(assessment, given)
