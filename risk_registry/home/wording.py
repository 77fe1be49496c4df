"""What the settings of the office say for every page: its name, and whether this is a demo."""

from __future__ import annotations

from flask import g

from risk_registry.db.clock import today
from risk_registry.db.extension import db
from risk_registry.organisations.registry_office import OfficeNames, office_names
from risk_registry.settings.queries import Settings, settings


def settings_of_request() -> Settings:
    """The settings in force, read once a request."""
    found: Settings | None = g.get("settings")
    if found is None:
        found = g.settings = settings(db.session())
    return found


def office_name() -> str:
    """What the office is called today; empty until ``init`` has made it."""
    found: OfficeNames | None = g.get("office_names")
    if found is None:
        found = g.office_names = office_names(db.session())
    return found.on(today(db.session.info["clock"]))


def is_demo() -> bool:
    """Whether the registry holds the demo county, whose accounts and passwords are known to everybody."""
    return settings_of_request().on("demo")


def is_separated() -> bool:
    """Whether the three administrators are separated (三员分立)."""
    return settings_of_request().on("separation")
