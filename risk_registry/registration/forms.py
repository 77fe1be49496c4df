"""The forms of registration: which declared fields stand on which section, and when a question is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy.orm import Session

from risk_registry.assessments.act import Act
from risk_registry.assessments.fields import (
    CONCLUSION,
    CONSULTATION_FIELDS,
    LEVELS,
    PROCESS,
    REPORT,
    REVIEW,
    SCREENING,
    TESTS,
    in_sections,
)
from risk_registry.assessments.index import TRIGGER_FACTS
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import DICTIONARIES
from risk_registry.matters.fields import BASIC, FIELDS, PARENT, RESPONSIBLE
from risk_registry.matters.joint import CO_ORGANISERS
from risk_registry.registration.joint import joined
from risk_registry.registration.prefill import organisation_choices
from risk_registry.settings.queries import WordBook
from risk_registry.web.forms import DeclaredForm, RegistryForm, form_class
from risk_registry.web.i18n import is_english
from risk_registry.web.rows import row_class

Choices = Mapping[str, list[tuple[str, str]]]

#: The method of the short path, and of a draft that does not say.
METHOD = "QUALITATIVE"


@dataclass(frozen=True)
class Section:
    """One part of the long form."""

    code: str
    label: str
    hint: str
    fields: tuple[Field, ...]
    gate: Gate


def _of(section: str) -> tuple[Field, ...]:
    beside = tuple(field for field in (PARENT, CO_ORGANISERS) if field.section == section)
    return tuple(field for field in FIELDS if field.section == section) + beside


_ASSESSED = in_sections(PROCESS, TESTS, LEVELS, REVIEW, CONCLUSION, REPORT)

SECTIONS: tuple[Section, ...] = (
    Section("basic", N_("基本情况"), N_("名称、分类、地点、规模"), _of(BASIC), Gate.DECLARE),
    Section("responsible", N_("责任单位"), N_("谁主管、谁决策、谁实施"), _of(RESPONSIBLE), Gate.DECLARE),
    Section("screening", N_("应评判定"), N_("对照应评事项清单"), in_sections(SCREENING), Gate.DECLARE),
    Section(
        "assessment", N_("评估情况"), N_("评估已经完成的可一并填写；尚未评估的，申报后再填"), _ASSESSED, Gate.CONCLUDE
    ),
)
SECTION_BY_CODE = {section.code: section for section in SECTIONS}
#: What a declaration needs.
MATTER_SECTIONS = tuple(section for section in SECTIONS if section.gate is Gate.DECLARE)

_ORDINARY = {"data-show-when": "procedure=ordinary", "data-show-note": lazy_gettext("评估程序为“一般”时填写")}
_REVIEWED = {
    "data-show-when": "level_before=medium,high|mode=commissioned",
    "data-show-note": lazy_gettext("初始等级为中、高，或评估方式为“委托”时填写"),
}
_PROJECT = {"data-show-when": "kind=project", "data-show-note": lazy_gettext("事项分类为“工程项目”时填写")}
_EXEMPT = {
    "data-show-when": "screening=waived,covered,transferred",
    "data-show-note": lazy_gettext("判定不需评估时填写"),
}
_COMMISSIONED = {
    "data-show-when": "mode=commissioned",
    "data-show-note": lazy_gettext("评估方式为“委托”时填写"),
}
_INDEXED = {"data-show-when": "method=INDEX_428", "data-show-note": lazy_gettext("评估方法为“风险指数法”时填写")}
_RISEN = {"data-show-note": lazy_gettext("措施后等级高于初始等级时必填")}

ATTRIBUTES: dict[str, dict[str, Any]] = {
    "summary": {"rows": "4"},
    "remark": {"rows": "2"},
    "invest_wan": _PROJECT,
    "project_code": _PROJECT,
    "land_ha": _PROJECT,
    "actual_start": _PROJECT,
    "office_phone": {"inputmode": "tel"},
    "screening_reason": _EXEMPT,
    "screening_reference": {
        "data-show-when": "screening=covered",
        "data-show-note": lazy_gettext("判定为“不重复评估”时填写"),
    },
    **dict.fromkeys(("third_party", "commissioned_on"), _COMMISSIONED),
    **dict.fromkeys(TRIGGER_FACTS, _INDEXED),
    "notice_from": _ORDINARY,
    "notice_to": _ORDINARY,
    "notice_channel": _ORDINARY,
    **{
        f"{name}_text": {
            "data-show-when": f"{name}=mostly,unmet",
            "data-show-note": lazy_gettext("不是“符合”时填写"),
            "rows": "2",
        }
        for name in ("legality", "rationality", "feasibility", "controllability")
    },
    "main_risks": {"rows": "3"},
    "measures": {"rows": "3"},
    "level_reason": {**_RISEN, "rows": "2"},
    "emergency_plan": {
        "data-show-when": "level_before=medium,high",
        "data-show-note": lazy_gettext("初始等级为中、高时须制定应急预案"),
    },
    **dict.fromkeys(("review_on", "review_experts", "review_result", "review_opinion"), _REVIEWED),
    "review_revised_on": {
        "data-show-when": "review_result=revise",
        "data-show-note": lazy_gettext("评审结论为“修改后通过”时填写"),
    },
    "conclusion_text": {"rows": "2"},
    "report_digest": {"data-width": "", "class": "code"},
}

_SHORT_NAMES = (
    "title kind field decision_level location region_code summary invest_wan project_code land_ha households people "
    "sensitivity owner_org decision_org implement_org duty_contact office_phone procedure mode third_party started_on "
    "notice_from notice_to notice_channel"
).split()
_SHORT_PROJECT = dict.fromkeys(("households", "people"), _PROJECT)


def _bare(field: Field) -> Field:
    """A field whose hint its note already gives."""
    noted = ATTRIBUTES.get(field.name, {}).get("data-show-note")
    return replace(field, help="") if noted and field.name not in ("invest_wan", "land_ha") else field


_BACKDATED = N_("默认今天；补录的填写当时的日期")
#: The day of the declaration and of the submission: today, or an earlier one (补录).
DECLARED_ON = Field("declared_on", N_("申报日期"), Kind.DATE, "dates", Gate.DECLARE, help=_BACKDATED)
SUBMITTED_ON = Field("submitted_on", N_("报送日期"), Kind.DATE, "dates", Gate.DECLARE, help=_BACKDATED)


def _form(
    name: str, fields: Sequence[Field], attributes: Mapping[str, dict[str, Any]] = ATTRIBUTES
) -> type[RegistryForm]:
    made = form_class(name, fields, attributes=attributes)
    return joined(made) if CO_ORGANISERS in fields else made


def _check(name: str, fields: Sequence[Field]) -> type[DeclaredForm]:
    made = row_class(name, fields)
    return joined(made) if CO_ORGANISERS in fields else made


SectionForms = dict[str, type[RegistryForm]]
SECTION_FORMS: SectionForms = {
    section.code: _form(f"{section.code.title()}Form", [_bare(field) for field in section.fields])
    for section in SECTIONS
}
#: The same without the hidden values of a form: to judge what a draft holds.
SECTION_CHECKS: dict[str, type[DeclaredForm]] = {
    section.code: _check(f"{section.code.title()}Check", section.fields) for section in SECTIONS
}
AssessmentForm = SECTION_FORMS["assessment"]
CheckForm = form_class("CheckForm", [DECLARED_ON, SUBMITTED_ON])
ActForm = form_class("ActForm", [])

# A field that is asked for later on by everybody is asked here too, whatever its name.
_QUALITATIVE = [field for field in _ASSESSED if field.name not in ("method", *TRIGGER_FACTS)]
_SHORT = [
    field for field in (*FIELDS, *_QUALITATIVE) if field.name in _SHORT_NAMES or field.required_at is Gate.DECLARE
]
_SHORT += [
    field for field in _QUALITATIVE if field.section in (TESTS, LEVELS, REVIEW, CONCLUSION) and field not in _SHORT
]
_SHORT += [field for field in _ASSESSED if field.name == "report_no"]
_SHORT += [PARENT, CO_ORGANISERS]
SHORT_FIELDS = (*(_bare(field) for field in _SHORT if field.name != "signed_on"), SUBMITTED_ON)
ShortForm = _form("ShortForm", SHORT_FIELDS, {**ATTRIBUTES, **_SHORT_PROJECT})

EDIT_FIELDS = tuple(_bare(field) for section in MATTER_SECTIONS for field in section.fields)
EditForm = _form("EditForm", EDIT_FIELDS)
ChangeForm = _form("ChangeForm", [field for field in EDIT_FIELDS if field.section != SCREENING])

ConsultationRow = row_class(
    "ConsultationRow",
    [replace(field, required_at=None) for field in CONSULTATION_FIELDS],
    attributes={"themes": {"rows": "2"}},
)


def form_choices(session: Session, act: Act) -> dict[str, list[tuple[str, str]]]:
    """Options of every choice of these forms: words valid today, and the organisations this account may name."""
    words = WordBook(session, english=is_english())
    found = {name: words.choices(name, act.today) for name in DICTIONARIES}
    return {
        **found,
        **organisation_choices(session, act),
    }


def row_choices(choices: Choices) -> Choices:
    """Options of a consultation row, whose 调查方式 bears the name of another dictionary."""
    return {"method": choices["consultation_method"]}


def with_stored(choices: Choices, stored: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """``choices`` with what is stored already, though it is no longer offered; ``names`` are its words by field."""
    found: dict[str, Any] = dict(choices)
    for name, word in names.items():
        code = str(stored.get(name) or "")
        if code and code not in {option for option, _label in found.get(name, ())}:
            found[name] = [*found.get(name, ()), (code, word)]
    return found
