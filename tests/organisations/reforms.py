"""A county over the turn of a year, for the tests of mergers, splits and renamings: what happened, and what is seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import EVERYTHING, Scope, scope_of
from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.audit.queries import last_stamp
from risk_registry.casefile import reorganisation
from risk_registry.casefile.columns import FULL_LEDGER, line_column
from risk_registry.casefile.queries import find_assessment
from risk_registry.core.predicates import Question
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import LineFilter, LineQuery
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.operations import create_organisation
from risk_registry.organisations.queries import subtree_ids, tree_is_sound
from risk_registry.organisations.succession import Reform
from risk_registry.settings.queries import settings
from risk_registry.statistics.queries import Counts, counts
from risk_registry.upkeep.verification import verify
from tests.acting import Cast, attempt, declare, take
from tests.registry import OPERATOR, Registry, account, organisation

YEAR_END = date(2024, 12, 31)
#: First day of the new organisation, and the day on which it is entered.
FIRST, ENTERED = date(2025, 7, 1), date(2025, 7, 3)

_LAST_YEAR = Question(date(2024, 1, 1), YEAR_END, YEAR_END)
_LEDGER = [line_column(column.key) for column in FULL_LEDGER if column.key != "ordinal"]


@dataclass
class Story:
    """Rounds by name: unit, then what became of it by the day of the reform."""

    registry: Registry
    rounds: dict[str, int]

    def cast(self, session: Session, day: date) -> Cast:
        """Who acts on that day."""
        return Cast(session, day, settings(session))

    def step(self, day: date, name: str, step: str, owner: str = "water", **data: Any) -> Any:
        """One step of one round on one day; what it gave, as an id when it is a round."""
        self.registry.clock.set(day)
        with self.registry.writing() as session:
            assessment = session.get_one(Assessment, self.rounds[name])
            found = take(session, self.cast(session, day), assessment, step, owner, **data)
            session.flush()
            return found.id if isinstance(found, Assessment) else None

    def begin(self, day: date, name: str, owner: str = "water", *steps: tuple[date, str]) -> None:
        """A matter declared on that day, and its steps."""
        self.registry.clock.set(day)
        with self.registry.writing() as session:
            assessment = declare(session, self.cast(session, day), owner, title=f"示例事项{name}")
            session.flush()
            self.rounds[name] = assessment.id
        for when, step in steps:
            self.step(when, name, step, owner)

    def line(self, name: str) -> Any:
        """The present line of a round."""
        with self.registry.reading() as session:
            query = select(*LINE.columns).where(LINE.c.superseded_at.is_(None))
            return session.execute(query.where(LINE.c.assessment_id == self.rounds[name])).one()

    def reg_no(self, name: str) -> str:
        """The registration number of a round."""
        return str(self.line(name).reg_no)


def turn_of_the_year(registry: Registry) -> Story:
    """Rounds of two departments: filed, concluded and begun last year; concluded and begun this year."""
    story = Story(registry, {})
    days = [date(2024, 11, 4), date(2024, 11, 18), date(2024, 11, 20), date(2024, 11, 21), date(2024, 11, 25)]
    whole = ("start", "conclude", "submit", "receive", "accept")
    story.begin(days[0], "w-filed", "water", *zip(days, whole, strict=True))
    story.begin(days[0], "s-filed", "school", *zip(days, whole, strict=True))
    concluded = date(2024, 12, 20)
    story.begin(date(2024, 12, 2), "w-concluded", "water", (date(2024, 12, 3), "start"), (concluded, "conclude"))
    story.begin(date(2024, 12, 27), "w-open", "water", (date(2024, 12, 30), "start"))
    spring = date(2025, 3, 3)
    story.begin(spring, "s-filed-this-year", "school", *[(spring, step) for step in whole])
    story.begin(spring, "w-waiting", "water", *[(spring, step) for step in whole[:3]])
    story.begin(date(2025, 6, 2), "s-due", "school")
    return story


def last_year(session: Session, known_at: int | None = None) -> list[tuple[object, ...]]:
    """Every line of last year's ledger with all its columns and its own digest, concluded last year only."""
    query = LineQuery(EVERYTHING, LineFilter(_LAST_YEAR), known_at)
    names = ["assessment_id", "owner_org_id", "owner_org_code", "filing_office", "digest", *_LEDGER]
    return [tuple(row)[1:] for row in query.rows(session, names) if row.concluded_on is not None]


def last_years_counts(session: Session, known_at: int | None = None) -> Counts:
    """The annual figures of last year."""
    return counts(session, LineQuery(EVERYTHING, LineFilter(_LAST_YEAR), known_at))


def this_years_counts(session: Session, day: date) -> Counts:
    """The annual figures of this year up to a day."""
    return counts(session, LineQuery(EVERYTHING, LineFilter(Question(date(2025, 1, 1), date(2025, 12, 31), day))))


@dataclass
class Before:
    """What was on record at one moment."""

    known_at: int
    lines: list[tuple[object, ...]]
    figures: Counts
    ledger: list[tuple[object, ...]]

    @classmethod
    def of(cls, registry: Registry) -> Before:
        """The present moment."""
        with registry.reading() as session:
            stamp = last_stamp(session)
            return cls(stamp, last_year(session), last_years_counts(session, stamp), everything(session, stamp))


def everything(session: Session, known_at: int) -> list[tuple[object, ...]]:
    """Every line known at a moment, by digest."""
    rows = LineQuery(EVERYTHING, LineFilter(Question(date.min, date.max, date.max), basis="all"), known_at)
    return [tuple(row)[1:] for row in rows.rows(session, ["assessment_id", "version", "digest", *_LEDGER])]


#: Measures that count lines by their conclusion: their division by owner is settled for good.
_SETTLED = (
    "assessed matters_assessed passed deferred rejected passed_and_filed passed_and_filed_in_period filed carried_over"
    " filed_not_passed reassessed unfiled"
).split()


def assert_history_stands(registry: Registry, before: Before) -> None:
    """Last year's lines and figures are what they were; seen from the moment before, to the digest; all is sound."""
    with registry.reading() as session:
        assert before.lines
        assert last_year(session) == before.lines
        assert everything(session, before.known_at) == before.ledger
        assert last_years_counts(session, before.known_at).as_json() == before.figures.as_json()
        now = last_years_counts(session)
        assert now.measures == before.figures.measures
        for axis, rows in before.figures.by.items():
            if axis != "organisation":
                assert now.by[axis] == rows
        assert _by_owner(now) == _by_owner(before.figures)
        assert tree_is_sound(session)
        result = verify(session, ENTERED)
        assert result.ok, result.faults


def _by_owner(found: Counts) -> dict[str, dict[str, int]]:
    rows = {code: {name: row[name] for name in _SETTLED} for code, row in found.by["organisation"].items()}
    return {code: row for code, row in rows.items() if any(row.values())}


def assert_partition(found: Counts) -> None:
    """The figures by owner add up to the total: nobody's rounds are counted twice, nobody's are lost."""
    for name in _SETTLED:
        assert sum(row[name] for row in found.by["organisation"].values()) == found.measures[name], name


def seen_by(registry: Registry, name: str, story: Story) -> set[str]:
    """The rounds an account sees; the list, the case pages and the plain rule agree on each of them."""
    with registry.reading() as session:
        scope = scope_of(account(session, name))
        return _seen(session, scope, story)


def _seen(session: Session, scope: Scope, story: Story) -> set[str]:
    question = Question(date.min, date.max, date.max)
    listed = {
        row.assessment_id
        for row in LineQuery(scope, LineFilter(question, basis="all")).rows(session, ["assessment_id"])
    }
    below = {number for at in scope.organisation_ids for number in subtree_ids(session, at)}
    for number in story.rounds.values():
        found = session.get_one(Assessment, number)
        inside = scope.covers(owner_id=found.facts.owner_org_id, filing_office_id=found.filing_office_id, subtree=below)
        assert inside == (number in listed), number
        opened = find_assessment(session, scope, found.matter.reg_no, found.seq)
        assert (opened is not None) == inside, number
    return {name for name, number in story.rounds.items() if number in listed}


def attempt_of(session: Session, story: Story, name: str) -> Any:
    """The newest attempt of a round."""
    return attempt(session, session.get_one(Assessment, story.rounds[name]))


REFORM = Reform(FIRST, "示委发〔2025〕6号")
WATER = {"w-filed", "w-concluded", "w-open", "w-waiting"}
SCHOOL = {"s-filed", "s-filed-this-year", "s-due"}


def new_unit(session: Session, code: str, name: str, **more: str) -> Organisation:
    """An organisation below the office, from the day of the reform on."""
    values = {"code": code, "name": name, "kind": "department", "valid_from": FIRST.isoformat(), **more}
    parent = organisation(session, "office") if values["kind"] == "department" else organisation(session, "county")
    return create_organisation(session, OPERATOR, values=values, parent=parent)


def merged(registry: Registry, *, move_accounts: bool = True) -> None:
    """水利局 and 教育局 become one bureau."""
    registry.clock.set(ENTERED)
    with registry.writing() as session:
        reorganisation.merge(
            session,
            registry.act(session, "sysadmin"),
            predecessors=[organisation(session, "water"), organisation(session, "school")],
            successor=new_unit(session, "bureau", "示例县水务教育局"),
            reform=REFORM,
            move_accounts=move_accounts,
        )


def actions(registry: Registry, story: Story, name: str) -> list[str]:
    """What was done to a round."""
    with registry.reading() as session:
        query = select(Event.action).where(Event.subject_kind == "assessment", Event.subject_id == story.rounds[name])
        return list(session.scalars(query.order_by(Event.seq)))
