"""Reads of accounts and their sign-in sessions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from risk_registry.accounts.models import Account, AccountRole, LoginSession, StashedForm
from risk_registry.accounts.units import inherited_of
from risk_registry.core.actors import Actor
from risk_registry.core.text import comparison_key
from risk_registry.db.clock import to_stamp
from risk_registry.organisations.lineage import inherited_ids
from risk_registry.organisations.models import Organisation, OrganisationSuccession

_MINUTE = 60 * 1_000_000

#: A kept form is given back for this long (µs).
KEPT = 24 * 60 * _MINUTE

KEY_LENGTH = 64


@dataclass(frozen=True)
class Limits:
    """How long a session lives, in µs: unused, and however busy (ASVS V7.3). The defaults are the registry's."""

    idle: int = 30 * _MINUTE
    absolute: int = 12 * 60 * _MINUTE

    @classmethod
    def of(cls, *, minutes: int, hours: int) -> Self:
        """Limits from the settings."""
        return cls(minutes * _MINUTE, hours * 60 * _MINUTE)


DEFAULT_LIMITS = Limits()


def digest(token: str) -> str:
    """What the tables hold of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def name_key(name: str) -> str:
    """How sign-in names are compared: full width, case and blanks make no difference."""
    return comparison_key(name)[:KEY_LENGTH]


def get(session: Session, account_id: int) -> Account | None:
    """The account with this id."""
    return session.get(Account, account_id)


def by_name(session: Session, name: str) -> Account | None:
    """The account with this sign-in name, compared by key."""
    return session.scalar(select(Account).where(Account.name_key == name_key(name)))


def listing(session: Session, *, organisation_ids: Collection[int] | None = None) -> Sequence[Account]:
    """All accounts, or those of some organisations, by name."""
    query = select(Account).order_by(Account.name_key)
    if organisation_ids is not None:
        query = query.where(Account.organisation_id.in_(set(organisation_ids)))
    return session.scalars(query).all()


def actor_for(account: Account, *, address: str = "") -> Actor:
    """The account as the one who acts, with its texts as they stand now."""
    return Actor(
        kind="account",
        account_id=account.id,
        name=account.display_name,
        organisation_id=account.organisation_id,
        organisation=account.organisation_name,
        roles=account.roles,
        address=address,
        inherited=frozenset(inherited_of(account)),
    )


@dataclass(frozen=True)
class Standing:
    """A session known by its token, the values of its account, and whether it still counts."""

    login_id: int
    last_seen_at: int
    alive: bool
    account_id: int
    name: str
    display_name: str
    organisation_id: int
    organisation_name: str
    scope: str
    must_change_password: bool
    roles: frozenset[str]
    inherited: tuple[int, ...] = ()


# Asked at every request: plain columns in two queries, no objects to build.
_STANDING = (
    select(
        LoginSession.id.label("login_id"),
        LoginSession.last_seen_at,
        LoginSession.created_at,
        LoginSession.ended_at,
        Account.id.label("account_id"),
        Account.name,
        Account.display_name,
        Account.organisation_id,
        Organisation.name.label("organisation_name"),
        Account.scope,
        Account.must_change_password,
        Account.active,
        Account.locked,
        # Almost no organisation has predecessors; those that do cost one more query.
        exists()
        .where(OrganisationSuccession.successor_id == Account.organisation_id, OrganisationSuccession.inherits)
        .label("succeeds"),
    )
    .join(Account, LoginSession.account_id == Account.id)
    .join(Organisation, Account.organisation_id == Organisation.id)
    .where(LoginSession.token_hash == bindparam("token_hash"))
)
_ROLES = select(AccountRole.role).where(AccountRole.account_id == bindparam("account_id"))


def standing(session: Session, token: str, *, now: datetime, limits: Limits = DEFAULT_LIMITS) -> Standing | None:
    """What this token stands for; ``None`` for an unknown one. A dead one still tells whose it was."""
    row = session.execute(_STANDING, {"token_hash": digest(token)}).one_or_none()
    if row is None:
        return None
    stamp = to_stamp(now)
    usable = row.ended_at is None and row.active and not row.locked
    return Standing(
        login_id=row.login_id,
        last_seen_at=row.last_seen_at,
        alive=usable and stamp - row.last_seen_at < limits.idle and stamp - row.created_at < limits.absolute,
        account_id=row.account_id,
        name=row.name,
        display_name=row.display_name,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation_name,
        scope=row.scope,
        must_change_password=row.must_change_password,
        roles=frozenset(session.scalars(_ROLES, {"account_id": row.account_id})),
        inherited=inherited_ids(session, row.organisation_id) if row.succeeds else (),
    )


def resolve(session: Session, token: str, now: datetime) -> Account | None:
    """The account this token is signed in to; ``None`` when idle, too old, ended, or the account may not be used."""
    found = standing(session, token, now=now)
    return session.get(Account, found.account_id) if found is not None and found.alive else None


@dataclass(frozen=True)
class KeptForm:
    """A form posted after the session had ended: its address and its (name, value) pairs in order."""

    path: str
    pairs: tuple[tuple[str, str], ...]


def kept_form(session: Session, token: str, *, account_id: int, now: datetime) -> KeptForm | None:
    """The kept form with this token, if it is this account's and not older than a day."""
    found = session.get(StashedForm, digest(token))
    if found is None or found.account_id != account_id or to_stamp(now) - found.created_at >= KEPT:
        return None
    body = json.loads(found.body)
    return KeptForm(body["path"], tuple((name, value) for name, values in body["values"].items() for value in values))
