"""What a registration page can know before anybody types: the units to choose from and what was true last time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account, AccountRole
from risk_registry.assessments.act import Act
from risk_registry.assessments.models import Assessment
from risk_registry.core.vocabulary import DEPARTMENT_ROLES, OFFICE_ROLES
from risk_registry.matters.models import MatterFacts
from risk_registry.organisations.models import Organisation, OrganisationTree
from risk_registry.organisations.queries import ancestors, filing_office_for, name_book, options, subtree, valid_on

Option = tuple[str, str]

_WORKING_KINDS = ("department", "filing_office", "implementer")


def types_for_others(act: Act) -> bool:
    """代录: the account has an office role and none of its own department."""
    return bool(act.actor.roles & OFFICE_ROLES) and not act.actor.roles & DEPARTMENT_ROLES


def units_without_account(session: Session, office_id: int, day: date) -> list[int]:
    """Units below an office, and not below another one in between, that nobody with a department account serves."""
    nested = select(OrganisationTree.descendant_id).join(Organisation, Organisation.id == OrganisationTree.ancestor_id)
    nested = nested.where(
        Organisation.kind == "filing_office",
        Organisation.id != office_id,
        Organisation.id.in_(subtree(office_id)),
    )
    served = (
        select(Account.organisation_id)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(Account.active.is_(True), Account.locked.is_(False))
        .where(AccountRole.role.in_(sorted(DEPARTMENT_ROLES)))
    )
    query = select(Organisation.id).where(
        valid_on(day),
        Organisation.kind.in_(("department", "implementer")),
        Organisation.id.in_(subtree(office_id)),
        Organisation.id.not_in(nested),
        Organisation.id.not_in(served),
    )
    return list(session.scalars(query.order_by(Organisation.code)))


def organisation_choices(session: Session, act: Act) -> dict[str, list[Option]]:
    """Options of the organisation fields, by field name."""
    own = act.actor.organisation_id
    assert own is not None
    day = act.today
    office = filing_office_for(session, own)
    above = [unit.id for unit in ancestors(session, own) if unit.kind != "third_party"]
    bodies = list(session.scalars(select(Organisation.id).where(valid_on(day), Organisation.kind == "decision_body")))
    near = options(session, kinds=_WORKING_KINDS, on=day, within=office.id) if office else []
    around = [number for number, _name in near]
    owners = units_without_account(session, own, day) if types_for_others(act) else [own]
    found = {
        "owner_org": owners,
        "decision_org": _once([*above, *bodies, own, *around]),
        "implement_org": _once([own, *around]),
        "co_organisers": _once([*around, *above, *bodies]),
    }
    book = name_book(session, {number for numbers in found.values() for number in numbers})
    named = {name: [(str(n), book.name_on(n, day)) for n in numbers] for name, numbers in found.items()}
    third = [(str(n), label) for n, label in options(session, kinds=("third_party",), on=day)]
    return {**named, "third_party": third}


def _once(numbers: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


def last_facts(session: Session, account_id: int, own: int) -> MatterFacts | None:
    """The facts of the last matter this account entered, else of the last one of its own unit."""
    mine = (
        select(MatterFacts)
        .join(Assessment, Assessment.facts_id == MatterFacts.id)
        .where(or_(Assessment.entered_by == account_id, MatterFacts.owner_org_id == own))
        .order_by((Assessment.entered_by == account_id).desc(), Assessment.id.desc())
        .limit(1)
    )
    return session.scalar(mine)


def prefilled(session: Session, act: Act) -> dict[str, Any]:
    """Typed values a new registration starts with; a unit typed for by the office starts with hardly any."""
    own = act.actor.organisation_id
    assert own is not None
    assert act.actor.account_id is not None
    region = act.settings["region"]
    found: dict[str, Any] = {"sensitivity": "open", "decision_level": _level_of(region), "region_code": region or None}
    body = next((unit.id for unit in ancestors(session, own) if unit.kind == "decision_body"), None)
    found["decision_org"] = body
    if types_for_others(act):
        return found
    last = last_facts(session, act.actor.account_id, own)
    unit = session.get_one(Organisation, own)
    found |= {"owner_org": own, "implement_org": own, "duty_contact": act.actor.name[:32]}
    found["region_code"] = unit.region_code or found["region_code"]
    if last is not None and last.owner_org_id == own:
        found["decision_org"] = last.decision_org_id or body
        for name in ("decision_level", "location", "region_code", "duty_contact", "office_phone"):
            found[name] = getattr(last, name) or found.get(name)
    return found


def last_signer(session: Session, account_id: int) -> str | None:
    """Who signed off what this account entered last."""
    query = select(Assessment.signed_by).where(Assessment.entered_by == account_id, Assessment.signed_by.is_not(None))
    return session.scalar(query.order_by(Assessment.id.desc()).limit(1))


def _level_of(region: str) -> str | None:
    """决策层级 that goes with a region code (GB/T 2260): its trailing zeros tell province and prefecture."""
    if not region:
        return None
    if len(region) > 6:
        return "township"
    if region.endswith("0000"):
        return "province"
    return "prefecture" if region.endswith("00") else "county"
