"""Every step from every status through the real operations: done where the machine lets it, refused where not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.act import situation
from risk_registry.assessments.models import Assessment
from risk_registry.audit.models import Event
from risk_registry.audit.pending import pending
from risk_registry.audit.queries import breaks
from risk_registry.casefile.projection import Books, line_digest, recompute
from risk_registry.core.problems import Conflict, NotAllowed, Refused
from risk_registry.core.workflow import BY_NAME, available
from risk_registry.db.engine import begin_write
from risk_registry.filings import operations as filing
from risk_registry.lines.predicates import LINE
from risk_registry.settings.operations import change_setting
from risk_registry.settings.queries import settings
from tests.acting import OFFICE_STEPS, PATHS, STEPS, Cast, attempt, bring_to, conclusion, declare, take, who
from tests.registry import CONSULTATION, OPERATOR, Registry, matter_values, organisation

TODAY = date(2024, 5, 6)


@contextmanager
def tried(registry: Registry) -> Iterator[tuple[Session, Cast]]:
    """A writing unit of work whose outcome is thrown away."""
    registry.clock.set(TODAY)
    with registry.sessions() as session:
        begin_write(session)
        yield session, Cast(session, TODAY, settings(session))
        session.rollback()


@contextmanager
def kept(registry: Registry, day: date = TODAY) -> Iterator[tuple[Session, Cast]]:
    """A writing unit of work that is committed."""
    registry.clock.set(day)
    with registry.writing() as session:
        yield session, Cast(session, day, settings(session))


def open_steps(session: Session, cast: Cast, assessment: Assessment) -> set[str]:
    """What the machine allows the department's and the office's account together."""
    found: set[str] = set()
    for name in ("clerk", "second"):
        asked = situation(session, cast.act(name), assessment)
        own = {step for step in STEPS if who(step) == name}
        found |= {step.name for step in available(asked)} & own
    return found


def test_every_step_of_the_machine_has_its_operation() -> None:
    assert set(STEPS) == set(BY_NAME)
    for name in OFFICE_STEPS:
        assert not BY_NAME[name].roles & {"submitter", "department_head"}


@pytest.mark.parametrize("status", sorted(PATHS))
def test_operations_refuse_what_the_machine_refuses_and_do_the_rest(sqlite_registry: Registry, status: str) -> None:
    with tried(sqlite_registry) as (session, cast):
        assessment = bring_to(session, cast, status)
        allowed = open_steps(session, cast, assessment)
        assert allowed, "a way on"
        done = len(pending(session).events)
        for step in sorted(set(STEPS) - allowed):
            version = assessment.version
            if step in _NEEDS_ATTEMPT and status in _NEVER_SENT:
                continue
            with pytest.raises(Refused) as refused:
                take(session, cast, assessment, step)
            assert "当前状态不能办理" in str(refused.value) or "重新评估" in str(refused.value), step
            session.flush()
            assert (assessment.status, assessment.version) == (status, version), step
        assert len(pending(session).events) == done, "a refused act leaves no event"
        for step in sorted(allowed):
            fresh = bring_to(session, cast, status)
            take(session, cast, fresh, step)
            session.flush()
            assert fresh.status == (BY_NAME[step].target or status), step
            assert pending(session).events[-1].action in (step, "new_round", "change_declaration"), step


_NEEDS_ATTEMPT = {"receive", "request_correction", "answer_correction", "accept", "decline", "withdraw", "revoke"}
_NEVER_SENT = {"declared", "returned", "exempt", "due", "assessing", "concluded", "terminated", "void"}


@pytest.mark.parametrize("status", sorted(PATHS))
def test_nobody_acts_outside_his_place(sqlite_registry: Registry, status: str) -> None:
    """Another department, readers, administrators and a mere officer are refused, whatever their data scope."""
    with tried(sqlite_registry) as (session, cast):
        assessment = bring_to(session, cast, status)
        outsiders = ("teacher", "counter", "leader", "auditor", "sysadmin", "secadmin")
        for step in sorted(STEPS):
            names = [*outsiders, "clerk" if step in OFFICE_STEPS else "second"]
            if step in {"accept", "decline", "revoke", "void"}:
                names.append("officer")
            if step in _NEEDS_ATTEMPT and status in _NEVER_SENT:
                continue
            for name in names:
                with pytest.raises(NotAllowed):
                    STEPS[step](session, cast.act(name), assessment, {})


def test_an_office_account_that_also_registers_stays_the_office_in_other_matters(sqlite_registry: Registry) -> None:
    with tried(sqlite_registry) as (session, cast):
        act = cast.act("second")
        both = type(act)(
            type(act.actor)(
                "account",
                act.actor.account_id,
                act.actor.name,
                act.actor.organisation_id,
                act.actor.organisation,
                act.actor.roles | {"submitter"},
            ),
            act.today,
            act.settings,
        )
        water = declare(session, cast)
        with pytest.raises(NotAllowed):
            assessing.start(session, both, water)
        own = assessing.declare_matter(session, both, matter_values(session, owner_org="office"))
        assessing.start(session, both, own)
        assert own.status == "assessing"


def test_the_lines_after_every_step_are_what_they_recompute_to(registry: Registry) -> None:
    ids = []
    for status in sorted(PATHS):
        with kept(registry) as (session, cast):
            assessment = bring_to(session, cast, status)
            ids.append(assessment.id)
    for number in ids:
        with kept(registry, TODAY + timedelta(days=1)) as (session, cast):
            assessment = session.get_one(Assessment, number)
            for step in sorted(open_steps(session, cast, assessment))[:1]:
                take(session, cast, assessment, step)
    with registry.reading() as session:
        assert_lines_recompute(session)
        assert breaks(session) == []


def assert_lines_recompute(session: Session) -> None:
    """Every current line equals its projection, its digest and the status of its assessment."""
    lines = {
        row["assessment_id"]: dict(row)
        for row in session.execute(select(*LINE.columns).where(LINE.c.superseded_at.is_(None))).mappings()
    }
    statuses = {row.id: row.status for row in session.execute(select(Assessment.id, Assessment.status))}
    assert lines.keys() == statuses.keys()
    found = {values["assessment_id"]: values for values in recompute(session, sorted(lines), Books.load(session))}
    for number, line in lines.items():
        assert {name: line[name] for name in found[number]} == found[number]
        assert line["digest"] == line_digest(line)
        assert line["status"] == statuses[number]
    newest = {
        row.subject_id: row.line_digest
        for row in session.execute(
            select(Event.subject_id, Event.line_digest).where(Event.subject_kind == "assessment").order_by(Event.seq)
        )
    }
    assert newest == {number: line["digest"] for number, line in lines.items()}


def test_a_change_of_a_year_long_life_leaves_one_version_a_change(registry: Registry) -> None:
    day = date(2024, 1, 10)
    with kept(registry, day) as (session, cast):
        number = declare(session, cast).id
    steps = "start record_progress conclude submit receive request_correction answer_correction accept amend track"
    for step in steps.split():
        day += timedelta(days=7)
        with kept(registry, day) as (session, cast):
            take(session, cast, session.get_one(Assessment, number), step)
    with registry.reading() as session:
        rows = session.execute(
            select(*LINE.columns).where(LINE.c.assessment_id == number).order_by(LINE.c.version)
        ).all()
        assert [row.version for row in rows] == list(range(1, len(rows) + 1))
        assert [row.superseded_at for row in rows] == [*(row.recorded_at for row in rows[1:]), None]
        assert [row.status for row in rows] == (
            "due assessing assessing concluded submitted received correcting received filed filed filed".split()
        )
        assert_lines_recompute(session)


def test_stale_versions_are_conflicts(registry: Registry) -> None:
    with kept(registry) as (session, cast):
        assessment = bring_to(session, cast, "submitted")
        number, old, sent = assessment.id, assessment.version, attempt(session, assessment).version
    with kept(registry) as (session, cast):
        take(session, cast, session.get_one(Assessment, number), "receive")
    with registry.sessions() as session:
        begin_write(session)
        cast = Cast(session, TODAY, settings(session))
        assessment = session.get_one(Assessment, number)
        with pytest.raises(Conflict):
            filing.accept(session, cast.act("second"), attempt(session, assessment), version=sent)
        with pytest.raises(Conflict):
            assessing.record_decision(session, cast.act("clerk"), assessment, {}, version=old)


@pytest.mark.parametrize("step", ["edit_declaration", "record_progress", "amend"])
def test_a_change_of_rows_beside_the_assessment_moves_its_version(sqlite_registry: Registry, step: str) -> None:
    with tried(sqlite_registry) as (session, cast):
        assessment = bring_to(session, cast, "filed" if step == "amend" else "assessing")
        version = assessment.version
        take(session, cast, assessment, step)
        session.flush()
        assert assessment.version > version
        changes = pending(session).events[-1].changes
        assert "status" not in changes, "the event tells no change that never was"


def test_screening_by_the_office_first(registry: Registry) -> None:
    with kept(registry) as (session, cast):
        change_setting(session, OPERATOR, "screening_first", "on")
    with kept(registry) as (session, cast):
        assessment = declare(session, cast)
        assert assessment.status == "declared"
        with pytest.raises(NotAllowed):
            assessing.screen(session, cast.act("clerk"), assessment, {"screening": "required"})
        assessing.screen(session, cast.act("officer"), assessment, {"screening": "required"})
        assert assessment.status == "due"


def test_the_head_concludes_where_he_signs_online(registry: Registry) -> None:
    with kept(registry) as (session, cast):
        change_setting(session, OPERATOR, "head_signs_online", "on")
    with kept(registry) as (session, cast):
        assessment = bring_to(session, cast, "assessing")
        with pytest.raises(NotAllowed):
            assessing.conclude(session, cast.act("clerk"), assessment, conclusion(TODAY), CONSULTATION)
        assessing.conclude(session, cast.act("head"), assessment, conclusion(TODAY), CONSULTATION)
        assert assessment.status == "concluded"


def test_the_random_walk_through_operations_never_gets_stuck(sqlite_registry: Registry) -> None:
    """A matter may be driven for ever: after each step some other step is open."""
    seen: set[str] = set()
    with tried(sqlite_registry) as (session, cast):
        assessment = declare(session, cast)
        for turn in range(60):
            steps = sorted(open_steps(session, cast, assessment) - {"track", "record_decision", "amend"})
            assert steps, assessment.status
            fresh = [step for step in steps if step not in seen] or steps
            step = fresh[turn % len(fresh)]
            seen.add(step)
            result = take(session, cast, assessment, step)
            session.flush()
            if step == "new_round":
                assert isinstance(result, Assessment)
                assessment = result
    assert len(seen) > 15


def test_a_reader_has_no_steps(sqlite_registry: Registry) -> None:
    with tried(sqlite_registry) as (session, cast):
        assessment = bring_to(session, cast, "received")
        assert available(situation(session, cast.act("leader"), assessment)) == ()


def test_a_second_round_keeps_its_own_facts(registry: Registry) -> None:
    with kept(registry) as (session, cast):
        assessment = bring_to(session, cast, "revoked")
        fresh = take(session, cast, assessment, "new_round")
        assert isinstance(fresh, Assessment)
        assert (fresh.seq, fresh.status, fresh.trigger) == (2, "due", "plan_changed")
        assessing.change_declaration(session, cast.act("clerk"), fresh, {"title": "改名后的示例河堤工程"})
        assert assessment.facts.title == "示例河堤工程"
        with pytest.raises(Refused, match="最近一轮"):
            take(session, cast, assessment, "new_round")
        assert organisation(session, "office").id == fresh.filing_office_id
    with registry.reading() as session:
        assert_lines_recompute(session)
