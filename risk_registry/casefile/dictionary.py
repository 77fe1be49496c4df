"""数据字典: what every declared field means, as declared. The page and the documents read it from the same entries."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from risk_registry.assessments.fields import CONSULTATION_FIELDS, FACTOR_FIELDS, MEASURE_FIELDS
from risk_registry.assessments.fields import FIELDS as ASSESSMENT_FIELDS
from risk_registry.casefile.words import said
from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.text_marks import N_
from risk_registry.matters.fields import FIELDS as MATTER_FIELDS
from risk_registry.organisations.fields import FIELDS as ORGANISATION_FIELDS

blueprint = Blueprint("dictionary", __name__)

KIND_WORDS = {
    Kind.TEXT: N_("文字"),
    Kind.LONG_TEXT: N_("多行文字"),
    Kind.CODE: N_("代码"),
    Kind.DATE: N_("日期"),
    Kind.INTEGER: N_("整数"),
    Kind.MONEY: N_("金额（万元）"),
    Kind.AREA: N_("面积（公顷）"),
    Kind.RATIO: N_("0至1的数"),
    Kind.CHOICE: N_("选项"),
    Kind.ORGANISATION: N_("单位"),
    Kind.BOOLEAN: N_("是或否"),
}
GATE_WORDS = {
    Gate.DECLARE: N_("申报时必填"),
    Gate.CONCLUDE: N_("评估完成时必填"),
    Gate.FILE: N_("报送时必填"),
    Gate.DECISION: N_("登记决策时必填"),
}


@dataclass(frozen=True)
class Entity:
    """One kind of record and its declared fields."""

    name: str
    label: str
    fields: tuple[Field, ...]


ENTITIES = (
    Entity("matter", N_("事项"), MATTER_FIELDS),
    Entity("assessment", N_("评估"), ASSESSMENT_FIELDS),
    Entity("consultation", N_("调查情况"), CONSULTATION_FIELDS),
    Entity("factor", N_("风险因素"), FACTOR_FIELDS),
    Entity("measure", N_("防范化解措施"), MEASURE_FIELDS),
    Entity("organisation", N_("单位"), ORGANISATION_FIELDS),
)


#: Fields whose value reads as it was typed; of the others a form carries codes.
_PLAIN = frozenset(Kind) - {Kind.CHOICE, Kind.ORGANISATION, Kind.BOOLEAN}


@blueprint.record_once
def _label_kept_forms(state: BlueprintSetupState) -> None:
    """Let the page that gives a kept form back call its values by their labels, and lists say recorded words."""
    declared = (*MATTER_FIELDS, *ASSESSMENT_FIELDS)
    state.app.add_template_filter(said)
    state.app.config["FIELD_LABELS"] = {field.name: field.label for field in declared if field.kind in _PLAIN}


@blueprint.get("/dictionary")
def fields() -> ResponseReturnValue:
    """Every declared field: label, name, kind, length, when it is required, its place in the ledger."""
    return render_template("casefile/dictionary.html", entities=ENTITIES, kinds=KIND_WORDS, gates=GATE_WORDS)
