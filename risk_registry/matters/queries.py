"""Reads of matters and drafts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.matters.models import Draft, Matter


def by_reg_no(session: Session, reg_no: str) -> Matter | None:
    """The matter with this registration number."""
    return session.scalar(select(Matter).where(Matter.reg_no == reg_no))


def matter_with_id(session: Session, matter_id: int | None) -> Matter | None:
    """A matter by its id; ``None`` for none."""
    return session.get(Matter, matter_id) if matter_id is not None else None


def draft_of(session: Session, account_id: int, draft_id: int) -> Draft | None:
    """A draft, if it is this account's own."""
    return session.scalar(select(Draft).where(Draft.id == draft_id, Draft.account_id == account_id))


def draft_about(session: Session, account_id: int, kind: str, subject_id: int) -> Draft | None:
    """This account's unsaved work on a stage of an assessment."""
    query = select(Draft).where(Draft.account_id == account_id, Draft.kind == kind, Draft.subject_id == subject_id)
    return session.scalar(query)


def drafts(session: Session, account_id: int, kinds: Sequence[str] = ("matter", "short")) -> Sequence[Draft]:
    """This account's drafts, newest first."""
    query = select(Draft).where(Draft.account_id == account_id, Draft.kind.in_(kinds))
    return session.scalars(query.order_by(Draft.updated_at.desc())).all()


def untouched(session: Session, account_id: int, kind: str, empty: dict[str, Any]) -> Draft | None:
    """This account's draft of a kind into which nothing has been saved yet; so looking in leaves no pile of them."""
    return next((draft for draft in drafts(session, account_id, (kind,)) if content(draft) == empty), None)


def content(draft: Draft) -> dict[str, Any]:
    """The typed values a draft holds."""
    found: dict[str, Any] = json.loads(draft.content)
    return found
