"""The one declaration of a field: form input, checks, detail row, ledger column, import and dictionary follow it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Protocol

from risk_registry.core.columns import CellKind


class Check(Protocol):
    """Reads a code: returns its one form, raises Refused naming the field."""

    def __call__(self, code: str, *, field: str, label: str) -> str:
        """The code as it is kept."""
        ...


class Kind(Enum):
    """What a field holds. MONEY is 万元 with 2 places, AREA 公顷 with 4 places, RATIO 0 to 1 with 4 places."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CODE = "code"
    DATE = "date"
    INTEGER = "integer"
    MONEY = "money"
    AREA = "area"
    RATIO = "ratio"
    CHOICE = "choice"
    ORGANISATION = "organisation"
    BOOLEAN = "boolean"


class Gate(Enum):
    """The step at which a field must be filled (DOMAIN §8a)."""

    DECLARE = "declare"
    CONCLUDE = "conclude"
    FILE = "file"
    DECISION = "decision"


@dataclass(frozen=True)
class Ledger:
    """Place of a field in the full ledger; `position` counts from 1, `width` in characters."""

    position: int
    heading: str
    width: float
    aliases: tuple[str, ...] = ()
    cell: CellKind | None = None


@dataclass(frozen=True)
class Field:
    """One fact of a record.

    `dictionary` names the dictionary of a CHOICE; `guarded` free text passes the personal-data guard; `official` text
    names somebody in office, so only numbers of persons are refused; `check` gives a code its one form or raises
    Refused;
    `default` is the text a new form starts with; `length` counts characters.
    """

    name: str
    label: str
    kind: Kind
    section: str
    required_at: Gate | None = None
    length: int | None = None
    dictionary: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    help: str = ""
    ledger: Ledger | None = None
    guarded: bool = True
    official: bool = False
    check: Check | None = None
    default: str = ""
