"""What is being submitted: its digest binds the acceptance to exactly that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from risk_registry.assessments.fields import CONSULTATION_FIELDS, FIELDS
from risk_registry.assessments.index import INDEX, recorded
from risk_registry.assessments.models import Assessment
from risk_registry.audit.chain import canonical
from risk_registry.matters.fields import column_name
from risk_registry.matters.joint import joint_of
from risk_registry.matters.operations import facts_values

_LATER = frozenset({"decision", "follow_up"})


def content_digest(assessment: Assessment) -> str:
    """SHA-256 over the facts, the assessment and its consultation, without what follows the filing.

    Covers what is filled in: a field declared after the submission, still empty, does not stop the acceptance.
    """
    own = {field.name: getattr(assessment, column_name(field)) for field in FIELDS if field.section not in _LATER}
    content: dict[str, Any] = {
        "facts": _filled(facts_values(assessment.facts)),
        "assessment": _filled(own),
        "consultations": [
            _filled({field.name: getattr(row, field.name) for field in CONSULTATION_FIELDS})
            for row in assessment.consultations
        ],
    }
    joint = [[row.part, row.organisation] for row in joint_of(assessment.facts)]
    if joint:
        content["co_organisers"] = joint
    if assessment.method == INDEX:
        risks = recorded(assessment)
        rows = {"factors": risks.factors, "measures": risks.measures}
        # What was sent by this method before it had rows keeps its digest.
        content |= {name: [_filled(row) for row in found] for name, found in rows.items() if found}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
