"""Flask-Login over the server-side sessions: the cookie carries a token, the table says what it is worth."""

from __future__ import annotations

from flask import Flask, current_app, g
from flask_login import LoginManager, current_user
from sqlalchemy.exc import OperationalError

from risk_registry.accounts.operations import stash_form
from risk_registry.accounts.queries import Limits, standing
from risk_registry.accounts.sessions import SignedIn, from_standing
from risk_registry.accounts.signing_in import due_for_touch, touch
from risk_registry.core.problems import Busy
from risk_registry.db.clock import Clock
from risk_registry.db.engine import begin_write, is_locked, is_writing
from risk_registry.db.extension import db

manager = LoginManager()
# The token is checked against the table at every request; a changed browser or address must not sign a clerk out.
manager.session_protection = None


def init_app(app: Flask) -> None:
    """Let the request plumbing ask here who is there, and keep forms here that were posted too late."""
    manager.init_app(app, add_context_processor=False)
    app.extensions.setdefault("resolve_account", []).append(resolve_account)
    app.extensions["stash_form"] = stash_form


def resolve_account() -> SignedIn | None:
    """Who sent this request; ``g.expired_account_id`` tells whose session it was when it is over."""
    found = current_user._get_current_object() if current_user else None
    return found if isinstance(found, SignedIn) else None


def load_account(token: str) -> SignedIn | None:
    """The account behind a token, while its session is good. Notes the session as busy, at most once a minute."""
    session = db.session()
    clock: Clock = session.info["clock"]
    now = clock.now()
    config = current_app.config
    limits = Limits.of(minutes=config["SESSION_IDLE_MINUTES"], hours=config["SESSION_HOURS"])
    found = standing(session, token, now=now, limits=limits)
    if found is None:
        return None
    if not found.alive:
        g.expired_account_id = found.account_id
        return None
    account = from_standing(found, token=token)
    if due_for_touch(found.last_seen_at, now=now) and not is_writing(session):
        _touch(account.login_id)
    return account


def _touch(login_id: int) -> None:
    """A short write of its own, before the request reads anything else. Missing one does no harm."""
    session = db.session()
    clock: Clock = session.info["clock"]
    try:
        begin_write(session)
        touch(session, login_id, now=clock.now())
        session.commit()
    except Busy:
        session.rollback()
    except OperationalError as error:
        session.rollback()
        if not is_locked(error):
            raise


manager.user_loader(load_account)
