"""Every change is an event: none without an act, none rewritten, and a broken chain is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.audit.chain import check, seal
from risk_registry.audit.models import Event
from risk_registry.audit.operations import record
from risk_registry.audit.pending import UndeclaredChange, pending
from risk_registry.audit.queries import all_events, breaks, head
from risk_registry.db.engine import begin_write
from risk_registry.filings.queries import newest_attempt
from risk_registry.lines.predicates import LINE
from risk_registry.settings.queries import settings
from tests.acting import Cast, bring_to
from tests.registry import CONSULTATION, OPERATOR, Registry, account


def one_round(registry: Registry, status: str = "submitted") -> int:
    """The id of a fresh round in this status."""
    with registry.writing() as session:
        today = registry.act(session).today
        return bring_to(session, Cast(session, today, settings(session)), status).id


def _status(session: Session, number: int) -> None:
    session.get_one(Assessment, number).declared_on = session.get_one(Assessment, number).declared_on.replace(year=2020)


def _facts(session: Session, number: int) -> None:
    session.get_one(Assessment, number).facts.title = "另一个事项"


def _filing(session: Session, number: int) -> None:
    filing = newest_attempt(session, number)
    assert filing is not None
    filing.office_opinion = "同意"


def _consultation(session: Session, number: int) -> None:
    session.get_one(Assessment, number).consultations[0].participants = 999


def _consultation_taken_out(session: Session, number: int) -> None:
    assessment = session.get_one(Assessment, number)
    del assessment.consultations[1:]


def _consultation_deleted(session: Session, number: int) -> None:
    session.delete(session.get_one(Assessment, number).consultations[1])


def _account(session: Session, number: int) -> None:
    account(session, "clerk").scope = "all"


CHANGES: tuple[Callable[[Session, int], None], ...] = (
    _status,
    _facts,
    _filing,
    _consultation,
    _consultation_taken_out,
    _consultation_deleted,
    _account,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_a_declared_change_without_actor_and_action_is_refused(
    sqlite_registry: Registry, change: Callable[[Session, int], None]
) -> None:
    number = one_round(sqlite_registry)
    with sqlite_registry.reading() as session:
        before = head(session)
    with pytest.raises(UndeclaredChange), sqlite_registry.writing() as session:
        change(session, number)
    with sqlite_registry.sessions() as session:
        begin_write(session)
        change(session, number)
        session.flush()
        # An act about something else explains nothing.
        record(session, OPERATOR, "test", account(session, "head"))
        with pytest.raises(UndeclaredChange):
            session.commit()
    with sqlite_registry.reading() as session:
        assert head(session) == before


def test_a_savepoint_left_open_hides_no_change(sqlite_registry: Registry) -> None:
    number = one_round(sqlite_registry)
    with sqlite_registry.sessions() as session:
        begin_write(session)
        session.begin_nested()
        _facts(session, number)
        with pytest.raises(UndeclaredChange):
            session.commit()
    with sqlite_registry.writing() as session:
        session.begin_nested()
        assessment = session.get_one(Assessment, number)
        assessing.record_decision(
            session,
            registry_act(sqlite_registry, session),
            assessment,
            {
                "decision_result": "implement",
                "decision_doc_no": "示府发〔2023〕1号",
                "decided_on": assessment.declared_on,
            },
        )
    with sqlite_registry.reading() as session:
        assert session.scalars(select(Event.action).order_by(Event.seq.desc())).first() == "record_decision"
        assert breaks(session) == []


def registry_act(registry: Registry, session: Session) -> Any:
    return registry.act(session, "clerk")


def test_an_event_tells_what_a_taken_out_consultation_row_was(sqlite_registry: Registry) -> None:
    number = one_round(sqlite_registry, "assessing")
    with sqlite_registry.writing() as session:
        act = sqlite_registry.act(session, "clerk")
        assessing.record_progress(session, act, session.get_one(Assessment, number), {}, CONSULTATION)
    with sqlite_registry.writing() as session:
        act = sqlite_registry.act(session, "clerk")
        assessing.record_progress(session, act, session.get_one(Assessment, number), {}, CONSULTATION[:1])
        changes = pending(session).events[-1].changes
    assert changes["consultation[2].participants"] == (12, None)
    assert changes["consultation[2].method"] == ("meeting", None)


def test_an_event_carries_actor_reason_and_both_values(registry: Registry) -> None:
    number = one_round(registry, "filed")
    with registry.reading() as session:
        events = session.execute(
            select(Event.action, Event.actor, Event.organisation, Event.changes, Event.line_digest)
            .where(Event.subject_kind == "assessment", Event.subject_id == number)
            .order_by(Event.seq)
        ).all()
        line = session.execute(
            select(LINE.c.digest).where(LINE.c.assessment_id == number, LINE.c.superseded_at.is_(None))
        ).scalar_one()
    assert [row.action for row in events] == ("declare screen_required start conclude submit receive accept".split()), (
        "one event per assessment per act"
    )
    assert (events[-1].actor, events[-1].organisation) == ("second", "示例县信访办公室")
    assert '"status":["received","filed"]' in events[-1].changes
    assert '"filing[1].number_text":[null,"示稳评备〔2023〕1号"]' in events[-1].changes
    assert events[-1].line_digest == line


REWRITES = {
    "event": (
        "UPDATE event SET actor = 'x' WHERE seq = 1",
        "UPDATE event SET note = 'x'",
        "DELETE FROM event WHERE seq = 1",
        "DELETE FROM event",
    ),
    "ledger_line": (
        "UPDATE ledger_line SET title = 'x'",
        "UPDATE ledger_line SET recorded_at = 1",
        "UPDATE ledger_line SET digest = 'x', superseded_at = recorded_at + 1 WHERE superseded_at IS NULL",
        "UPDATE ledger_line SET superseded_at = NULL WHERE superseded_at IS NOT NULL",
        "UPDATE ledger_line SET superseded_at = superseded_at + 1 WHERE superseded_at IS NOT NULL",
        "DELETE FROM ledger_line",
    ),
}
_REPLACE = (
    "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 1",
    "REPLACE INTO event SELECT * FROM event WHERE seq = 2",
    "INSERT OR REPLACE INTO ledger_line SELECT * FROM ledger_line WHERE id = 1",
    "UPDATE OR REPLACE event SET seq = 1 WHERE seq = 2",
)


def several_versions(registry: Registry) -> None:
    """A round with a superseded line and a current one."""
    number = one_round(registry, "received")
    with registry.writing() as session:
        act = registry.act(session, "clerk")
        filing = newest_attempt(session, number)
        assert filing is not None
        assessing.track(session, act, session.get_one(Assessment, number), {"implementation": "not_started"})


def refused(engine: Engine, statement: str) -> None:
    """The database itself says no, and nothing has changed."""
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        cursor = raw.cursor()
        with pytest.raises(Exception, match=r"append-only|permission denied|must be owner"):
            cursor.execute(statement)
        raw.rollback()


def test_sqlite_refuses_to_rewrite_history(sqlite_registry: Registry) -> None:
    several_versions(sqlite_registry)
    # A plain connection without our settings: another program on the same file.
    plain = create_engine(sqlite_registry.engine.url, module=sqlite_registry.engine.dialect.dbapi)
    columns = ", ".join(column.name for column in LINE.columns if column.name != "id")
    again = f"INSERT OR REPLACE INTO ledger_line ({columns}) SELECT {columns} FROM ledger_line WHERE id = 1"
    current = f"INSERT OR REPLACE INTO ledger_line ({columns}) SELECT {columns.replace('version', 'version + 9', 1)} "
    current += "FROM ledger_line WHERE superseded_at IS NULL"
    for statement in (*REWRITES["event"], *REWRITES["ledger_line"], *_REPLACE, again, current):
        refused(plain, statement)
    with sqlite_registry.reading() as session:
        assert breaks(session) == []
        assert session.execute(text("SELECT count(*) FROM ledger_line")).scalar_one() == 2
    plain.dispose()


@pytest.mark.postgres
def test_postgresql_refuses_to_rewrite_history_to_both_roles(postgres_registry: Registry) -> None:
    several_versions(postgres_registry)
    for role in ("app", "owner"):
        plain = create_engine(postgres_registry.urls[role])
        for statement in (
            *REWRITES["event"],
            *REWRITES["ledger_line"],
            "TRUNCATE event",
            "TRUNCATE ledger_line",
            "TRUNCATE event CASCADE",
        ):
            refused(plain, statement)
        plain.dispose()
    plain = create_engine(postgres_registry.urls["app"])
    for statement in ("DROP TRIGGER event_no_update ON event", "ALTER TABLE event DISABLE TRIGGER ALL"):
        refused(plain, statement)
    plain.dispose()


def test_a_line_is_superseded_once(registry: Registry) -> None:
    several_versions(registry)
    with registry.writing() as session:
        session.execute(text("UPDATE ledger_line SET superseded_at = recorded_at + 1 WHERE superseded_at IS NULL"))
    with pytest.raises(DBAPIError, match="append-only"), registry.writing() as session:
        session.execute(text("UPDATE ledger_line SET superseded_at = superseded_at + 1"))


def test_an_event_needs_actor_and_action(registry: Registry) -> None:
    one_round(registry)
    with registry.reading() as session:
        event = dict(list(all_events(session))[-1])
    for name in ("actor", "action"):
        with pytest.raises(IntegrityError), registry.writing() as session:
            session.execute(insert(Event), [{**event, "seq": event["seq"] + 1, name: ""}])


def test_a_read_cannot_write(registry: Registry) -> None:
    one_round(registry)
    with pytest.raises(DBAPIError), registry.reading() as session:
        session.execute(text("UPDATE setting SET value = 'x'"))


def chained(registry: Registry) -> list[dict[str, Any]]:
    one_round(registry, "filed")
    with registry.reading() as session:
        events = [dict(event) for event in all_events(session)]
    assert list(check(events)) == []
    return events


def test_changed_deleted_inserted_and_swapped_events_are_found(sqlite_registry: Registry) -> None:
    events = chained(sqlite_registry)
    middle = len(events) // 2
    changed = [dict(event) for event in events]
    changed[middle]["reason"] = "另一个理由"
    assert [item.seq for item in check(changed)] == [middle + 1]
    for name in ("actor", "changes", "recorded_at", "subject", "line_digest"):
        touched = [dict(event) for event in events]
        touched[middle][name] = touched[middle]["recorded_at"] + 1 if name == "recorded_at" else "x"
        assert list(check(touched)), name
    deleted = events[:middle] + events[middle + 1 :]
    assert next(check(deleted)).seq == middle + 1
    renumbered = [dict(event) for event in deleted]
    for seq, event in enumerate(renumbered, 1):
        event["seq"] = seq
    assert list(check(renumbered))
    forged = {**events[middle], "actor": "somebody"}
    forged["digest"] = seal(forged)
    assert list(check([*events[:middle], forged, *events[middle:]]))
    assert list(check([*events[:middle], forged, *events[middle + 1 :]])), "a sealed forgery breaks what follows"
    swapped = [dict(event) for event in events]
    swapped[middle]["note"], swapped[middle + 1]["note"] = '{"a":1}', swapped[middle]["note"]
    assert list(check(swapped))
    swapped = [*events[:middle], events[middle + 1], events[middle], *events[middle + 2 :]]
    assert list(check(swapped))


def test_stamps_never_run_backwards(registry: Registry) -> None:
    one_round(registry)
    with registry.reading() as session:
        last = list(all_events(session))[-1]["recorded_at"]
    registry.clock.advance(days=-40)
    one_round(registry)
    with registry.reading() as session:
        events = list(all_events(session))
        assert events[-1]["recorded_at"] == last + 1
        assert breaks(session) == []
