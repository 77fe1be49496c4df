"""Checks that the database answers by itself: what must have a counterpart has one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, and_, exists, func, literal, or_, select, text
from sqlalchemy.orm import Session

from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.db.guards import guarded_tables
from risk_registry.filings.models import Filing, NumberCounter
from risk_registry.lines.predicates import LINE
from risk_registry.matters.models import Matter, MatterFacts, RegistrationCounter
from risk_registry.organisations.queries import tree_is_sound

Found = tuple[str, str]
_FEW = 20


def guards(session: Session) -> tuple[int, list[Found]]:
    """The triggers that keep history from being rewritten are in place."""
    if session.get_bind().dialect.name == "sqlite":
        query, last = "SELECT name FROM sqlite_master WHERE type = 'trigger'", "replace"
    else:
        query, last = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'", "truncate"
    there = set(session.scalars(text(query)))
    wanted = [f"{table}_no_{act}" for table in guarded_tables() for act in ("update", "delete", last)]
    return len(wanted), [(f"trigger {name}", "is missing") for name in wanted if name not in there]


def versions(session: Session) -> Iterator[Found]:
    """The versions of a line follow one another without gap or overlap."""
    this, other = LINE.alias("this_line"), LINE.alias("other_line")
    following = exists().where(
        other.c.assessment_id == this.c.assessment_id,
        other.c.version == this.c.version + 1,
        other.c.recorded_at == this.c.superseded_at,
    )
    before = exists().where(
        other.c.assessment_id == this.c.assessment_id,
        other.c.version == this.c.version - 1,
        other.c.superseded_at == this.c.recorded_at,
    )
    query = select(this.c.id).where(
        or_(and_(this.c.superseded_at.is_not(None), ~following), and_(this.c.version > 1, ~before))
    )
    for number in session.scalars(query.order_by(this.c.id).limit(_FEW)):
        yield f"line {number}", "has no version before or after it that fits"


def lines_and_events(session: Session) -> Iterator[Found]:
    """Every line version was brought by an event, and the digest an event names is that of a version."""
    event: Table = Event.__table__  # type: ignore[assignment]
    brought = exists().where(
        event.c.subject_kind == "assessment",
        event.c.subject_id == LINE.c.assessment_id,
        event.c.recorded_at == LINE.c.recorded_at,
        event.c.line_digest == LINE.c.digest,
    )
    for number in session.scalars(select(LINE.c.id).where(~brought).order_by(LINE.c.id).limit(_FEW)):
        yield f"line {number}", "no event brought it"
    kept = exists().where(LINE.c.assessment_id == event.c.subject_id, LINE.c.digest == event.c.line_digest)
    query = select(event.c.seq).where(event.c.subject_kind == "assessment", ~func.coalesce(kept, literal(False)))
    for seq in session.scalars(query.order_by(event.c.seq).limit(_FEW)):
        yield f"event {seq}", "the line version it brought is gone"


def records(session: Session) -> Iterator[Found]:
    """Records that belong together are both there."""
    lone_line = ~exists().where(Assessment.id == LINE.c.assessment_id)
    for number in session.scalars(select(LINE.c.id).where(lone_line).order_by(LINE.c.id).limit(_FEW)):
        yield f"line {number}", "belongs to no assessment"
    lone_facts = ~exists().where(Assessment.facts_id == MatterFacts.id)
    for number in session.scalars(select(MatterFacts.id).where(lone_facts).limit(_FEW)):
        yield f"facts {number}", "belong to no assessment"
    lone_matter = ~exists().where(Assessment.matter_id == Matter.id)
    for reg_no in session.scalars(select(Matter.reg_no).where(lone_matter).limit(_FEW)):
        yield f"matter {reg_no}", "has no assessment"
    lone_round = and_(
        Assessment.seq > 1,
        ~exists(select(literal(1)).select_from(_EARLIER).where(_same_matter())),
    )
    for number in session.scalars(select(Assessment.id).where(lone_round).limit(_FEW)):
        yield f"assessment {number}", "the round before it is missing"
    if session.get_bind().dialect.name == "sqlite":
        for row in session.execute(text("PRAGMA foreign_key_check")).fetchmany(_FEW):
            yield f"table {row[0]}, row {row[1]}", f"its {row[2]} is missing"
    if not tree_is_sound(session):
        yield "organisation_tree", "differs from the parents of the organisations"


_EARLIER: Any = Assessment.__table__.alias("earlier")


def _same_matter() -> Any:
    return and_(_EARLIER.c.matter_id == Assessment.matter_id, _EARLIER.c.seq == Assessment.seq - 1)


def numbers(session: Session) -> tuple[int, list[Found]]:
    """Filing numbers of the registry run without gap from each year's opening; no counter is behind (DOMAIN §4.6)."""
    given = {
        (row.office_id, row.number_year): row
        for row in session.execute(
            select(
                Filing.office_id,
                Filing.number_year,
                func.count().label("size"),
                func.min(Filing.number_seq).label("first"),
                func.max(Filing.number_seq).label("last"),
            )
            .where(Filing.number_seq.is_not(None), Filing.origin == "registry")
            .group_by(Filing.office_id, Filing.number_year)
        )
    }
    faults: list[Found] = []
    counters = session.execute(select(NumberCounter.__table__)).all()
    for counter in counters:
        row = given.pop((counter.office_id, counter.year), None)
        size = counter.last - counter.opening + 1
        if (row.size if row else 0) != size or (row and (row.first, row.last) != (counter.opening, counter.last)):
            found = f"{row.size} numbers {row.first} to {row.last}" if row else "no number"
            place = f"numbers of office {counter.office_id}, {counter.year}"
            faults.append((place, f"{found}, the counter runs from {counter.opening} to {counter.last}"))
    faults += [(f"numbers of office {office}, {year}", "have no counter") for office, year in given]
    behind = (
        select(Matter.region, Matter.year)
        .outerjoin(
            RegistrationCounter,
            and_(RegistrationCounter.region == Matter.region, RegistrationCounter.year == Matter.year),
        )
        .group_by(Matter.region, Matter.year, RegistrationCounter.last)
        .having(func.max(Matter.seq) > func.coalesce(RegistrationCounter.last, 0))
    )
    for late in session.execute(behind):
        faults.append((f"registrations {late.region}-{late.year}", "the counter is behind the numbers given"))
    return len(counters), faults


def search_index(session: Session) -> list[Found]:
    """The index holds as many entries as there are current lines."""
    current = session.scalar(select(func.count()).select_from(LINE).where(LINE.c.superseded_at.is_(None))) or 0
    held = session.execute(text("SELECT count(*) FROM line_search")).scalar_one()
    return [] if held == current else [("search index", f"holds {held} entries for {current} current lines")]
