"""What the request plumbing needs to know of an account, without knowing the package that keeps accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from flask import current_app, g
from sqlalchemy.orm import Session


class CurrentAccount(Protocol):
    """Who is signed in. Plain values read in this request, not a row: a rollback must not send it back to the table."""

    @property
    def id(self) -> int:
        """Key of the account."""

    @property
    def display_name(self) -> str:
        """The name shown at the top of every page."""

    @property
    def organisation_name(self) -> str:
        """The organisation shown beside it."""

    @property
    def roles(self) -> frozenset[str]:
        """Codes of the roles held now."""

    @property
    def must_change_password(self) -> bool:
        """Whether the account still has the password somebody else chose."""


#: Answers who sent the current request, ``None`` when nobody is signed in. May set ``g.expired_account_id``.
Resolve = Callable[[], CurrentAccount | None]
#: Keeps a form posted after the session ended: (session, account id, path, values) -> token for giving it back.
Stash = Callable[[Session, int, str, Mapping[str, list[str]]], str]


def current_account() -> CurrentAccount | None:
    """Who sent this request; asked of ``app.extensions["resolve_account"]`` once a request."""
    if "account" not in g:
        g.account = None
        for resolve in current_app.extensions["resolve_account"]:
            g.account = resolve()
            if g.account is not None:
                break
    account: CurrentAccount | None = g.account
    return account


def signed_in() -> CurrentAccount:
    """The account of a request that the access table let through. Raises ``RuntimeError`` on a public page."""
    account = current_account()
    if account is None:
        raise RuntimeError("nobody is signed in: the access table must not open this endpoint to the public")
    return account
