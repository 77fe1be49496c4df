"""Social stability risk assessment registry (社会稳定风险评估备案)."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from risk_registry import routes
from risk_registry.accounts import login
from risk_registry.casefile import projection
from risk_registry.config import SETTINGS, Config, load
from risk_registry.db.clock import Clock, SystemClock
from risk_registry.db.engine import engine_options
from risk_registry.home import wording
from risk_registry.pages import BLUEPRINTS
from risk_registry.paths import folder
from risk_registry.web import access, plumbing
from risk_registry.web.requests import SessionHook

#: What watches the session at flush and commit: the event chain with the line projection.
SESSION_HOOKS: tuple[SessionHook, ...] = (projection.attach,)


def create_app(config: Config | None = None, *, clock: Clock | None = None) -> Flask:
    """The web application. ``config`` defaults to the settings of the environment, ``clock`` to the machine's.

    Raises ``SettingError`` for a setting that cannot be used or a missing secret key, ``RuntimeError`` while an
    endpoint has no line in the access table.
    """
    config = load() if config is None else config
    app = Flask(__name__, template_folder=str(folder("templates")), static_folder=str(folder("static")))
    configure(app, config)
    plumbing.attach(app, clock or SystemClock(), *SESSION_HOOKS)
    login.init_app(app)
    app.extensions["office_name"] = wording.office_name
    app.extensions["demo"] = wording.is_demo
    app.extensions["separated"] = wording.is_separated
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    access.check_table(app, routes.ACCESS)
    if config.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=config.proxies
        )
    return app


def configure(app: Flask, config: Config) -> None:
    """Hand the settings to Flask and its extensions."""
    app.extensions["config"] = config
    limit = config.max_body_kib * 1024
    app.config.update({setting.name.upper(): getattr(config, setting.name) for setting in SETTINGS})
    app.config.update(
        SECRET_KEY=config.require_secret(),
        # Checked by requests.is_trusted: Werkzeug's own check cannot match an IPv6 address.
        TRUSTED_HOSTS=None,
        SITE_HOSTS=config.trusted_hosts,
        MAX_CONTENT_LENGTH=limit,
        MAX_FORM_MEMORY_SIZE=limit,
        MAX_FORM_PARTS=config.max_fields,
        SESSION_COOKIE_NAME="registry",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.https,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_url),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        ACCESS=routes.ACCESS,
        MENU=routes.MENU,
        READS_FIRST=routes.READS_FIRST,
        PAPERS=routes.PAPERS,
        FIRST_PASSWORD_ENDPOINTS=routes.FIRST_PASSWORD,
        LOGIN_ENDPOINT="accounts.login",
        STASH_ENDPOINT="accounts.stashed",
    )
