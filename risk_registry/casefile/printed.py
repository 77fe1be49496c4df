"""What stands at the end of every printed page of the site: who printed it and when, and the 校验码 of that moment."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from risk_registry.audit.queries import head_code
from risk_registry.db.clock import Clock, to_stamp
from risk_registry.db.extension import db
from risk_registry.web.accounts import current_account


@dataclass(frozen=True)
class Printed:
    """Name and organisation of who prints, the moment, and the head of the event chain."""

    who: str
    organisation: str
    at: int
    head: str


def print_mark() -> Printed | None:
    """The line for the page now shown; ``None`` for a stranger, and where the database does not answer."""
    account = current_account()
    if account is None:
        return None
    session = db.session()
    clock: Clock = session.info["clock"]
    try:
        head = head_code(session)
    except SQLAlchemyError:
        # A page that tells of a fault is shown all the same.
        return None
    return Printed(account.display_name, account.organisation_name, to_stamp(clock.now()), head)
