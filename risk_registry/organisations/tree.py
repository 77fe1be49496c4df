"""The closure of the tree, kept in step with the parents: leaves hung, subtrees cut off and grafted elsewhere."""

from __future__ import annotations

from sqlalchemy import delete, insert, literal, select, text, true
from sqlalchemy.orm import Session, aliased

from risk_registry.organisations.models import OrganisationTree

_TREE_LOCK = 0x5352_4F54


def lock_tree(session: Session) -> None:
    """Let one transaction at a time change the tree; the embedded database has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TREE_LOCK})


def hang(session: Session, organisation_id: int, parent_id: int | None) -> None:
    """Closure rows of a new leaf: itself, and one for each organisation above its parent."""
    tree = OrganisationTree
    session.execute(insert(tree).values(ancestor_id=organisation_id, descendant_id=organisation_id, depth=0))
    if parent_id is not None:
        above = select(tree.ancestor_id, literal(organisation_id), tree.depth + 1).where(
            tree.descendant_id == parent_id
        )
        session.execute(insert(tree).from_select(["ancestor_id", "descendant_id", "depth"], above))


def cut(session: Session, organisation_id: int) -> None:
    """Drop the pairs that join the subtree to what is above it."""
    tree, inner, outer = OrganisationTree, aliased(OrganisationTree), aliased(OrganisationTree)
    below = select(inner.descendant_id).where(inner.ancestor_id == organisation_id)
    above = select(outer.ancestor_id).where(outer.descendant_id == organisation_id, outer.depth > 0)
    session.execute(
        delete(tree)
        .where(tree.descendant_id.in_(below), tree.ancestor_id.in_(above))
        .execution_options(synchronize_session=False)
    )


def graft(session: Session, organisation_id: int, parent_id: int | None) -> None:
    """Add the pairs that join the subtree to its new parent and all above that."""
    if parent_id is None:
        return
    above, below = aliased(OrganisationTree), aliased(OrganisationTree)
    pairs = (
        select(above.ancestor_id, below.descendant_id, above.depth + below.depth + 1)
        .join(below, true())
        .where(above.descendant_id == parent_id, below.ancestor_id == organisation_id)
    )
    session.execute(insert(OrganisationTree).from_select(["ancestor_id", "descendant_id", "depth"], pairs))
