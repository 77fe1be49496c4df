"""The demo county's years: 2024 as the second fixture of DOMAIN §8c (14 / 14), some of 2025, and what is open now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.accounts.operations import create_account
from risk_registry.calendar.operations import seed_calendar
from risk_registry.core.actors import Actor
from risk_registry.db.clock import FixedClock
from risk_registry.db.work import Sessions, writing
from risk_registry.demo.matters import COMMISSIONED, MATTERS, MEDIUM, ORDINARY, SIMPLE, heard
from risk_registry.demo.people import ASSESSOR, PEOPLE, REGION, UNITS
from risk_registry.demo.risks import INDEXED
from risk_registry.demo.story import Step, Teller
from risk_registry.organisations.operations import create_organisation
from risk_registry.organisations.queries import by_code
from risk_registry.settings.operations import change_setting, seed_dictionaries

_BEGIN = date(2023, 12, 4)
_SYSTEM = Actor("system", None, "演示数据", None, "", frozenset())
_OFFICE = ("shenhe", "zhuren")


def load_county(sessions: Sessions, clock: FixedClock, *, today: date, password_hash: str) -> None:
    """Everything, each act a unit of work under the walking clock; the registry must be empty.

    ``today`` is the real day: what is open now lies in the days before it, all else is the same on every day.
    """
    clock.set(_BEGIN)
    with writing(sessions) as session:
        seed_dictionaries(session, _SYSTEM)
        seed_calendar(session, _SYSTEM)
        for key, value in (("demo", "on"), ("region", REGION)):
            change_setting(session, _SYSTEM, key, value)
        _add_units(session)
        _add_people(session, password_hash)
    Teller(sessions, clock).tell([*year_2024(), *year_2025(), *open_now(today)])


def _add_units(session: Session) -> None:
    for unit in UNITS:
        values: dict[str, Any] = {
            "code": unit.code,
            "name": unit.name,
            "short": unit.short,
            "kind": unit.kind,
            "region_code": REGION if unit.kind != "third_party" else None,
            "valid_from": date(2019, 1, 1),
        }
        if unit.kind == "third_party":
            values |= ASSESSOR
        parent = by_code(session, unit.parent) if unit.parent else None
        create_organisation(session, _SYSTEM, values=values, parent=parent)


def _add_people(session: Session, password_hash: str) -> None:
    for person in PEOPLE:
        unit = by_code(session, person.unit)
        assert unit is not None
        create_account(
            session,
            _SYSTEM,
            name=person.name,
            display_name=person.shown,
            password_hash=password_hash,
            organisation=unit,
            roles=person.roles,
            scope=person.scope,
            must_change_password=False,
        )


def assessed(
    matter: str,
    who: str,
    days: tuple[date, date, date],
    base: dict[str, Any],
    rows: list[dict[str, Any]],
    *,
    new: bool = True,
    title: str = "",
) -> Iterator[Step]:
    """Declared, started, concluded on ``days``; ``new`` is false for a later round, which is opened elsewhere."""
    declared, started, concluded = days
    if new:
        yield Step(declared, who, matter, "declare", facts_of(matter, title))
    yield Step(started, who, matter, "start")
    values = {**base, **INDEXED.get(matter, {}), "signed_on": concluded.isoformat()}
    if values["procedure"] == "ordinary":
        first = concluded - timedelta(days=14)
        values |= {"notice_from": first.isoformat(), "notice_to": (first + timedelta(days=10)).isoformat()}
    if "review_experts" in values:
        values |= {"review_on": (concluded - timedelta(days=1)).isoformat()}
    if values["procedure"] == "ordinary":
        process = ("procedure", "mode", "third_party", "method", "notice_from", "notice_to", "notice_channel")
        known = {name: values[name] for name in process if name in values}
        yield Step(concluded - timedelta(days=2), who, matter, "progress", {**known, "heard": rows})
    yield Step(concluded, who, matter, "conclude", {**values, "heard": rows})


def facts_of(matter: str, title: str = "") -> dict[str, Any]:
    """What is typed at the declaration; ``title`` tells a matter of the same kind apart."""
    facts = MATTERS[matter.partition("#")[0]]
    return {**facts, "title": title or facts["title"]}


def filed(matter: str, who: str, submitted: date, accepted: date, *, office: str = "shenhe") -> Iterator[Step]:
    """Submitted by the department, received and filed by the office."""
    yield Step(submitted, who, matter, "submit")
    yield Step(accepted - timedelta(days=1), "jingban", matter, "receive")
    yield Step(accepted, office, matter, "accept", {"opinion": "材料齐全，予以备案。"})


def decided(matter: str, who: str, day: date, doc_no: str, *, implementation: str = "in_progress") -> Iterator[Step]:
    """The decision after the filing, and how it is carried out."""
    yield Step(day, who, matter, "decide", {"decision_result": "implement", "decision_doc_no": doc_no})
    typed = {"implementation": implementation, "tracking": "按方案推进，未出现新的风险。"}
    yield Step(day + timedelta(days=30), who, matter, "track", typed)


def _d(month: int, day: int, year: int = 2024) -> date:
    return date(year, month, day)


#: 14 matters: account, base, declared, started, concluded, submitted, filed (2024), survey.
_FOURTEEN: tuple[tuple[str, str, dict[str, Any], tuple[tuple[int, int], ...], list[dict[str, Any]]], ...] = (
    ("dormitory", "jiaowei", COMMISSIONED, ((1, 3), (1, 5), (2, 1), (2, 4), (2, 7)), heard(120, 112, 3, people=36)),
    ("school_roof", "jiaowei", SIMPLE, ((2, 20), (2, 21), (3, 1), (3, 1), (3, 5)), heard(30, 29, 0)),
    ("flood_repair", "zhujian", SIMPLE, ((3, 4), (3, 5), (3, 12), (3, 13), (3, 15)), heard(40, 38, 1)),
    (
        "land_lots",
        "guizi",
        MEDIUM,
        ((2, 26), (3, 1), (4, 8), (4, 9), (4, 12)),
        heard(210, 186, 9, meetings=6, people=190),
    ),
    (
        "admission",
        "jiaowei",
        COMMISSIONED,
        ((3, 18), (3, 20), (4, 22), (4, 24), (4, 26)),
        heard(320, 281, 12, meetings=4),
    ),
    ("drainage", "zhujian", ORDINARY, ((4, 1), (4, 3), (5, 8), (5, 9), (5, 14)), heard(96, 90, 2)),
    (
        "shanty",
        "zhujian",
        MEDIUM,
        ((3, 11), (3, 15), (5, 20), (5, 22), (6, 12)),
        heard(500, 452, 21, meetings=8, people=260),
    ),
    ("street", "zhujian", SIMPLE, ((5, 27), (5, 28), (6, 11), (6, 12), (6, 14)), heard(25, 24, 0)),
    (
        "station_area",
        "guizi",
        MEDIUM,
        ((5, 6), (5, 10), (6, 24), (6, 25), (7, 1)),
        heard(56, 46, 4, meetings=3, people=64),
    ),
    ("reservoir", "shuili", MEDIUM, ((6, 3), (6, 5), (7, 15), (7, 16), (7, 19)), heard(60, 55, 1)),
    ("festival", "wenlv", SIMPLE, ((8, 12), (8, 13), (8, 26), (8, 27), (8, 30)), heard(people=24)),
    (
        "hazardous_plan",
        "huanbao",
        COMMISSIONED,
        ((7, 8), (7, 10), (8, 29), (9, 2), (9, 29)),
        heard(150, 131, 8, meetings=3),
    ),
    ("water_price", "fagai", ORDINARY, ((9, 2), (9, 4), (10, 16), (10, 18), (10, 23)), heard(400, 338, 30, meetings=2)),
    ("road", "jiaotong", ORDINARY, ((10, 8), (10, 10), (11, 20), (11, 22), (11, 27)), heard(88, 82, 2, meetings=3)),
)

#: Sent back for completion twice: what was asked for and what was answered.
_CORRECTED = {
    "shanty": (
        ("补充安置房源清单和交付时间。", "已补充安置房源清单。"),
        ("补充专家评审意见的修改说明。", "已附修改说明。"),
    ),
    "hazardous_plan": (("补充第三方机构备案证明。", "已附备案证明。"), ("补充征求部门意见的汇总。", "已附汇总表。")),
}


def year_2024() -> Iterator[Step]:
    """Fourteen assessed, passed and filed; around them one withdrawn, exempt, referenced, draft, amended."""
    for matter, who, base, (declared, started, concluded, submitted, accepted), rows in _FOURTEEN:
        days = (_d(*declared), _d(*started), _d(*concluded))
        more = {"report_no": f"示例评报〔2024〕{declared[0]}号"} if base is not SIMPLE else {}
        yield from assessed(matter, who, days, {**base, **more}, rows)
        if matter in _CORRECTED:
            yield from _corrected(matter, who, _d(*submitted), _d(*accepted))
        else:
            yield from filed(matter, who, _d(*submitted), _d(*accepted))
        if declared[0] < 7:
            yield from decided(matter, who, _d(*accepted) + timedelta(days=9), f"示例府办〔2024〕{declared[0] * 7}号")
    # 撤回: concluded, submitted, taken back because the plan changed; it counts nowhere.
    days = (_d(5, 13), _d(5, 15), _d(7, 10))
    yield from assessed("pumped_storage", "fagai", days, ORDINARY, heard(80, 70, 2))
    yield Step(_d(7, 15), "fagai", "pumped_storage", "submit")
    yield Step(_d(7, 20), "fagai", "pumped_storage", "withdraw", {"reason": "移民安置方案需要调整，撤回后重新论证。"})
    waived = {"screening": "waived", "screening_reason": "只调整内部管理，不涉及群众利益。"}
    yield Step(_d(4, 15), "shilizhen", "groups", "declare", {**MATTERS["groups"], **waived})
    covered = {
        "screening": "covered",
        "screening_reason": "市级已对同一工程作过评估，不重复评估。",
        "screening_reference": "示例市稳评备〔2024〕31号",
    }
    yield Step(_d(6, 18), "fagai", "units", "declare", {**MATTERS["units"], **covered})
    draft = {"title": "示例县公交线路优化方案", "kind": "decision", "field": "transport"}
    yield Step(_d(12, 10), "jiaotong", "bus", "draft", draft)
    amended = {
        "summary": "道路及地下管线改造，分段封闭施工，增加夜间施工时段。",
        "reason": "施工组织调整，风险等级和结论不变。",
    }
    yield Step(_d(9, 10), "zhujian", "street", "amend", amended)


def _corrected(matter: str, who: str, submitted: date, accepted: date) -> Iterator[Step]:
    yield Step(submitted, who, matter, "submit")
    day = submitted + timedelta(days=1)
    yield Step(day, "jingban", matter, "receive")
    for items, answer in _CORRECTED[matter]:
        yield Step(day + timedelta(days=1), "jingban", matter, "correct", {"items": items})
        yield Step(day + timedelta(days=5), who, matter, "answer", {"answer": answer})
        day += timedelta(days=6)
    yield Step(accepted, "shenhe", matter, "accept", {"opinion": "补正后材料齐全，予以备案。"})


def year_2025() -> Iterator[Step]:
    """A deferral with its second round, a rejection, and one that the office typed and revoked."""
    days = (_d(1, 6, 2025), _d(1, 8, 2025), _d(2, 20, 2025))
    yield from assessed("hospital", "weijian", days, MEDIUM, heard(140, 128, 3))
    yield from filed("hospital", "weijian", _d(2, 21, 2025), _d(2, 26, 2025))
    yield from decided("hospital", "weijian", _d(3, 10, 2025), "示例府〔2025〕12号")
    deferred = {"outcome": "deferred", "conclusion_text": "校车和分流方案未落实，暂缓实施。"}
    days = (_d(3, 3, 2025), _d(3, 5, 2025), _d(3, 28, 2025))
    yield from assessed("merger", "jiaowei", days, {**MEDIUM, **deferred}, heard(60, 28, 25))
    yield from filed("merger", "jiaowei", _d(3, 31, 2025), _d(4, 3, 2025), office="zhuren")
    again = {"trigger": "resubmitted", "reason": "校车线路和分流方案已经落实，重新评估。"}
    yield Step(_d(6, 3, 2025), "jiaowei", "merger", "new_round", again)
    days = (_d(6, 3, 2025), _d(6, 4, 2025), _d(6, 27, 2025))
    yield from assessed("merger", "jiaowei", days, MEDIUM, heard(62, 55, 3), new=False)
    yield from filed("merger", "jiaowei", _d(6, 30, 2025), _d(7, 3, 2025))
    rejected = {
        "outcome": "rejected",
        "level_before": "high",
        "level_after": "high",
        "feasibility": "unmet",
        "feasibility_text": "选址距居民区过近，防护距离不足。",
        "conclusion_text": "现选址风险高，不予实施，建议另行选址。",
    }
    days = (_d(5, 6, 2025), _d(5, 8, 2025), _d(6, 13, 2025))
    yield from assessed("waste_plant", "huanbao", days, {**MEDIUM, **rejected}, heard(110, 31, 58, meetings=5))
    yield from filed("waste_plant", "huanbao", _d(6, 16, 2025), _d(6, 19, 2025))
    # 示例乡 has no account: the office types for it (代录), so another person of the office files it.
    yield from assessed(
        "bridge", "jingban", (_d(8, 4, 2025), _d(8, 5, 2025), _d(9, 9, 2025)), ORDINARY, heard(45, 42, 1)
    )
    yield Step(_d(9, 10, 2025), "jingban", "bridge", "submit")
    yield Step(_d(9, 12, 2025), "shenhe", "bridge", "accept", {"opinion": "材料齐全，予以备案。"})
    revoked = {"reason": "建设方案重大调整，原评估不再适用。", "doc_no": "示例信办〔2025〕18号"}
    yield Step(_d(11, 20, 2025), "zhuren", "bridge", "revoke", revoked)


def open_now(today: date) -> Iterator[Step]:
    """What lies on the desks: declared to be assessed, assessing, concluded, submitted, received, to be completed."""

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    def days(last: int) -> tuple[date, date, date]:
        return ago(last + 8), ago(last + 7), ago(last)

    yield from assessed("festival#now", "wenlv", days(9), SIMPLE, heard(people=30), title="示例县迎新春灯会")
    yield Step(ago(8), "wenlv", "festival#now", "submit")
    yield Step(ago(7), "jingban", "festival#now", "receive")
    yield Step(ago(6), "jingban", "festival#now", "correct", {"items": "补充应急疏散方案。"})
    title = "示例县城区排水设施水毁修复（新增点位）"
    yield from assessed("flood_repair#now", "zhujian", days(5), SIMPLE, heard(32, 30, 0), title=title)
    yield Step(ago(4), "zhujian", "flood_repair#now", "submit")
    yield Step(ago(3), "jingban", "flood_repair#now", "receive")
    title = "示例乡中心小学校舍维修"
    yield from assessed("school_roof#now", "jiaowei", days(3), SIMPLE, heard(28, 27, 0), title=title)
    yield Step(ago(2), "jiaowei", "school_roof#now", "submit")
    title = "示例县文化路道路改造"
    yield from assessed("street#now", "zhujian", days(2), SIMPLE, heard(20, 18, 1), title=title)
    yield Step(ago(12), "shuili", "reservoir#now", "declare", facts_of("reservoir#now", "示例县北水水库除险加固工程"))
    yield Step(ago(11), "shuili", "reservoir#now", "start")
    yield Step(ago(1), "jiaotong", "road#now", "declare", facts_of("road#now", "示例乡通村公路改造工程"))
