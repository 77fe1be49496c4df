"""Every table of the registry, in one import: for migrations, drift checks and whoever needs the whole schema."""

from __future__ import annotations

from risk_registry.accounts import models as accounts
from risk_registry.assessments import models as assessments
from risk_registry.audit import models as audit
from risk_registry.calendar import models as calendar
from risk_registry.db.base import Base
from risk_registry.filings import models as filings
from risk_registry.jobs import models as jobs
from risk_registry.ledgers import models as ledgers
from risk_registry.lines import models as lines
from risk_registry.matters import models as matters
from risk_registry.methods import models as methods
from risk_registry.organisations import models as organisations
from risk_registry.settings import models as settings
from risk_registry.web import tokens

__all__ = [
    "METADATA",
    "accounts",
    "assessments",
    "audit",
    "calendar",
    "filings",
    "jobs",
    "ledgers",
    "lines",
    "matters",
    "methods",
    "organisations",
    "settings",
    "tokens",
]

METADATA = Base.metadata
