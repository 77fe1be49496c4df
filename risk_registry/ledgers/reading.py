"""The question of a request: read from its address, within the data scope of who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import abort, current_app, g, request, url_for
from sqlalchemy.orm import Session

from risk_registry.accounts.scope import Scope, sees_business
from risk_registry.accounts.sessions import signed_in
from risk_registry.audit.queries import last_stamp
from risk_registry.casefile.context import current_scope
from risk_registry.core.problems import Problem, Refused
from risk_registry.db.clock import today
from risk_registry.db.extension import db
from risk_registry.ledgers.asking import WORDS, Asked, ask
from risk_registry.ledgers.choices import MOST_KEPT, Choices, ChoiceShelf
from risk_registry.ledgers.listing import Total, count_lines
from risk_registry.ledgers.showing import Showing, read_showing
from risk_registry.lines.queries import LineQuery
from risk_registry.web.i18n import is_english

SHELF = "ledger_choices"


@dataclass(frozen=True)
class Reading:
    """What the address asks, or why it cannot be understood; with what there is to choose from."""

    scope: Scope
    today: date
    newest: int
    choices: Choices
    asked: Asked | None
    problems: tuple[Problem, ...] = ()

    def given(self, name: str) -> str:
        """What stands in a control: the word as understood, else as typed."""
        typed = request.args.get(name, "")
        return typed if self.asked is None else self.asked.args.get(name, typed)

    def count(self, query: LineQuery, *, cap: int | None = None) -> Total:
        """The size of a list, counted once until something is recorded."""
        known = self.choices.totals
        found = known.get((query, cap))
        if found is None:
            if len(known) >= MOST_KEPT:
                known.clear()
            found = known[query, cap] = count_lines(db.session(), query, cap=cap)
        return found

    def default(self) -> Asked:
        """The question nobody has narrowed: this year."""
        choices = self.choices
        return ask(self.scope, choices.settings, self.today, self.newest, offices=choices.offices)


def read_question(words: Mapping[str, str] | None = None) -> Reading:
    """The question of this request, or of ``words``. Words that belong to the page itself are left alone.

    403 for separated administrators: they see no business (三员分立).
    """
    session: Session = db.session()
    day, scope, newest = today(session.info["clock"]), current_scope(), last_stamp(session)
    shelf: ChoiceShelf = current_app.extensions.setdefault(SHELF, ChoiceShelf())
    choices = shelf.get(session, scope, day, newest=newest, english=is_english())
    if not sees_business(signed_in().roles, separation=choices.settings.on("separation")):
        abort(403)
    # The head of the page asks for settings too; they are the same ones.
    g.settings, g.office_names = choices.settings, choices.offices
    asking = request.args if words is None else words
    given = {name: asking[name] for name in WORDS if name in asking}
    try:
        asked = ask(
            scope,
            choices.settings,
            day,
            newest,
            organisations=choices.organisations,
            offices=choices.offices,
            **given,
        )
    except Refused as refused:
        return Reading(scope, day, newest, choices, None, refused.problems)
    return Reading(scope, day, newest, choices, asked)


def read_ledger() -> tuple[Reading, Showing, tuple[Problem, ...]]:
    """The question of this request, how its lines are shown, and every fault of both."""
    reading = read_question()
    try:
        return reading, read_showing(request.args), reading.problems
    except Refused as refused:
        return reading, Showing(), (*reading.problems, *refused.problems)


def unit_of(asked: Asked) -> str:
    """Who fills the ledger in: a department its own, else the office."""
    if asked.query.scope.kind in ("own", "subtree"):
        return signed_in().organisation_name
    return asked.office


def address(endpoint: str, words: Mapping[str, str], **path: Any) -> str:
    """The address of a page that asks this; ``path`` fills places in its path."""
    # A page has dozens of these: only the path is built by the router, and each path once.
    known: dict[Any, str] = g.setdefault("ledger_paths", {})
    key = (endpoint, *path.values())
    if key not in known:
        known[key] = url_for(endpoint, **path)
    plain = known[key]
    return f"{plain}?{urlencode(words)}" if words else plain
