"""The one place that knows what time it is. Business days are days in Asia/Shanghai; stamps are microseconds UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """What every writer asks for the time."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment of this machine."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until told otherwise: fixtures, the demo county and tests walk it through the years."""

    def __init__(self, moment: datetime | date) -> None:
        self._moment = _moment(moment)

    def now(self) -> datetime:
        """The moment last set."""
        return self._moment

    def set(self, moment: datetime | date) -> None:
        """Walk to ``moment``; a bare date means ten in the morning of that day in Shanghai."""
        self._moment = _moment(moment)

    def advance(self, **delta: float) -> None:
        """Walk on by a ``timedelta`` given by its own keywords."""
        self._moment += timedelta(**delta)


def _moment(moment: datetime | date) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(10), SHANGHAI).astimezone(UTC)


def today(clock: Clock) -> date:
    """The business day of ``clock`` in Shanghai: 2024-12-31 23:30 there still belongs to 2024 (DOMAIN §6)."""
    return clock.now().astimezone(SHANGHAI).date()


def to_stamp(moment: datetime) -> int:
    """Microseconds since the epoch of an aware ``moment``, exact."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_stamp(stamp: int) -> datetime:
    """The aware moment (Shanghai) of a stamp, as it is shown to people."""
    return (_EPOCH + timedelta(microseconds=stamp)).astimezone(SHANGHAI)


def day_of(stamp: int) -> date:
    """The Shanghai day on which a stamp lies."""
    return from_stamp(stamp).date()


def end_of_day(day: date) -> int:
    """The last stamp of ``day`` in Shanghai."""
    return to_stamp(datetime.combine(day + timedelta(days=1), time(0), SHANGHAI)) - 1
