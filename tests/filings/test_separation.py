"""Two people: who submitted, or typed for a unit, cannot accept; the operation and the database both refuse."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.core.problems import NotAllowed, Refused
from risk_registry.filings import operations as filing
from risk_registry.filings.queries import same_person
from risk_registry.settings.queries import settings
from tests.acting import Cast, attempt, bring_to, conclusion, take
from tests.registry import CONSULTATION, Registry, account, matter_values

TODAY = date(2024, 5, 6)


def cast(registry: Registry, session: object) -> Cast:
    registry.clock.set(TODAY)
    return Cast(session, TODAY, settings(session))  # type: ignore[arg-type]


def typed_for_the_town(registry: Registry, *, declared_by: str, concluded_by: str, submitted_by: str) -> int:
    """代录: a matter of a unit without an account, typed by three people of the office."""
    registry.clock.set(TODAY)
    with registry.writing() as session:
        people = cast(registry, session)
        values = matter_values(session, owner_org="town")
        assessment = assessing.declare_matter(session, people.act(declared_by), values)
        assessing.start(session, people.act(concluded_by), assessment)
        assessing.conclude(session, people.act(concluded_by), assessment, conclusion(TODAY), CONSULTATION)
        filing.submit(session, people.act(submitted_by), assessment)
        filing.receive(session, people.act("officer"), attempt(session, assessment))
        return assessment.id


@pytest.mark.parametrize("part", ["declared_by", "concluded_by", "submitted_by"])
def test_who_typed_any_of_it_for_a_unit_cannot_accept(registry: Registry, part: str) -> None:
    people = {"declared_by": "officer", "concluded_by": "officer", "submitted_by": "officer"} | {part: "second"}
    number = typed_for_the_town(registry, **people)
    with registry.writing() as session:
        sent = attempt(session, session.get_one(Assessment, number))
        act = cast(registry, session).act("second")
        assert same_person(session, act.actor, sent)
        with pytest.raises(NotAllowed, match="不能自己备案"):
            filing.accept(session, act, sent)
    with registry.writing() as session:
        sent = attempt(session, session.get_one(Assessment, number))
        assert filing.accept(session, cast(registry, session).act("approver"), sent).startswith("示稳评备〔2024〕")


def test_who_answers_a_correction_for_a_unit_cannot_accept(registry: Registry) -> None:
    number = typed_for_the_town(registry, declared_by="officer", concluded_by="officer", submitted_by="officer")
    with registry.writing() as session:
        people = cast(registry, session)
        sent = attempt(session, session.get_one(Assessment, number))
        filing.request_correction(session, people.act("officer"), sent, "补充概况")
        filing.answer_correction(session, people.act("second"), sent, "已补", {"summary": "更完整的概况"})
    with registry.writing() as session:
        sent = attempt(session, session.get_one(Assessment, number))
        with pytest.raises(NotAllowed, match="不能自己备案"):
            filing.accept(session, cast(registry, session).act("second"), sent)


def test_the_office_types_only_for_units_without_an_account(registry: Registry) -> None:
    with registry.writing() as session:
        people = cast(registry, session)
        with pytest.raises(NotAllowed, match="代录"):
            assessing.declare_matter(session, people.act("officer"), matter_values(session, owner_org="water"))
        with pytest.raises(NotAllowed):
            assessing.declare_matter(session, people.act("clerk"), matter_values(session, owner_org="school"))


@pytest.mark.parametrize("column", ["submitted_by", "typed_by"])
def test_the_database_refuses_self_acceptance(registry: Registry, column: str) -> None:
    registry.clock.set(TODAY)
    with registry.writing() as session:
        people = cast(registry, session)
        assessment = bring_to(session, people, "received")
        number = assessment.id
    with registry.reading() as session:
        clerk = account(session, "clerk").id
    with pytest.raises(IntegrityError, match="accepted_by"), registry.writing() as session:
        session.execute(
            text(
                f"UPDATE filing SET {column} = :who, accepted_by = :who, filed_on = received_on, number_text = 'x'"
                " WHERE assessment_id = :id"
            ),
            {"who": clerk, "id": number},
        )


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE filing SET filed_on = received_on", "filed_has_number"),
        ("UPDATE filing SET number_text = 'x'", "number_has_date"),
        ("UPDATE filing SET revoked_on = received_on", "only_filed_is_revoked"),
        ("UPDATE filing SET received_on = '2024-05-01'", "received_after_submitted"),
        ("UPDATE assessment SET status = 'approved'", "status_known"),
        ("UPDATE assessment SET outcome = NULL", "conclusion_whole"),
        ("UPDATE assessment SET concluded_on = NULL", "conclusion_whole"),
        ("UPDATE assessment SET level_after = NULL", "conclusion_whole"),
        ("UPDATE assessment SET concluded_on = '2024-05-01'", "conclusion_after_start"),
        ("UPDATE assessment SET origin = 'other'", "origin_known"),
        ("UPDATE matter_facts SET sensitivity = 'secret'", "never_classified"),
        ("UPDATE consultation SET forms_valid = 9999", "valid_forms_within_issued"),
        ("UPDATE consultation SET support = 9999", "answers_within_valid_forms"),
    ],
)
def test_the_database_refuses_what_cannot_be(registry: Registry, statement: str, constraint: str) -> None:
    registry.clock.set(TODAY)
    with registry.writing() as session:
        bring_to(session, cast(registry, session), "received")
    with pytest.raises(IntegrityError, match=constraint), registry.writing() as session:
        session.execute(text(statement))


def test_a_second_accepted_attempt_of_a_round_is_refused_by_the_database(registry: Registry) -> None:
    registry.clock.set(TODAY)
    with registry.writing() as session:
        people = cast(registry, session)
        assessment = bring_to(session, people, "withdrawn")
        for step in ("submit", "receive", "accept"):
            take(session, people, assessment, step)
        number = assessment.id
    with pytest.raises(IntegrityError), registry.writing() as session:
        session.execute(
            text(
                "UPDATE filing SET filed_on = submitted_on, number_text = 'y' WHERE assessment_id = :id AND attempt = 1"
            ),
            {"id": number},
        )


def test_corrected_content_keeps_dates_in_order(registry: Registry) -> None:
    registry.clock.set(TODAY)
    with registry.writing() as session:
        people = cast(registry, session)
        assessment = bring_to(session, people, "correcting")
        sent, clerk = attempt(session, assessment), people.act("clerk")
        for day in (date(2024, 5, 7), date(2030, 1, 1)):
            with pytest.raises(Refused) as refused:
                filing.answer_correction(session, clerk, sent, "已补", {"concluded_on": day})
            assert {problem.field for problem in refused.value.problems} <= {"concluded_on", "submitted_on"}
        filing.answer_correction(session, clerk, sent, "已补", {"decision_result": "implement", "main_risks": "扬尘"})
        assert (assessment.decision_result, assessment.main_risks) == (None, "扬尘")


def test_the_acceptance_is_bound_to_what_was_submitted(registry: Registry) -> None:
    registry.clock.set(TODAY)
    with registry.writing() as session:
        people = cast(registry, session)
        number = bring_to(session, people, "received").id
    with registry.writing() as session:
        session.execute(text("UPDATE matter_facts SET title = '换了内容'"))
    with registry.writing() as session:
        sent = attempt(session, session.get_one(Assessment, number))
        with pytest.raises(Refused, match="报送内容"):
            filing.accept(session, cast(registry, session).act("second"), sent)
