"""The one declaration of a field: form input, checks, detail row, ledger column, import and dictionary follow it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from risk_registry.core.columns import CellKind


class Kind(Enum):
    """What a field holds. MONEY is 万元 with 2 places, AREA 公顷 with 4 places."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CODE = "code"
    DATE = "date"
    INTEGER = "integer"
    MONEY = "money"
    AREA = "area"
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

    `dictionary` names the dictionary of a CHOICE; `guarded` free text passes the personal-data guard;
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
    default: str = ""
