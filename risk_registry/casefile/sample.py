"""x"""

from __future__ import annotations

from datetime import date

from risk_registry.db.work import Sessions


def fill(sessions: Sessions, number: int, *, seed: int, versions: int, until: date) -> None:
    """x"""
