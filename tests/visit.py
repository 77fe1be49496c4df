"""One stop of the tour of the site, and how its parameters are found in what the demo county holds.

The stops themselves stand in `tests.visit_table` and in a module for each group of pages (`tests.visit_…`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

Found = Callable[["Known"], Any]


class Known:
    """What there is in the demo county, and what was made besides."""

    def __init__(self, connection: Connection, made: Mapping[str, Any]) -> None:
        self._connection = connection
        self.made = made

    def one(self, query: str, **values: object) -> Any:
        """The first value of a query. Raises ``LookupError`` when there is none: the demo lacks what a page shows."""
        found = self._connection.execute(text(query), values).scalar()
        self._connection.rollback()
        if found is None:
            raise LookupError(f"the demo county has nothing for: {query} {values}")
        return found


def a_round(status: str, *, also: str = "1 = 1") -> dict[str, Found]:
    """Registration number and round of the newest line of this status."""

    def find(column: str) -> Found:
        query = (
            f"SELECT {column} FROM ledger_line WHERE superseded_at IS NULL AND status = :status AND {also}"
            " ORDER BY assessment_id DESC LIMIT 1"
        )
        return lambda known: known.one(query, status=status)

    return {"reg_no": find("reg_no"), "n": find("seq")}


def made(**names: str) -> dict[str, Found]:
    """Parameters by the names under which `furnish` made them."""

    def find(name: str) -> Found:
        return lambda known: known.made[name]

    return {parameter: find(name) for parameter, name in names.items()}


def made_round(name: str) -> dict[str, Found]:
    """A round that `furnish` made."""
    return {"reg_no": lambda known: known.made[name], "n": lambda _known: 1}


def always(value: object) -> Found:
    """A fixed parameter."""
    return lambda _known: value


@dataclass(frozen=True)
class Visit:
    """One page as one account opens it. ``account`` is empty for a stranger; ``query`` stands behind the address.

    ``faulty`` are values typed into its form before it is sent; the answer must be the form again with its faults.
    ``paper`` is an A4 sheet, judged without zoom.
    """

    name: str
    endpoint: str
    account: str = ""
    values: Mapping[str, Found] = field(default_factory=dict)
    query: Mapping[str, str | Found] = field(default_factory=dict)
    faulty: Mapping[str, str] | None = None
    send: str = ""
    status: int = 200
    paper: bool = False
