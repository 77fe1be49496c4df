"""The figures of the annual report in plain Python, from a log of what was done (DOMAIN §8c with its amendment).

It knows no line, no table and no rule of the program: rounds are replayed from the log, then counted as the rules say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from tests.acting import Done

PASS = frozenset({"implement", "partial", "phased"})


@dataclass
class Attempt:
    """One submission and the day it was withdrawn, if it was."""

    sent: date
    withdrawn: date | None = None


@dataclass
class Round:
    """What a round amounts to after everything in the log."""

    matter: int
    seq: int
    declared: date
    screened: date | None = None
    exempted: date | None = None
    started: date | None = None
    concluded: date | None = None
    outcome: str = ""
    filed: date | None = None
    revoked: date | None = None
    ended: date | None = None
    voided: date | None = None
    due: date | None = None
    attempts: list[Attempt] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)


def replay(log: Iterable[Done], *, known_at: int | None = None) -> list[Round]:
    """The rounds as they were on record at ``known_at``."""
    rounds: dict[tuple[int, int], Round] = {}
    for done in log:
        if known_at is not None and done.known > known_at:
            continue
        key = (done.matter, done.round)
        if done.act in ("declare", "new_round"):
            rounds[key] = Round(done.matter, done.round, done.day, codes=dict(done.data["codes"]))
            if done.act == "new_round":
                rounds[key].screened = done.day
            continue
        _apply(rounds[key], done)
    return list(rounds.values())


def _apply(found: Round, done: Done) -> None:
    day = done.day
    match done.act:
        case "screen_required":
            found.screened, found.exempted = day, None
        case "screen_exempt":
            found.screened = found.exempted = day
        case "reopen" | "pull_back" | "return_declaration":
            found.screened = found.exempted = None
        case "start":
            found.started = day
        case "conclude":
            found.concluded, found.outcome = day, done.data["outcome"]
            found.codes |= done.data["codes"]
        case "submit":
            found.attempts.append(Attempt(day))
        case "withdraw":
            found.attempts[-1].withdrawn = day
        case "request_correction":
            found.due = done.data.get("due_on")
        case "receive" | "answer_correction":
            found.due = None
        case "accept":
            found.filed = day
        case "revoke":
            found.revoked = day
        case "terminate":
            found.ended = day
        case "void":
            found.voided = day


def by(day: date | None, limit: date) -> bool:
    """Whether something happened on or before ``limit``."""
    return day is not None and day <= limit


@dataclass(frozen=True)
class Asked:
    """Period, as-of day and what counts as passed."""

    first: date
    last: date
    as_of: date
    passed: frozenset[str] = PASS

    def inside(self, day: date | None) -> bool:
        """In the period, and seen on the as-of day."""
        return day is not None and self.first <= day <= self.last and day <= self.as_of

    def withdrawn(self, r: Round) -> bool:
        """Withdrawn on or before the day, and not sent again by then."""
        state = False
        for attempt in r.attempts:
            if by(attempt.sent, self.as_of):
                state = False
            if by(attempt.withdrawn, self.as_of):
                state = True
        return state

    def out(self, r: Round) -> bool:
        """Counts nowhere but in its own column."""
        return self.withdrawn(r) or by(r.ended, self.as_of) or by(r.voided, self.as_of)

    def filed(self, r: Round) -> bool:
        """Filed and not revoked on the day."""
        return by(r.filed, self.as_of) and not by(r.revoked, self.as_of)

    def assessed(self, r: Round) -> bool:
        """A(P)."""
        return self.inside(r.concluded) and not self.out(r)

    def unfiled(self, r: Round) -> bool:
        """Concluded, alive, not filed, whenever it was."""
        return by(r.concluded, self.as_of) and not self.out(r) and not self.filed(r)

    def passes(self, r: Round) -> bool:
        """The outcome lets the matter go ahead."""
        return r.outcome in self.passed


Rule = Callable[[Asked, Round], bool]

RULES: dict[str, Rule] = {
    "assessed": lambda q, r: q.assessed(r),
    "matters_assessed": lambda q, r: q.assessed(r),
    "passed": lambda q, r: q.assessed(r) and q.passes(r),
    "deferred": lambda q, r: q.assessed(r) and r.outcome == "deferred",
    "rejected": lambda q, r: q.assessed(r) and r.outcome == "rejected",
    "passed_and_filed": lambda q, r: q.assessed(r) and q.passes(r) and q.filed(r),
    "passed_and_filed_in_period": lambda q, r: q.passes(r) and q.inside(r.filed) and q.filed(r),
    "filed": lambda q, r: q.inside(r.filed) and q.filed(r),
    "carried_over": lambda q, r: (
        r.concluded is not None and r.concluded < q.first and q.passes(r) and q.inside(r.filed) and q.filed(r)
    ),
    "filed_not_passed": lambda q, r: not q.passes(r) and q.inside(r.filed) and q.filed(r),
    "unfiled": lambda q, r: q.unfiled(r),
    "in_progress": lambda q, r: by(r.started, q.as_of) and not by(r.concluded, q.as_of) and not q.out(r),
    "overdue": lambda q, r: q.unfiled(r) and r.due is not None and r.due < q.as_of,
    "reassessed": lambda q, r: q.assessed(r) and r.seq > 1,
    "declared": lambda q, r: r.seq == 1 and q.inside(r.declared) and not by(r.voided, q.as_of),
    "due": lambda q, r: (
        r.seq == 1
        and q.inside(r.declared)
        and by(r.screened, q.as_of)
        and not by(r.exempted, q.as_of)
        and not by(r.voided, q.as_of)
        and not by(r.ended, q.as_of)
    ),
}
DISTINCT = frozenset({"matters_assessed", "declared", "due"})


def lines(rounds: Sequence[Round], asked: Asked, measure: str) -> list[Round]:
    """The rounds a figure counts."""
    return [r for r in rounds if RULES[measure](asked, r)]


def figure(rounds: Sequence[Round], asked: Asked, measure: str) -> int:
    """The figure itself: rounds, or their matters."""
    found = lines(rounds, asked, measure)
    return len({r.matter for r in found}) if measure in DISTINCT else len(found)


def figures(rounds: Sequence[Round], asked: Asked) -> dict[str, int]:
    """Every figure."""
    return {measure: figure(rounds, asked, measure) for measure in RULES}


def along(rounds: Sequence[Round], asked: Asked, axis: str) -> dict[str, dict[str, int]]:
    """Every figure for each code of an axis, codes without any figure left out."""

    def code(r: Round) -> str:
        if axis == "month":
            return f"{r.concluded:%Y-%m}" if r.concluded is not None and by(r.concluded, asked.as_of) else ""
        if axis.startswith("level") and not by(r.concluded, asked.as_of):
            return ""
        return r.codes.get(axis, "")

    parts: dict[str, list[Round]] = {}
    for r in rounds:
        parts.setdefault(code(r), []).append(r)
    found = {name: figures(part, asked) for name, part in parts.items()}
    return {name: values for name, values in sorted(found.items()) if any(values.values())}
