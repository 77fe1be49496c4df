"""What a draft holds, how far it has come, and how it becomes a declared, assessed and submitted matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.act import Act, situation
from risk_registry.assessments.faults import conclusion_faults
from risk_registry.assessments.fields import FIELDS
from risk_registry.assessments.index import Risks, by_index
from risk_registry.assessments.models import Assessment
from risk_registry.core.gates import (
    declaration_problems,
    screening_problems,
)
from risk_registry.core.personal_data import find_personal_data
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text import clean_text
from risk_registry.core.text_marks import N_
from risk_registry.core.workflow import role_allows
from risk_registry.filings import operations as filing
from risk_registry.matters.joint import joint_problems
from risk_registry.matters.models import Draft
from risk_registry.matters.operations import save_draft
from risk_registry.matters.queries import content as content_of
from risk_registry.registration.forms import (
    METHOD,
    SECTION_CHECKS,
    SECTIONS,
    Choices,
    ConsultationRow,
    Section,
    row_choices,
)
from risk_registry.registration.parents import parent_problems
from risk_registry.registration.risk_rows import RiskRows, RowTexts
from risk_registry.web.forms import DeclaredForm

Texts = dict[str, str]
_LONGEST_KEPT = 5000

STATE_LABELS = {"empty": N_("未填写"), "started": N_("填写中"), "done": N_("已完成")}


@dataclass
class Content:
    """The texts of a draft as typed: section → field → text, and the consultation rows."""

    sections: dict[str, Texts] = field(default_factory=dict)
    rows: list[Texts] = field(default_factory=list)
    #: The matter it was copied from: registration number and title.
    source: tuple[str, str] | None = None
    #: Rows of risk factors and measures, by ``factors`` and ``measures``.
    risks: RowTexts = field(default_factory=dict)

    @classmethod
    def of(cls, draft: Draft | None) -> Content:
        """What ``draft`` holds; nothing without one."""
        found = content_of(draft) if draft is not None else {}
        source = found.get("source")
        sections = found.get("sections", {})
        if sections.get("assessment"):
            sections["assessment"].setdefault("method", METHOD)
        rows, risks = found.get("consultations", []), found.get("risks", {})
        return cls(sections, rows, tuple(source) if source else None, risks)

    def stored(self) -> dict[str, Any]:
        """The form in which it is kept."""
        kept: dict[str, Any] = {"sections": self.sections, "consultations": self.rows}
        if any(any(texts.values()) for rows in self.risks.values() for texts in rows):
            kept["risks"] = self.risks
        return kept if self.source is None else {**kept, "source": list(self.source)}


def keepable(form: DeclaredForm) -> Texts:
    """The filled boxes that may be kept as typed, right or wrong: what looks like a person's number or name, or holds
    hidden characters, stays on the page and is kept nowhere."""
    faulty = {item.short_name for item in form.controls() if item.errors or item.process_errors}
    return {name: text[:_LONGEST_KEPT] for name, text in form.filled().items() if name not in faulty or _is_safe(text)}


def _is_safe(text: str) -> bool:
    try:
        clean_text(text, multiline=True)
    except Refused:
        return False
    return not find_personal_data(text)


def concluding(
    session: Session,
    act: Act,
    values: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    *,
    method_version: int | None = None,
) -> list[Problem]:
    """What stands between these values (``risks`` among them) and a conclusion."""
    found, risks = {"method": METHOD, **values}, values.get("risks")
    return conclusion_faults(session, act, found, rows, risks=risks, method_version=method_version)


@dataclass(frozen=True)
class Part:
    """How far one section of a draft has come. ``faults`` are (field name, words)."""

    section: Section
    state: str
    faults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Judged:
    """A draft read whole: typed values, consultation rows, and each section's state."""

    values: dict[str, Any]
    rows: list[dict[str, Any]]
    parts: tuple[Part, ...]
    forms: dict[str, DeclaredForm]

    def part(self, code: str) -> Part:
        """One section's state."""
        return next(part for part in self.parts if part.section.code == code)

    @property
    def declarable(self) -> bool:
        """Whether every section that a declaration needs is complete."""
        return all(part.state == "done" for part in self.parts if part.section.code != "assessment")

    @property
    def assessed(self) -> bool:
        """Whether the assessment can be concluded from here."""
        return self.part("assessment").state == "done" and self.values.get("screening") == "required"


def sections_for(act: Act) -> tuple[Section, ...]:
    """The parts of a draft; without 应评判定 where the office states it after the declaration."""
    first = act.settings.switches.screening_first
    return tuple(section for section in SECTIONS if not (first and section.code == "screening"))


def judge(session: Session, act: Act, content: Content, choices: Choices) -> Judged:
    """Read a draft against the declared fields and the rules between them."""
    forms = {
        code: check(None, raw=content.sections.get(code, {}), choices=choices) for code, check in SECTION_CHECKS.items()
    }
    rows = [
        ConsultationRow(None, raw=texts, choices=row_choices(choices)) for texts in content.rows if any(texts.values())
    ]
    values: dict[str, Any] = {}
    asked = sections_for(act)
    for section in asked:
        forms[section.code].require(section.gate)
        forms[section.code].validate()
        values |= forms[section.code].typed()
    for row in rows:
        row.validate(draft=True)
    typed = [row.typed() for row in rows]
    risks = RiskRows.kept(choices, content.risks)
    values["risks"] = risks.typed()
    problems = {
        "basic": declaration_problems(values) + parent_problems(values),
        "responsible": joint_problems(values),
        "screening": screening_problems(values),
        "assessment": concluding(session, act, values, typed),
    }
    parts = []
    for section in asked:
        faults = _faults(forms[section.code], problems.get(section.code, []))
        if section.code == "assessment":
            faults += [(f"consultations-{i}-method", text) for i, row in enumerate(rows) for text in _texts(row)]
            if by_index(values) and not risks.validate():
                faults += [("risk", text) for row in risks.rows() for text in _texts(row)]
        parts.append(_part(section, content, faults))
    return Judged(values, typed, tuple(parts), forms)


def _part(section: Section, content: Content, faults: list[tuple[str, str]]) -> Part:
    rows = section.code == "assessment" and any(any(row.values()) for row in content.rows)
    # The method is chosen beforehand; alone it says nothing.
    texts = {name: text for name, text in content.sections.get(section.code, {}).items() if name != "method"}
    if not any(texts.values()) and not rows:
        return Part(section, "empty", tuple(faults))
    return Part(section, "started" if faults else "done", tuple(faults))


def _texts(form: DeclaredForm) -> list[str]:
    return [str(text) for item in form.controls() for text in item.errors]


def _faults(form: DeclaredForm, problems: Sequence[Problem]) -> list[tuple[str, str]]:
    """The form's own faults, then what the rules say of fields that had none."""
    found = [(item.short_name, str(text)) for item in form.controls() for text in item.errors]
    known = {name for name, _text in found}
    return found + [(item.field, item.say(gettext)) for item in problems if item.field not in known]


def may_conclude(session: Session, act: Act, assessment: Assessment) -> bool:
    """Whether this account may conclude here under the office's settings."""
    return role_allows("conclude", situation(session, act, assessment))


def can_go_through(act: Act) -> bool:
    """Whether declaring, concluding and submitting may be one act of this account."""
    switches = act.settings.switches
    signs = not switches.head_signs_online or act.actor.has("department_head")
    return signs and not switches.screening_first


def declare(session: Session, act: Act, values: Mapping[str, Any], *, declared_on: date | None) -> Assessment:
    """申报."""
    return assessing.declare_matter(session, act, values, declared_on=declared_on)


def go_through(
    session: Session,
    act: Act,
    values: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    *,
    declared_on: date | None = None,
    submitted_on: date | None = None,
) -> Assessment:
    """申报, 启动, 评估完成 and 报送 of a finished assessment: four steps, four events, one transaction."""
    assessment = declare(session, act, values, declared_on=declared_on)
    session.flush()
    conclude(session, act, assessment, values, rows)
    filing.submit(session, act, assessment, submitted_on=submitted_on)
    return assessment


def conclude(
    session: Session, act: Act, assessment: Assessment, values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> None:
    """评估完成, started first where it has not been. Raises ``Refused`` with every problem at once."""
    found, risks = _concluded(values)
    faults = concluding(session, act, {**found, "submitted_on": values.get("submitted_on"), "risks": risks}, rows)
    if faults:
        raise Refused(faults)
    if assessment.status == "due":
        assessing.start(session, act, assessment, started_on=found["started_on"])
        session.flush()
    assessing.conclude(session, act, assessment, found, rows, risks=risks)
    session.flush()


def revise(
    session: Session, act: Act, assessment: Assessment, values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> None:
    """修改评估内容 of a round that came back, before it is sent again."""
    found, risks = _concluded(values)
    assessing.revise(session, act, assessment, found, rows, risks=risks)
    session.flush()


def _concluded(values: Mapping[str, Any]) -> tuple[dict[str, Any], Risks | None]:
    """What a conclusion takes of typed values: its declared fields, and the risk table."""
    found = {name: values.get(name) for name in _CONCLUDED}
    return {**found, "method": found["method"] or METHOD}, values.get("risks")


_CONCLUDED = tuple(item.name for item in FIELDS if item.section not in ("screening", "decision", "follow_up"))


def keep_unfinished(session: Session, act: Act, content: Content, assessment: Assessment) -> None:
    """The assessment typed before the declaration becomes unsaved work on the round that the declaration opened."""
    texts = content.sections.get("assessment", {})
    rest = Content({"assessment": texts} if texts else {}, content.rows, risks=content.risks)
    assert act.actor.account_id is not None
    if texts or any(any(row.values()) for row in content.rows):
        save_draft(
            session,
            None,
            account_id=act.actor.account_id,
            kind="assessment",
            subject_id=assessment.id,
            content=rest.stored(),
            title=assessment.facts.title,
        )
