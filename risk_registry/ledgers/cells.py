"""The rows of a ledger page as HTML. Made here and not by templates: this is the page opened most.

Every text is escaped where its piece is made; the same few words and units fill most cells, so a piece is made once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from markupsafe import Markup, escape

from risk_registry.casefile.columns import line_column
from risk_registry.casefile.words import said
from risk_registry.core.columns import CellKind, Column
from risk_registry.core.vocabulary import STATUSES, labels
from risk_registry.ledgers.showing import FIRST, TITLE
from risk_registry.web.i18n import wan

_STATUS_LABELS = labels(STATUSES)
_UNITS = frozenset({"decision_org", "owner_org", "implement_org", "third_party", "filing_office", "co_orgs"})
_LONG = frozenset({"remark", "tracking", "location"})
_AXES = {"level_before": "level", "level_after": "level", "outcome": "outcome"}
_WORDS = frozenset({"kind", "field", "procedure", "mode", "decision_result", "implementation"})
_NUMBERS = (CellKind.INTEGER, CellKind.DECIMAL, CellKind.PERCENT)

Row = Sequence[Any]
Cell = Callable[[Row], str]


class Pieces(dict[Any, str]):
    """Ready pieces of a row by what they say."""

    def __init__(self, make: Callable[[Any], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Any) -> str:
        made = self[key] = str(self._make(key))
        return made


@dataclass(frozen=True)
class Table:
    """What the rows are made from: the columns, the line columns read (``names``), and where a case is opened.

    ``back`` stands behind the address of each case, so that its page leads back to this very list.
    """

    columns: Sequence[Column]
    names: Sequence[str]
    matters: str
    back: str = ""
    places: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The assessment id comes first.
        self.places.update({name: number for number, name in enumerate(self.names, start=1)})

    def body(self, rows: Sequence[Row], first: int | None) -> Markup:
        """The rows; the first has the ordinal ``first``, where it is known."""
        cells = [self._cell(column) for column in self.columns if column.key != FIRST]
        found = []
        for number, row in enumerate(rows):
            values = tuple(row)
            ordinal = "" if first is None else first + number
            found.append(
                f'<tr><td class="num ordinal">{ordinal}</td>{"".join([cell(values) for cell in cells])}</tr>\n'
            )
        return Markup("".join(found))  # pieces are escaped where they are made

    def total(self, rows: Sequence[Row], label: str, count: str) -> Markup:
        """合计 of the rows shown: how many, and the sums of the columns that can be added up."""
        cells = []
        for column in self.columns[1:]:
            if column.key == TITLE:
                cells.append(f'<td class="title-cell">{escape(count)}</td>')
            elif column.total:
                place = self.places[column.key]
                amounts = [row[place] for row in rows if row[place] is not None]
                cells.append(f'<td class="num">{_amount(column, sum(amounts)) if amounts else ""}</td>')
            else:
                cells.append("<td></td>")
        return Markup(f'<tr class="total-row"><td class="ordinal">{escape(label)}</td>{"".join(cells)}</tr>')

    def _cell(self, column: Column) -> Cell:
        key = column.key
        if key == TITLE:
            return self._title()
        if key == "filing_number":
            return self._number()
        if key == "status":
            return self._one("status", lambda code: f'<td class="nowrap">{_status(code)}</td>')
        if key in _AXES:
            return self._tagged(key, _AXES[key])
        return self._one(line_column(key), _maker(column))

    def _one(self, name: str, make: Callable[[Any], str]) -> Cell:
        place, pieces = self.places[name], Pieces(make)
        return lambda row: pieces[row[place]]

    def _title(self) -> Cell:
        """The title opens the case; a later round and an incomplete record say so."""
        again, mark = gettext("（第%(n)s轮）", n="@"), f' <span class="tag">{escape(gettext("资料不全"))}</span>'
        number, round_, incomplete, title = (self.places[name] for name in ("reg_no", "seq", "incomplete", "title"))
        head, back = f'<th scope="row" class="title-cell"><a href="{self.matters}', escape(self.back)

        def cell(row: Row) -> str:
            seq = row[round_]
            later = f' <span class="muted">{again.replace("@", str(seq))}</span>' if seq > 1 else ""
            return (
                f'{head}{escape(row[number])}/assessments/{seq}{back}">{escape(row[title])}</a>'
                f"{later}{mark if row[incomplete] else ''}</th>"
            )

        return cell

    def _number(self) -> Cell:
        """备案编号, and 办理状态 where it is not filed. A number may break before its year, nowhere else."""
        place, status = self.places["filing_number"], self.places["status"]
        alone = any(column.key == "status" for column in self.columns)

        def make(key: tuple[str | None, str]) -> str:
            shown = str(escape(key[0] or "")).replace("〔", "<wbr>〔")
            if key[1] != "filed" and not alone:
                shown += f"{'<br>' if shown else ''}{_status(key[1])}"
            return f'<td class="number">{shown}</td>'

        pieces = Pieces(make)
        return lambda row: pieces[row[place], row[status]]

    def _tagged(self, key: str, axis: str) -> Cell:
        code, word = self.places[key], self.places[line_column(key)]

        def make(pair: tuple[str | None, str | None]) -> str:
            if not pair[0]:
                return "<td></td>"
            return f'<td><span class="tag {axis}-{escape(pair[0])}">{escape(said(pair[1]) or pair[0])}</span></td>'

        pieces = Pieces(make)
        return lambda row: pieces[row[code], row[word]]


def _status(code: str) -> str:
    word = gettext(_STATUS_LABELS.get(code, code))
    return f'<span class="tag tag-{escape(code)}">{escape(word)}</span>'


def _maker(column: Column) -> Callable[[Any], str]:
    if column.cell is CellKind.DATE:
        return lambda day: f'<td class="code">{day or ""}</td>'
    if column.cell in _NUMBERS:
        return lambda number: f'<td class="num">{"" if number is None else _amount(column, number)}</td>'
    if column.key in _LONG:
        return lambda text: f'<td class="remark">{f"<div>{escape(text)}</div>" if text else ""}</td>'
    if column.key in _WORDS:
        return lambda word: f'<td class="nowrap">{escape(said(word))}</td>'
    style = "org" if column.key in _UNITS else "code" if column.cell is CellKind.CODE else "nowrap"
    return lambda text: f'<td class="{style}">{escape(text or "")}</td>'


def _amount(column: Column, number: Decimal | int) -> str:
    return wan(Decimal(number)) if column.cell is CellKind.DECIMAL else f"{number}"
