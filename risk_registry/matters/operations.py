"""Writes of matters: registration numbers, facts, drafts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from risk_registry.core.codes import check_region_code
from risk_registry.core.numbering import format_registration, parse_registration
from risk_registry.core.problems import Conflict, Refused
from risk_registry.core.text import comparison_key
from risk_registry.core.text_marks import N_
from risk_registry.db.clock import Clock, to_stamp
from risk_registry.matters.fields import FIELDS, column_name
from risk_registry.matters.joint import CO_ORGANISERS, joint_of, set_joint
from risk_registry.matters.models import Draft, Matter, MatterFacts, RegistrationCounter

#: Matters above one another are looked through this far.
_DEEPEST = 50


def register_matter(
    session: Session, values: Mapping[str, Any], *, region: str, declared_on: date, parent_id: int | None = None
) -> MatterFacts:
    """A new matter with its registration number (``500229-2024-0017``) and the facts its first round sees."""
    year = declared_on.year
    seq = _next_registration(session, region, year)
    matter = Matter(
        reg_no=format_registration(region, year, seq), region=region, year=year, seq=seq, parent_id=parent_id
    )
    facts = MatterFacts(matter=matter, seq=1)
    change_facts(facts, values)
    change_joint(session, facts, values)
    session.add(facts)
    return facts


def adopt_matter(session: Session, values: Mapping[str, Any], *, reg_no: str) -> MatterFacts:
    """A matter that brings its own registration number (an older ledger); the counter moves past it."""
    parts = parse_registration(reg_no)
    if parts is None:
        raise Refused.one("reg_no", N_("登记号“%(value)s”格式不对，应如500229-2024-0017"), value=reg_no)
    region, year, seq = parts
    counter = session.get(RegistrationCounter, (region, year))
    if counter is None:
        session.add(RegistrationCounter(region=region, year=year, last=seq))
    elif counter.last < seq:
        counter.last = seq
    facts = MatterFacts(matter=Matter(reg_no=reg_no, region=region, year=year, seq=seq), seq=1)
    change_facts(facts, values)
    session.add(facts)
    return facts


def _next_registration(session: Session, region: str, year: int) -> int:
    check_region_code(region)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    table = RegistrationCounter.__table__
    statement = insert(RegistrationCounter).values(region=region, year=year, last=1)
    upsert = statement.on_conflict_do_update(
        index_elements=["region", "year"], set_={"last": table.c.last + 1}
    ).returning(table.c.last)
    return int(session.execute(upsert).scalar_one())


def change_facts(facts: MatterFacts, values: Mapping[str, Any]) -> None:
    """Set the declared fields that ``values`` names; the others stay."""
    for field in FIELDS:
        if field.name in values:
            setattr(facts, column_name(field), values[field.name])
    facts.title_key = comparison_key(facts.title or "")[:200]


def change_joint(session: Session, facts: MatterFacts, values: Mapping[str, Any]) -> None:
    """Set the further organisations of a joint matter, where ``values`` names them."""
    if CO_ORGANISERS.name in values:
        set_joint(session, facts, values[CO_ORGANISERS.name] or ())


def change_parent(session: Session, matter: Matter, values: Mapping[str, Any]) -> None:
    """Set the matter this one is a part of, where ``values`` names one. Raises ``Refused`` for a circle."""
    if "parent_id" not in values:
        return
    above = values["parent_id"]
    at: int | None = above
    for _step in range(_DEEPEST):
        if at is None:
            break
        if at == matter.id:
            raise Refused.one("parent", N_("上级事项不能是本事项自己或其下级事项，请改正"))
        at = session.scalar(select(Matter.parent_id).where(Matter.id == at))
    matter.parent_id = above


def facts_values(facts: MatterFacts) -> dict[str, Any]:
    """The declared fields of ``facts`` by name; organisations as ids."""
    return {field.name: getattr(facts, column_name(field)) for field in FIELDS}


def copy_facts(session: Session, facts: MatterFacts, *, seq: int) -> MatterFacts:
    """The facts a new round starts from. They come into the session with the round, so that one event holds both."""
    fresh = MatterFacts(matter_id=facts.matter_id, seq=seq)
    change_facts(fresh, facts_values(facts))
    set_joint(session, fresh, joint_of(facts))
    return fresh


def save_draft(
    session: Session,
    draft: Draft | None,
    *,
    account_id: int,
    kind: str,
    content: Mapping[str, Any],
    title: str = "",
    subject_id: int | None = None,
    version: int | None = None,
) -> Draft:
    """Keep unsaved work. Raises ``Conflict`` when the draft was saved elsewhere since it was read."""
    clock: Clock = session.info["clock"]
    if draft is None:
        draft = Draft(account_id=account_id, kind=kind, subject_id=subject_id)
        session.add(draft)
    elif version is not None and draft.version != version:
        raise Conflict.one("", N_("这份草稿已在别处保存过，请核对后再保存。您填写的内容仍在页面上。"))
    draft.content = json.dumps(content, ensure_ascii=False, sort_keys=True)
    draft.title = title[:200]
    draft.updated_at = to_stamp(clock.now())
    session.flush()
    return draft


def drop_draft(session: Session, draft: Draft) -> None:
    """Forget unsaved work."""
    session.delete(draft)


def highest_registration(session: Session, region: str, year: int) -> int:
    """The last number given in a region and year, zero when none."""
    query = select(func.max(Matter.seq)).where(Matter.region == region, Matter.year == year)
    return session.scalar(query) or 0
