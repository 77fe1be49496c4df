"""The way back: the page of a case leads to the very list its reader came from, with everything that list asked."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request
from flask_babel import gettext

from risk_registry.core.text_marks import N_
from risk_registry.web.access import safe_path

#: The lists that lead to cases, by path.
LISTS = {
    "/ledger": N_("备案台账"),
    "/matters": N_("事项登记"),
    "/filings": N_("备案办理"),
    "/counts": N_("年度统计"),
}
#: An address longer than this is not carried along; the way back is then the plain list.
LONGEST = 600


def this_list() -> str:
    """The address of the list now shown, as links to its cases carry it; "" when it is too long."""
    here = request.script_root + request.full_path.removesuffix("?")
    return here if len(here) <= LONGEST else ""


def back_words() -> str:
    """What stands behind the address of a case so that it leads back here: ``?back=…``, or nothing."""
    here = this_list()
    return f"?{urlencode({'back': here})}" if here else ""


def came_from() -> tuple[str, str] | None:
    """Name and address of the list the reader of this page came from; ``None`` for one that names no list of ours."""
    target = safe_path(request.args.get("back"), default="")
    path = target.partition("?")[0].removeprefix(request.script_root)
    if not target or len(target) > LONGEST or path not in LISTS:
        return None
    return gettext(LISTS[path]), target
