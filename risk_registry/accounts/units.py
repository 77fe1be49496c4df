"""Questions about the accounts of an organisation."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account, AccountRole
from risk_registry.core.vocabulary import DEPARTMENT_ROLES


def has_submitter(session: Session, organisation_id: int) -> bool:
    """Whether the organisation can register for itself: it has a usable account with a department role."""
    query = (
        select(AccountRole.role)
        .join(Account, AccountRole.account_id == Account.id)
        .where(Account.organisation_id == organisation_id, Account.active.is_(True), Account.locked.is_(False))
        .where(AccountRole.role.in_(sorted(DEPARTMENT_ROLES)))
    )
    return bool(session.scalar(select(exists(query))))


def organisation_of(session: Session, account_id: int) -> int | None:
    """The organisation an account belongs to."""
    return session.scalar(select(Account.organisation_id).where(Account.id == account_id))
