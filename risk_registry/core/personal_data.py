"""Keeps persons out of free text.

The registry holds counts, methods and themes of a consultation, never a person who objects, petitions, was
visited or polled (DOMAIN §0.12, §8d.20; PIPL Art. 6). Patterns catch the honest mistake; they cannot catch every
name, and they are tuned not to stop the titles officials write every day (信访工作条例, 防范群众上访).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from risk_registry.core.codes import is_uscc
from risk_registry.core.problems import Problem
from risk_registry.core.text_marks import N_


class Trace(Enum):
    """What a text seems to hold."""

    IDENTITY_NUMBER = "identity_number"
    MOBILE_NUMBER = "mobile_number"
    PETITIONER = "petitioner"


@dataclass(frozen=True, order=True)
class Finding:
    """A trace of a person; `position` is the 1-based place of its first character. The trace itself is not kept."""

    position: int
    trace: Trace


_SAID = {
    Trace.IDENTITY_NUMBER: N_("第%(position)d个字起是身份证号码"),
    Trace.MOBILE_NUMBER: N_("第%(position)d个字起是手机号码"),
    Trace.PETITIONER: N_("第%(position)d个字起像是信访人、上访人的姓名"),
}
_CURE = {
    Trace.IDENTITY_NUMBER: N_("%(label)s：第%(position)d个字起是身份证号码，请删去，改写为数量或主题"),
    Trace.MOBILE_NUMBER: N_("%(label)s：第%(position)d个字起是手机号码，请删去，改写为数量或主题"),
    Trace.PETITIONER: N_("%(label)s：第%(position)d个字起像是信访人、上访人的姓名，请删去姓名，改写为数量或主题"),
}
_CODE_CURE = {
    Trace.IDENTITY_NUMBER: N_("%(label)s：第%(position)d个字起是身份证号码，这里不登记个人证件，请删去"),
    Trace.MOBILE_NUMBER: N_("%(label)s：第%(position)d个字起是手机号码，请删去，需要时改填办公座机号码"),
}

# Full-width digits and signs count as what they look like, one character for one, so that positions hold.
_FOLD = str.maketrans("０１２３４５６７８９－‐‑–　\u00a0Ｘｘ＊＋．，", "0123456789----  Xx*+.,")
_SUSPECT = re.compile(r"访|[0-9０-９][0-9０-９*＊ \-－‐‑–\u3000\u00a0]{9}")

_PROVINCES = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_IDENTITY = re.compile(rf"(?<![0-9A-Za-z])(?<![0-9]-){_PROVINCES}(?:[- ]?[0-9]){{15}}[- ]?[0-9Xx](?![0-9A-Za-z])")
_MASKED = re.compile(rf"(?<![0-9A-Za-z]){_PROVINCES}[0-9]{{4}}[0-9*]{{4}}\*{{4}}[0-9*]{{3}}[0-9Xx*](?![0-9A-Za-z*])")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"
# An amount or quantity of eleven digits is no telephone: a unit follows, or a decimal point or comma stands beside it.
_MOBILE = re.compile(
    r"(?<![0-9¥￥])(?<![0-9][-.,])(?:\+?86[- ]?)?(1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4})"
    r"(?![0-9])(?![.,-][0-9])(?!\s*(?:[元万亿㎡亩吨]|平方|立方|千瓦))"
)

# Surnames worth a literal match. The second list holds those that mostly begin ordinary words (安置, 常年, 成批,
# 施工): they count only before 某, ×, 先生 or 女士.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭肖田董袁潘蒋蔡余杜叶苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "石廖贾夏韦付傅邹孟熊秦邱尹薛闫阎段雷侯史陶黎贺顾毛郝龚邵钱覃武戴莫孔汤冉蒲殷赖樊翟倪庞柯瞿臧桂滕俞骆窦"
)
_WORDLIKE_SURNAMES = (
    "曾方万高安成常连易于时应水项施单全江龙白严程向温洪文牛康柳左甘祝包宁尚舒阮纪梅童凌毕聂章关左齐庄辛管游鲍牟古费解"
    "谷金路华霍乔严简冷米车苗查兰喻穆屈房盛和农党强支平经劳相"
)
_DOUBLE_SURNAMES = "欧阳|司马|上官|诸葛|司徒|令狐|夏侯|皇甫"
_NAME = rf"(?:(?:{_DOUBLE_SURNAMES})|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}?"
_VEILED = rf"[{_SURNAMES}{_WORDLIKE_SURNAMES}](?:某{{1,2}}|[×xX*○〇]{{1,2}}|先生|女士|老汉|大爷|大妈)"
_FACELESS = r"(?:某{1,3}|(?<![A-Za-z])[×xX○〇]{2,3})"
# Words of two characters that begin with a listed surname.
_WORDS = frozenset(
    "周边 周围 周期 周年 周末 周密 周到 周知 周内 周一 周二 周三 周四 "
    "周五 周六 周日 任何 任务 任意 任由 任期 任职 任一 任其 许多 许可 "
    "许诺 许久 石油 石材 石化 石头 石板 余下 余地 余额 余人 余户 余次 "
    "余名 余万 林地 林业 林权 林区 林农 田地 田间 田土 叶片 马上 马路 "
    "马拉 何时 何种 何地 何人 何况 何以 何日 毛利 武装 武警 武力 史上 "
    "史料 范围 范畴 夏季 夏天 雷电 雷同 陶瓷 顾及 顾虑 顾全 顾客 黎明 "
    "段落 段时 黄河 黄金 黄色 胡乱 徐州 苏州 郑州 韩国 宋代 唐代 杜绝 "
    "董事 汪洋 陆续 陆路 陆上 陆地 沈阳 桂林 殷切 贺电 孔洞 付款 付费 "
    "付清 付出 丁字 谢绝 谢谢 张贴 张榜 张扬 张口 赖以 戴帽 莫过 莫名 "
    "莫不 钱款 钱财 罗列 汤药 贾商 陈述 陈情 陈年 陈旧 钟点 杨树 梁柱 "
    "王法".split()
)
_MANNERS = frozenset("集体 多次 越级 长期 连续 反复 重复 经常 常年 持续 再次 组织 个人 单独 不断 有人 已有".split())
_PLACES = "村镇乡县市区组社路街坡坝湾沟桥厂矿院校局委办处站所部队场店楼园苑城河岭寨堡屯庄州省司会家岸段港地"
_GROUPS = "群众|村民|居民|业主|职工|工人|农民|商户|住户|移民|家长|学生|教师|企业|公司|单位|项目|工程|事项"

# Where a name may begin: at the start, after anything that is not a Chinese character, or after these words.
_OPENINGS = (
    "民 众 业主 户主 户 职工 工人 员工 教师 家长 人员 当事人 申请人 信访人 上访人 关于 对 由 因 的 与 和 及 将 如 "
    "村 组 镇 乡 社区 小区 街道 楼 栋 单元 稳控 劝返 化解 处理 年 月 日"
).split()
_START = "(?:^|(?<=[^\u4e00-\u9fff])|" + "|".join(f"(?<={word})" for word in _OPENINGS) + ")"
_COUNT = "[0-9一二三四五六七八九十两数多]{1,3}"
_HOW = (
    rf"(?:等?{_COUNT}人|等人|等|夫妇|夫妻|父子|母子|一家|全家|家属|本人|又|曾|已|仍|还|也|再|多次|再次|反复|长期|连续|"
    rf"持续|不断|经常|常年|连年|数次|屡次|{_COUNT}次|[0-9]{{1,4}}[年月日]|越级|重复|集体|带头|组织|煽动|扬言|准备|前往|赴|到|去|进|向|在|来|"
    r"于|京|北京|省城?|市里?|县里?|区里?|乡|镇|重庆|成都|国家|政府|信访局|非正常|非法|违法|个人|单独|初次|首次)"
)
# The cause stands once: inside the repetition it would make the search grow without bound.
_MANNER = rf"{_HOW}{{0,6}}(?:因[^，。；,;\n]{{1,12}}?{_HOW}{{0,6}})?"
_WORK = "局|办|部门|工作|系统|条例|联席|机构|干部|制度|渠道|平台|窗口|室|中心|维稳|稳定|秩序"
_ACT = rf"(?:上访|缠访|闹访|非访|京访|越访|访民|信访(?!{_WORK}))"
_NAMED = re.compile(rf"{_START}(?P<name>{_NAME}){_MANNER}{_ACT}", re.MULTILINE)
_VEILED_ACT = re.compile(rf"(?P<name>{_VEILED})(?![{_PLACES}某]|{_GROUPS})[^，。；：、,;:\n]{{0,14}}?{_ACT}")
_FACELESS_ACT = re.compile(rf"(?P<name>{_FACELESS}){_MANNER}{_ACT}")
_ACT_NAMED = re.compile(
    r"(?:(?:上访|信访|缠访|闹访|非访)(?:老户|户|人员|人|者|群众|当事人|对象)|访民)[：:（(为是“\" ]*"
    rf"(?P<name>{_VEILED}|{_FACELESS}(?![{_PLACES}])|{_NAME}"
    r"(?=[，。；：、,;:）)”\" \n]|$|等|的|和|与|及|反映|要求|提出|诉求|多次|因|系|户|同志|一家|夫妇|本人|案))"
)


def _valid_identity(number: str) -> bool:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    if not 1850 <= born.year <= 2100:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_IDENTITY_WEIGHTS, number, strict=False))
    return _IDENTITY_CHECKS[total % 11] == number[17].upper() and not _credit_code(number)


def _credit_code(number: str) -> bool:
    """Whether the digits are a credit code too: its digits 3 and 4 are a province, a person's are a city.

    The check character alone would not do: it fits one identity number in 31.
    """
    return re.match(_PROVINCES, number[2:4]) is not None and is_uscc(number)


def _inside_code(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] is part of a longer code of digits and letters, such as a credit code."""
    left, right = start, end
    while left and text[left - 1].isascii() and text[left - 1].isalnum():
        left -= 1
    while right < len(text) and text[right].isascii() and text[right].isalnum():
        right += 1
    before, after = text[left:start], text[end:right]
    return (before != "86" and any(char.isdigit() for char in before)) or bool(before and after)


def _numbers(text: str) -> Iterator[Finding]:
    for match in _IDENTITY.finditer(text):
        if _valid_identity(match.group().replace("-", "").replace(" ", "")):
            yield Finding(match.start() + 1, Trace.IDENTITY_NUMBER)
    for match in _MASKED.finditer(text):
        yield Finding(match.start() + 1, Trace.IDENTITY_NUMBER)
    for match in _MOBILE.finditer(text):
        if not _inside_code(text, *match.span(1)):
            yield Finding(match.start(1) + 1, Trace.MOBILE_NUMBER)


def _names(text: str) -> Iterator[Finding]:
    for pattern in (_NAMED, _VEILED_ACT, _FACELESS_ACT, _ACT_NAMED):
        for match in pattern.finditer(text):
            name = match.group("name")
            if name[:2] not in _WORDS and name[1:] not in _MANNERS and name[-1] not in _PLACES:
                yield Finding(match.start("name") + 1, Trace.PETITIONER)


def find_personal_data(text: str, *, names: bool = True) -> tuple[Finding, ...]:
    """Traces of persons in `text`, in order; `names=False` looks for identity and mobile numbers only."""
    if _SUSPECT.search(text) is None:
        return ()
    folded = text.translate(_FOLD)
    found = set(_numbers(folded))
    if names and "访" in folded:
        found.update(_names(folded))
    # One start, one finding: 某某 is seen from its first character only.
    starts = {finding.position: finding for finding in sorted(found, key=_order, reverse=True)}
    kept = [starts[position] for position in sorted(starts)]
    return tuple(
        finding
        for index, finding in enumerate(kept)
        if not (index and finding.trace is kept[index - 1].trace and finding.position - kept[index - 1].position == 1)
    )


def _order(finding: Finding) -> tuple[int, str]:
    return finding.position, finding.trace.value


def personal_data(text: str) -> list[str]:
    """What `find_personal_data` found, each as a Chinese phrase with its position; empty when the text is clean."""
    return [_SAID[finding.trace] % {"position": finding.position} for finding in find_personal_data(text)]


def personal_data_problems(text: str, *, field: str, label: str, code: bool = False) -> tuple[Problem, ...]:
    """One problem per finding, naming the field and the cure. `code` texts hold no names."""
    cures = _CODE_CURE if code else _CURE
    return tuple(
        Problem(field, cures[finding.trace], {"label": label, "position": finding.position})
        for finding in find_personal_data(text, names=not code)
    )
