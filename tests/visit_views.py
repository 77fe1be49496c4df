"""Stops of the tour: columns and orders of the ledger, named views, the record of exports."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from risk_registry.accounts.queries import actor_for
from risk_registry.accounts.scope import EVERYTHING
from risk_registry.audit.queries import last_stamp
from risk_registry.db.clock import today
from risk_registry.ledgers.asking import ask
from risk_registry.ledgers.export import begin, finish
from risk_registry.ledgers.operations import ViewContent, save_view
from risk_registry.ledgers.showing import read_showing
from risk_registry.settings.queries import settings
from risk_registry.spreadsheets.values import Written
from tests.registry import account
from tests.visit import Visit, made


def furnish(session: Session) -> dict[str, Any]:
    """A view of the office for everybody, and a file taken out by it."""
    actor, showing = actor_for(account(session, "zhuren")), read_showing({"cols": "title,filed_on", "sort": "filed"})
    content = ViewContent("今年的工程项目", "all", {"year": "this", "kind": "project"}, showing, "示例县工程项目台账")
    number = save_view(session, actor, content).id
    day = today(session.info["clock"])
    asked = ask(EVERYTHING, settings(session), day, last_stamp(session), year="2024")
    opened = begin(session, actor, asked, kind="xlsx", layout="shown", showing=showing)
    finish(session, opened, Written(14, "0" * 64))
    return {"view": number}


_WIDE = (
    "filing_number,title,kind,field,decision_org,owner_org,implement_org,location,invest_wan,households,people,"
    "forms_valid,support_rate,level_before,level_after,outcome,concluded_on,filed_on,status,tracking,filing_office"
)

VISITS: tuple[Visit, ...] = (
    Visit("ledger-wide", "ledgers.ledger", "zhuren", query={"year": "2024", "cols": _WIDE, "sort": "filed"}),
    Visit("ledger-view", "ledgers.ledger", "zhuren", query={**made(view="view"), "year": "2024", "kind": "project"}),
    Visit("ledger-sort-refused", "ledgers.ledger", "zhuren", query={"cols": "title,nothing", "sort": "x"}, status=422),
    Visit("columns", "ledgers.columns", "zhuren", query={"year": "2024"}),
    Visit("columns-chosen", "ledgers.columns", "jiaowei", query={"year": "2024", "cols": _WIDE, "sort": "concluded"}),
    Visit("views", "ledgers.views", "zhuren"),
    Visit("views-none", "ledgers.views", "shenji"),
    Visit("view-new", "ledgers.new_view", "zhuren", query={"kind": "project"}, faulty={"name": ""}),
    Visit("view-edit", "ledgers.edit_view", "zhuren", made(number="view"), faulty={"name": ""}),
    Visit("view-delete", "ledgers.delete_view", "zhuren", made(number="view")),
    Visit("exports", "ledgers.exports", "shenji"),
    Visit("exports-own", "ledgers.exports", "shuili"),
)
