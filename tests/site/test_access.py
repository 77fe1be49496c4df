"""The access table holds for every route of the site, whoever asks: the routes come from the URL map itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter
from werkzeug.routing import Rule as Route

from risk_registry import create_app, routes
from risk_registry.config import SettingError, ensure_secret, load
from risk_registry.core.vocabulary import BUSINESS_ROLES, ROLES
from risk_registry.db.clock import FixedClock
from risk_registry.web.access import SAFE_METHODS, SignedOut

ROLE_CODES = tuple(term.code for term in ROLES)


@dataclass(frozen=True)
class Visitor:
    """An account with one role and nothing else."""

    roles: frozenset[str]
    id: int = 1
    display_name: str = "试用账号"
    organisation_name: str = ""
    must_change_password: bool = False


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The real site with every view replaced by a word: what is tested is who gets to a view at all."""
    data: Path = tmp_path_factory.mktemp("site")
    ensure_secret(data)
    app = create_app(load(data=data, environ={}), clock=FixedClock(date(2024, 3, 5)))
    app.view_functions = {endpoint: lambda **_arguments: "reached" for endpoint in app.view_functions}
    app.extensions["office_name"] = lambda: ""
    # Error pages read the session; the table alone is in question here.
    app.extensions["stash_form"] = None
    app.extensions["separated"] = lambda: False
    return app


def _some(converter: BaseConverter) -> object:
    """A value the address takes."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, IntegerConverter) else "x"


def _address(app: Flask, route: Route) -> str:
    values = {name: _some(route._converters[name]) for name in route.arguments if name in route._converters}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(route.endpoint, values, force_external=False)


def _answer(app: Flask, route: Route, method: str, role: str | None) -> str:
    app.extensions["resolve_account"] = [lambda: None if role is None else Visitor(frozenset({role}))]
    answer = app.test_client().open(_address(app, route), method=method)
    if answer.status_code in (302, 303):
        return "login" if (answer.location or "").startswith("/login") else f"to {answer.location}"
    if answer.status_code == 400 and method not in SAFE_METHODS:
        # Let through, and stopped for want of a CSRF token: a form without one reaches no view.
        return "reached"
    return answer.text if answer.text == "reached" else str(answer.status_code)


def _routes(app: Flask) -> list[tuple[Route, str]]:
    return [
        (route, method)
        for route in app.url_map.iter_rules()
        for method in sorted((route.methods or set()) - {"OPTIONS", "HEAD"})
    ]


def test_strangers(site: Flask) -> None:
    expected = {SignedOut.PAGE: "reached", SignedOut.LOGIN: "login", SignedOut.HIDDEN: "404"}
    for route, method in _routes(site):
        rule = routes.ACCESS[route.endpoint]
        assert _answer(site, route, method, None) == expected[rule.signed_out], (route.endpoint, method)


@pytest.mark.parametrize("role", ROLE_CODES)
def test_every_role(site: Flask, role: str) -> None:
    for route, method in _routes(site):
        rule = routes.ACCESS[route.endpoint]
        wanted = rule.post if rule.post is not None and method not in SAFE_METHODS else rule.roles
        expected = "reached" if wanted is None or role in wanted else "403"
        assert _answer(site, route, method, role) == expected, (route.endpoint, method)


@pytest.mark.parametrize("role", ROLE_CODES)
def test_every_role_while_the_administrators_are_separated(site: Flask, role: str) -> None:
    site.extensions["separated"] = lambda: True
    try:
        for route, method in _routes(site):
            rule = routes.ACCESS[route.endpoint]
            wanted = rule.post if rule.post is not None and method not in SAFE_METHODS else rule.roles
            if wanted is not None and rule.separated is not None:
                wanted &= rule.separated
            elif wanted is not None and wanted & BUSINESS_ROLES:
                wanted &= BUSINESS_ROLES
            expected = "reached" if wanted is None or role in wanted else "403"
            assert _answer(site, route, method, role) == expected, (route.endpoint, method)
    finally:
        site.extensions["separated"] = lambda: False


def test_separated_administrators_have_no_page_in_common_with_business() -> None:
    """Neither by the table nor by a forgotten line in it (三员分立)."""
    administrators = {"sysadmin", "secadmin", "auditor"}
    for endpoint, rule in routes.ACCESS.items():
        opens = {role for role in ROLE_CODES if rule.allows(frozenset({role}), "GET", separated=True)}
        assert rule.roles is None or not (opens & BUSINESS_ROLES and opens & administrators), endpoint
    readers = {
        role for role in ROLE_CODES if routes.ACCESS["home.events"].allows(frozenset({role}), "GET", separated=True)
    }
    assert readers == {"auditor"}


def test_the_table_names_only_what_exists(site: Flask) -> None:
    endpoints = {route.endpoint for route in site.url_map.iter_rules()}
    assert set(routes.ACCESS) == endpoints
    assert endpoints >= routes.READS_FIRST
    assert endpoints >= set(routes.FIRST_PASSWORD)
    assert {endpoint for _title, entries in routes.MENU for _label, endpoint in entries} <= endpoints


def test_the_table_names_only_known_roles() -> None:
    named = {
        role
        for rule in routes.ACCESS.values()
        for roles in (rule.roles, rule.post, rule.separated)
        if roles
        for role in roles
    }
    assert named <= set(ROLE_CODES)


def test_only_the_site_itself_is_public() -> None:
    public = {endpoint for endpoint, rule in routes.ACCESS.items() if rule.signed_out is SignedOut.PAGE}
    # Help tells how to use the registry and holds nothing of what is in it: who cannot sign in needs it most.
    help_pages = {"help.index", "help.role"}
    assert public == {"static", "web.healthz", "web.readyz", "web.preferences", "accounts.login"} | help_pages


def test_a_forgotten_endpoint_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_secret(tmp_path)
    monkeypatch.setattr(routes, "ACCESS", {k: v for k, v in routes.ACCESS.items() if k != "web.readyz"})
    with pytest.raises(RuntimeError, match=r"web\.readyz"):
        create_app(load(data=tmp_path, environ={}))


def test_no_secret_no_start(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="secret"):
        create_app(load(data=tmp_path, environ={}))
