"""The ledger as a file: full (40 columns, A3), print (14 columns, A4) or as shown, with what it says around its lines.

An export is three steps in transactions of their own: ``begin`` records who asks for what before the first byte,
``write`` reads one snapshot, ``finish`` records how many lines it came to and their digest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Literal

from sqlalchemy.orm import Session

from risk_registry.audit.queries import head_code, last_stamp
from risk_registry.casefile.columns import FULL_LEDGER, PRINT_LEDGER, line_column
from risk_registry.core.actors import Actor
from risk_registry.core.columns import Column
from risk_registry.core.vocabulary import STATUSES, labels
from risk_registry.db.clock import Clock, from_stamp, to_stamp
from risk_registry.ledgers.asking import LABELS, Asked, moment_text
from risk_registry.ledgers.choices import read_choices
from risk_registry.ledgers.listing import uncounted
from risk_registry.ledgers.models import ExportRecord
from risk_registry.ledgers.showing import Showing
from risk_registry.lines.order import FileOrder
from risk_registry.lines.queries import LineQuery
from risk_registry.spreadsheets.csv_file import write_csv, write_jsonl
from risk_registry.spreadsheets.sheet import Sheet, write_workbook
from risk_registry.spreadsheets.values import ORDINAL, Written

Layout = Literal["full", "print", "shown"]
FileKind = Literal["xlsx", "csv", "jsonl"]

#: Characters in a line that still fit A4 landscape; beyond, a ledger is laid out on A3.
_A4_WIDTH = 200
#: The last line of a table handed in on paper.
SIGNATURE = "　　　　　　　　".join(("填表人：", "审核人：", "联系电话：", "填表日期：　　　　年　　月　　日"))
_STATUS_LABELS = labels(STATUSES)
#: Regions at the head of an office's name: 示例县信访办公室 → 示例县. A region of one character is a county (忠县).
_REGION = re.compile(r"(?:中共)?((?:.县|.{2,8}?(?:自治区|自治州|自治县|自治旗|省|市|区|县|旗|盟))+)")


@dataclass(frozen=True)
class Opened:
    """An export that was begun. ``known_at`` and ``head`` are those the recording transaction saw."""

    asked: Asked
    kind: FileKind
    layout: Layout
    record_id: int
    known_at: int
    head: str
    started_at: int
    unit: str
    filters: tuple[tuple[str, str], ...]
    showing: Showing
    #: Title that a named view gives its ledgers.
    heading: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the layout."""
        if self.layout == "shown":
            return self.showing.columns
        return PRINT_LEDGER if self.layout == "print" else FULL_LEDGER

    @property
    def order(self) -> FileOrder | None:
        """The order asked for; ``None`` is that of the ledger (DOMAIN §4.3)."""
        return self.showing.sort or None

    @property
    def paper(self) -> Literal["A3", "A4"]:
        """A4 wherever the columns fit."""
        return paper_for(self.columns)

    @property
    def file_name(self) -> str:
        """Name of the file as people keep it."""
        suffix = {"full": "", "print": "（打印）", "shown": "（所选列）"}[self.layout]
        return f"{self.title}{suffix}.{self.kind}"

    @property
    def title(self) -> str:
        """城口县2024年度社会稳定风险评估工作台账 (DOMAIN §4.3), or as a named view has it."""
        return self.heading or ledger_title(self.asked)

    def query(self, session: Session) -> LineQuery:
        """The lines as they were known when the export began, whoever has written since."""
        if self.asked.query.known_at is None and last_stamp(session) == self.known_at:
            return self.asked.query
        return replace(self.asked.query, known_at=self.known_at)


def paper_for(columns: Sequence[Column]) -> Literal["A3", "A4"]:
    """The smaller paper, in landscape, on which a line of these columns can be read."""
    return "A3" if sum(column.width for column in columns) > _A4_WIDTH else "A4"


def ledger_title(asked: Asked) -> str:
    """Title of the ledger of this question, on screen paper and in the file."""
    return f"{region_of(asked.office)}{asked.title_period}{asked.settings['term_word']}工作台账"


def region_of(office: str) -> str:
    """The county or city an office's name begins with; the whole name where none is seen."""
    found = _REGION.match(office)
    return found.group(1) if found else office


def begin(
    session: Session,
    actor: Actor,
    asked: Asked,
    *,
    kind: FileKind,
    layout: Layout = "full",
    unit: str = "",
    showing: Showing | None = None,
    heading: str = "",
) -> Opened:
    """Record that ``actor`` takes these lines out. Needs a writing transaction; the caller commits before writing.

    ``unit`` is named on the sheet as the one that fills it in, by default the office of the registry; ``heading`` is
    the title where it is not the usual one.
    """
    showing = showing or Showing()
    row = record(session, actor, asked, kind=kind if layout == "full" else f"{kind}-{layout}", words=showing.words)
    filters = read_choices(session, asked.query.scope, asked.question.as_of).filters(asked)
    return Opened(
        asked=asked,
        kind=kind,
        layout=layout,
        record_id=row.id,
        known_at=row.known_at,
        head=row.head,
        started_at=row.started_at,
        unit=unit or asked.office,
        filters=tuple(filters),
        showing=showing,
        heading=heading,
    )


def record(
    session: Session, actor: Actor, asked: Asked, *, kind: str, words: Mapping[str, str] | None = None
) -> ExportRecord:
    """Note that ``actor`` begins to take out what ``asked`` asks for; ``words`` say how it is shown."""
    clock: Clock = session.info["clock"]
    question = asked.question
    period = {"basis": asked.query.filter.basis, "from": question.first, "to": question.last}
    row = ExportRecord(
        started_at=to_stamp(clock.now()),
        account_id=actor.account_id,
        actor=actor.name,
        kind=kind,
        filter=json.dumps({**period, **asked.args, **(words or {})}, ensure_ascii=False, default=str),
        as_of=question.as_of.isoformat(),
        known_at=asked.query.known_at if asked.query.known_at is not None else last_stamp(session),
        head=head_code(session),
    )
    session.add(row)
    session.flush()
    return row


def finish(session: Session, opened: Opened, written: Written) -> None:
    """Record what the export came to. Needs a writing transaction; the caller commits."""
    settle(session, opened.record_id, written)


def settle(session: Session, record_id: int, written: Written) -> None:
    """The same of an export known by its record alone."""
    clock: Clock = session.info["clock"]
    row = session.get_one(ExportRecord, record_id)
    row.finished_at, row.lines, row.digest = to_stamp(clock.now()), written.rows, written.digest
    session.flush()


def write(session: Session, opened: Opened, target: str | Path | BinaryIO) -> Written:
    """Write the file from the snapshot of ``session``. Raises ``Refused`` for what a file cannot hold."""
    match opened.kind:
        case "xlsx":
            return export_xlsx(session, opened, target)
        case "csv":
            return export_csv(session, opened, target)
        case "jsonl":
            return export_jsonl(session, opened, target)


def export_xlsx(session: Session, opened: Opened, target: str | Path | BinaryIO) -> Written:
    """The official workbook."""
    query = opened.query(session)
    left_out = uncounted(query)
    sheet = make_sheet(opened, query.count(session), without=left_out.count(session) if left_out else 0)
    rows = ledger_rows(session, query, opened.columns, opened.order)
    return write_workbook(target, sheet, rows, created=from_stamp(opened.started_at))


def export_csv(session: Session, opened: Opened, target: str | Path | BinaryIO) -> Written:
    """Header and lines alone, for other programs."""
    return write_csv(target, opened.columns, _rows(session, opened))


def export_jsonl(session: Session, opened: Opened, target: str | Path | BinaryIO) -> Written:
    """One object a line, keyed by column."""
    return write_jsonl(target, opened.columns, _rows(session, opened))


def _rows(session: Session, opened: Opened) -> Iterator[tuple[Any, ...]]:
    return ledger_rows(session, opened.query(session), opened.columns, opened.order)


def ledger_rows(
    session: Session, query: LineQuery, columns: Sequence[Column], order: FileOrder | None = None
) -> Iterator[tuple[Any, ...]]:
    """The values of each line, one for each column, in ledger order or the one asked for; the writers number them."""
    names = [line_column(column.key) for column in columns if column.key != ORDINAL]
    ordinal = next((place for place, column in enumerate(columns) if column.key == ORDINAL), None)
    status = next((place for place, column in enumerate(columns) if column.key == "status"), None)
    for row in query.rows(session, names, order=order):
        values: list[Any] = list(row[1:])
        if ordinal is not None:
            values.insert(ordinal, None)
        if status is not None:
            values[status] = _STATUS_LABELS.get(values[status], values[status])
        yield tuple(values)


def make_sheet(opened: Opened, lines: int, *, without: int = 0) -> Sheet:
    """Title, unit and period, notes and signatures around ``lines`` lines (DOMAIN §4.3).

    ``without`` of them are in no count, which 合计 would otherwise hide from who compares it with the annual figures.
    """
    asked, question = opened.asked, opened.asked.question
    as_of, known = question.as_of.isoformat(), moment_text(opened.known_at).replace("T", " ") or "—"
    basis = "" if asked.query.filter.measure else f"口径：{asked.basis_label}　"
    chosen = "；".join(f"{LABELS[name]} {text}" for name, text in opened.filters) or "无"
    left_out = f"（其中已撤回、已终止、已作废{without}件次，不计入统计）" if without else ""
    made = f"{from_stamp(opened.started_at):%Y-%m-%d %H:%M:%S}"
    return Sheet(
        title=opened.title,
        subtitle=(
            f"填报单位（盖章）：{opened.unit}　"
            f"统计期间：{question.first.isoformat()}至{question.last.isoformat()}　"
            f"{basis}截至：{as_of}　单位：件次、万元"
        ),
        columns=opened.columns,
        sheet_name=f"{asked.title_period}台账",
        paper=opened.paper,
        totals=True,
        signature=SIGNATURE,
        footer_left=f"台账数据时间 {known}　校验码 {opened.head}",
        notes=(
            f"共{lines}件次{left_out}。筛选条件：{chosen}。截至：{as_of}。台账数据时间：{known}。导出时间：{made}。"
            f"校验码：{opened.head}。",
        ),
        count_unit="件次",
    )
