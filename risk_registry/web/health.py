"""Signs of life for a supervisor, and the reader's own preferences. No detail to strangers."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, current_app, make_response, redirect, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from risk_registry.db import migrate
from risk_registry.db.extension import db
from risk_registry.web.access import safe_path
from risk_registry.web.i18n import LANGUAGE_COOKIE, LANGUAGES, LARGE_TEXT_COOKIE

blueprint = Blueprint("web", __name__)

_log = logging.getLogger(__name__)
_YEAR = 365 * 24 * 3600


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return _text("ok", 200)


@blueprint.get("/readyz")
def readyz() -> Response:
    """The database answers and has the schema this software expects."""
    try:
        db.session.execute(text("SELECT 1"))
        ready = migrate.current(db.session.connection()) == _head()
    except SQLAlchemyError:
        _log.exception("not ready")
        ready = False
    finally:
        db.session.rollback()
    return _text("ready", 200) if ready else _text("not ready", 503)


@blueprint.post("/preferences")
def preferences() -> BaseResponse:
    """Language and letter size are the reader's own: a cookie, nothing stored."""
    response = make_response(redirect(safe_path(request.form.get("next")), 303))
    secure = bool(current_app.config["HTTPS"])
    language = request.form.get("language")
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)
    if "large_text" in request.form:
        large = "1" if request.form["large_text"] == "1" else "0"
        response.set_cookie(LARGE_TEXT_COOKIE, large, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response


def _head() -> str:
    known: str | None = current_app.extensions.get("schema_head")
    if known is None:
        known = current_app.extensions["schema_head"] = migrate.head()
    return known


def _text(words: str, code: int) -> Response:
    return Response(words + "\n", code, mimetype="text/plain")
