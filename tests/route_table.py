"""The table of routes in docs/security.md, written from the URL map and `risk_registry.routes`.

    python -m tests.route_table

writes it anew into the page; `tests.project.test_docs` compares the two.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from flask import Flask

from risk_registry import create_app, routes
from risk_registry.config import ensure_secret, load
from risk_registry.core.vocabulary import BUSINESS_ROLES, ROLES
from risk_registry.web.access import Rule, SignedOut
from tests.server import ROOT

PAGE = ROOT / "docs" / "security.md"
HEAD = (
    "| address | endpoint | who opens it | who sends its form | while administrators are separated |",
    "|---|---|---|---|---|",
)
_PLACE = re.compile(rf"{re.escape(HEAD[0])}\n{re.escape(HEAD[1])}\n(?:\|.*\n)*")

#: Sets of roles that have a name in the table; the page says whom they hold.
GROUPS = {
    "**business**": BUSINESS_ROLES,
    "**readers**": BUSINESS_ROLES | {"auditor"},
    "**writers**": frozenset({"submitter", "department_head", "filing_officer", "filing_approver"}),
    "**administrators**": frozenset({"sysadmin", "secadmin", "auditor"}),
}
_CODES = tuple(term.code for term in ROLES)


def said(rule: Rule, method: str, *, separated: bool = False) -> str:
    """Who may use ``method`` under a rule, in words."""
    if rule.roles is None and rule.signed_out is SignedOut.PAGE:
        return "everyone"
    if rule.roles is None:
        return "every account"
    held = frozenset(code for code in _CODES if rule.allows(frozenset({code}), method, separated=separated))
    for name, group in GROUPS.items():
        if held == group:
            return name
    return ", ".join(f"`{code}`" for code in _CODES if code in held)


def table(app: Flask) -> str:
    """The lines of the table, one for each endpoint, in the order of their addresses."""
    found: dict[str, tuple[list[str], set[str]]] = {}
    for route in app.url_map.iter_rules():
        addresses, methods = found.setdefault(route.endpoint, ([], set()))
        # A pipe would end the cell.
        addresses.append(str(route).replace("|", "\\|"))
        methods |= route.methods or set()
    rows = []
    for endpoint, (addresses, methods) in found.items():
        rule = routes.ACCESS[endpoint]
        opens = said(rule, "GET") if "GET" in methods else ""
        sends = said(rule, "POST") if "POST" in methods else ""
        usual = {"GET": opens, "POST": sends}
        narrowed = {method: said(rule, method, separated=True) for method, words in usual.items() if words}
        apart = "; ".join(dict.fromkeys(words for method, words in narrowed.items() if words != usual[method]))
        places = ", ".join(f"`{address}`" for address in sorted(addresses))
        rows.append((min(addresses), f"| {places} | `{endpoint}` | {opens} | {sends} | {apart} |"))
    return "\n".join([*HEAD, *(row for _address, row in sorted(rows))]) + "\n"


def site(folder: Path) -> Flask:
    """The application, for its routes; no database is opened."""
    ensure_secret(folder)
    return create_app(load(data=folder, environ={}))


def main() -> None:
    """Write the table into the page."""
    with tempfile.TemporaryDirectory() as folder:
        lines = table(site(Path(folder)))
    text = PAGE.read_text("utf-8")
    PAGE.write_text(_PLACE.sub(lambda _match: lines, text), "utf-8")


if __name__ == "__main__":
    main()
