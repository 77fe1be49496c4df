"""Writes of organisations. Each keeps the tree and the dated names in step and records one event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.audit.operations import record
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Conflict, NotAllowed, Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.values import Raw
from risk_registry.organisations.fields import checked
from risk_registry.organisations.models import Organisation, OrganisationName, OrganisationTree
from risk_registry.organisations.queries import by_code, in_use
from risk_registry.organisations.tree import cut, graft, hang, lock_tree

#: Kinds that the filing office itself may add while it types for others (代录) or imports.
_OFFICE_MAY_ADD = frozenset({"department", "decision_body", "implementer", "third_party"})

CHANGED = N_("该机构在您打开页面后已被他人修改，请核对后重新提交")

#: Told, before the event is recorded, which organisation bears another name from which past day on.
Renamed = Callable[[Organisation, date], None]


def create_organisation(
    session: Session,
    actor: Actor,
    *,
    values: Mapping[str, Raw],
    parent: Organisation | None = None,
) -> Organisation:
    """Add an organisation. ``values`` holds raw or parsed values of the declared fields by name.

    Raises ``Refused`` with every faulty field, ``NotAllowed`` for an account without the role.
    """
    clean = checked(values)
    _may_change(actor, str(clean["kind"]))
    problems = []
    if by_code(session, str(clean["code"])) is not None:
        problems.append(Problem("code", N_("机构代码：“%(code)s”已被使用，请改用其他代码"), {"code": clean["code"]}))
    start = clean["valid_from"]
    if parent is not None and isinstance(start, date) and not in_use(parent, start):
        problems.append(Problem("parent_id", N_("上级机构：“%(name)s”在启用日期未启用，请另选"), {"name": parent.name}))
    if problems:
        raise Refused(problems)
    lock_tree(session)
    organisation = Organisation(**clean, parent_id=parent.id if parent else None)
    session.add(organisation)
    session.flush()
    session.add(
        OrganisationName(
            organisation=organisation,
            name=organisation.name,
            short=organisation.short,
            valid_from=organisation.valid_from,
        )
    )
    hang(session, organisation.id, parent.id if parent else None)
    record(session, actor, "create_organisation", organisation)
    return organisation


def rename_organisation(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    *,
    name: str,
    valid_from: date,
    today: date,
    short: str | None = None,
    reason: str = "",
    version: int | None = None,
    renamed: Renamed | None = None,
) -> OrganisationName:
    """Give another name from ``valid_from`` on; what was called otherwise before stays so in every record.

    A day that is not after ``today`` changes the text of lines already written for it, so it is taken only when the
    caller passes ``renamed``, which must project those lines again. ``short`` left out keeps the short name.
    """
    _may_change(actor, organisation.kind)
    same_version(organisation, version)
    given = {"kind": organisation.kind, "name": name, "short": organisation.short if short is None else short}
    clean = checked(given, only=("kind", "name", "short"))
    last = open_name(session, organisation)
    if valid_from <= last.valid_from:
        raise Refused.one(
            "valid_from", N_("启用日期：应晚于现用名称的启用日期%(day)s"), day=last.valid_from.isoformat()
        )
    if valid_from <= today and renamed is None:
        raise Refused.one("valid_from", N_("启用日期：新名称最早从明天起启用，今天及以前的台账仍用原名称"))
    if clean["name"] == last.name and clean["short"] == last.short:
        raise Refused.one("name", N_("机构名称：与现用名称相同，无需变更"))
    last.valid_to = valid_from - timedelta(days=1)
    session.flush()
    entry = OrganisationName(
        organisation=organisation, name=str(clean["name"]), short=_text(clean["short"]), valid_from=valid_from
    )
    session.add(entry)
    organisation.name, organisation.short = entry.name, entry.short
    session.flush()
    if renamed is not None:
        renamed(organisation, valid_from)
    record(session, actor, "rename_organisation", organisation, reason=reason, note={"valid_from": valid_from})
    return entry


def change_organisation(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    *,
    values: Mapping[str, Raw],
    reason: str = "",
    version: int | None = None,
) -> None:
    """Change credit code, region and third-party registration. Name, place and validity have verbs of their own."""
    _may_change(actor, organisation.kind)
    same_version(organisation, version)
    allowed = ("uscc", "region_code", "reg_authority", "reg_no", "reg_valid_to", "reg_status")
    unknown = sorted(set(values) - set(allowed))
    if unknown:
        raise ValueError(f"not changed here: {', '.join(unknown)}")
    clean = checked({**values, "kind": organisation.kind, "short": organisation.short}, only=(*values, "kind", "short"))
    for name in values:
        setattr(organisation, name, clean[name])
    record(session, actor, "change_organisation", organisation, reason=reason)


def move_organisation(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    *,
    parent: Organisation | None,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Put an organisation, with all below it, under another one. Past filings keep the office they were sent to.

    Raises ``Refused`` when the new parent lies below the organisation.
    """
    _may_change(actor, organisation.kind)
    same_version(organisation, version)
    lock_tree(session)
    if parent is not None:
        if session.get(OrganisationTree, (organisation.id, parent.id), populate_existing=True) is not None:
            raise Refused.one("parent_id", N_("上级机构：不能移到本机构或其下级之下，请另选"))
        if parent.valid_to is not None:
            raise Refused.one("parent_id", N_("上级机构：“%(name)s”已停用，请另选"), name=parent.name)
    cut(session, organisation.id)
    graft(session, organisation.id, parent.id if parent else None)
    organisation.parent_id = parent.id if parent else None
    record(session, actor, "move_organisation", organisation, reason=reason)


def close_organisation(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    *,
    valid_to: date,
    reason: str,
    version: int | None = None,
) -> None:
    """Set the last day of validity. The organisation stays in every record; it can no longer be chosen afterwards.

    Raises ``Refused`` while an organisation directly below is open beyond that day.
    """
    _may_change(actor, organisation.kind)
    same_version(organisation, version)
    if not reason.strip():
        raise Refused.one("reason", N_("停用原因：请填写"))
    last = open_name(session, organisation)
    if valid_to < last.valid_from:
        raise Refused.one("valid_to", N_("停用日期：不能早于启用日期%(day)s"), day=last.valid_from.isoformat())
    open_below = session.scalars(
        select(Organisation.name).where(
            Organisation.parent_id == organisation.id,
            (Organisation.valid_to.is_(None)) | (Organisation.valid_to > valid_to),
        )
    ).all()
    if open_below:
        raise Refused.one(
            "valid_to", N_("停用日期：下级机构“%(names)s”仍在使用，请先停用或移走"), names="、".join(open_below[:5])
        )
    organisation.valid_to = valid_to
    record(session, actor, "close_organisation", organisation, reason=reason)


def open_name(session: Session, organisation: Organisation) -> OrganisationName:
    """The dated name that holds until further notice."""
    return session.scalars(
        select(OrganisationName).where(
            OrganisationName.organisation_id == organisation.id, OrganisationName.valid_to.is_(None)
        )
    ).one()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def same_version(organisation: Organisation, version: int | None) -> None:
    """Raises ``Conflict`` when the organisation changed since the actor read it."""
    if version is not None and version != organisation.version:
        raise Conflict.one("", CHANGED)


def _may_change(actor: Actor, kind: str) -> None:
    """Administrators change all; the filing office also keeps those it records for (代录)."""
    if actor.kind != "account" or actor.has("sysadmin"):
        return
    if actor.has("filing_officer", "filing_approver") and kind in _OFFICE_MAY_ADD:
        return
    raise NotAllowed.one("", N_("您没有维护该类机构的权限，请联系系统管理员"))
