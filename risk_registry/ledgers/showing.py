"""How the lines of a question are shown: which columns, in which order, and the order of the lines; as words of a link.

These words stand beside those of the question (``asking.WORDS``) in every address of a ledger, its pages and files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from risk_registry.casefile.columns import CHOOSABLE, PRINT_LEDGER, line_column
from risk_registry.core.columns import Column
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.lines.queries import Order
from risk_registry.spreadsheets.values import ORDINAL

Sort = Literal["oldest", "filed", "concluded"]

#: The orders of the lines. The first is the usual one.
SORTS: dict[Sort | Literal["registered"], str] = {
    "registered": N_("登记先后，新的在前"),
    "oldest": N_("登记先后，旧的在前"),
    "filed": N_("备案日期，新的在前"),
    "concluded": N_("评估完成日期，新的在前"),
}

#: Words of an address; ``view`` names the view they came from and decides nothing.
WORDS = ("cols", "sort", "view")

#: Columns no ledger is without: the ordinal stands first, the title leads to the case.
FIRST, TITLE = ORDINAL, "title"

USUAL: tuple[str, ...] = tuple(column.key for column in PRINT_LEDGER)


@dataclass(frozen=True)
class Showing:
    """Keys of the columns in order (without the ordinal), and the order of the lines; ``""`` where none was asked."""

    keys: tuple[str, ...] = USUAL[1:]
    sort: Sort | Literal[""] = ""
    view: int | None = None

    @property
    def is_usual(self) -> bool:
        """Whether the columns are the 14 of the screen and the A4 print."""
        return self.keys == USUAL[1:]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, the ordinal first: the usual ones with their short headings, others as the full ledger has."""
        if self.is_usual:
            return PRINT_LEDGER
        return (CHOOSABLE[FIRST], *(CHOOSABLE[key] for key in self.keys))

    @property
    def order(self) -> Order:
        """The order in which pages are walked; the oldest first is the newest first, read from its end."""
        return self.sort if self.sort in ("filed", "concluded") else "registered"

    @property
    def sort_label(self) -> str:
        """How the order is called."""
        return SORTS[self.sort or "registered"]

    @property
    def words(self) -> dict[str, str]:
        """The words of a link that shows it so; nothing for what is usual."""
        found = {} if self.is_usual else {"cols": ",".join(self.keys)}
        if self.sort:
            found["sort"] = self.sort
        if self.view is not None:
            found["view"] = str(self.view)
        return found

    def without_view(self) -> Showing:
        """The same, whatever view it came from."""
        return replace(self, view=None)


def read_showing(given: Mapping[str, str]) -> Showing:
    """The showing that ``given`` words ask for. Raises ``Refused`` naming unknown columns and orders."""
    keys, problems = _keys(given.get("cols", ""))
    sort: Sort | Literal[""] = ""
    asked = given.get("sort", "")
    for known in SORTS:
        # The usual order is not asked for: a file of it has the order of the ledger.
        if asked == known and known != "registered":
            sort = known
    if asked and asked not in SORTS:
        problems.append(Problem("sort", N_("没有网址中写的这种行序，请从列出的选项中选择")))
    if problems:
        raise Refused(problems)
    view = given.get("view", "")
    number = int(view) if view.isascii() and view.isdigit() and len(view) < 10 else None
    return Showing(keys, sort, number)


def _keys(text: str) -> tuple[tuple[str, ...], list[Problem]]:
    asked = [key for key in dict.fromkeys(text.split(",")) if key]
    unknown = [key for key in asked if key not in CHOOSABLE]
    if unknown:
        return USUAL[1:], [Problem("", N_("网址中写的列，有的台账里没有，请重新选列"))]
    return arranged(asked), []


def arranged(asked: Sequence[str]) -> tuple[str, ...]:
    """Chosen keys as a ledger can have them: the ordinal is not chosen, the title never missing. None: the usual."""
    keys = [key for key in asked if key != FIRST]
    if not keys:
        return USUAL[1:]
    return tuple(keys if TITLE in keys else [TITLE, *keys])


def line_names(showing: Showing) -> list[str]:
    """Line columns to read for these columns, each once, after those every row needs."""
    names = ["reg_no", "seq", "incomplete", "status", "title"]
    for column in showing.columns:
        if column.key == FIRST:
            continue
        names.append(line_column(column.key))
        if f"{column.key}_text" == names[-1] and column.key in ("level_before", "level_after", "outcome"):
            names.append(column.key)
    if showing.order != "registered":
        names.append(f"{showing.order}_on")
    return list(dict.fromkeys(names))
