"""What every template may read."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext

from risk_registry.web.access import may_open
from risk_registry.web.accounts import CurrentAccount, current_account
from risk_registry.web.i18n import LARGE_TEXT_COOKIE, is_english
from risk_registry.web.listing import address_with

#: One entry: label, address, whether it is the page being shown.
Entry = tuple[str, str, bool]


def init_app(app: Flask) -> None:
    """Attach the context of every template."""
    app.context_processor(context)
    app.add_template_global(_may_open, "may_open")
    app.add_template_global(address_with)
    app.config.setdefault("MENU", ())
    app.config["APP_VERSION"] = _version()


def _version() -> str:
    try:
        return version("risk-registry")
    except PackageNotFoundError:
        return ""


def context() -> dict[str, Any]:
    """Who is signed in, which menu they have, whose registry this is."""
    account = current_account() if request else None
    office_name = current_app.extensions.get("office_name")
    return {
        "current_account": account,
        "office_name": office_name() if office_name is not None else "",
        "demo_mode": current_app.config["DEMO"],
        "contact": current_app.config["CONTACT"],
        "menu": menu(account),
        "request_id": g.get("request_id", ""),
        "app_version": current_app.config["APP_VERSION"],
        "page_language": "en" if is_english() else "zh-CN",
        "large_text": bool(request) and request.cookies.get(LARGE_TEXT_COOKIE) == "1",
        "return_to": return_address() if request else "/",
    }


def return_address() -> str:
    """Where the switch of language and letter size comes back to: this page when a link can open it."""
    rule = request.url_rule
    if rule is not None and "GET" not in (rule.methods or ()):
        return "/"
    return request.full_path.removesuffix("?")


def menu(account: CurrentAccount | None) -> list[tuple[str, list[Entry]]]:
    """The groups of the menu with what this account may open; groups left empty are dropped."""
    if account is None or account.must_change_password:
        return []
    groups = []
    for title, entries in current_app.config["MENU"]:
        shown = [
            (gettext(label), url_for(endpoint), _is_active(endpoint))
            for label, endpoint in entries
            if endpoint in current_app.view_functions and may_open(account, endpoint)
        ]
        if shown:
            groups.append((gettext(title), shown))
    return groups


def _is_active(endpoint: str) -> bool:
    """The page itself, or a page of the same blueprint that has no menu entry of its own."""
    if request.endpoint == endpoint:
        return True
    listed = {item for _title, entries in current_app.config["MENU"] for _label, item in entries}
    blueprint = endpoint.rpartition(".")[0]
    return request.endpoint not in listed and request.blueprint == blueprint and _first_of(blueprint) == endpoint


def _first_of(blueprint: str) -> str:
    for _title, entries in current_app.config["MENU"]:
        for _label, endpoint in entries:
            if endpoint.rpartition(".")[0] == blueprint:
                return str(endpoint)
    return ""


def _may_open(endpoint: str, method: str = "GET") -> bool:
    return may_open(current_account(), endpoint, method)
