"""Questions about the accounts of an organisation."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, object_session

from risk_registry.accounts.models import Account, AccountRole
from risk_registry.core.vocabulary import DEPARTMENT_ROLES
from risk_registry.organisations.lineage import heir_ids, inherited_ids


def has_submitter(session: Session, organisation_id: int) -> bool:
    """Whether the organisation can register for itself: it has a usable account with a department role.

    The accounts of its heirs count: after a merger or a split they finish what it began.
    """
    those = (organisation_id, *heir_ids(session, organisation_id))
    query = (
        select(AccountRole.role)
        .join(Account, AccountRole.account_id == Account.id)
        .where(Account.organisation_id.in_(those), Account.active.is_(True), Account.locked.is_(False))
        .where(AccountRole.role.in_(sorted(DEPARTMENT_ROLES)))
    )
    return bool(session.scalar(select(exists(query))))


def organisation_of(session: Session, account_id: int) -> int | None:
    """The organisation an account belongs to."""
    return session.scalar(select(Account.organisation_id).where(Account.id == account_id))


def inherited_of(account: Account) -> tuple[int, ...]:
    """The organisations whose business has passed to that of the account."""
    session = object_session(account)
    return () if session is None else inherited_ids(session, account.organisation_id)
