"""Data scope: which organisations' business an account sees. The query over lines turns it into SQL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from risk_registry.accounts.models import Account
from risk_registry.accounts.units import inherited_of
from risk_registry.core.actors import Actor
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import BUSINESS_ROLES, OFFICE_ROLES, Term

ScopeKind = Literal["own", "subtree", "office", "all"]

SCOPES = (
    Term("own", N_("本单位"), "own organisation"),
    Term("subtree", N_("本单位及下级"), "organisation and below"),
    Term("office", N_("本备案机关"), "filing office"),
    Term("all", N_("全部"), "all"),
)


@dataclass(frozen=True)
class Scope:
    """``own``: the organisation owns it. ``subtree``: one at or below it, by today's tree, owns it. ``office``: it is
    filed with this office, or the office owns it. ``organisation_id`` is ``None`` only for ``all``.

    ``inherited`` are the organisations whose business has passed to this one (merger, split): each is seen as this one.
    """

    kind: ScopeKind
    organisation_id: int | None
    inherited: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in get_args(ScopeKind):
            raise ValueError(f"no such scope: {self.kind}")
        if (self.kind == "all") != (self.organisation_id is None):
            raise ValueError("a scope names an organisation unless it covers all")

    @property
    def organisation_ids(self) -> tuple[int, ...]:
        """The organisation and those it has inherited; empty for ``all``."""
        return () if self.organisation_id is None else (self.organisation_id, *self.inherited)

    def covers(self, *, owner_id: int, filing_office_id: int | None, subtree: Iterable[int] = ()) -> bool:
        """Whether something owned by ``owner_id`` and filed with ``filing_office_id`` lies inside.

        ``subtree`` are the ids at or below ``organisation_ids``; only the scope ``subtree`` asks for them.
        """
        if self.kind == "all":
            return True
        if self.kind == "subtree":
            return owner_id in subtree
        if self.kind == "office":
            return owner_id in self.organisation_ids or filing_office_id in self.organisation_ids
        return owner_id in self.organisation_ids


EVERYTHING = Scope("all", None)


def scope_of(who: Account | Actor) -> Scope:
    """The scope of an account; of an actor: all for the operator at the command line and the registry itself.

    Raises ``TypeError`` for an actor that is an account: its scope is a fact of the account, not of the act.
    """
    if isinstance(who, Account):
        return make_scope(who.scope, who.organisation_id, inherited_of(who))
    if who.kind == "account":
        raise TypeError("ask for the scope of the account, not of its actor")
    return EVERYTHING


def make_scope(kind: str, organisation_id: int, inherited: tuple[int, ...] = ()) -> Scope:
    """The scope of an account with this stored kind in this organisation. Raises ``ValueError`` for an unknown kind."""
    for known in get_args(ScopeKind):
        if known == kind:
            return EVERYTHING if kind == "all" else Scope(known, organisation_id, inherited)
    raise ValueError(f"no such scope: {kind}")


def default_scope(roles: Iterable[str], organisation_kind: str) -> ScopeKind:
    """The scope that fits these roles: the office's people see what is filed with it, leaders what lies below."""
    held = frozenset(roles)
    if organisation_kind == "filing_office" and held & (OFFICE_ROLES | {"statistician", "leader"}):
        return "office"
    if held & {"leader", "statistician"}:
        return "subtree"
    return "own"


def sees_business(roles: Iterable[str], *, separation: bool) -> bool:
    """Whether these roles open business pages at all: with separated administrators, theirs do not (三员分立)."""
    held = frozenset(roles)
    return bool(held & BUSINESS_ROLES) or (not separation and bool(held))
