"""联合事项: the organisations that take part in a matter beside those in the lead.

They are shown and listed apart; only the organisation in the lead is counted (DOMAIN §8d 7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.core.fields import Field, Kind
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.matters.fields import RESPONSIBLE
from risk_registry.matters.models import CoOrganiser, MatterFacts
from risk_registry.organisations.models import Organisation

#: As what an organisation may take part, in the order in which they are shown.
PARTS: dict[str, str] = {"owner": N_("共同主管"), "decision": N_("共同决策"), "implement": N_("共同实施")}
#: More than these in one matter are a mistake.
MOST = 20
#: The question; it is no column of the facts, so it stands beside their declared fields.
CO_ORGANISERS = Field(
    "co_organisers",
    N_("联合单位"),
    Kind.CODE,
    RESPONSIBLE,
    help=N_("与牵头单位共同主管、决策或实施的单位；只作登记和列示，统计只计牵头单位"),
)
_LEADS = {"owner": "owner_org", "decision": "decision_org", "implement": "implement_org"}


class Joint(NamedTuple):
    """One organisation and as what it takes part."""

    organisation: int
    part: str


def joint_of(facts: MatterFacts) -> tuple[Joint, ...]:
    """The further organisations of a matter as one round sees them: by part, then in the order they were named."""
    order = list(PARTS)
    rows = sorted(facts.co_organisers, key=lambda row: (order.index(row.part), row.position))
    return tuple(Joint(row.organisation_id, row.part) for row in rows)


def joint_problems(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong between the further organisations and those in the lead."""
    rows: Sequence[Joint] = values.get(CO_ORGANISERS.name) or ()
    problems = []
    if len(set(rows)) < len(rows):
        problems.append(Problem(CO_ORGANISERS.name, N_("联合单位中同一单位以同一方式填了两次，请删去一行")))
    for part, lead in _LEADS.items():
        if values.get(lead) and Joint(values[lead], part) in rows:
            message = N_("牵头单位不再填作“%(label)s”的联合单位，请删去这一行")
            problems.append(Problem(CO_ORGANISERS.name, message, {"label": PARTS[part]}))
    if len(rows) > MOST:
        problems.append(Problem(CO_ORGANISERS.name, N_("联合单位最多%(most)d个，请核对"), {"most": MOST}))
    return problems


def set_joint(session: Session, facts: MatterFacts, rows: Sequence[Joint]) -> None:
    """Make the further organisations those given; rows that stay are not touched. Raises ``Refused``."""
    wanted = list(dict.fromkeys(rows))
    if wanted:
        _known(session, wanted)
    kept = {Joint(row.organisation_id, row.part): row for row in facts.co_organisers}
    for joint, row in kept.items():
        if joint not in wanted:
            facts.co_organisers.remove(row)
    position = max((row.position for row in kept.values()), default=0)
    for joint in wanted:
        if joint not in kept:
            position += 1
            facts.co_organisers.append(
                CoOrganiser(organisation_id=joint.organisation, part=joint.part, position=position)
            )


def _known(session: Session, rows: Sequence[Joint]) -> None:
    numbers = {row.organisation for row in rows}
    query = select(Organisation.id).where(Organisation.id.in_(numbers), Organisation.kind != "third_party")
    if any(row.part not in PARTS for row in rows) or numbers - set(session.scalars(query)):
        raise Refused.one(CO_ORGANISERS.name, N_("联合单位请从列出的单位和参与方式中选择"))
