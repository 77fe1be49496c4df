"""Codes and words of the field: statuses and roles are fixed, an office may relabel the shipped dictionaries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from risk_registry.core.text_marks import N_


@dataclass(frozen=True)
class Term:
    """One entry: code, Chinese word, English word, and the class of the quarterly axis it rolls up into."""

    code: str
    zh: str
    en: str
    axis: str = ""


def labels(terms: Iterable[Term]) -> dict[str, str]:
    """Code to Chinese word."""
    return {term.code: term.zh for term in terms}


STATUSES = (
    Term("declared", N_("已申报"), "declared"),
    Term("returned", N_("退回修改"), "returned"),
    Term("exempt", N_("不需评估"), "exempt"),
    Term("due", N_("待评"), "to be assessed"),
    Term("assessing", N_("评估中"), "assessing"),
    Term("concluded", N_("评估完成"), "concluded"),
    Term("submitted", N_("已报送"), "submitted"),
    Term("received", N_("已接收"), "received"),
    Term("correcting", N_("补正中"), "correcting"),
    Term("filed", N_("已备案"), "filed"),
    Term("declined", N_("不予备案"), "declined"),
    Term("withdrawn", N_("已撤回"), "withdrawn"),
    Term("revoked", N_("已撤销"), "revoked"),
    Term("terminated", N_("已终止"), "terminated"),
    Term("void", N_("已作废"), "void"),
)

#: The five groups of the desk, in its order.
STATUS_GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("drafting", N_("填报中"), ("declared", "returned", "due")),
    ("assessing", N_("评估中"), ("assessing", "concluded")),
    ("awaiting", N_("待备案"), ("submitted", "received", "correcting")),
    ("filed", N_("已备案"), ("filed",)),
    ("other", N_("其他"), ("exempt", "declined", "withdrawn", "revoked", "terminated", "void")),
)

_PROJECT, _DECISION, _REST = N_("重大工程项目"), N_("重大决策制定"), N_("其它重大决策")
KINDS = (
    Term("project", N_("工程项目"), "project", _PROJECT),
    Term("policy", N_("政策"), "policy", _DECISION),
    Term("decision", N_("决策"), "decision", _DECISION),
    Term("reform", N_("改革"), "reform", _REST),
    Term("event", N_("活动"), "event", _REST),
    Term("other", N_("其他"), "other", _REST),
)

FIELDS = (
    Term("land", N_("征地"), "land requisition", N_("农村征地")),
    Term("housing", N_("房屋征收与拆迁"), "housing and demolition", N_("城镇拆迁")),
    Term("agriculture", N_("涉农与农民负担"), "agriculture", N_("农民负担")),
    Term("enterprise", N_("国企改制"), "state enterprise reform", N_("国企改制")),
    Term("environment", N_("生态环境"), "environment", N_("环境影响")),
    Term("welfare", N_("社会保障与就业"), "social security and jobs", N_("社会保障")),
    Term("public_service", N_("公益事业"), "public services", N_("公益事业")),
    Term("utility_price", N_("公用事业价格"), "utility prices", N_("其它类型")),
    Term("transport", N_("交通运输"), "transport", N_("其它类型")),
    Term("water", N_("水利水电与移民"), "water and resettlement", N_("其它类型")),
    Term("energy", N_("能源矿产"), "energy and minerals", N_("其它类型")),
    Term("urban", N_("城市管理与规划"), "urban planning", N_("其它类型")),
    Term("boundary", N_("行政区划调整"), "boundaries", N_("其它类型")),
    Term("regulation", N_("规范性文件与规划"), "regulations and plans", N_("其它类型")),
    Term("event", N_("大型活动"), "large events", N_("其它类型")),
    Term("legacy", N_("历史遗留问题"), "legacy issues", N_("其它类型")),
    Term("other", N_("其他"), "other", N_("其它类型")),
)

LEVELS = (Term("high", N_("高"), "high"), Term("medium", N_("中"), "medium"), Term("low", N_("低"), "low"))

OUTCOMES = (
    Term("implement", N_("准予实施"), "implement"),
    Term("partial", N_("部分实施"), "implement in part"),
    Term("phased", N_("分步实施"), "implement in phases"),
    Term("deferred", N_("暂缓实施"), "deferred"),
    Term("rejected", N_("不予实施"), "not to be implemented"),
)

PROCEDURES = (Term("ordinary", N_("一般"), "ordinary"), Term("simplified", N_("简易"), "simplified"))
MODES = (Term("self", N_("自评"), "self-assessed"), Term("commissioned", N_("委托"), "commissioned"))
METHODS = (
    Term("QUALITATIVE", N_("定性评估法"), "qualitative"),
    Term("INDEX_428", N_("风险指数法"), "risk index"),
)
TEST_RESULTS = (
    Term("met", N_("符合"), "met"),
    Term("mostly", N_("基本符合"), "mostly met"),
    Term("unmet", N_("不符合"), "not met"),
)
SCREENINGS = (
    Term("required", N_("应评"), "to be assessed"),
    Term("waived", N_("免评"), "waived"),
    Term("covered", N_("不重复评估"), "covered by an earlier assessment"),
    Term("transferred", N_("移送"), "transferred"),
)
DECISION_LEVELS = (
    Term("national", N_("国家"), "national"),
    Term("province", N_("省（直辖市）"), "province"),
    Term("prefecture", N_("地市"), "prefecture"),
    Term("county", N_("区县"), "county"),
    Term("township", N_("乡镇街道"), "township"),
)
SENSITIVITIES = (Term("open", N_("公开"), "open"), Term("internal", N_("内部"), "internal"))
CONSULTATION_METHODS = (
    Term("notice", N_("公示"), "public notice"),
    Term("survey", N_("问卷调查"), "survey"),
    Term("meeting", N_("座谈会"), "meeting"),
    Term("hearing", N_("听证会"), "hearing"),
    Term("visit", N_("走访"), "visits"),
    Term("department", N_("部门会议或意见"), "departments"),
    Term("media", N_("舆情分析"), "media"),
    Term("other", N_("其他"), "other"),
)
TRIGGERS = (
    Term("first", N_("首次评估"), "first assessment"),
    Term("plan_changed", N_("方案重大调整"), "plan changed"),
    Term("expired", N_("超期未实施"), "not started in time"),
    Term("new_risk", N_("出现新风险"), "new risk"),
    Term("resubmitted", N_("暂缓或不予实施后重提"), "brought back after deferral"),
    Term("revoked", N_("备案被撤销"), "filing revoked"),
    Term("reopened", N_("终止或作废后重启"), "reopened"),
)
REVIEW_RESULTS = (
    Term("passed", N_("通过"), "passed"),
    Term("revise", N_("修改后通过"), "passed after revision"),
    Term("failed", N_("不通过"), "not passed"),
)
IMPLEMENTATIONS = (
    Term("not_started", N_("尚未实施"), "not started"),
    Term("in_progress", N_("进行中"), "in progress"),
    Term("completed", N_("完成实施"), "completed"),
)

#: Areas of risk of the outline 428号, named after it (DOMAIN §3.6).
RISK_AREAS = (
    Term("policy", N_("政策规划和审批程序"), "policy, planning and procedure"),
    Term("land", N_("征地拆迁及补偿"), "land, demolition and compensation"),
    Term("economy", N_("技术经济"), "engineering and funding"),
    Term("environment", N_("生态环境影响"), "environment"),
    Term("management", N_("项目管理"), "project management"),
    Term("society", N_("经济社会影响"), "economy and society"),
    Term("safety", N_("安全卫生"), "safety and health"),
    Term("media", N_("媒体舆论"), "media and public opinion"),
)

#: Dictionaries by name: what a CHOICE field refers to.
DICTIONARIES: dict[str, tuple[Term, ...]] = {
    "kind": KINDS,
    "field": FIELDS,
    "level": LEVELS,
    "outcome": OUTCOMES,
    "decision_result": OUTCOMES,
    "procedure": PROCEDURES,
    "mode": MODES,
    "method": METHODS,
    "test_result": TEST_RESULTS,
    "screening": SCREENINGS,
    "decision_level": DECISION_LEVELS,
    "sensitivity": SENSITIVITIES,
    "consultation_method": CONSULTATION_METHODS,
    "trigger": TRIGGERS,
    "review_result": REVIEW_RESULTS,
    "implementation": IMPLEMENTATIONS,
    "risk_area": RISK_AREAS,
    "status": STATUSES,
}

ROLES = (
    Term("submitter", N_("填报员"), "submitter"),
    Term("department_head", N_("审签人"), "department head"),
    Term("filing_officer", N_("备案经办"), "filing officer"),
    Term("filing_approver", N_("备案审核"), "filing approver"),
    Term("statistician", N_("统计员"), "statistician"),
    Term("leader", N_("领导"), "leader"),
    Term("auditor", N_("审计管理员"), "auditor"),
    Term("sysadmin", N_("系统管理员"), "system administrator"),
    Term("secadmin", N_("安全管理员"), "security administrator"),
)
BUSINESS_ROLES = frozenset(
    {"submitter", "department_head", "filing_officer", "filing_approver", "statistician", "leader"}
)
OFFICE_ROLES = frozenset({"filing_officer", "filing_approver"})
DEPARTMENT_ROLES = frozenset({"submitter", "department_head"})
