"""Stops of the tour: organisations and their lineage."""

from __future__ import annotations

from tests.visit import Found, Visit


def unit(code: str) -> dict[str, Found]:
    """The organisation of the demo county with this code."""
    return {"number": lambda known: known.one("SELECT id FROM organisation WHERE code = :code", code=code)}


VISITS: tuple[Visit, ...] = (
    Visit("organisations", "organisation_admin.index", "guanli"),
    Visit("organisations-read", "organisation_admin.index", "shenji"),
    Visit("organisations-search", "organisation_admin.index", "anquan", query={"text": "水利"}),
    Visit("organisations-none", "organisation_admin.index", "guanli", query={"text": "没有的机构"}),
    Visit("organisation", "organisation_admin.detail", "guanli", unit("water")),
    Visit("organisation-third-party", "organisation_admin.detail", "shenji", unit("assessor")),
    Visit("organisation-office", "organisation_admin.detail", "guanli", unit("office")),
    Visit("organisation-new", "organisation_admin.new", "guanli", faulty={"name": "示例县新设局", "code": "有 空格"}),
    Visit("organisation-edit", "organisation_admin.edit", "guanli", unit("assessor"), faulty={"reason": ""}),
    Visit("organisation-rename", "organisation_admin.rename", "guanli", unit("water"), faulty={"valid_from": "明年"}),
    Visit("organisation-move", "organisation_admin.move", "guanli", unit("water"), faulty={"reason": ""}),
    Visit("organisation-close", "organisation_admin.close", "guanli", unit("water"), faulty={"valid_to": "1999-01-01"}),
    Visit(
        "organisation-merge",
        "organisation_admin.merge",
        "guanli",
        unit("water"),
        faulty={"way": "existing", "effective_on": "2099-01-01"},
    ),
    Visit(
        "organisation-split",
        "organisation_admin.split",
        "guanli",
        unit("water"),
        faulty={"heirs-0-name": "示例县河道管理局", "basis": "示委发〔2026〕1号"},
    ),
)
