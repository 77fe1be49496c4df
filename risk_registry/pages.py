"""The pages of the application: the blueprint of every concept."""

from __future__ import annotations

from flask import Blueprint

from risk_registry.accounts.views import blueprint as accounts
from risk_registry.administration.accounts import blueprint as account_admin
from risk_registry.administration.backups import blueprint as backups
from risk_registry.administration.calendar_pages import blueprint as calendar_admin
from risk_registry.administration.dictionaries import blueprint as dictionary_admin
from risk_registry.administration.first_steps_pages import blueprint as first_steps
from risk_registry.administration.jobs import blueprint as jobs
from risk_registry.administration.methods import blueprint as methods
from risk_registry.administration.organisations import blueprint as organisation_admin
from risk_registry.administration.roles import blueprint as role_admin
from risk_registry.administration.sessions import blueprint as session_admin
from risk_registry.administration.settings_pages import blueprint as settings_admin
from risk_registry.administration.state import blueprint as state
from risk_registry.casefile.dictionary import blueprint as dictionary
from risk_registry.casefile.first_number import blueprint as numbers
from risk_registry.casefile.matter import blueprint as casefile
from risk_registry.casefile.printouts import blueprint as papers
from risk_registry.handling.office import blueprint as filings
from risk_registry.handling.steps import blueprint as steps
from risk_registry.home.help import blueprint as help_pages
from risk_registry.home.views import blueprint as home
from risk_registry.ledgers.views import blueprint as ledgers
from risk_registry.registration.views import blueprint as matters
from risk_registry.statistics.views import blueprint as statistics

#: Blueprints of every concept, in the order of the menu.
BLUEPRINTS: tuple[Blueprint, ...] = (
    accounts,
    dictionary,
    numbers,
    matters,
    casefile,
    steps,
    filings,
    papers,
    ledgers,
    statistics,
    state,
    backups,
    jobs,
    account_admin,
    role_admin,
    session_admin,
    organisation_admin,
    settings_admin,
    dictionary_admin,
    calendar_admin,
    methods,
    first_steps,
    home,
    help_pages,
)
