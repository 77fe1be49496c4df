"""The generic act pages of a round: for each step which questions are asked and which operation is carried out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.act import Act
from risk_registry.assessments.fields import BY_NAME, DECISION, FOLLOW_UP, in_sections
from risk_registry.assessments.models import Assessment
from risk_registry.core.fields import Field, Kind
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.filings import operations as filing
from risk_registry.filings.models import Filing
from risk_registry.filings.queries import newest_attempt
from risk_registry.matters.fields import BY_NAME as MATTER_FIELDS
from risk_registry.matters.operations import facts_values

Values = Mapping[str, Any]
#: Carry a step out with the typed values at the version that was read; the round to show afterwards.
Run = Callable[[Session, Act, Assessment, Values, int], Assessment]


@dataclass(frozen=True)
class StepPage:
    """One act page. ``required`` must be filled, ``today`` are dates that start with today, ``stored`` fields start
    with what is stored; ``of_attempt`` binds the page to the version of the attempt instead of the round's.
    """

    fields: tuple[Field, ...]
    run: Run
    lead: str
    done: str
    required: frozenset[str] = frozenset()
    today: str = ""
    stored: frozenset[str] = frozenset()
    of_attempt: bool = False
    #: Fields folded away under this heading: they need not be touched.
    folded: str = ""


def _ask(name: str, label: str, kind: Kind = Kind.LONG_TEXT, *, length: int | None = None, text: str = "") -> Field:
    return Field(name, label, kind, "step", length=length, help=text)


def _reason(label: str, text: str = "") -> Field:
    return _ask("reason", label, length=1000, text=text)


_DAY_HELP = N_("默认今天；补录的填写实际日期")


def _day(name: str, label: str) -> Field:
    return _ask(name, label, Kind.DATE, text=_DAY_HELP)


def _attempt(session: Session, assessment: Assessment) -> Filing:
    found = newest_attempt(session, assessment.id)
    if found is None:
        raise Refused.one("", N_("本轮评估还没有报送。"))
    return found


def _pull_back(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    reason = values["reason"]
    assessing.return_declaration(session, act, assessment, reason, by_department=True, version=version)
    return assessment


def _return(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    reason = values["reason"]
    assessing.return_declaration(session, act, assessment, reason, by_department=False, version=version)
    return assessment


def _screen_required(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    found = {**values, "screening": "required"}
    assessing.screen(session, act, assessment, found, screened_on=values["screened_on"], version=version)
    return assessment


def _screen_exempt(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    assessing.screen(session, act, assessment, values, screened_on=values["screened_on"], version=version)
    return assessment


def _reopen(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    assessing.reopen(session, act, assessment, values["reason"], version=version)
    return assessment


def _start(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    assessing.start(session, act, assessment, started_on=values["started_on"], version=version)
    return assessment


def _submit(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    filing.submit(session, act, assessment, submitted_on=values["submitted_on"], version=version)
    return assessment


def _receive(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    attempt = _attempt(session, assessment)
    filing.receive(session, act, attempt, received_on=values["received_on"], version=version)
    return assessment


def _request(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    attempt, due = _attempt(session, assessment), values["due_on"]
    if due is not None and due < act.today:
        raise Refused.one("due_on", N_("补正期限不能早于今天"))
    filing.request_correction(session, act, attempt, values["items"] or "", due_on=due, version=version)
    return assessment


def _answer(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    stored = {**facts_values(assessment.facts), **assessing.assessment_values(assessment)}
    # A box that is not ticked says False where nothing was ever said: no correction.
    corrected = {
        name: value for name, value in values.items() if name in stored and (value or None) != (stored[name] or None)
    }
    attempt = _attempt(session, assessment)
    filing.answer_correction(session, act, attempt, values["answer"] or "", corrected, version=version)
    return assessment


def _decline(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    filing.decline(session, act, _attempt(session, assessment), values["reason"] or "", version=version)
    return assessment


def _withdraw(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    filing.withdraw(session, act, _attempt(session, assessment), values["reason"] or "", version=version)
    return assessment


def _revoke(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    filing.revoke(
        session,
        act,
        _attempt(session, assessment),
        values["reason"] or "",
        doc_no=values["doc_no"] or "",
        revoked_on=values["revoked_on"],
        version=version,
    )
    return assessment


def _decide(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    assessing.record_decision(session, act, assessment, values, version=version)
    return assessment


def _track(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    assessing.track(session, act, assessment, values, version=version)
    return assessment


def _new_round(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    assessing.same_version(assessment, version)
    trigger, reason = values["trigger"] or "", values["reason"] or ""
    return assessing.open_round(
        session, act, assessment, trigger=trigger, reason=reason, declared_on=values["declared_on"]
    )


def _terminate(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    assessing.terminate(session, act, assessment, values["reason"] or "", version=version)
    return assessment


def _void(session: Session, act: Act, assessment: Assessment, values: Values, version: int) -> Assessment:
    assessing.void(session, act, assessment, values["reason"] or "", version=version)
    return assessment


_REASON = frozenset({"reason"})
_FOLLOW_UP = tuple(
    replace(field, help=N_("措施落实、风险变化，只写情况和数量")) if field.name == "tracking" else field
    for field in in_sections(FOLLOW_UP)
)
#: What a correction may set right besides its answer; the conclusion, its levels and its day stay.
_CORRECTABLE_FACTS = "summary location invest_wan land_ha households people duty_contact office_phone remark".split()
_CORRECTABLE = (
    "notice_from notice_to notice_channel main_risks measures emergency_plan review_on review_experts review_result "
    "review_opinion review_revised_on commissioned_on conclusion_text report_no signed_by"
).split()
CORRECTABLE = (
    *(replace(MATTER_FIELDS[name], required_at=None) for name in _CORRECTABLE_FACTS),
    *(replace(BY_NAME[name], required_at=None) for name in _CORRECTABLE),
)

PAGES: dict[str, StepPage] = {
    "pull_back": StepPage(
        (_reason(N_("撤回理由")),),
        _pull_back,
        N_("撤回后可以修改事项内容，再重新申报；登记号不变。"),
        N_("已撤回，可以修改后重新申报"),
        _REASON,
    ),
    "return_declaration": StepPage(
        (_reason(N_("退回理由"), N_("写明要修改什么")),),
        _return,
        N_("退回后由评估主体修改并重新申报；登记号不变。"),
        N_("已退回评估主体修改"),
        _REASON,
    ),
    "screen_required": StepPage(
        (replace(BY_NAME["screening_reason"], help=N_("可不填")), _day("screened_on", N_("判定日期"))),
        _screen_required,
        N_("判定为应当评估，事项进入待评。"),
        N_("已判定应评"),
        today="screened_on",
    ),
    "screen_exempt": StepPage(
        (
            replace(BY_NAME["screening"], label=N_("判定结果")),
            BY_NAME["screening_reason"],
            BY_NAME["screening_reference"],
            _day("screened_on", N_("判定日期")),
        ),
        _screen_exempt,
        N_("判定不需评估的，须写明理由；不重复评估的，还须写明已有评估的备案编号或文号。不计入评估件次。"),
        N_("已判定不需评估"),
        frozenset({"screening", "screening_reason"}),
        today="screened_on",
    ),
    "reopen": StepPage(
        (_reason(N_("重新判定理由")),), _reopen, N_("撤销原判定，回到已申报。"), N_("已回到已申报，请重新判定"), _REASON
    ),
    "start": StepPage(
        (_day("started_on", N_("启动日期")),), _start, N_("登记评估启动的日期。"), N_("已启动评估"), today="started_on"
    ),
    "submit": StepPage(
        (_day("submitted_on", N_("报送日期")),),
        _submit,
        N_("把本轮评估报送备案机关。报送后内容不再改动，需要改的由备案机关退回补正或自行撤回。"),
        N_("已报送备案机关"),
        today="submitted_on",
    ),
    "receive": StepPage(
        (_day("received_on", N_("接收日期")),),
        _receive,
        N_("只登记收到材料，不表示材料齐备。"),
        N_("已接收"),
        today="received_on",
        of_attempt=True,
    ),
    "request_correction": StepPage(
        (
            _ask("items", N_("需补正的事项"), length=2000, text=N_("一次写全，一行一项")),
            _ask("due_on", N_("补正期限"), Kind.DATE, text=N_("可不填")),
        ),
        _request,
        N_("一次性告知需要补正的全部内容。补正期间备案机关的办理时间停止计算。"),
        N_("已退回补正"),
        frozenset({"items"}),
        of_attempt=True,
    ),
    "answer_correction": StepPage(
        (_ask("answer", N_("补正说明"), length=2000, text=N_("逐项说明如何补正")), *CORRECTABLE),
        _answer,
        N_("逐项答复，需要更正填报内容的一并更正。风险等级、评估结论有变化的，请撤回后重新评估。"),
        N_("补正已提交，等待备案机关办理"),
        frozenset({"answer"}),
        stored=frozenset(field.name for field in CORRECTABLE),
        of_attempt=True,
        folded=N_("同时更正填报内容（不需要的不改）"),
    ),
    "decline": StepPage(
        (_reason(N_("不予备案理由"), N_("只限材料和程序方面，如不属备案范围、第三方机构未备案、材料不实")),),
        _decline,
        N_("备案不是对事项本身的许可，不对事项可行与否表态。评估主体可以在同一轮再次报送。"),
        N_("已作不予备案处理"),
        _REASON,
        of_attempt=True,
    ),
    "withdraw": StepPage(
        (_reason(N_("撤回理由")),),
        _withdraw,
        N_("撤回本次报送，记录保留；以后可以在同一轮再次报送。"),
        N_("已撤回报送"),
        _REASON,
        of_attempt=True,
    ),
    "revoke": StepPage(
        (
            _reason(N_("撤销理由")),
            _ask("doc_no", N_("撤销文号"), Kind.TEXT, length=64),
            _day("revoked_on", N_("撤销日期")),
        ),
        _revoke,
        N_("撤销后本轮不能再备案，编号保留并不再使用；需要备案的请重新评估。"),
        N_("备案已撤销"),
        frozenset({"reason", "doc_no"}),
        today="revoked_on",
        of_attempt=True,
    ),
    "record_decision": StepPage(
        in_sections(DECISION),
        _decide,
        N_("登记决策机关的决定。早于评估完成日期的照实登记，页面会作标记。"),
        N_("决策情况已登记"),
        frozenset({"decision_result", "decided_on"}),
        stored=frozenset(field.name for field in in_sections(DECISION)),
    ),
    "track": StepPage(
        _FOLLOW_UP,
        _track,
        N_("登记实施状态和跟踪情况。出现新风险或方案重大调整的，请重新评估。"),
        N_("跟踪情况已登记"),
        frozenset({"implementation"}),
        stored=frozenset(field.name for field in _FOLLOW_UP),
    ),
    "new_round": StepPage(
        (
            Field("trigger", N_("启动原因"), Kind.CHOICE, "step", dictionary="trigger"),
            _reason(N_("说明")),
            _day("declared_on", N_("启动日期")),
        ),
        _new_round,
        N_("以上一轮的事项内容开始新一轮评估，上一轮的结论和备案记录不变。"),
        N_("新一轮评估已开始"),
        frozenset({"trigger", "reason"}),
        today="declared_on",
    ),
    "terminate": StepPage(
        (_reason(N_("终止理由"), N_("如事项取消")),),
        _terminate,
        N_("终止后本轮不再评估，记录保留，不计入评估件次。"),
        N_("本轮已终止"),
        _REASON,
    ),
    "void": StepPage(
        (_reason(N_("作废理由")),),
        _void,
        N_("作废后本轮不计入任何统计，记录保留。"),
        N_("本轮已作废"),
        _REASON,
    ),
}
