"""Who may open which endpoint: one table, enforced before any view runs. An endpoint the table forgets stays shut."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from flask import Flask, abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from risk_registry.core.vocabulary import BUSINESS_ROLES
from risk_registry.web.accounts import CurrentAccount

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class SignedOut(Enum):
    """What somebody who is not signed in gets."""

    PAGE = "200"
    LOGIN = "login"
    HIDDEN = "404"


@dataclass(frozen=True)
class Rule:
    """``roles``: any one of them is enough, ``None`` means every account. ``post`` narrows who may send forms.

    ``separated`` narrows both while the three administrators are separated (三员分立, GB/T 22239-2019). Without it, a
    page that business roles open is closed to administrators then; any other stays as it is.
    """

    signed_out: SignedOut
    roles: frozenset[str] | None = None
    post: frozenset[str] | None = None
    separated: frozenset[str] | None = None

    def allows(self, roles: frozenset[str], method: str, *, separated: bool = False) -> bool:
        """Whether an account with ``roles`` may use ``method`` here, with the administrators separated or not."""
        needed = self.roles if method in SAFE_METHODS or self.post is None else self.post
        if needed is not None and separated:
            needed &= self.separated if self.separated is not None else needed & BUSINESS_ROLES or needed
        return needed is None or not needed.isdisjoint(roles)


#: Open to everyone.
PUBLIC = Rule(SignedOut.PAGE)
#: Open to every account that is signed in.
SIGNED_IN = Rule(SignedOut.LOGIN)


def only(
    *roles: str,
    post: tuple[str, ...] | None = None,
    separated: tuple[str, ...] | None = None,
    signed_out: SignedOut = SignedOut.LOGIN,
) -> Rule:
    """Open to accounts with one of ``roles``; forms only to those with one of ``post`` when that is given.

    ``separated``: who of them is left while the administrators are separated; see ``Rule``.
    """
    return Rule(
        signed_out,
        frozenset(roles),
        None if post is None else frozenset(post),
        None if separated is None else frozenset(separated),
    )


def check_table(app: Flask, table: Mapping[str, Rule]) -> None:
    """Refuse to start while an endpoint has no rule. Raises ``RuntimeError`` naming all of them."""
    forgotten = sorted({rule.endpoint for rule in app.url_map.iter_rules()} - set(table))
    if forgotten:
        raise RuntimeError(f"routes.ACCESS has no rule for: {', '.join(forgotten)}")


def may_open(account: CurrentAccount | None, endpoint: str, method: str = "GET") -> bool:
    """Whether ``account`` may use ``endpoint``: what the menu and the buttons of a page ask."""
    rule: Rule | None = current_app.config["ACCESS"].get(endpoint)
    if rule is None:
        return False
    if account is None:
        return rule.signed_out is SignedOut.PAGE
    return _allows(rule, account.roles, method)


def _allows(rule: Rule, roles: frozenset[str], method: str) -> bool:
    """The setting is asked for only where it decides."""
    if not rule.allows(roles, method):
        return False
    return rule.allows(roles, method, separated=True) or not is_separated()


def is_separated() -> bool:
    """Whether the three administrators are separated; what the application attached under that name says."""
    attached: Callable[[], bool] | None = current_app.extensions.get("separated")
    return attached is not None and attached()


def check(account: CurrentAccount | None) -> Response | None:
    """Answer for the current request when it may not go on: sign-in page, 403 or 404. ``None`` lets it through."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    rule: Rule | None = current_app.config["ACCESS"].get(endpoint)
    if rule is None:
        raise RuntimeError(f"routes.ACCESS has no rule for: {endpoint}")
    if account is None:
        return _signed_out(rule)
    confined: tuple[str, ...] = current_app.config["FIRST_PASSWORD_ENDPOINTS"]
    if account.must_change_password and rule.signed_out is not SignedOut.PAGE and endpoint not in confined:
        return redirect(url_for(confined[0]))
    if not _allows(rule, account.roles, request.method):
        abort(403)
    return None


def _signed_out(rule: Rule) -> Response | None:
    if rule.signed_out is SignedOut.PAGE:
        return None
    if rule.signed_out is SignedOut.HIDDEN:
        abort(404)
    return redirect(login_address())


def login_address() -> str:
    """The sign-in page, with the way back to this page when it can be opened by a link."""
    login: str = current_app.config["LOGIN_ENDPOINT"]
    if request.method not in SAFE_METHODS or request.path == "/":
        return url_for(login)
    return url_for(login, next=request.full_path.removesuffix("?"))


_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


def safe_path(target: str | None, default: str = "/") -> str:
    """``target`` when it is a path of this site, else ``default``: a sign-in link must not lead to a foreign host."""
    if not target or not target.startswith("/") or target.startswith("//") or _CONTROL.search(target):
        return default
    return target
