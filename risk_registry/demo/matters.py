"""Matters of the demo county: kinds, sizes and survey figures of published matters (DOMAIN §5), moved to 示例县.

What the publications do not give (units, days, investment where none is named, survey counts) is invented, and the
remark of each matter says so.
"""

from __future__ import annotations

from typing import Any

Raw = dict[str, Any]


def _remark(real: str) -> str:
    return f"示例：公开资料仅有{real}，其余（单位、日期、金额、调查数）均为虚构。"


def _matter(title: str, kind: str, field: str, owner: str, implementer: str, *, real: str, **more: Any) -> Raw:
    return {
        "title": title,
        "kind": kind,
        "field": field,
        "decision_level": "county",
        "sensitivity": "open",
        "owner_org": owner,
        "decision_org": "county",
        "implement_org": implementer,
        "duty_contact": "办公室",
        "office_phone": "023-59220000",
        "remark": _remark(real),
        **more,
    }


MATTERS: dict[str, Raw] = {
    "school_roof": _matter(
        "示例镇中心小学校舍维修",
        "project",
        "public_service",
        "education",
        "school",
        real="总投资87万元、3月至9月施工",
        location="示例镇",
        summary="校舍屋面和外墙维修，利用暑期集中施工。",
        invest_wan="87",
        plan_start="2024-03-20",
        plan_end="2024-09-30",
    ),
    "dormitory": _matter(
        "示例县实验学校学生宿舍楼新建工程",
        "project",
        "public_service",
        "education",
        "school",
        real="建筑面积5620平方米、地上4层、高14.7米",
        location="示例县城区",
        summary="新建学生宿舍楼一栋，建筑面积5620平方米，地上4层，建筑高度14.7米。",
        invest_wan="1960",
        plan_start="2024-03-01",
        plan_end="2024-12-31",
    ),
    "admission": _matter(
        "示例县实验学校教育集团新校区2024年招生方案",
        "policy",
        "public_service",
        "education",
        "school",
        real="36个班、38600平方米、涉及4个社区",
        location="示例县城区",
        summary="新校区36个班，建筑面积38600平方米，招生范围涉及4个社区的学区划分。",
        people="2600",
    ),
    "water_price": _matter(
        "示例县城区自来水供水价格调整",
        "decision",
        "utility_price",
        "development",
        "supply",
        real="三类水价调整前后的标准",
        location="示例县城区",
        summary="居民用水2.15元调至2.72元，非居民3.05元调至4.15元，特种5.45元调至7.45元（每立方米）；听证会先于评估举行。",
        households="21000",
    ),
    "drainage": _matter(
        "示例县城区排水防涝能力提升工程",
        "project",
        "urban",
        "housing",
        "builder",
        real="总投资1808.72万元、管网9.14公里",
        location="示例县城区",
        summary="改造排水管网9.14公里，总投资1808.72万元（工程费1548.29万元、其他费126.45万元、预备费133.98万元）。",
        invest_wan="1808.72",
        plan_start="2024-06-01",
        plan_end="2025-11-30",
    ),
    "flood_repair": _matter(
        "示例县中心城区排水设施水毁修复工程",
        "project",
        "urban",
        "housing",
        "builder",
        real="修复点位27处",
        location="示例县城区",
        summary="修复水毁排水设施27处。",
        invest_wan="420",
    ),
    "land_lots": _matter(
        "示例县2024年度土地征收成片开发方案（第一批）",
        "decision",
        "land",
        "land",
        "land",
        real="面积86.8公顷、涉及6个镇、公示10天",
        location="示例县6个镇",
        summary="成片开发面积86.8公顷，涉及6个镇。",
        land_ha="86.8",
        households="640",
        people="2100",
    ),
    "station_area": _matter(
        "示例县高铁枢纽北片区土地征收",
        "project",
        "land",
        "land",
        "builder",
        real="面积32.1793公顷、补偿8688万元、问卷56份支持46份",
        location="示例镇",
        summary="征收土地482.69亩，每亩18万元，补偿约8688万元。",
        invest_wan="8688.42",
        land_ha="482.69亩",
        households="213",
        people="702",
        part_of="land_lots",
        joint=(("development", "owner"), ("town", "implement")),
    ),
    "shanty": _matter(
        "示例县老城片区棚户区改造工程",
        "project",
        "housing",
        "housing",
        "builder",
        real="投资约2亿元、83.55亩、789户",
        location="示例县老城",
        summary="改造用地83.55亩，建筑面积约88940平方米，涉及789户。",
        invest_wan="2亿",
        land_ha="83.55亩",
        households="789",
        people="2380",
    ),
    "road": _matter(
        "示例镇至示例乡段公路新建工程",
        "project",
        "transport",
        "transport",
        "roads",
        real="三级公路、含隧道和桥梁",
        location="示例镇、示例乡",
        summary="新建三级公路，含隧道、桥梁。",
        invest_wan="15600",
        households="58",
        people="203",
    ),
    "street": _matter(
        "示例县云光路道路改造",
        "project",
        "transport",
        "housing",
        "builder",
        real="事项名称和自评方式",
        location="示例县城区",
        summary="道路及地下管线改造，分段封闭施工。",
        invest_wan="2350",
    ),
    "reservoir": _matter(
        "示例县南水水库水利枢纽改造提升工程",
        "project",
        "water",
        "water",
        "waterworks",
        real="新建溢洪道",
        location="示例镇",
        summary="新建溢洪道，改造提升水利枢纽。",
        invest_wan="9800",
        households="12",
        people="41",
    ),
    "hazardous_plan": _matter(
        "示例县工业固体废物及危险废物污染防治规划（2024—2028年）",
        "policy",
        "environment",
        "environment",
        "environment",
        real="规划名称和第三方评估",
        location="示例县",
        summary="规划工业固体废物及危险废物的收集、贮存和处置布局。",
    ),
    "festival": _matter(
        "示例县旅游文化节",
        "event",
        "event",
        "culture",
        "culture",
        real="活动名称",
        location="示例县城区",
        summary="为期3天，室外开闭幕式各一场，单场限流5000人。",
        people="5000",
    ),
    "pumped_storage": _matter(
        "示例抽水蓄能电站",
        "project",
        "energy",
        "development",
        "power",
        real="装机1400兆瓦（4台350兆瓦）、永久征地3047.68亩",
        location="示例乡",
        summary="装机1400兆瓦（4台350兆瓦），永久征地3047.68亩。",
        invest_wan="86亿",
        land_ha="3047.68亩",
    ),
    "groups": _matter(
        "示例县村（居）民小组调整优化改革",
        "reform",
        "boundary",
        "town",
        "town",
        real="涉及37个乡镇",
        location="示例县",
        summary="调整优化村（居）民小组设置。",
        people="9000",
    ),
    "merger": _matter(
        "撤销示例学校初中部",
        "decision",
        "public_service",
        "education",
        "school",
        real="事项名称和可以撤并的结论",
        location="示例乡",
        summary="撤销初中部，学生分流到两所初中，配校车。",
        people="180",
    ),
    "hospital": _matter(
        "示例县中医医院异地搬迁新建工程",
        "project",
        "public_service",
        "health",
        "hospital",
        real="事项名称和12个以上部门参加征求意见会",
        location="示例县城区",
        summary="医院异地搬迁新建，12个部门参加征求意见会。",
        invest_wan="3.2亿",
    ),
    "bridge": _matter(
        "示例县跨河大桥工程",
        "project",
        "transport",
        "village",
        "roads",
        real="桥长256米、宽21米、用地3.06公顷",
        location="示例乡",
        summary="桥长256米、宽21米，用地3.06公顷。",
        invest_wan="6400",
        land_ha="3.06",
        households="34",
        people="119",
    ),
    "waste_plant": _matter(
        "示例县第二生活垃圾处理厂",
        "project",
        "environment",
        "environment",
        "builder",
        real="环评报告中设有社会稳定章节",
        location="示例镇",
        summary="新建生活垃圾处理厂一座，日处理能力300吨。",
        invest_wan="1.5亿",
        households="96",
        people="330",
    ),
    "units": _matter(
        "示例电厂1至4号机组增容改造",
        "project",
        "energy",
        "development",
        "power",
        real="装机800兆瓦",
        location="示例乡",
        summary="1至4号机组增容改造，装机800兆瓦。",
        invest_wan="2.1亿",
    ),
}


def heard(forms: int = 0, support: int = 0, oppose: int = 0, *, meetings: int = 1, people: int = 20) -> list[Raw]:
    """Consultation in counts and themes: a survey when there are forms, and meetings."""
    rows: list[Raw] = []
    if forms:
        neutral = forms - support - oppose
        counts = {"forms_issued": forms, "forms_valid": forms, "support": support, "neutral": neutral, "oppose": oppose}
        rows.append(
            {"method": "survey", **counts, "opinions": 6, "adopted": 5, "themes": "施工安排、补偿标准、交通出行"}
        )
    rows.append({"method": "meeting", "sessions": meetings, "participants": people, "themes": "方案内容、实施时间"})
    return rows


#: 简易、自评: nothing but the four tests, the levels and the outcome.
SIMPLE: Raw = {
    "procedure": "simplified",
    "mode": "self",
    "method": "QUALITATIVE",
    "legality": "met",
    "rationality": "met",
    "feasibility": "met",
    "controllability": "met",
    "main_risks": "实施期间给群众出行和生活带来不便",
    "measures": "提前公告，错峰实施，设专人解答",
    "level_before": "low",
    "level_after": "low",
    "outcome": "implement",
    "conclusion_text": "风险低，可以实施。",
    "signed_by": "单位负责人",
}

#: 一般程序: a notice of ten days and more; its days are added by the story.
ORDINARY: Raw = {**SIMPLE, "procedure": "ordinary", "notice_channel": "县政府网站、公示栏"}

#: Medium before, low after measures: an expert review and an emergency plan belong to it.
MEDIUM: Raw = {
    **ORDINARY,
    "controllability": "mostly",
    "controllability_text": "补偿和安置环节关注度高，落实措施后可控。",
    "main_risks": "补偿标准和安置期限有不同意见；施工噪声、扬尘",
    "measures": "公开补偿方案，签订安置协议；围挡降尘，限时施工",
    "level_before": "medium",
    "emergency_plan": "是",
    "review_experts": "5",
    "review_result": "passed",
    "review_opinion": "评估程序完整，措施可行。",
}

#: 委托: a third party assesses, experts review at any level.
COMMISSIONED: Raw = {
    **ORDINARY,
    "mode": "commissioned",
    "third_party": "assessor",
    "review_experts": "3",
    "review_result": "passed",
}
