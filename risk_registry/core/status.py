"""Status of an assessment on a day, from its dates alone (DOMAIN §8b).

One ordered list of rules; the first that holds names the status. Lists, filters, exports and counts all use it, in SQL
or in Python, so a past day shows the status of that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from risk_registry.core.predicates import During, Later, Not, Predicate, Question, Reached, both, either, holds

#: The dates of a line that the rules read. A line holds those of its newest attempt; the end of the attempt before it
#: is kept only while the newer submission is on a later day.
STATUS_DATES = (
    "declared_on",
    "returned_on",
    "screened_on",
    "exempted_on",
    "started_on",
    "concluded_on",
    "submitted_on",
    "received_on",
    "correcting_on",
    "declined_on",
    "withdrawn_on",
    "filed_on",
    "revoked_on",
    "terminated_on",
    "voided_on",
)

#: Withdrawn and not sent again. A round withdrawn more than once keeps the earlier spells beside its dates.
WITHDRAWN = either(both(Reached("withdrawn_on"), Not(Later("submitted_on", "withdrawn_on"))), During("lapses"))
DECLINED = both(Reached("declined_on"), Not(Later("submitted_on", "declined_on")))

STATUS_RULES: tuple[tuple[str, Predicate], ...] = (
    ("void", Reached("voided_on")),
    ("terminated", Reached("terminated_on")),
    ("revoked", Reached("revoked_on")),
    ("filed", Reached("filed_on")),
    ("withdrawn", WITHDRAWN),
    ("declined", DECLINED),
    ("correcting", Reached("correcting_on")),
    ("received", Reached("received_on")),
    ("submitted", Reached("submitted_on")),
    ("concluded", Reached("concluded_on")),
    ("assessing", Reached("started_on")),
    ("exempt", Reached("exempted_on")),
    ("due", Reached("screened_on")),
    ("returned", Reached("returned_on")),
    ("declared", Reached("declared_on")),
)

#: Statuses in which the assessment is not yet concluded and still alive.
OPEN = frozenset({"declared", "returned", "due", "assessing"})

#: Statuses of a round that is out: registered, and counted nowhere (DOMAIN §8c; `core.counting.OUT` is the rule).
OUT = ("withdrawn", "terminated", "void")

#: Stands for the year of conclusion while a line is open, so that open lines too are found in registration order.
OPEN_YEAR = 9999


def status_at(dates: Mapping[str, object], day: date) -> str | None:
    """The status on ``day``; ``None`` before declaration."""
    question = Question(day, day, day)
    return next((status for status, rule in STATUS_RULES if holds(rule, dates, question)), None)
