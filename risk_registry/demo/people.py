"""The demo county's organisations and accounts. All of them are invented; 示例 (example) stands in every name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

REGION = "500229"

#: The one password of every demo account: it is printed, and shown on the sign-in page of the demo.
PASSWORD = "shili-demo-2024"


class Unit(NamedTuple):
    """An organisation of the county."""

    code: str
    name: str
    short: str | None
    kind: str
    parent: str | None


UNITS = (
    Unit("county", "示例县人民政府", "示例县政府", "decision_body", None),
    Unit("law", "示例县委政法委员会", "县委政法委", "decision_body", "county"),
    Unit("office", "示例县信访办公室", "示", "filing_office", "law"),
    Unit("water", "示例县水利局", "县水利局", "department", "office"),
    Unit("education", "示例县教育委员会", "县教委", "department", "office"),
    Unit("transport", "示例县交通运输局", "县交通局", "department", "office"),
    Unit("housing", "示例县住房和城乡建设委员会", "县住建委", "department", "office"),
    Unit("environment", "示例县生态环境局", "县生态环境局", "department", "office"),
    Unit("land", "示例县规划和自然资源局", "县规划自然资源局", "department", "office"),
    Unit("development", "示例县发展和改革委员会", "县发改委", "department", "office"),
    Unit("health", "示例县卫生健康委员会", "县卫健委", "department", "office"),
    Unit("culture", "示例县文化和旅游发展委员会", "县文旅委", "department", "office"),
    Unit("town", "示例镇人民政府", "示例镇", "department", "office"),
    Unit("village", "示例乡人民政府", "示例乡", "department", "office"),
    Unit("waterworks", "示例县水利工程建设中心", None, "implementer", "water"),
    Unit("supply", "示例县供水有限责任公司", None, "implementer", "water"),
    Unit("roads", "示例县公路建设中心", None, "implementer", "transport"),
    Unit("builder", "示例县城市建设投资有限公司", None, "implementer", "housing"),
    Unit("school", "示例县实验学校", None, "implementer", "education"),
    Unit("hospital", "示例县中医医院", None, "implementer", "health"),
    Unit("power", "示例县清洁能源开发有限公司", None, "implementer", "development"),
    Unit("assessor", "示例社会风险评估咨询有限公司", None, "third_party", None),
)

#: Registration of the third party with its authority; invented as well.
ASSESSOR = {
    "reg_authority": "示例市委政法委员会",
    "reg_no": "示稳评机构〔2023〕3号",
    "reg_valid_to": "2029-12-31",
    "reg_status": "valid",
}


class Person(NamedTuple):
    """An account of the county: sign-in name, shown name, unit, roles, scope."""

    name: str
    shown: str
    unit: str
    roles: tuple[str, ...]
    scope: str


PEOPLE = (
    Person("shuili", "水利局填报员", "water", ("submitter",), "own"),
    Person("shuilizhang", "水利局审签人", "water", ("department_head",), "own"),
    Person("jiaowei", "教委填报员", "education", ("submitter",), "own"),
    Person("jiaotong", "交通局填报员", "transport", ("submitter",), "own"),
    Person("zhujian", "住建委填报员", "housing", ("submitter",), "own"),
    Person("huanbao", "生态环境局填报员", "environment", ("submitter",), "own"),
    Person("guizi", "规划自然资源局填报员", "land", ("submitter",), "own"),
    Person("fagai", "发改委填报员", "development", ("submitter",), "own"),
    Person("weijian", "卫健委填报员", "health", ("submitter",), "own"),
    Person("wenlv", "文旅委填报员", "culture", ("submitter",), "own"),
    Person("shilizhen", "示例镇填报员", "town", ("submitter",), "own"),
    Person("jingban", "信访办经办", "office", ("filing_officer",), "office"),
    Person("shenhe", "信访办审核", "office", ("filing_approver",), "office"),
    Person("zhuren", "信访办主任", "office", ("filing_officer", "filing_approver"), "office"),
    Person("tongji", "信访办统计员", "office", ("statistician",), "office"),
    Person("lingdao", "县领导", "county", ("leader",), "all"),
    Person("shenji", "审计管理员", "office", ("auditor",), "all"),
    Person("guanli", "系统管理员", "office", ("sysadmin",), "all"),
    Person("anquan", "安全管理员", "office", ("secadmin",), "all"),
)


@dataclass(frozen=True)
class SignIn:
    """One line of the list of demo accounts."""

    name: str
    password: str
    organisation: str
    roles: tuple[str, ...]


_ROLES = {
    "submitter": "填报员",
    "department_head": "审签人",
    "filing_officer": "备案经办",
    "filing_approver": "备案审核",
    "statistician": "统计员",
    "leader": "领导",
    "auditor": "审计管理员",
    "sysadmin": "系统管理员",
    "secadmin": "安全管理员",
}
_NAMES = {unit.code: unit.name for unit in UNITS}

#: What the sign-in page of the demo lists.
SIGN_IN = tuple(
    SignIn(person.name, PASSWORD, _NAMES[person.unit], tuple(_ROLES[role] for role in person.roles))
    for person in PEOPLE
)
