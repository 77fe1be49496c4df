"""The same known-at moment gives the same lines for ever, whoever writes meanwhile, on both engines."""

from __future__ import annotations

import hashlib
import random
import threading
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from risk_registry.accounts.scope import EVERYTHING
from risk_registry.assessments.act import situation
from risk_registry.assessments.models import Assessment
from risk_registry.audit.queries import breaks, last_stamp
from risk_registry.casefile.projection import attach
from risk_registry.core.predicates import Question
from risk_registry.core.problems import Refused
from risk_registry.core.workflow import available
from risk_registry.db.clock import SystemClock
from risk_registry.db.work import make_sessions, reading, writing
from risk_registry.lines.predicates import LINE
from risk_registry.lines.queries import LineFilter, LineQuery
from risk_registry.settings.queries import settings
from risk_registry.statistics.queries import counts
from tests.acting import CLERKS, OFFICE_STEPS, Cast, declare, take
from tests.casefile.test_histories import assert_lines_recompute
from tests.registry import Registry

TODAY = date(2024, 5, 6)
QUESTION = Question(date(2024, 1, 1), date(2024, 12, 31), date(2024, 12, 31))
NAMES = ["assessment_id", "version", "status", "title", "filing_number", "filed_on", "digest"]


def digest(session: object, known_at: int | None) -> str:
    """Digest over every line at a moment, the ledger's own rows and the figures."""
    query = LineQuery(EVERYTHING, LineFilter(QUESTION, basis="all"), known_at)
    rows = sorted(tuple(map(str, row)) for row in query.rows(session, NAMES))  # type: ignore[arg-type]
    figures = sorted(counts(session, query).measures.items())  # type: ignore[arg-type]
    return hashlib.sha256(repr((rows, figures)).encode()).hexdigest()


@pytest.mark.slow
def test_a_moment_once_read_reads_the_same_for_ever(registry: Registry) -> None:
    registry.clock.set(TODAY)
    seen: list[tuple[int, str]] = []
    faults: list[BaseException] = []
    written = [0]
    stop = threading.Event()

    def write(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(25):
                try:
                    with registry.writing() as session:
                        _one_act(session, chance)
                    written[0] += 1
                except (Refused, StaleDataError, IntegrityError):
                    continue  # another writer was first
        except BaseException as error:
            faults.append(error)

    def read() -> None:
        try:
            while not stop.is_set():
                with registry.reading() as session:
                    moment = last_stamp(session)
                    present = digest(session, None)
                    assert digest(session, moment) == present, "the default moment is the snapshot's present"
                    seen.append((moment, present))
        except BaseException as error:
            faults.append(error)

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in (*writers, *readers):
        thread.start()
    for thread in writers:
        thread.join(120)
    stop.set()
    for thread in readers:
        thread.join(60)
    assert faults == []
    assert written[0] > 50
    assert len({moment for moment, _ in seen}) > 5, "readers saw several moments"
    with registry.reading() as session:
        for moment, then in seen:
            assert digest(session, moment) == then
        assert breaks(session) == []
        assert_lines_recompute(session)
        _versions_follow_each_other(session)


def _one_act(session: object, chance: random.Random) -> None:
    cast = Cast(session, TODAY, settings(session))  # type: ignore[arg-type]
    ids = cast.session.scalars(select(Assessment.id).order_by(Assessment.id)).all()
    if len(ids) < 8 or chance.random() < 0.1:
        declare(cast.session, cast, chance.choice(sorted(CLERKS)[1:]), title=f"示例事项{chance.random()}")
        return
    assessment = cast.session.get_one(Assessment, chance.choice(ids))
    owner = {"示例县水利局": "water", "示例县教育局": "school", "示例镇人民政府": "town"}[_owner(cast, assessment)]
    steps = {step.name for step in available(situation(cast.session, cast.act("second"), assessment))} & OFFICE_STEPS
    clerk = cast.act(CLERKS[owner])
    steps |= {step.name for step in available(situation(cast.session, clerk, assessment))} - OFFICE_STEPS
    if not steps:  # an earlier round that was ended: its matter goes on in a later one
        declare(cast.session, cast, owner, title="示例事项")
        return
    take(cast.session, cast, assessment, chance.choice(sorted(steps)), owner)


def _owner(cast: Cast, assessment: Assessment) -> str:
    line = select(LINE.c.owner_org).where(LINE.c.assessment_id == assessment.id, LINE.c.superseded_at.is_(None))
    return str(cast.session.execute(line).scalar_one())


def _versions_follow_each_other(session: object) -> None:
    rows = session.execute(  # type: ignore[attr-defined]
        select(LINE.c.assessment_id, LINE.c.version, LINE.c.recorded_at, LINE.c.superseded_at).order_by(
            LINE.c.assessment_id, LINE.c.version
        )
    ).all()
    for before, after in pairwise(rows):
        if before.assessment_id == after.assessment_id:
            assert after.version == before.version + 1
            assert before.superseded_at == after.recorded_at
        else:
            assert before.superseded_at is None


def test_a_later_rename_or_filing_leaves_the_moment_alone(registry: Registry) -> None:
    registry.clock.set(TODAY)
    with registry.writing() as session:
        cast = Cast(session, TODAY, settings(session))
        number = declare(session, cast).id
        take(session, cast, session.get_one(Assessment, number), "start")
    with registry.reading() as session:
        moment, then = last_stamp(session), digest(session, None)
    sessions = make_sessions(registry.engine, SystemClock(), attach)
    with writing(sessions) as session:
        cast = Cast(session, TODAY, settings(session))
        take(session, cast, session.get_one(Assessment, number), "conclude")
    with reading(sessions) as session:
        assert digest(session, moment) == then != digest(session, None)
        before = LineQuery(EVERYTHING, LineFilter(QUESTION, basis="all"), moment - 1)
        assert before.count(session) == 0
