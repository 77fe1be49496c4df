"""Who sent the current request, for the views."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import request

from risk_registry.accounts.models import Account
from risk_registry.accounts.queries import Standing
from risk_registry.accounts.scope import Scope, make_scope, scope_of
from risk_registry.core.actors import Actor
from risk_registry.web import accounts as plumbing


@dataclass(frozen=True)
class SignedIn:
    """The signed-in account as plain values read in this request. Flask-Login knows it by the token of its session."""

    id: int
    name: str
    display_name: str
    organisation_id: int
    organisation_name: str
    roles: frozenset[str]
    scope: Scope
    must_change_password: bool
    login_id: int
    token: str = field(repr=False)
    #: Organisations whose business has passed to that of the account.
    inherited: tuple[int, ...] = ()

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed cookie: random for each sign-in, so that it can be ended."""
        return self.token

    def has(self, *roles: str) -> bool:
        """Whether the account holds at least one of the roles."""
        return not self.roles.isdisjoint(roles)


def from_standing(found: Standing, *, token: str) -> SignedIn:
    """The plain values of an account that is signed in."""
    return SignedIn(
        id=found.account_id,
        name=found.name,
        display_name=found.display_name,
        organisation_id=found.organisation_id,
        organisation_name=found.organisation_name,
        roles=found.roles,
        scope=make_scope(found.scope, found.organisation_id, found.inherited),
        must_change_password=found.must_change_password,
        login_id=found.login_id,
        token=token,
        inherited=found.inherited,
    )


def entering(account: Account, *, token: str) -> SignedIn:
    """An account at the moment it signs in; the next request reads its session."""
    return SignedIn(
        id=account.id,
        name=account.name,
        display_name=account.display_name,
        organisation_id=account.organisation_id,
        organisation_name=account.organisation_name,
        roles=account.roles,
        scope=scope_of(account),
        must_change_password=account.must_change_password,
        login_id=0,
        token=token,
    )


def signed_in() -> SignedIn:
    """The account of a request that the access table let through. Raises ``RuntimeError`` on a public page."""
    account = plumbing.signed_in()
    if not isinstance(account, SignedIn):
        raise RuntimeError("the account was found by something other than a sign-in")
    return account


def current_actor() -> Actor:
    """The signed-in account as the one who acts. Raises ``RuntimeError`` on a public page."""
    account = signed_in()
    return Actor(
        kind="account",
        account_id=account.id,
        name=account.display_name,
        organisation_id=account.organisation_id,
        organisation=account.organisation_name,
        roles=account.roles,
        address=client_address(),
        inherited=frozenset(account.inherited),
    )


def current_scope() -> Scope:
    """The data scope of the signed-in account. Raises ``RuntimeError`` on a public page."""
    return signed_in().scope


def client_address() -> str:
    """The address the request came from; behind proxies the one they tell, where they are trusted."""
    return (request.remote_addr or "")[:64]
