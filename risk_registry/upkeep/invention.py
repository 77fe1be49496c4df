"""Invented cases for measuring: records as they would be, drawn from a seed. Nothing here is about a real place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from risk_registry.core.text import comparison_key
from risk_registry.core.vocabulary import FIELDS, KINDS

Row = dict[str, Any]

#: How an assessment stands in the end, in parts of a thousand.
_ENDS = {
    "filed": 800,
    "exempt": 45,
    "withdrawn": 22,
    "terminated": 20,
    "concluded": 20,
    "submitted": 18,
    "assessing": 18,
    "received": 12,
    "revoked": 11,
    "declined": 10,
    "due": 9,
    "correcting": 6,
    "void": 5,
    "declared": 3,
    "returned": 1,
}
_OPEN = frozenset({"declared", "returned", "due", "assessing", "submitted", "received", "correcting"})
#: Older than this many days, an assessment has come to its end.
_OPEN_DAYS = 200
_KINDS = {"project": 55, "decision": 16, "policy": 9, "event": 8, "reform": 6, "other": 6}
_OUTCOMES = {"implement": 86, "deferred": 4, "partial": 4, "phased": 3, "rejected": 3}
_PLACES = "东西南北上下新老大小石金银青白龙凤马牛羊平安长丰桥河山湾坪溪泉塘林沙竹"
_THINGS = {
    "project": ("道路改造工程", "河堤整治工程", "学校迁建工程", "安置房建设项目", "污水处理厂工程", "变电站新建工程"),
    "decision": ("土地征收成片开发方案", "供水价格调整方案", "农贸市场搬迁方案", "公交线路调整方案"),
    "policy": ("养老服务补贴办法", "招生入学方案", "危险废物防治规划", "出租汽车管理办法"),
    "reform": ("国有企业改制方案", "村民小组调整改革", "事业单位人员分流方案"),
    "event": ("马拉松赛事", "旅游文化节", "大型灯会"),
    "other": ("历史遗留问题化解方案", "档案移交安排"),
}


@dataclass
class Invented:
    """One round with its records. ``conclusion`` and ``filing`` are empty when it did not come so far."""

    facts: Row
    base: Row
    started: Row = field(default_factory=dict)
    conclusion: Row = field(default_factory=dict)
    ended: Row = field(default_factory=dict)
    consultations: list[Row] = field(default_factory=list)
    filing: Row = field(default_factory=dict)
    correcting_on: date | None = None
    last: date = date.min


class Inventor:
    """Draws cases. The same seed and days give the same cases."""

    def __init__(self, seed: int, until: date, *, decision: int, owners: Sequence[int], implementers: Sequence[int]):
        self._random = Random(seed)
        self._until = until
        self._decision = decision
        self._owners, self._implementers = tuple(owners), tuple(implementers)

    def another_round(self, case: Invented) -> bool:
        """Whether the matter comes again, which only one that was filed or given up may."""
        again = case.filing.get("filed_on") is not None or "terminated_on" in case.ended
        return again and (self._until - case.last).days > 120 and self._random.random() < 0.08

    def first_round(self, declared: date) -> Invented:
        """A matter declared on this day, and what became of it."""
        draw = self._random
        kind = _pick(draw, _KINDS)
        title = "".join(draw.choices(_PLACES, k=draw.randint(2, 4))) + draw.choice(("镇", "乡", "片区", "社区"))
        title += draw.choice(_THINGS[kind])
        if draw.random() < 0.3:
            title += f"（{draw.randint(1, 9)}期）"
        facts: Row = {
            "title": title,
            "title_key": comparison_key(title)[:200],
            "kind": kind,
            "field": draw.choice(FIELDS).code,
            "decision_level": "county",
            "location": title[:3],
            "summary": title + "，按方案实施。",
            "invest_wan": Decimal(draw.randint(2000, 90_000_000)).scaleb(-2) if kind == "project" else None,
            "households": draw.randint(5, 900) if draw.random() < 0.5 else None,
            "people": draw.randint(20, 3000) if draw.random() < 0.5 else None,
            "sensitivity": "open",
            "owner_org_id": draw.choice(self._owners),
            "decision_org_id": self._decision,
            "implement_org_id": draw.choice(self._implementers),
            "duty_contact": "办公室",
            "office_phone": "023-59220000",
            "remark": "测试数据" if draw.random() < 0.2 else None,
        }
        return self.round_of(facts, declared)

    def round_of(self, facts: Row, declared: date) -> Invented:
        """A round declared on this day."""
        draw = self._random
        end = _pick(draw, _ENDS)
        if end in _OPEN and (self._until - declared).days > _OPEN_DAYS:
            end = "filed"
        case = Invented(facts, {"declared_on": declared, "screening": "required", "screened_on": declared})
        case.last = declared
        if end == "declared":
            case.base |= {"screened_on": None}
        elif end == "returned":
            case.base |= {"screened_on": None, "returned_on": self._day(case, 1, 5)}
        elif end == "exempt":
            case.base |= {"screening": "waived", "screening_reason": "不涉及群众利益", "exempted_on": declared}
        elif end != "due":
            self._assess(case, end)
        return case

    def _day(self, case: Invented, least: int, most: int) -> date:
        """A day somewhat later, but not in the future."""
        case.last = min(case.last + timedelta(days=self._random.randint(least, most)), self._until)
        return case.last

    def _assess(self, case: Invented, end: str) -> None:
        case.started = {"started_on": self._day(case, 0, 6)}
        if end == "terminated":
            case.ended = {"terminated_on": self._day(case, 3, 40)}
        elif end != "assessing":
            self._conclude(case)
            if end == "void":
                case.ended = {"voided_on": self._day(case, 2, 30)}
            elif end != "concluded":
                self._file(case, end)

    def _conclude(self, case: Invented) -> None:
        draw = self._random
        before = _pick(draw, {"low": 68, "medium": 27, "high": 5})
        outcome = _pick(draw, _OUTCOMES)
        passed = outcome in ("implement", "partial", "phased")
        after = "low" if passed or before == "low" else draw.choice(("medium", before))
        simple = before == "low" and draw.random() < 0.7
        case.consultations = self._heard()
        notice = case.last
        concluded = self._day(case, 12, 45)
        case.conclusion = {
            "procedure": "simplified" if simple else "ordinary",
            "mode": "self",
            "method": "QUALITATIVE",
            "method_version": 1,
            **dict.fromkeys(("legality", "rationality", "feasibility", "controllability"), "met"),
            "main_risks": "施工期交通不便",
            "measures": "错峰施工，设置便道",
            "level_before": before,
            "level_after": after,
            "emergency_plan": before != "low",
            "outcome": outcome,
            "concluded_on": concluded,
            "signed_by": "单位负责人",
            "notice_from": None if simple else notice,
            "notice_to": None if simple else min(notice + timedelta(days=10), concluded),
        }

    def _heard(self) -> list[Row]:
        draw = self._random
        rows: list[Row] = [
            {"position": 1, "method": "meeting", "sessions": draw.randint(1, 5), "participants": draw.randint(8, 200)}
        ]
        if draw.random() < 0.6:
            forms = draw.randint(10, 400)
            support = draw.randint(forms // 2, forms)
            against = draw.randint(0, forms - support)
            counts = {"forms_issued": forms, "forms_valid": forms, "support": support, "oppose": against}
            rows.append({"position": 2, "method": "survey", **counts})
        return rows

    def _file(self, case: Invented, end: str) -> None:
        case.filing = {"submitted_on": self._day(case, 0, 8)}
        if end == "submitted":
            return
        if end == "withdrawn":
            case.filing |= {"withdrawn_on": self._day(case, 1, 6), "withdraw_reason": "方案调整"}
            return
        case.filing |= {"received_on": self._day(case, 0, 4)}
        if end == "correcting":
            case.correcting_on = self._day(case, 0, 3)
        elif end == "declined":
            case.filing |= {"declined_on": self._day(case, 1, 5), "decline_reason": "材料不实"}
        elif end in ("filed", "revoked"):
            case.filing |= {"filed_on": self._day(case, 0, 6)}
            if end == "revoked":
                case.filing |= {
                    "revoked_on": self._day(case, 20, 200),
                    "revoke_reason": "方案重大调整",
                    "revoke_doc_no": "示例〔2024〕1号",
                }


def _pick(draw: Random, weights: dict[str, int]) -> str:
    return draw.choices(tuple(weights), weights=tuple(weights.values()))[0]


#: Kinds drawn are those shipped.
assert set(_KINDS) == {term.code for term in KINDS}
