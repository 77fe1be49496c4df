"""The library of risk factors: eight areas of the NDRC outline 428号, factors as practice names them (DOMAIN §3.6).

A suggestion to pick from; an office may add its own. No factor describes a person or a kind of person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from risk_registry.core.personal_data import personal_data_problems
from risk_registry.core.problems import Problem
from risk_registry.core.text_marks import N_

LIBRARY_VERSION = "428-1"
LIBRARY_SOURCE = N_("发改办投资〔2013〕428号编制大纲八类风险领域；因素按通行做法整理")


@dataclass(frozen=True)
class Area:
    """One of the eight areas, with its factors in the outline's order."""

    code: str
    zh: str
    factors: tuple[str, ...]


def _area(code: str, zh: str, factors: str) -> Area:
    return Area(code, zh, tuple(factors.split()))


AREAS: tuple[Area, ...] = (
    _area(
        "policy",
        N_("政策规划和审批程序"),
        "立项审批程序 产业政策与发展规划 规划选址 规划设计参数 立项过程公众参与",
    ),
    _area(
        "land",
        N_("征地拆迁及补偿"),
        "因地制宜节约用地 征收范围 补偿资金 被征地农民就业及生活 安置房源数量质量 补偿标准 补偿程序和方案 拆迁过程 "
        "特殊土地和建筑物 管线搬迁及绿化迁移 其他补偿",
    ),
    _area("economy", N_("技术经济"), "工程方案 资金筹措和保障"),
    _area(
        "environment",
        N_("生态环境影响"),
        "大气污染 水体污染 噪声振动 电磁辐射放射 土壤污染 固废及二次污染 日照采光 通风热辐射 光污染 "
        "公共空间绿地水系景观 水土流失 其他环境影响",
    ),
    _area("management", N_("项目管理"), "四制建设 施工方案 文明施工与质量 稳定风险管理体系"),
    _area(
        "society",
        N_("经济社会影响"),
        "周边房地价 就业 群众收入 生活成本 公共配套 流动人口 商业经营 周边交通 社区关系 文化宗教民俗 历史遗留矛盾",
    ),
    _area("safety", N_("安全卫生"), "施工安全与职业健康 火灾洪涝灾害 社会治安公共安全"),
    _area("media", N_("媒体舆论"), "舆论导向及其影响"),
)

#: The longest name of a factor, in characters.
LONGEST_NAME = 64
# Words by which lists name people as a risk. A factor is about what is planned, never about who may object to it.
_PEOPLE = re.compile(
    "上访|信访人|信访户|访民|缠访|闹访|钉子户|刁民|闹事|挑头|带头人|骨干|积极分子|分子|组织者|煽动|幕后|重点人|重点对象|重点户|"
    "稳控|涉稳人|维权人|人员名单|刑满|释放人员|前科|劣迹|吸毒|精神病|精神障碍|邪教|信教|少数民族|残疾人|退役军人|代理人|律师|记者"
)
_PERSON = N_("%(label)s：“%(word)s”说的是人。风险因素只写事项的环节和影响，不写个人或某一类人，请改写")


def factor_name_problems(name: str, *, field: str, label: str) -> tuple[Problem, ...]:
    """What is wrong with the name of a risk factor: it may not name a person or a kind of person (DOMAIN §3.5)."""
    problems = list(personal_data_problems(name, field=field, label=label))
    found = _PEOPLE.search(name)
    if found is not None and not problems:
        problems.append(Problem(field, _PERSON, {"label": label, "word": found.group()}))
    return tuple(problems)
