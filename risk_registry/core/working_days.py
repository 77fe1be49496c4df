"""Deadlines in working days over a published calendar, with a clock that can stand still (DOMAIN §6, §8b)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
# No term of an office is longer; the bound keeps a mistyped setting from running through centuries.
_MOST_DAYS = 2000


@dataclass(frozen=True)
class Calendar:
    """`days` holds every day that differs from the plain week (True: working), or every day; either will do.

    `known_years` are the years whose notice (调休) has been published; in other years the plain week is a guess.
    """

    days: Mapping[date, bool]
    known_years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether the office works on `day`; a guess when the year is not known."""
        known = self.days.get(day)
        return day.weekday() < _SATURDAY if known is None else known

    def knows(self, day: date) -> bool:
        """Whether the calendar of the day's year has been published."""
        return day.year in self.known_years


@dataclass(frozen=True)
class Deadline:
    """The last day of a term; `estimated` when a day on the way lies in a year without a published calendar."""

    date: date
    estimated: bool


@dataclass(frozen=True)
class Suspension:
    """The clock stands still from the day after `stopped_on` to `resumed_on` inclusive; None: it still stands.

    So the day the office asks still counts as used, and the day of the answer, being the day of an event, does not.
    """

    stopped_on: date
    resumed_on: date | None

    def covers(self, day: date) -> bool:
        """Whether `day` is not counted."""
        return day > self.stopped_on and (self.resumed_on is None or day <= self.resumed_on)


def add_working_days(start: date, n: int, calendar: Calendar, suspensions: Iterable[Suspension] = ()) -> Deadline:
    """The n-th working day after `start`; the day of the event itself is not counted, n = 0 is the day itself.

    Days covered by a suspension do not count. Raises ValueError when n is negative or above 2000, or when an open
    suspension lets the term never end (ask `running` first).
    """
    if not 0 <= n <= _MOST_DAYS:
        raise ValueError(f"a term of {n} working days")
    stops = tuple(suspensions)
    open_from = min((stop.stopped_on for stop in stops if stop.resumed_on is None), default=None)
    day, left, estimated = start, n, False
    while left:
        day += _ONE_DAY
        if open_from is not None and day > open_from:
            raise ValueError("the clock stands still")
        estimated = estimated or not calendar.knows(day)
        if calendar.is_working(day) and not any(stop.covers(day) for stop in stops):
            left -= 1
    return Deadline(day, estimated)


def running(suspensions: Iterable[Suspension], day: date) -> bool:
    """Whether the clock runs on `day`."""
    return not any(stop.covers(day) for stop in suspensions)


def working_days_between(start: date, end: date, calendar: Calendar, suspensions: Iterable[Suspension] = ()) -> int:
    """Working days after `start` up to and including `end`, suspended days left out; 0 when `end` is not later."""
    stops = tuple(suspensions)
    days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    return sum(1 for day in days if calendar.is_working(day) and not any(stop.covers(day) for stop in stops))
