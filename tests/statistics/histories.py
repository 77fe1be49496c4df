"""Random histories of matters: years of filed, withdrawn, revoked and repeated rounds, through operations."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.assessments.models import Assessment
from risk_registry.audit.queries import last_stamp
from risk_registry.core.workflow import BY_NAME, Situation, available
from risk_registry.settings.operations import change_setting
from risk_registry.settings.queries import settings
from tests.acting import Cast, Done, attempt, declare, take
from tests.registry import OPERATOR, Registry

FIRST, LAST = date(2023, 3, 1), date(2025, 11, 28)
KINDS = ("policy", "decision", "reform", "event", "other")
FIELDS = ("water", "land", "housing", "transport")
OWNERS = ("water", "school", "town")
OUTCOMES = ("implement", "implement", "partial", "phased", "deferred", "rejected")

#: How likely a step is against the others that are open; a step not named weighs one.
WEIGHTS = {
    "accept": 6.0,
    "receive": 6.0,
    "submit": 6.0,
    "conclude": 6.0,
    "start": 6.0,
    "withdraw": 1.2,
    "revoke": 2.0,
    "new_round": 2.0,
    "terminate": 0.3,
    "void": 0.6,
    "edit_declaration": 0.3,
    "record_progress": 0.5,
    "revise": 2.0,
    "screen_exempt": 0.6,
}
_CREW = frozenset({"submitter", "department_head", "filing_officer", "filing_approver"})


@dataclass
class Plot:
    """One matter on its way: the round in hand, and when its next step is due."""

    matter: int
    owner: str
    next_day: date
    steps_left: int
    assessment: int | None = None
    round: int = 1
    codes: dict[str, str] = field(default_factory=dict)


@dataclass
class Chronicle:
    """Everything that was done in a registry, in order, with the stamp at which it became known."""

    log: list[Done] = field(default_factory=list)
    stamps: list[int] = field(default_factory=list)
    ids: dict[tuple[int, int], int] = field(default_factory=dict)

    def shares(self) -> dict[str, float]:
        """Which part of the matters was revoked, withdrawn, assessed again, or filed in a later year than concluded."""
        matters = {done.matter for done in self.log}
        found: dict[str, set[int]] = {"revoked": set(), "withdrawn": set(), "again": set(), "cross_year": set()}
        concluded: dict[tuple[int, int], int] = {}
        for done in self.log:
            key = (done.matter, done.round)
            if done.act == "conclude":
                concluded[key] = done.day.year
            if done.act == "accept" and concluded[key] != done.day.year:
                found["cross_year"].add(done.matter)
            for act, name in (("revoke", "revoked"), ("withdraw", "withdrawn"), ("new_round", "again")):
                if done.act == act:
                    found[name].add(done.matter)
        return {name: len(some) / len(matters) for name, some in found.items()}

    def acts(self) -> Counter[str]:
        """How often each act was done."""
        return Counter(done.act for done in self.log)


class Author:
    """Writes histories into a registry, a week to a transaction."""

    def __init__(self, registry: Registry, *, matters: int, seed: int) -> None:
        self.registry, self.chance = registry, random.Random(seed)
        self.chronicle = Chronicle()
        span = (LAST - FIRST).days - 200
        self.plots = [
            Plot(
                number,
                self.chance.choice(OWNERS),
                FIRST + timedelta(days=self.chance.randrange(span)),
                self.chance.randint(3, 16),
            )
            for number in range(matters)
        ]

    def write(self) -> Chronicle:
        """Every plot to its end. Corrections have a term, else nothing would ever be overdue."""
        monday = FIRST
        with self.registry.writing() as session:
            change_setting(session, OPERATOR, "term_correction", "5", basis="示办发〔2023〕1号")
        while monday <= LAST:
            self._week(monday)
            monday += timedelta(days=7)
        return self.chronicle

    def _week(self, monday: date) -> None:
        days = [monday + timedelta(days=n) for n in range(7)]
        if not any(plot.next_day <= days[-1] and plot.steps_left for plot in self.plots):
            return
        self.registry.clock.set(days[-1])
        log: list[Done] = []
        with self.registry.writing() as session:
            found = settings(session)
            for day in days:
                cast = Cast(session, day, found)
                for plot in self.plots:
                    if plot.steps_left and plot.next_day <= day:
                        log += self._step(session, cast, plot)
        if log:
            with self.registry.reading() as session:
                stamp = last_stamp(session)
            self.chronicle.stamps.append(stamp)
            self.chronicle.log += [replace(done, known=stamp) for done in log]

    def _step(self, session: Session, cast: Cast, plot: Plot) -> list[Done]:
        plot.steps_left -= 1
        plot.next_day = cast.today + timedelta(days=self.chance.choice([0, 1, 3, 9, 20, 45]))
        if plot.assessment is None:
            return self._declare(session, cast, plot)
        assessment = session.get_one(Assessment, plot.assessment)
        asked = Situation(assessment.status, _CREW, outcome=assessment.outcome)
        steps = [step.name for step in available(asked)]
        weights = [
            WEIGHTS.get(step, 1.0) * (1 if BY_NAME[step].target or step == "new_round" else 0.4) for step in steps
        ]
        step = self.chance.choices(steps, weights)[0]
        data = self._data(session, cast, assessment, step)
        result = take(session, cast, assessment, step, plot.owner, **data)
        day = data.get("day", cast.today)
        if step == "new_round":
            assert isinstance(result, Assessment)
            plot.round += 1
            session.flush()
            plot.assessment = self.chronicle.ids[plot.matter, plot.round] = result.id
            data = {"codes": plot.codes}
        if step == "conclude":
            data["codes"] = {"level_before": data["level"], "level_after": "low"}
        return [Done(plot.matter, plot.round, step, day, data)]

    def _declare(self, session: Session, cast: Cast, plot: Plot) -> list[Done]:
        plot.codes = {"kind": self.chance.choice(KINDS), "field": self.chance.choice(FIELDS)}
        assessment = declare(session, cast, plot.owner, title=f"示例事项{plot.matter}", **plot.codes)
        plot.codes["organisation"] = plot.owner
        session.flush()
        plot.assessment = self.chronicle.ids[plot.matter, 1] = assessment.id
        done = Done(plot.matter, 1, "declare", cast.today, {"codes": plot.codes})
        return [done, Done(plot.matter, 1, "screen_required", cast.today)]

    def _data(self, session: Session, cast: Cast, assessment: Assessment, step: str) -> dict[str, Any]:
        """What the step needs; a day is often an earlier one (补录)."""
        today = cast.today
        match step:
            case "start":
                # Some were under way before anybody registered them.
                return {"day": today - timedelta(days=self.chance.choice([0, 0, 0, 5, 40]))}
            case "conclude":
                data = {"day": self._between(assessment.started_on, today), "outcome": self.chance.choice(OUTCOMES)}
                return data | {"level": self.chance.choice(["low", "medium"])}
            case "submit":
                return {"day": self._between(self._sendable(session, assessment), today)}
            case "receive":
                return {"day": self._between(attempt(session, assessment).submitted_on, today)}
            case "accept":
                return {"day": self._between(attempt(session, assessment).received_on, today)}
            case "revoke":
                return {"day": self._between(attempt(session, assessment).filed_on, today)}
            case "request_correction":
                return {"due_on": today + timedelta(days=self.chance.randrange(1, 20))}
        return {}

    def _sendable(self, session: Session, assessment: Assessment) -> date | None:
        if assessment.status == "concluded":
            return assessment.concluded_on
        last = attempt(session, assessment)
        return last.withdrawn_on or last.declined_on

    def _between(self, first: date | None, last: date) -> date:
        assert first is not None
        return self.chance.choice([last, first, first + timedelta(days=self.chance.randint(0, (last - first).days))])
