"""What the pages of a case ask of the request: who acts, what they may see, and which round is meant."""

from __future__ import annotations

from datetime import date

from flask import abort

from risk_registry.accounts.scope import Scope
from risk_registry.accounts.sessions import current_actor, signed_in
from risk_registry.assessments.act import Act
from risk_registry.assessments.models import Assessment
from risk_registry.casefile.queries import find_assessment
from risk_registry.db.clock import today
from risk_registry.db.extension import db
from risk_registry.settings.queries import settings


def current_day() -> date:
    """The business day of the request."""
    return today(db.session.info["clock"])


def current_act() -> Act:
    """The signed-in account, the business day and the settings in force: what every operation takes."""
    return Act(current_actor(), current_day(), settings(db.session()))


def current_scope() -> Scope:
    """The data scope of the signed-in account."""
    return signed_in().scope


def round_or_404(reg_no: str, n: int | None = None) -> Assessment:
    """Round ``n`` of a matter (the newest without ``n``); 404 when it lies outside the reader's scope."""
    found = find_assessment(db.session(), current_scope(), reg_no, n)
    if found is None:
        abort(404)
    return found
