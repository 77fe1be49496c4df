"""Rounds change hands with a merger or a split (机构改革): what is open goes on under the successor.

A concluded round keeps the owner it concluded under, for the counts are divided by that snapshot (DOMAIN §8c, §8d 9).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from risk_registry.assessments.act import Act
from risk_registry.assessments.models import Assessment
from risk_registry.audit.operations import record
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.organisations.lineage import present_heirs
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.queries import filing_office_for, in_use


def hand_over(
    session: Session,
    actor: Actor,
    assessment: Assessment,
    *,
    owner: Organisation | None = None,
    office: Organisation | None = None,
    effective_on: date,
    reason: str,
) -> None:
    """Give a round another owner, another filing office, or both, in one event. Nothing else about it changes."""
    note: dict[str, object] = {"effective_on": effective_on}
    if owner is not None:
        assessment.facts.owner_org_id = owner.id
        note["owner_org"] = owner.subject_text
    if office is not None:
        assessment.filing_office_id = office.id
        note["filing_office"] = office.subject_text
    # A page read before the reorganisation must notice; the column is not declared, so no event tells of it.
    flag_modified(assessment, "entered_by")
    action = "transfer_owner" if owner is not None else "transfer_office"
    record(session, actor, action, assessment, reason=reason, note=note)


def closed_owner_problems(session: Session, owner_org_id: int, day: date) -> list[Problem]:
    """Why an organisation may not own a matter declared on ``day``: it was out of use by then."""
    # A merger or split under way is waited for, and then seen: it holds the row until it is done.
    query = select(Organisation).where(Organisation.id == owner_org_id).with_for_update(read=True, key_share=True)
    owner = session.scalars(query.execution_options(populate_existing=True)).one()
    if owner.valid_to is None or owner.valid_to >= day:
        return []
    text = N_("评估主体：“%(name)s”已于%(day)s停用，请由承接其职能的单位申报。")
    return [Problem("owner_org", text, {"name": owner.name, "day": owner.valid_to.isoformat()})]


def owner_now(session: Session, act: Act, owner_org_id: int) -> int:
    """Who owns what begins today where ``owner_org_id`` owned what went before: its heir once it is closed.

    Raises ``Refused`` when several organisations followed it and the actor is of none of them.
    """
    owner = session.get_one(Organisation, owner_org_id)
    if in_use(owner, act.today):
        return owner_org_id
    heirs = present_heirs(session, owner_org_id, act.today)
    for heir in heirs:
        if heir.id == act.actor.organisation_id or len(heirs) == 1:
            return heir.id
    if heirs:
        raise Refused.one("", N_("原评估主体“%(name)s”已拆分，请由承接的单位办理。"), name=owner.name)
    return owner_org_id


def units_now(session: Session, act: Act, assessment: Assessment) -> tuple[int, int | None]:
    """Owner and filing office of a round that begins today after this one: a closed office gives way to the nearest
    one above the owner.
    """
    owner_id = owner_now(session, act, assessment.facts.owner_org_id)
    office_id = assessment.filing_office_id
    office = None if office_id is None else session.get_one(Organisation, office_id)
    if office is not None and in_use(office, act.today):
        return owner_id, office_id
    nearest = filing_office_for(session, owner_id)
    return owner_id, nearest.id if nearest is not None else office_id
