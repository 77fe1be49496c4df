"""Everything a request needs, attached in one call; the factory and the tests' small applications use the same."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter

from risk_registry.db.clock import Clock
from risk_registry.web import compression, contents, context, errors, headers, health, i18n, requests
from risk_registry.web.requests import SessionHook


class KeyConverter(IntegerConverter):
    """``<int:…>`` in an address: a number that neither engine can hold is the address of nothing, so 404."""

    regex = "[0-9]{1,18}"


def attach(app: Flask, clock: Clock, *hooks: SessionHook) -> None:
    """Attach sessions, access, CSRF, pages of refusal, headers, languages and template context to ``app``.

    ``app.config`` must hold the settings and ``ACCESS``, ``READS_FIRST``, ``FIRST_PASSWORD_ENDPOINTS``,
    ``LOGIN_ENDPOINT``, ``STASH_ENDPOINT``.
    """
    app.url_map.converters["int"] = KeyConverter
    requests.init_app(app, clock, hooks)
    i18n.init_app(app)
    headers.init_app(app, https=app.config["HTTPS"])
    compression.init_app(app)
    errors.init_app(app)
    context.init_app(app)
    contents.init_app(app)
    app.register_blueprint(health.blueprint)
