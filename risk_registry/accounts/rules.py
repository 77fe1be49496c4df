"""What an account may be: its names, the mixture of its roles, its data scope; and who may administer it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from risk_registry.accounts.fields import LONGEST_NAME
from risk_registry.accounts.models import Account, AccountRole
from risk_registry.accounts.queries import by_name
from risk_registry.accounts.scope import SCOPES
from risk_registry.core.actors import Actor
from risk_registry.core.problems import NotAllowed, Problem, Refused
from risk_registry.core.text import clean_text
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import BUSINESS_ROLES, ROLES
from risk_registry.organisations.models import Organisation
from risk_registry.settings.queries import settings

#: The three administrators (三员, GB/T 22239-2019), in the order they are named.
ADMINISTRATORS = ("sysadmin", "secadmin", "auditor")

_ROLE_CODES = frozenset(term.code for term in ROLES)
_SCOPE_CODES = frozenset(term.code for term in SCOPES)
_LOCK = 0x5352_4143

_LAST = {
    "sysadmin": N_("这是唯一可用的系统管理员账号，请先设置另一名系统管理员"),
    "secadmin": N_("三员分立已启用，这是唯一可用的安全管理员账号，请先设置另一名安全管理员"),
    "auditor": N_("三员分立已启用，这是唯一可用的审计管理员账号，请先设置另一名审计管理员"),
}


def hold_accounts(session: Session) -> None:
    """One change of who is an administrator at a time, to the end of the transaction.

    Without it two administrators could shut each other out at once, or a mixed account slip in while the separation is
    being turned on. The embedded database has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def is_separated(session: Session) -> bool:
    """Whether the three administrators are separated: exclusive roles, none of them sees business."""
    return settings(session).on("separation")


def clean_names(
    session: Session, name: str, display_name: str, *, known: Account | None = None
) -> tuple[str, str, list[Problem]]:
    """The cleaned sign-in and shown names, and what is wrong with them; ``known`` is the account that bears them."""
    problems: list[Problem] = []
    cleaned = []
    for field, label, raw in (("name", N_("账号"), name), ("display_name", N_("姓名"), display_name)):
        try:
            words = clean_text(raw, multiline=False, field=field, label=label)
        except Refused as refused:
            problems += refused.problems
            words = ""
        else:
            if not words:
                problems.append(Problem(field, N_("%(label)s：请填写"), {"label": label}))
            elif len(words) > LONGEST_NAME:
                problems.append(
                    Problem(field, N_("%(label)s：最多%(count)d个字"), {"label": label, "count": LONGEST_NAME})
                )
        cleaned.append(words)
    if cleaned[0] and known is None and by_name(session, cleaned[0]) is not None:
        problems.append(
            Problem("name", N_("账号：“%(name)s”已存在（不区分大小写和全半角），请换一个"), {"name": cleaned[0]})
        )
    return cleaned[0], cleaned[1], problems


def lane_of(roles: Collection[str], *, separation: bool) -> str | None:
    """The lane that holds these roles; ``None`` when no lane does (三员分立, GB/T 22239-2019).

    With separation an account without roles waits in the business lane until the security administrator grants some.
    """
    held = frozenset(roles)
    if not separation:
        return "any"
    if held <= BUSINESS_ROLES:
        return "business"
    return next(iter(held)) if len(held) == 1 else None


def role_problems(roles: Collection[str], *, separation: bool, required: bool = True) -> list[Problem]:
    """What is wrong with these roles for one account."""
    held = frozenset(roles)
    unknown = sorted(held - _ROLE_CODES)
    if unknown:
        return [Problem("roles", N_("角色：没有“%(role)s”这一项"), {"role": unknown[0]})]
    if not held and required:
        return [Problem("roles", N_("角色：请至少选择一项"))]
    if lane_of(held, separation=separation) is None:
        return [Problem("roles", N_("角色：三员分立已启用，系统管理员、安全管理员、审计管理员和业务角色不能兼任"))]
    return []


def scope_problems(scope: str, organisation: Organisation) -> list[Problem]:
    """What is wrong with this data scope for an account of this organisation."""
    if scope not in _SCOPE_CODES:
        return [Problem("scope", N_("数据范围：没有“%(scope)s”这一项"), {"scope": scope})]
    if scope == "office" and organisation.kind != "filing_office":
        return [Problem("scope", N_("数据范围：“本备案机关”只适用于备案机关的账号，请另选"))]
    return []


def require_another(session: Session, account: Account, roles: Iterable[str] | None = None) -> None:
    """Refuse to take away (or change to ``roles``) the last account of an administrator who can sign in.

    The system administrator must always remain; with separation the security and audit administrators, too.
    Raises ``Refused``.
    """
    if not account.usable:
        return
    kept = frozenset(roles or ())
    needed = ADMINISTRATORS if is_separated(session) else ADMINISTRATORS[:1]
    for role in needed:
        if role in account.roles and role not in kept and not has_usable(session, role, but=account.id):
            raise Refused.one("", _LAST[role])


def has_usable(session: Session, role: str, *, but: int | None = None) -> bool:
    """Whether somebody with the role (other than the account ``but``) can sign in."""
    held = exists().where(
        AccountRole.account_id == Account.id, AccountRole.role == role, Account.active, ~Account.locked
    )
    if but is not None:
        held = held.where(Account.id != but)
    return bool(session.scalar(select(held)))


def require_administrator(actor: Actor, *roles: str) -> None:
    """Accounts need one of the roles; the operator at the command line and the registry itself may.

    Raises ``NotAllowed``.
    """
    if actor.kind == "account" and not actor.has(*roles):
        raise NotAllowed.one("", N_("您没有管理账号的权限，请联系系统管理员"))
