"""What the settings of the office say for every page: its name, and whether this is a demo."""

from __future__ import annotations

from flask import g

from risk_registry.db.extension import db
from risk_registry.settings.queries import Settings, settings


def settings_of_request() -> Settings:
    """The settings in force, read once a request."""
    found: Settings | None = g.get("settings")
    if found is None:
        found = g.settings = settings(db.session())
    return found


def office_name() -> str:
    """The office's name; empty until ``init`` has set it."""
    return settings_of_request()["office_name"]


def is_demo() -> bool:
    """Whether the registry holds the demo county, whose accounts and passwords are known to everybody."""
    return settings_of_request().on("demo")
