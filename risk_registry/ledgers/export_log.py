"""导出记录: what was taken out of the registry, by whom, with which question, and what it came to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Row

from risk_registry.accounts.sessions import current_actor
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.extension import db
from risk_registry.ledgers.asking import WORDS, moment_text
from risk_registry.ledgers.queries import SEE_ALL_EXPORTS, export_records
from risk_registry.ledgers.reading import Reading, address, read_question
from risk_registry.ledgers.showing import read_showing
from risk_registry.web.listing import linked, read_cursor
from risk_registry.web.paging import make_page

KINDS = {
    "xlsx": N_("Excel，全部列"),
    "xlsx-print": N_("Excel，打印版"),
    "xlsx-shown": N_("Excel，所选列"),
    "csv": N_("CSV，全部列"),
    "csv-print": N_("CSV，打印版列"),
    "csv-shown": N_("CSV，所选列"),
    "jsonl": N_("数据行文件"),
    "jsonl-print": N_("数据行文件"),
    "counts-xlsx": N_("Excel，年度统计"),
}
#: Characters of a digest that are shown; the whole stands in the title of the cell.
_SHORT = 12
_A_PAGE = 50


def add_to(blueprint: Blueprint) -> None:
    """Serve the page."""
    blueprint.add_url_rule("/ledger/exports", view_func=exports)


def exports() -> ResponseReturnValue:
    """Newest first; each leads to the same lines as they were known then."""
    reading, actor = read_question({}), current_actor()
    cursor = read_cursor(request.args.get("cursor"))
    found = export_records(db.session(), actor, beyond=cursor.key, backwards=cursor.backwards, limit=_A_PAGE + 1)
    page = make_page(found, size=_A_PAGE, cursor=cursor, key=lambda row: int(row.id))
    return render_template(
        "ledgers/exports.html",
        page=linked(page),
        rows=[_entry(reading, row) for row in page.rows],
        everybody=actor.has(*SEE_ALL_EXPORTS),
    )


def _entry(reading: Reading, row: Row[Any]) -> dict[str, object]:
    asked: Mapping[str, str] = {str(name): str(text) for name, text in json.loads(row.filter).items()}
    counted = row.kind.startswith("counts")
    return {
        "row": row,
        "kind": gettext(KINDS.get(row.kind, row.kind)),
        "asked": _said(reading, asked),
        "known_at": moment_text(row.known_at).replace("T", " ")[:19],
        "digest": (row.digest or "")[:_SHORT],
        "url": address("statistics.counts" if counted else "ledgers.ledger", _words(asked, row)),
    }


def _words(asked: Mapping[str, str], row: Row[Any]) -> dict[str, str]:
    """The words of a link to the same lines: both times are named."""
    words = {name: text for name, text in asked.items() if name in (*WORDS, "cols", "sort")}
    if "year" in words:
        words.pop("from", None)
        words.pop("to", None)
    return {**words, "as_of": row.as_of, "known_at": moment_text(row.known_at)}


def _said(reading: Reading, asked: Mapping[str, str]) -> list[tuple[str, str]]:
    period = asked.get("year", "") or f"{asked.get('from', '')} — {asked.get('to', '')}"
    found = [(gettext("统计期间"), period), *reading.choices.said(asked)]
    try:
        showing = read_showing(asked)
    except Refused:
        return found
    if not showing.is_usual:
        found.append((gettext("所选列"), gettext("%(count)s列", count=len(showing.columns))))
    if showing.sort:
        found.append((gettext("行序"), gettext(showing.sort_label)))
    return found
