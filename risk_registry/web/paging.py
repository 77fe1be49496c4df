"""Pages of a long list by keyset: the thousandth page costs what the first one costs. No Flask in here."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

Row = TypeVar("Row")

#: Counting stops here on a page: a person does not need the exact size of a longer list to read it.
COUNT_CAP = 1000


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: beyond ``key`` (an assessment id), or at an end of the list when it is ``None``.

    Forwards is the order of the list, newest first, so towards smaller keys; ``backwards`` is towards larger ones.
    In a list ordered by dates ``day`` is the date of that line; ``None`` where it has none.
    """

    key: int | None = None
    backwards: bool = False
    day: date | None = None

    def encode(self) -> str:
        """The cursor as it stands in an address."""
        packed = struct.pack(">?q", self.backwards, -1 if self.key is None else self.key)
        if self.day is not None:
            packed += struct.pack(">i", self.day.toordinal())
        return base64.urlsafe_b64encode(packed).decode("ascii")

    @classmethod
    def decode(cls, text: str | None) -> Cursor:
        """The cursor of an address; none means the first page. Raises ``ValueError`` for a damaged one."""
        if not text:
            return cls()
        try:
            packed = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
            backwards, key = struct.unpack(">?q", packed[:9])
            day = date.fromordinal(*struct.unpack(">i", packed[9:])) if packed[9:] else None
        except (UnicodeEncodeError, binascii.Error, struct.error, ValueError, OverflowError) as error:
            raise ValueError("damaged cursor") from error
        cursor = cls(None if key == -1 else key, backwards, day)
        if cursor.encode() != text:
            raise ValueError("damaged cursor")
        return cursor


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page. The four cursors are ``None`` where there is nothing more; the addresses are filled in by the view."""

    rows: Sequence[Row]
    total: str | None = None
    next: Cursor | None = None
    previous: Cursor | None = None
    next_url: str | None = None
    previous_url: str | None = None
    first_url: str | None = None
    last_url: str | None = None


def count_text(count: int, cap: int = COUNT_CAP) -> str:
    """``count`` as people read it; beyond ``cap`` only that it is more: "1,000+"."""
    return f"{cap:,}+" if count > cap else f"{count:,}"


def make_page(
    rows: Sequence[Row],
    *,
    size: int,
    cursor: Cursor,
    key: Callable[[Row], int],
    day: Callable[[Row], date | None] = lambda _row: None,
    total: str | None = None,
) -> Page[Row]:
    """The page of ``rows``: up to ``size`` + 1 of them, as the query found them from ``cursor`` in its direction.

    ``day`` gives the date of a row in a list that is ordered by it.
    """
    more = len(rows) > size
    shown = list(rows[:size])
    if cursor.backwards:
        shown.reverse()
    if not shown:
        return Page((), total)
    before = cursor.key is not None if not cursor.backwards else more
    after = more if not cursor.backwards else cursor.key is not None
    return Page(
        shown,
        total,
        next=Cursor(key(shown[-1]), day=day(shown[-1])) if after else None,
        previous=Cursor(key(shown[0]), backwards=True, day=day(shown[0])) if before else None,
    )
