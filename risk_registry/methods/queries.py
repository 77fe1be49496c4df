"""Reads of methods: the versions there are, the one in force on a day, and the office's own risk factors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from risk_registry.core.problems import Refused
from risk_registry.core.risk_factors import AREAS, Area
from risk_registry.core.risk_method import INDEX_428, IndexMethod
from risk_registry.core.risk_method_content import method_of
from risk_registry.methods.models import MethodVersion

#: The method of which versions are kept, and the list of the office's own risk factors, kept alike.
INDEX, FACTORS = "INDEX_428", "FACTORS_428"
#: The version that is part of the program.
SHIPPED = 1


@dataclass(frozen=True)
class Version:
    """One version of the index method: ``row`` is none for the shipped one."""

    number: int
    method: IndexMethod
    row: MethodVersion | None = None


def digest_of(content: str) -> str:
    """SHA-256 of the kept text of a version."""
    return hashlib.sha256(content.encode()).hexdigest()


def _rows(method: str) -> Select[MethodVersion]:
    return select(MethodVersion).where(MethodVersion.method == method)


def _valid(method: str, day: date) -> Select[MethodVersion]:
    """The highest version valid on ``day``."""
    lasting = MethodVersion.valid_to.is_(None) | (MethodVersion.valid_to >= day)
    valid = _rows(method).where(MethodVersion.valid_from <= day, lasting)
    return valid.order_by(MethodVersion.version.desc()).limit(1)


def read(row: MethodVersion) -> IndexMethod:
    """The version kept in ``row``. Raises ``Refused`` when what is kept can no longer be read."""
    return method_of(json.loads(row.content), version=str(row.version), source=row.basis)


def versions(session: Session) -> list[Version]:
    """Every version, the newest first, the shipped one last."""
    rows = session.scalars(_rows(INDEX).order_by(MethodVersion.version.desc()))
    return [*(Version(row.version, read(row), row) for row in rows), Version(SHIPPED, INDEX_428)]


def version(session: Session, number: int | None) -> Version | None:
    """One version by its number; none counts as the shipped one."""
    if number in (None, SHIPPED):
        return Version(SHIPPED, INDEX_428)
    row = session.scalar(_rows(INDEX).where(MethodVersion.version == number))
    return Version(row.version, read(row), row) if row is not None else None


def in_force(session: Session, day: date) -> Version:
    """The version for a round concluded on ``day``: the highest valid then, else the shipped one."""
    row = session.scalar(_valid(INDEX, day))
    return Version(row.version, read(row), row) if row is not None else Version(SHIPPED, INDEX_428)


def next_number(session: Session, method: str) -> int:
    """The number of the next version."""
    newest = session.scalar(select(func.max(MethodVersion.version)).where(MethodVersion.method == method))
    return max(newest or 0, SHIPPED) + 1


def own_factors(session: Session, day: date) -> dict[str, tuple[str, ...]]:
    """The office's own risk factors by area code, as valid on ``day``."""
    row = session.scalar(_valid(FACTORS, day))
    found = json.loads(row.content) if row is not None else {}
    return {area.code: tuple(found.get(area.code, ())) for area in AREAS}


def library(session: Session, day: date) -> Sequence[Area]:
    """The eight areas with the shipped factors and after them the office's own (DOMAIN §3.6)."""
    own = own_factors(session, day)
    return [Area(area.code, area.zh, (*area.factors, *own[area.code])) for area in AREAS]


def faults(session: Session) -> tuple[int, list[tuple[str, str]]]:
    """How many versions are kept, and (version, fault) of those that are not what their digest was taken of."""
    rows = session.scalars(select(MethodVersion).order_by(MethodVersion.method, MethodVersion.version)).all()
    return len(rows), [(row.subject_text, text) for row in rows if (text := _fault(row))]


def _fault(row: MethodVersion) -> str:
    if row.digest != digest_of(row.content):
        return "its content differs from its digest"
    try:
        if row.method == INDEX:
            read(row)
    except (Refused, ValueError) as fault:
        return f"can no longer be read: {fault}"
    return ""
