"""The annual figures as a workbook for A4: measures with their rules, then a sheet for each axis; always Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from risk_registry.core.columns import CellKind, Column
from risk_registry.core.counting import MEASURES
from risk_registry.core.vocabulary import LEVELS, labels
from risk_registry.ledgers.asking import Asked, moment_text
from risk_registry.ledgers.export import SIGNATURE, region_of
from risk_registry.spreadsheets.sheet import Sheet, write_book
from risk_registry.spreadsheets.values import Written
from risk_registry.statistics.joint import MEASURES as JOINT_MEASURES
from risk_registry.statistics.joint import Partner
from risk_registry.statistics.presentation import AXES, SHORT, shown_codes
from risk_registry.statistics.queries import Counts

_NAME, _NUMBER = 30.0, 15.0
_NONE = "未填写"
_LEVELS = labels(LEVELS)
_NOTE = "评估件数按事项去重，各行相加可能大于合计；其余各列的行之和等于合计。"

Rows = Iterator[list[Any]]


@dataclass(frozen=True)
class CountsBook:
    """Figures with all that is said around them: who fills the tables in, the 校验码, when the file is made."""

    counts: Counts
    asked: Asked
    #: Codes of an axis in the order of their dictionary.
    order: Mapping[str, Sequence[str]]
    unit: str
    head: str
    made: datetime
    partners: Sequence[Partner] = ()

    @property
    def title(self) -> str:
        """示例县2024年度社会稳定风险评估统计表."""
        asked = self.asked
        return f"{region_of(asked.office)}{asked.title_period}{asked.settings['term_word']}统计表"

    def write(self, target: str | Path | BinaryIO) -> Written:
        """Write the workbook; the rows of all its sheets, with the digest of the figures themselves."""
        written = write_book(target, list(self._sheets()), created=self.made)
        return Written(sum(part.rows for part in written), self.counts.digest)

    def _sheets(self) -> Iterator[tuple[Sheet, Rows]]:
        yield self._measures()
        for axis, heading, _word, measures in AXES:
            codes = shown_codes(self.counts, self.order, axis, measures)
            if codes:
                columns = [SHORT[name] for name in measures]
                yield self._sheet(f"按{heading}", heading, columns, notes=(_NOTE,)), self._axis(axis, codes, measures)
        if self.counts.matrix:
            yield self._matrix()
        if self.partners:
            columns = [SHORT[name] for name in JOINT_MEASURES]
            note = "一件次有几个联合单位就列几行，各行不能相加。"
            rows = ([partner.name, *(partner.numbers[name] for name in JOINT_MEASURES)] for partner in self.partners)
            yield self._sheet("联合单位参与情况", "联合单位", columns, notes=(note,)), rows

    def _measures(self) -> tuple[Sheet, Rows]:
        counts, question = self.counts, self.counts.question
        columns = (
            Column("name", "指标", CellKind.TEXT, _NAME),
            Column("number", "数量", CellKind.INTEGER, 9),
            Column("rule", "口径", CellKind.TEXT, 78),
        )
        parts = "通过并备案（甲）+ 上期结转备案 + 非通过备案"
        holds = "相符" if counts.bridge_holds else "不符"
        bridge = f"核对：备案件次 = {parts}，{holds}。" if question.as_of <= question.last else ""
        wide = "准予、部分、分步实施计为通过。"
        passes = wide if self.asked.settings.on("partial_counts_as_pass") else "只有准予实施计为通过。"
        rows = ([measure.label, counts.measures[measure.id], measure.rule] for measure in MEASURES)
        notes = (counts.sentence_text, *filter(None, (bridge,)), passes, self._times())
        return self._framed("全部指标与口径", columns, notes), rows

    def _axis(self, axis: str, codes: Sequence[str], measures: Sequence[str]) -> Rows:
        figures = self.counts.by[axis]
        for code in codes:
            yield [self._label(axis, code), *(figures[code].get(name, 0) for name in measures)]
        yield ["合计", *(self.counts.measures[name] for name in measures)]

    def _matrix(self) -> tuple[Sheet, Rows]:
        found = self.counts.matrix
        before, after = self._levels(pair[0] for pair in found), self._levels(pair[1] for pair in found)
        columns = [self._label("level_after", code) for code in after]
        rows = (
            [self._label("level_before", row), *(found.get((row, column), 0) for column in after)] for row in before
        )
        note = "行为初始风险等级，列为措施后风险等级，单位为评估件次。"
        return self._sheet("风险等级变化", "初始＼措施后", columns, notes=(note,)), rows

    @staticmethod
    def _levels(codes: Iterator[str]) -> list[str]:
        return [*_LEVELS, *sorted(set(codes) - set(_LEVELS))]

    def _label(self, axis: str, code: str) -> str:
        if not code:
            return _NONE
        if axis == "month":
            return f"{code[:4]}年{int(code[5:])}月"
        return self.counts.labels.get(axis, {}).get(code) or _LEVELS.get(code, code)

    def _sheet(self, name: str, heading: str, columns: Sequence[str], *, notes: Sequence[str]) -> Sheet:
        made = (
            Column("name", heading, CellKind.TEXT, _NAME),
            *(Column(f"c{place}", label, CellKind.INTEGER, _NUMBER) for place, label in enumerate(columns)),
        )
        return self._framed(name, made, (*notes, self._times()))

    def _framed(self, name: str, columns: tuple[Column, ...], notes: Sequence[str]) -> Sheet:
        question = self.counts.question
        return Sheet(
            title=self.title,
            subtitle=(
                f"填报单位（盖章）：{self.unit}　统计期间：{question.first}至{question.last}　"
                f"截至：{question.as_of}　单位：件次、件"
            ),
            columns=columns,
            sheet_name=name,
            paper="A4",
            totals=False,
            signature=SIGNATURE,
            footer_left=f"{name}　台账数据时间 {self._known}　校验码 {self.head}",
            notes=tuple(notes),
        )

    @property
    def _known(self) -> str:
        return moment_text(self.counts.known_at).replace("T", " ") or "—"

    def _times(self) -> str:
        return (
            f"截至：{self.counts.question.as_of}。台账数据时间：{self._known}。"
            f"导出时间：{self.made:%Y-%m-%d %H:%M:%S}。校验码：{self.head}。"
        )
