"""Every step of the state machine taken through the real operations, and a plain log of what was done.

The log knows nothing of lines or tables: who reads it (the oracle) must come to the same figures on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.accounts.queries import actor_for
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.act import Act
from risk_registry.assessments.models import Assessment
from risk_registry.core.actors import Actor
from risk_registry.filings import operations as filing
from risk_registry.filings.models import Filing
from risk_registry.filings.queries import newest_attempt
from risk_registry.settings.queries import Settings
from tests.registry import CONCLUSION, CONSULTATION, account, matter_values

#: Who of the cast takes the department's steps for a unit; the town has no account, so the office types for it (代录).
CLERKS = {"water": "clerk", "school": "teacher", "town": "officer", "office": "officer"}

REASON = "示例理由"
MEDIUM = {
    "level_before": "medium",
    "emergency_plan": True,
    "review_experts": 3,
    "review_result": "passed",
}


@dataclass(frozen=True)
class Done:
    """One thing that was done to one round of one matter; ``day`` is its business date, ``known`` its stamp."""

    matter: int
    round: int
    act: str
    day: date
    data: Mapping[str, Any] = field(default_factory=dict)
    known: int = 0


@dataclass
class Cast:
    """The actors of one unit of work, read once."""

    session: Session
    today: date
    settings: Settings
    actors: dict[str, Actor] = field(default_factory=dict)

    def act(self, name: str) -> Act:
        """What ``name`` acts under today."""
        if name not in self.actors:
            self.actors[name] = actor_for(account(self.session, name))
        return Act(self.actors[name], self.today, self.settings)


def conclusion(day: date, *, outcome: str = "implement", level: str = "low", **more: Any) -> dict[str, Any]:
    """A conclusion that passes every gate."""
    values = {**CONCLUSION, "concluded_on": day, "outcome": outcome}
    if level == "medium":
        values |= {**MEDIUM, "review_on": day}
    return values | more


def attempt(session: Session, assessment: Assessment) -> Filing:
    """The newest attempt of a round."""
    found = newest_attempt(session, assessment.id)
    assert found is not None
    return found


Step = Callable[[Session, Act, Assessment, Mapping[str, Any]], object]


def _screen(result: str) -> Step:
    def step(session: Session, act: Act, assessment: Assessment, data: Mapping[str, Any]) -> None:
        values = {"screening": result, "screening_reason": REASON, "screening_reference": "示稳评备〔2020〕1号"}
        assessing.screen(session, act, assessment, values, screened_on=data.get("day"))

    return step


def _conclude(session: Session, act: Act, assessment: Assessment, data: Mapping[str, Any]) -> None:
    values = conclusion(
        data.get("day", act.today), outcome=data.get("outcome", "implement"), level=data.get("level", "low")
    )
    assessing.conclude(session, act, assessment, values, CONSULTATION)


#: The operation behind each transition of the machine, with everything it needs filled in.
STEPS: dict[str, Step] = {
    "redeclare": lambda s, a, r, d: assessing.redeclare(s, a, r, {"summary": "补充概况"}),
    "pull_back": lambda s, a, r, d: assessing.return_declaration(s, a, r, REASON, by_department=True),
    "return_declaration": lambda s, a, r, d: assessing.return_declaration(s, a, r, REASON, by_department=False),
    "screen_required": _screen("required"),
    "screen_exempt": _screen("covered"),
    "reopen": lambda s, a, r, d: assessing.reopen(s, a, r, REASON),
    "edit_declaration": lambda s, a, r, d: assessing.change_declaration(s, a, r, {"summary": f"改于{a.today}"}),
    "start": lambda s, a, r, d: assessing.start(s, a, r, started_on=d.get("day")),
    "record_progress": lambda s, a, r, d: assessing.record_progress(s, a, r, {"procedure": "simplified"}, CONSULTATION),
    "conclude": _conclude,
    "revise": lambda s, a, r, d: assessing.revise(s, a, r, {"conclusion_text": f"{a.today}补充"}),
    "submit": lambda s, a, r, d: filing.submit(s, a, r, submitted_on=d.get("day")),
    "receive": lambda s, a, r, d: filing.receive(s, a, attempt(s, r), received_on=d.get("day")),
    "request_correction": lambda s, a, r, d: filing.request_correction(
        s, a, attempt(s, r), "补充公示照片", due_on=d.get("due_on")
    ),
    "answer_correction": lambda s, a, r, d: filing.answer_correction(
        s, a, attempt(s, r), "已补充", {"summary": f"补正于{a.today}"}
    ),
    "accept": lambda s, a, r, d: filing.accept(s, a, attempt(s, r), filed_on=d.get("day")),
    "decline": lambda s, a, r, d: filing.decline(s, a, attempt(s, r), REASON),
    "withdraw": lambda s, a, r, d: filing.withdraw(s, a, attempt(s, r), REASON),
    "amend": lambda s, a, r, d: filing.amend(s, a, r, {"remark": f"{REASON}{a.today}"}, REASON),
    "revoke": lambda s, a, r, d: filing.revoke(
        s, a, attempt(s, r), REASON, doc_no="示信发〔2024〕3号", revoked_on=d.get("day")
    ),
    "record_decision": lambda s, a, r, d: assessing.record_decision(
        s, a, r, {"decision_result": "implement", "decision_doc_no": "示府发〔2024〕8号", "decided_on": a.today}
    ),
    "track": lambda s, a, r, d: assessing.track(
        s, a, r, {"implementation": "in_progress", "tracking": f"{a.today}正常"}
    ),
    "new_round": lambda s, a, r, d: assessing.open_round(s, a, r, trigger="plan_changed", reason=REASON),
    "terminate": lambda s, a, r, d: assessing.terminate(s, a, r, REASON),
    "void": lambda s, a, r, d: assessing.void(s, a, r, REASON),
}

#: Steps of the office; every other one is the department's, or typed for it.
OFFICE_STEPS = frozenset(
    "return_declaration receive request_correction accept decline revoke void".split(),
)

#: The steps by which a round first comes to a status.
PATHS: dict[str, tuple[str, ...]] = {
    "declared": ("screen_exempt", "reopen"),
    "due": (),
    "returned": ("pull_back",),
    "exempt": ("screen_exempt",),
    "assessing": ("start",),
    "concluded": ("start", "conclude"),
    "submitted": ("start", "conclude", "submit"),
    "received": ("start", "conclude", "submit", "receive"),
    "correcting": ("start", "conclude", "submit", "receive", "request_correction"),
    "filed": ("start", "conclude", "submit", "receive", "accept"),
    "declined": ("start", "conclude", "submit", "receive", "decline"),
    "withdrawn": ("start", "conclude", "submit", "withdraw"),
    "revoked": ("start", "conclude", "submit", "receive", "accept", "revoke"),
    "terminated": ("terminate",),
    "void": ("start", "conclude", "void"),
}


def who(step: str, owner: str = "water") -> str:
    """The account of the cast that takes a step in a matter of this unit."""
    return "second" if step in OFFICE_STEPS else CLERKS[owner]


def declare(session: Session, cast: Cast, owner: str = "water", **values: Any) -> Assessment:
    """A matter of this unit, declared and found to need assessment today."""
    found = matter_values(session, owner_org=owner, **values)
    return assessing.declare_matter(session, cast.act(CLERKS[owner]), found)


def take(session: Session, cast: Cast, assessment: Assessment, step: str, owner: str = "water", **data: Any) -> object:
    """Take a step by the account whose step it is."""
    return STEPS[step](session, cast.act(who(step, owner)), assessment, data)


def bring_to(session: Session, cast: Cast, status: str, owner: str = "water", **values: Any) -> Assessment:
    """A fresh matter in this status, brought there by real steps on one day."""
    assessment = declare(session, cast, owner, **values)
    for step in PATHS[status]:
        take(session, cast, assessment, step, owner)
    assert assessment.status == status
    return assessment
