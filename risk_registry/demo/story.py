"""Acts of the demo county, told in the order of their days and done by the operations behind the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.accounts.queries import actor_for, by_name
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.act import Act
from risk_registry.assessments.fields import CONSULTATION_FIELDS, FACTOR_FIELDS, MEASURE_FIELDS
from risk_registry.assessments.fields import FIELDS as ASSESSMENT_FIELDS
from risk_registry.assessments.index import Risks
from risk_registry.assessments.models import Assessment
from risk_registry.core.fields import Field, Kind
from risk_registry.core.values import parse
from risk_registry.core.vocabulary import DICTIONARIES
from risk_registry.db.clock import SHANGHAI, FixedClock
from risk_registry.db.work import Sessions, writing
from risk_registry.filings import operations as filing
from risk_registry.filings.models import Filing
from risk_registry.filings.queries import newest_attempt
from risk_registry.matters.fields import FIELDS as MATTER_FIELDS
from risk_registry.matters.joint import CO_ORGANISERS, Joint
from risk_registry.matters.operations import save_draft
from risk_registry.organisations.queries import by_code
from risk_registry.settings.queries import settings

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One act: on which day, by whose account, about which matter of the story, and what is typed."""

    day: date
    who: str
    matter: str
    verb: str
    typed: Raw = field(default_factory=dict)


def typed_values(session: Session, fields: Iterable[Field], raw: Raw) -> dict[str, Any]:
    """What a form would make of the texts: organisations named by their code."""
    known = {item.name: item for item in fields}
    values: dict[str, Any] = {}
    for name, text in raw.items():
        item = known[name]
        if item.kind is Kind.ORGANISATION:
            values[name] = _unit(session, text)
        else:
            terms = DICTIONARIES.get(item.dictionary, ())
            choices = {term.code: term.code for term in terms} if item.kind is Kind.CHOICE and terms else None
            values[name] = parse(item, text, choices=choices)
    return values


def _unit(session: Session, code: str) -> int:
    found = by_code(session, code)
    assert found is not None, code
    return found.id


class Teller:
    """Tells steps in the order of their days, each a unit of work of its own at its own time of day."""

    def __init__(self, sessions: Sessions, clock: FixedClock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._rounds: dict[str, int] = {}
        self._verbs: dict[str, Callable[[Session, Act, Step], None]] = {
            "draft": self._draft,
            "declare": self._declare,
            "start": lambda session, act, step: assessing.start(session, act, self._round(session, step)),
            "progress": self._progress,
            "conclude": self._conclude,
            "submit": self._submit,
            "receive": lambda session, act, step: filing.receive(session, act, self._attempt(session, step)),
            "correct": self._correct,
            "answer": self._answer,
            "accept": self._accept,
            "withdraw": self._withdraw,
            "revoke": self._revoke,
            "amend": self._amend,
            "decide": self._decide,
            "track": self._track,
            "new_round": self._new_round,
        }

    def tell(self, steps: Iterable[Step]) -> None:
        """Do every step; those of one day stay in the order they are given in, a quarter of an hour apart."""
        day, number = date.min, 0
        for step in sorted(steps, key=lambda item: item.day):
            number = number + 1 if step.day == day else 0
            day = step.day
            moment = datetime.combine(day, time(9), SHANGHAI) + timedelta(minutes=11 * number)
            self._clock.set(max(moment, self._clock.now() + timedelta(seconds=1)))
            with writing(self._sessions) as session:
                account = by_name(session, step.who)
                assert account is not None, step.who
                self._verbs[step.verb](session, Act(actor_for(account), day, settings(session)), step)

    def _round(self, session: Session, step: Step) -> Assessment:
        return session.get_one(Assessment, self._rounds[step.matter])

    def _attempt(self, session: Session, step: Step) -> Filing:
        found = newest_attempt(session, self._rounds[step.matter])
        assert found is not None, step.matter
        return found

    def _draft(self, session: Session, act: Act, step: Step) -> None:
        assert act.actor.account_id is not None
        save_draft(
            session,
            None,
            account_id=act.actor.account_id,
            kind="matter",
            content={"sections": {"basic": dict(step.typed)}, "consultations": []},
            title=str(step.typed["title"]),
        )

    def _declare(self, session: Session, act: Act, step: Step) -> None:
        screening = [item for item in ASSESSMENT_FIELDS if item.section == "screening"]
        raw = dict(step.typed)
        beside, above = raw.pop("joint", ()), raw.pop("part_of", "")
        values = typed_values(session, [*MATTER_FIELDS, *screening], {"screening": "required", **raw})
        values[CO_ORGANISERS.name] = [Joint(_unit(session, code), part) for code, part in beside]
        if above:
            values["parent_id"] = session.get_one(Assessment, self._rounds[above]).matter_id
        fresh = assessing.declare_matter(session, act, values)
        self._rounds[step.matter] = fresh.id

    def _progress(self, session: Session, act: Act, step: Step) -> None:
        values, heard, _risks = self._typed_assessment(session, step)
        assessing.record_progress(session, act, self._round(session, step), values, heard)

    def _conclude(self, session: Session, act: Act, step: Step) -> None:
        values, heard, risks = self._typed_assessment(session, step)
        values["concluded_on"] = step.day
        assessing.conclude(session, act, self._round(session, step), values, heard, risks=risks)

    def _typed_assessment(
        self, session: Session, step: Step
    ) -> tuple[dict[str, Any], list[dict[str, Any]] | None, Risks]:
        raw = dict(step.typed)
        rows = raw.pop("heard", None)
        heard = None if rows is None else [typed_values(session, CONSULTATION_FIELDS, row) for row in rows]
        factors = [typed_values(session, FACTOR_FIELDS, row) for row in raw.pop("factors", ())]
        measures = [typed_values(session, MEASURE_FIELDS, row) for row in raw.pop("measures_rows", ())]
        return typed_values(session, ASSESSMENT_FIELDS, raw), heard, Risks(factors, measures)

    def _submit(self, session: Session, act: Act, step: Step) -> None:
        filing.submit(session, act, self._round(session, step))

    def _correct(self, session: Session, act: Act, step: Step) -> None:
        filing.request_correction(session, act, self._attempt(session, step), step.typed["items"])

    def _answer(self, session: Session, act: Act, step: Step) -> None:
        raw = dict(step.typed)
        answer = raw.pop("answer")
        values = typed_values(session, [*MATTER_FIELDS, *ASSESSMENT_FIELDS], raw)
        filing.answer_correction(session, act, self._attempt(session, step), answer, values)

    def _accept(self, session: Session, act: Act, step: Step) -> None:
        filing.receive_and_accept(session, act, self._attempt(session, step), opinion=step.typed.get("opinion"))

    def _withdraw(self, session: Session, act: Act, step: Step) -> None:
        filing.withdraw(session, act, self._attempt(session, step), step.typed["reason"])

    def _revoke(self, session: Session, act: Act, step: Step) -> None:
        doc_no = step.typed["doc_no"]
        filing.revoke(session, act, self._attempt(session, step), step.typed["reason"], doc_no=doc_no)

    def _amend(self, session: Session, act: Act, step: Step) -> None:
        raw = dict(step.typed)
        reason = raw.pop("reason")
        values = typed_values(session, [*MATTER_FIELDS, *ASSESSMENT_FIELDS], raw)
        filing.amend(session, act, self._round(session, step), values, reason)

    def _decide(self, session: Session, act: Act, step: Step) -> None:
        values = typed_values(session, ASSESSMENT_FIELDS, {"decided_on": step.day.isoformat(), **step.typed})
        assessing.record_decision(session, act, self._round(session, step), values)

    def _track(self, session: Session, act: Act, step: Step) -> None:
        assessing.track(session, act, self._round(session, step), typed_values(session, ASSESSMENT_FIELDS, step.typed))

    def _new_round(self, session: Session, act: Act, step: Step) -> None:
        fresh = assessing.open_round(
            session,
            act,
            self._round(session, step),
            trigger=step.typed["trigger"],
            reason=step.typed["reason"],
        )
        self._rounds[step.matter] = fresh.id
