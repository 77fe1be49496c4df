"""Data scope."""

from __future__ import annotations

import pytest

from risk_registry.accounts.scope import (
    EVERYTHING,
    Scope,
    ScopeKind,
    default_scope,
    make_scope,
    scope_of,
    sees_business,
)
from risk_registry.core.actors import Actor


@pytest.mark.parametrize(
    ("kind", "owner", "office", "inside"),
    [
        ("own", 5, 2, True),
        ("own", 6, 5, False),
        ("subtree", 6, 2, True),
        ("subtree", 7, 5, False),
        ("office", 7, 5, True),
        ("office", 5, None, True),
        ("office", 6, 2, False),
    ],
)
def test_covers(kind: ScopeKind, owner: int, office: int | None, inside: bool) -> None:
    assert Scope(kind, 5).covers(owner_id=owner, filing_office_id=office, subtree={5, 6}) is inside
    assert EVERYTHING.covers(owner_id=owner, filing_office_id=office)


def test_only_all_needs_no_organisation() -> None:
    with pytest.raises(ValueError, match="organisation"):
        Scope("own", None)
    with pytest.raises(ValueError, match="organisation"):
        Scope("all", 1)
    with pytest.raises(ValueError, match="planet"):
        make_scope("planet", 1)
    assert make_scope("all", 1) == EVERYTHING


def test_operator_sees_everything_and_an_account_is_asked_itself() -> None:
    operator = Actor("cli", None, "cli:root", None, "", frozenset())
    assert scope_of(operator) == EVERYTHING
    with pytest.raises(TypeError):
        scope_of(Actor("account", 1, "张工", 5, "水利局", frozenset({"submitter"})))


@pytest.mark.parametrize(
    ("roles", "kind", "expected"),
    [
        ({"submitter"}, "department", "own"),
        ({"filing_officer"}, "filing_office", "office"),
        ({"statistician"}, "filing_office", "office"),
        ({"leader"}, "decision_body", "subtree"),
        ({"sysadmin"}, "filing_office", "own"),
    ],
)
def test_default_scope(roles: set[str], kind: str, expected: str) -> None:
    assert default_scope(roles, kind) == expected


def test_separated_administrators_see_no_business() -> None:
    assert sees_business({"sysadmin"}, separation=False)
    assert not sees_business({"sysadmin"}, separation=True)
    assert sees_business({"submitter"}, separation=True)
