"""What ``verify`` found, in the words of the pages: its reports are fixed English phrases, each with its Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from risk_registry.core.text_marks import N_

#: Phrase of a report with its ``{places}``, and the Chinese source text with the same places.
PHRASES: tuple[tuple[str, str], ...] = (
    ("event {seq} is missing", N_("缺少第%(seq)s条日志")),
    ("event {seq} out of order", N_("第%(seq)s条日志次序不对")),
    ("event {seq}", N_("操作日志第%(seq)s条")),
    ("does not follow the event before it", N_("与前一条日志不相接")),
    ("its content differs from its digest", N_("内容与校验值不符")),
    ("recorded before the event in front of it", N_("记录时间早于前一条日志")),
    ("trigger {trigger}", N_("触发器 %(trigger)s")),
    ("is missing", N_("缺失")),
    ("line {id} ({reg_no}/{seq} version {version})", N_("台账行%(id)s（%(reg_no)s，第%(seq)s轮，版本%(version)s）")),
    ("line {id}", N_("台账行%(id)s")),
    ("assessment {id} ({reg_no}/{seq})", N_("评估%(id)s（%(reg_no)s，第%(seq)s轮）")),
    ("assessment {id}", N_("评估%(id)s")),
    ("facts {id}", N_("事项内容%(id)s")),
    ("matter {reg_no}", N_("事项%(reg_no)s")),
    ("filing {receipt_no}", N_("报送%(receipt_no)s")),
    ("figure {measure}", N_("统计项“%(measure)s”")),
    ("table {table}, row {row}", N_("数据表“%(table)s”第%(row)s行")),
    ("organisation_tree", N_("机构隶属")),
    ("numbers of office {office}, {year}", N_("备案机关%(office)s的%(year)s年编号")),
    ("registrations {region}-{year}", N_("%(region)s地区%(year)s年登记号")),
    ("search index", N_("检索索引")),
    ("search “{word}”", N_("检索“%(word)s”")),
    ("list", N_("列表")),
    ("export", N_("导出")),
    ("written under unknown rule {rule}", N_("按未知规则%(rule)s写成")),
    (
        "its status {status} differs from its dates ({other_status})",
        N_("状态“%(status)s”与日期不符（应为“%(other_status)s”）"),
    ),
    ("its status {status} differs from its dates", N_("状态“%(status)s”与日期不符")),
    ("has no version before or after it that fits", N_("前后没有相接的版本")),
    ("no event brought it", N_("没有产生它的日志")),
    ("the line version it brought is gone", N_("它产生的台账行版本已不存在")),
    ("belongs to no assessment", N_("不属于任何评估")),
    ("belong to no assessment", N_("不属于任何评估")),
    ("has no assessment", N_("没有评估")),
    ("has no current line", N_("没有现行台账行")),
    ("its matter or facts are missing", N_("缺少所属事项或事项内容")),
    ("the round before it is missing", N_("缺少前一轮评估")),
    ("its {table} is missing", N_("缺少它在数据表“%(table)s”中的所属记录")),
    ("differs from the parents of the organisations", N_("与各机构的上级不符")),
    ("differs from its recomputation in {columns}", N_("与重算结果不同：%(columns)s")),
    ("what it holds differs from what was submitted", N_("现有内容与报送时不同")),
    ("have no counter", N_("没有编号计数")),
    ("the counter is behind the numbers given", N_("计数落后于已给出的号")),
    ("no number, the counter runs from {opening} to {last}", N_("没有编号，计数为%(opening)s至%(last)s")),
    (
        "{size} numbers {first} to {until}, the counter runs from {opening} to {last}",
        N_("有%(size)s个编号（%(first)s至%(until)s），计数为%(opening)s至%(last)s"),
    ),
    ("holds {held} entries for {current} current lines", N_("有%(held)s条，现行台账行有%(current)s条")),
    ("index and text differ, first at assessment {id}", N_("索引与原文不符，首见于评估%(id)s")),
    ("shows {shown} lines, the count is {counted}", N_("列出%(shown)s条，计数为%(counted)s")),
    ("holds {held} lines, the list {listed}", N_("有%(held)s条，列表为%(listed)s条")),
    ("the figure is {figure}, its list has {listed} lines", N_("数字为%(figure)s，名单为%(listed)s条")),
)


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(phrase)))


_KNOWN = tuple((_pattern(phrase), words) for phrase, words in PHRASES)


def in_words(report: str, translate: Callable[[str], str], names: Mapping[str, Mapping[str, str]]) -> str:
    """A place or a fault of a report in the reader's language.

    ``names`` gives, by place, words for the codes that stand there: ``status``, ``columns``, ``measure``. A phrase
    without words is shown as it is: better strange than silent.
    """
    for pattern, words in _KNOWN:
        found = pattern.fullmatch(report)
        if found:
            return translate(words) % {place: _named(place, text, names) for place, text in found.groupdict().items()}
    return report


def _named(place: str, text: str, names: Mapping[str, Mapping[str, str]]) -> str:
    known = names.get(place.removeprefix("other_"), {})
    return "、".join(known.get(part, part) for part in text.split(", "))
