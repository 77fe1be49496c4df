"""Stops of the tour: the risk index and its methods."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from risk_registry.core.risk_method import INDEX_428, JIANGSU_TRIGGERS
from risk_registry.core.risk_method_content import content_of
from risk_registry.methods.operations import add_version
from tests.registry import OPERATOR
from tests.visit import Visit, a_round, always, made


def furnish(session: Session) -> dict[str, Any]:
    """A later version, in force long after the tour so that nothing it opens is calculated by it."""
    content = content_of(replace(INDEX_428, triggers=JIANGSU_TRIGGERS))
    texts = {"name": "示例县标准", "basis": "示例县稳评办〔2026〕3号"}
    row = add_version(session, OPERATOR, **texts, content=content, valid_from=date(2099, 1, 1))
    return {"method": row.version}


_INDEXED = a_round("filed", also="title LIKE '%高铁枢纽%'")
_BACK = a_round("withdrawn", also="title LIKE '%抽水蓄能%'")

VISITS: tuple[Visit, ...] = (
    Visit("methods", "methods.index", "guanli"),
    Visit("methods-shipped", "methods.show", "shuili", {"number": always(1)}),
    Visit(
        "methods-later",
        "methods.show",
        "guanli",
        made(number="method"),
        faulty={"valid_to": "2020-01-01", "reason": ""},
    ),
    Visit(
        "methods-new",
        "methods.new",
        "guanli",
        faulty={"name": "县标准", "basis": "示信发〔2026〕9号", "probability_2": "0.1", "composite_1": "1.5"},
    ),
    Visit("methods-factors", "methods.factors", "guanli", faulty={"land": "重点人员稳控\n张三上访"}),
    Visit(
        "work-index",
        "matters.work",
        "fagai",
        _BACK,
        faulty={"factors-0-p": "1.5", "factors-1-w": "", "measures-0-text": "", "level_before": "low"},
    ),
    Visit("matter-index", "casefile.assessment", "zhuren", _INDEXED),
    Visit("review-index", "filings.review", "zhuren", _INDEXED),
    Visit("index-sheet", "papers.index_sheet", "zhuren", _INDEXED, paper=True),
)
