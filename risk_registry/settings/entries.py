"""Every setting declared once: what it is called, what it may be, what it does and when, where its value comes from.

The value of a term (办理期限) shown beside an empty one is a suggestion of practice; it counts only once the office has
switched it on with the document it rests on (DOMAIN §8b).
"""

from __future__ import annotations

from dataclasses import dataclass

from risk_registry.core.codes import check_region_code
from risk_registry.core.counting import TERM_WORD
from risk_registry.core.fields import Kind
from risk_registry.core.numbering import DEFAULT_PATTERN, check_pattern, read_pattern, written_pattern
from risk_registry.core.problems import Refused
from risk_registry.core.text import clean_text
from risk_registry.core.text_marks import N_
from risk_registry.core.values import parse_integer

#: Sections of the page, in its order.
SECTIONS = (
    ("name", N_("办公室与名称")),
    ("papers", N_("文书与印章")),
    ("numbers", N_("编号")),
    ("rules", N_("办理规则")),
    ("terms", N_("期限")),
    ("counts", N_("统计口径")),
)

_OFF_ON = (("off", N_("关闭")), ("on", N_("开启")))
_FROM_NOW = N_("保存后立即生效；已经登记的内容不变。")
_NEXT_PAPER = N_("保存后新打开、新打印的文书和表册按新用语；已经打印的不变。")
_NEXT_TERM = N_("从保存时起新发生的办理按此计算；已经存下的期限不变。清空即停用，停用后新的办理不再计算期限。")


@dataclass(frozen=True)
class Entry:
    """One setting. ``default`` is its value until the office sets its own; ``suggestion`` is only shown.

    ``legal`` names what the law says of it; ``keepers`` are the administrators who may change it, none for one that no
    account changes; ``page`` is the endpoint of the page that changes it, where it is not the one of settings.
    """

    key: str
    label: str
    section: str
    default: str = ""
    kind: Kind = Kind.TEXT
    help: str = ""
    effect: str = _FROM_NOW
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int = 0
    maximum: int = 0
    length: int = 64
    unit: str = ""
    suggestion: str = ""
    source: str = ""
    legal: str = ""
    needs_basis: bool = False
    may_be_empty: bool = False
    keepers: tuple[str, ...] = ("sysadmin",)
    page: str = ""

    def checked(self, raw: str) -> str:
        """The value in its one form. Raises ``Refused`` on the field ``value``."""
        text = clean_text(raw, multiline=False, field="value", label=self.label)
        if not text:
            if self.may_be_empty:
                return ""
            raise Refused.one("value", N_("请填写%(label)s"), label=self.label)
        if self.choices and text not in dict(self.choices):
            raise Refused.one("value", N_("%(label)s：请从列出的选项中选择"), label=self.label)
        if self.kind is Kind.INTEGER:
            return self._number(text)
        if len(text) > self.length:
            message = N_("%(label)s：最多%(length)d个字，请缩短")
            raise Refused.one("value", message, label=self.label, length=self.length)
        return self._own_check(text)

    def _number(self, text: str) -> str:
        number = parse_integer(text, field="value", label=self.label)
        if number is None or not self.minimum <= number <= self.maximum:
            message = N_("%(label)s：应为%(low)d至%(high)d之间的整数")
            raise Refused.one("value", message, label=self.label, low=self.minimum, high=self.maximum)
        return str(number)

    def said(self, value: str) -> str:
        """The value in words of the source language: the label of a choice, a pattern with Chinese places."""
        return written_pattern(value) if self.key == "number_pattern" else dict(self.choices).get(value, value)

    def _own_check(self, text: str) -> str:
        if self.key == "region":
            return check_region_code(text, field="value")[:6]
        if self.key == "number_pattern":
            try:
                return check_pattern(read_pattern(text))
            except Refused as refused:
                raise Refused.one("value", refused.problems[0].message) from None
        return text


def _seal(key: str, label: str, default: str) -> Entry:
    return Entry(
        key,
        label,
        "papers",
        default,
        length=16,
        help=N_("报备表上盖章栏的标题"),
        effect=_NEXT_PAPER,
        source=N_("常见报备表式样"),
    )


def _switch(
    key: str, label: str, *, off: str, on: str, effect: str = _FROM_NOW, source: str = "", legal: str = ""
) -> Entry:
    return Entry(
        key,
        label,
        "rules",
        "off",
        Kind.CHOICE,
        choices=(("off", off), ("on", on)),
        effect=effect,
        source=source,
        legal=legal,
    )


def _term(key: str, label: str, suggestion: str, help_text: str) -> Entry:
    return Entry(
        key,
        label,
        "terms",
        kind=Kind.INTEGER,
        help=help_text,
        effect=_NEXT_TERM,
        minimum=1,
        maximum=250,
        unit=N_("个工作日"),
        suggestion=suggestion,
        source=N_("各地常见做法，国家没有统一规定"),
        needs_basis=True,
        may_be_empty=True,
    )


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "region",
        N_("行政区划代码"),
        "name",
        length=12,
        help=N_("登记号的前六位"),
        effect=N_("从保存时起新登记的事项按新代码编登记号；已有登记号不变。"),
        source=N_("国家标准《中华人民共和国行政区划代码》"),
    ),
    Entry(
        "term_word",
        N_("评估的称谓"),
        "name",
        TERM_WORD,
        Kind.CHOICE,
        help=N_("文书标题、台账标题和年度报告语句中使用的称谓"),
        effect=_NEXT_PAPER,
        choices=(
            (TERM_WORD, TERM_WORD),
            ("社会风险评估", N_("社会风险评估")),
        ),
        source=N_("多数地方称社会稳定风险评估；有的省改称社会风险评估"),
    ),
    _seal("seal_assessor", N_("第一盖章栏"), "评估单位"),
    _seal("seal_decision", N_("第二盖章栏"), "决策部门意见"),
    _seal("seal_office", N_("第三盖章栏"), "备案机关意见"),
    _seal("seal_upper", N_("第四盖章栏"), "上级备案"),
    Entry(
        "number_pattern",
        N_("备案编号格式"),
        "numbers",
        DEFAULT_PATTERN,
        help=N_("花括号内三处由系统填入：机关简称、年份、序号。年份和序号必须有，简称可以没有"),
        effect=N_("从保存时起给出的编号按新格式，序号接着往下排；已经给出的编号不变。"),
        source=N_("国家没有统一格式，参照《党政机关公文格式》的发文字号"),
    ),
    _switch(
        "screening_first",
        N_("应评判定由谁作出"),
        off=N_("评估主体申报时写明，备案机关接收时核对"),
        on=N_("由备案机关先作判定，判定后评估主体再开展评估"),
        effect=N_("从保存时起新申报的事项按此办理。"),
    ),
    _switch(
        "head_signs_online",
        N_("评估完成由谁确认"),
        off=N_("填报员登记审签人姓名和日期"),
        on=N_("由本单位审签人账号在系统中确认"),
        effect=N_("保存后立即生效：正在评估的事项也须由审签人账号确认完成。"),
    ),
    Entry(
        "minimum_notice_days",
        N_("公示最短天数"),
        "rules",
        "10",
        Kind.INTEGER,
        help=N_("一般程序的公示少于此天数不能完成评估；填 0 表示不要求"),
        effect=N_("从保存时起新完成的评估按此核对。"),
        minimum=0,
        maximum=180,
        unit=N_("天"),
        suggestion="10",
        source=N_("各地常见做法"),
        legal=N_(
            "法定期限另有规定的从其规定：重大行政决策公开征求意见一般不少于三十日，征地预公告不少于十个工作日，"
            "征地补偿安置公告不少于三十日。"
        ),
    ),
    Entry(
        "minimum_experts",
        N_("评审专家最少人数"),
        "rules",
        "3",
        Kind.INTEGER,
        help=N_("须经评审的评估，专家少于此人数不能完成评估；填 0 表示不要求"),
        effect=N_("从保存时起新完成的评估按此核对。"),
        minimum=0,
        maximum=50,
        unit=N_("人"),
        suggestion="3",
        source=N_("各地常见做法"),
    ),
    _switch(
        "high_may_pass",
        N_("措施后仍为高风险的结论"),
        off=N_("不得为准予、部分或分步实施"),
        on=N_("允许，但在台账和文书上标明"),
        effect=N_("从保存时起新完成的评估按此核对。"),
        legal=N_("重大行政决策程序暂行条例第二十四条：认为风险不可控的，应当先行调整决策草案。"),
    ),
    _switch(
        "third_party_must_be_valid",
        N_("第三方机构的备案已失效时"),
        off=N_("标明，仍可完成评估"),
        on=N_("不能完成评估，须更换机构或更新其备案"),
        effect=N_("从保存时起新完成的评估按此核对。"),
        source=N_("有的省规定未经备案的第三方机构出具的报告不予备案"),
    ),
    Entry(
        "filing_before_decision",
        N_("尚未备案就登记决策时"),
        "rules",
        "warn",
        Kind.CHOICE,
        choices=(
            ("allow", N_("照常登记")),
            ("warn", N_("提醒后登记")),
            ("block", N_("不能登记，须先备案")),
        ),
        effect=N_("保存后立即生效；已经登记的决策不变。"),
        source=N_("先评估、后决策的要求"),
    ),
    Entry(
        "separation",
        N_("系统、安全、审计三员分设"),
        "rules",
        "off",
        Kind.CHOICE,
        help=N_("开启后三类管理员各由不同账号担任，且都看不到业务内容"),
        effect=N_("保存后立即生效。"),
        choices=_OFF_ON,
        source=N_("国家标准《信息安全技术 网络安全等级保护基本要求》"),
        keepers=("sysadmin", "secadmin"),
        page="role_admin.index",
    ),
    _term("term_file_within", N_("报送期限"), "10", N_("评估完成后多少个工作日内报送备案")),
    _term("term_office_check", N_("备案审查期限"), "5", N_("备案机关接收后多少个工作日内审查完毕")),
    _term("term_correction", N_("补正期限"), "5", N_("评估主体收到补正通知后多少个工作日内补正")),
    Entry(
        "partial_counts_as_pass",
        N_("部分实施、分步实施是否算通过"),
        "counts",
        "on",
        Kind.CHOICE,
        choices=(("on", N_("算通过")), ("off", N_("不算通过，只有准予实施算通过"))),
        effect=N_("保存后所有年度的统计都按新口径计算；已经上报的数字请自行核对。"),
        source=N_("国家没有统一规定，表下注明所用口径"),
    ),
    Entry("demo", N_("演示数据"), "name", "off", Kind.CHOICE, choices=_OFF_ON, keepers=()),
)

BY_KEY = {entry.key: entry for entry in ENTRIES}
