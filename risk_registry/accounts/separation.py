"""三员分立: turning the separation of administrators on and off (GB/T 22239-2019, 访问控制).

With it every account has one lane (business, or one of the three administrators) and the database refuses a mixture;
see ``accounts.models``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account, AccountRole
from risk_registry.accounts.rules import (
    ADMINISTRATORS,
    has_usable,
    hold_accounts,
    is_separated,
    lane_of,
    require_administrator,
)
from risk_registry.audit.operations import record
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Problem, Refused
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import ROLES, labels
from risk_registry.settings.models import Setting

_KEY = "separation"
_SHOWN = 20
_ROLE_LABELS = labels(ROLES)


@dataclass(frozen=True)
class Mixed:
    """An account whose roles no lane holds."""

    account_id: int
    name: str
    display_name: str
    organisation: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Readiness:
    """What stands in the way of the separation: mixed accounts, and administrators nobody usable is."""

    mixed: tuple[Mixed, ...]
    missing: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing does."""
        return not self.mixed and not self.missing


def readiness(session: Session) -> Readiness:
    """Look at every account, the closed and locked ones too: the database will hold all of them to one lane."""
    mixed = [
        Mixed(
            account.id,
            account.name,
            account.display_name,
            account.organisation_name,
            tuple(term.code for term in ROLES if term.code in account.roles),
        )
        for account in session.scalars(select(Account).where(Account.id.in_(_mixed_ids(session))).order_by(Account.id))
    ]
    return Readiness(tuple(mixed), tuple(role for role in ADMINISTRATORS if not has_usable(session, role)))


def turn_on(session: Session, actor: Actor, *, reason: str = "") -> None:
    """Separate the administrators: every account gets its lane.

    Raises ``Refused`` naming every account that still mixes and every administrator that is missing.
    """
    require_administrator(actor, "sysadmin", "secadmin")
    hold_accounts(session)
    if is_separated(session):
        raise Refused.one("", N_("三员分立已经启用"))
    found = readiness(session)
    problems = [_mixed_problem(item) for item in found.mixed[:_SHOWN]]
    problems += [
        Problem("", N_("还没有可用的%(role)s账号，请先设置一名"), {"role": _ROLE_LABELS[role]})
        for role in found.missing
    ]
    if problems:
        raise Refused(problems)
    _set_lanes(session, separation=True)
    _switch(session, actor, "on", reason)


def turn_off(session: Session, actor: Actor, *, reason: str) -> None:
    """Let roles be mixed again. The security administrator's act; needs a reason. Raises ``Refused``."""
    require_administrator(actor, "secadmin")
    hold_accounts(session)
    if not is_separated(session):
        raise Refused.one("", N_("三员分立没有启用"))
    if not reason.strip():
        raise Refused.one("reason", N_("停用三员分立须写明理由"))
    _set_lanes(session, separation=False)
    _switch(session, actor, "off", reason)


def _mixed_problem(item: Mixed) -> Problem:
    return Problem(
        "",
        N_("账号“%(name)s”同时有%(roles)s，请只保留一类角色，另一类授予别人"),
        {"name": item.name, "roles": "、".join(_ROLE_LABELS[role] for role in item.roles)},
    )


def _held(session: Session) -> dict[int, set[str]]:
    held: dict[int, set[str]] = defaultdict(set)
    for account_id, role in session.execute(select(AccountRole.account_id, AccountRole.role)):
        held[account_id].add(role)
    return held


def _mixed_ids(session: Session) -> list[int]:
    return [number for number, roles in _held(session).items() if lane_of(roles, separation=True) is None]


def _set_lanes(session: Session, *, separation: bool) -> None:
    """Move every account and its roles to its lane. The roles stay what they are, so this is no change of theirs.

    A role refers to its account's lane by a foreign key: the rows are taken out while the lanes change.
    """
    session.flush()
    table = AccountRole.__table__
    rows = [dict(row) for row in session.execute(select(table)).mappings()]
    held: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        held[row["account_id"]].add(row["role"])
    lanes = {number: lane_of(roles, separation=separation) or "any" for number, roles in held.items()}
    session.execute(delete(AccountRole).execution_options(synchronize_session=False))
    session.execute(
        update(Account).values(lane="business" if separation else "any").execution_options(synchronize_session=False)
    )
    for lane in ADMINISTRATORS if separation else ():
        members = [number for number, own in lanes.items() if own == lane]
        session.execute(
            update(Account)
            .where(Account.id.in_(members))
            .values(lane=lane)
            .execution_options(synchronize_session=False)
        )
    if rows:
        session.execute(insert(AccountRole), [{**row, "lane": lanes[row["account_id"]]} for row in rows])
    session.expire_all()


def _switch(session: Session, actor: Actor, value: str, reason: str) -> None:
    row = session.scalar(select(Setting).where(Setting.key == _KEY))
    if row is None:
        row = Setting(key=_KEY, basis="")
        session.add(row)
    row.value = value
    record(session, actor, "turn_on_separation" if value == "on" else "turn_off_separation", row, reason=reason)
