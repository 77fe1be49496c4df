"""委托评估: an assessor unfit on the day of contract or conclusion is flagged; it stops only where set so."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from risk_registry.core.problems import Refused
from risk_registry.organisations.operations import change_organisation
from risk_registry.settings.operations import change_setting
from tests.case_site import Site, made_site
from tests.registry import OPERATOR, organisation

DAY = date(2024, 3, 4)
ENDED = "的备案已于2024-02-01到期"


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path) -> Iterator[Site]:
    with made_site(tmp_path, sqlite_template) as made:
        made.today(DAY)
        with made.registry.writing() as session:
            third = organisation(session, "assessor")
            change_organisation(session, OPERATOR, third, values={"reg_valid_to": date(2024, 2, 1)})
        yield made


def hired(site: Site, **more: Any) -> dict[str, Any]:
    """A conclusion by the assessor, with its expert review."""
    with site.registry.reading() as session:
        number = organisation(session, "assessor").id
    review = {"review_on": DAY, "review_experts": 3, "review_result": "passed"}
    return {"mode": "commissioned", "third_party": number, **review, **more}


def test_it_is_flagged_on_the_case_and_on_the_review(site: Site) -> None:
    reg_no = site.case("submitted", conclusion=hired(site, commissioned_on=date(2024, 1, 10)))
    for person, path in (("clerk", f"/matters/{reg_no}"), ("second", f"/filings/{reg_no}/1")):
        page = html.unescape(site.person(person).get(path).text)
        assert ENDED in page
        assert "2024年1月10日" in page
    # It is a flag: the papers are complete and may be filed.
    assert "材料齐备" in site.person("second").get(f"/filings/{reg_no}/1").text


def test_the_day_of_the_contract_counts_too(site: Site) -> None:
    with site.registry.writing() as session:
        third = organisation(session, "assessor")
        change_organisation(session, OPERATOR, third, values={"reg_valid_to": date(2024, 2, 20)})
    days = {"concluded_on": date(2024, 2, 15), "started_on": date(2024, 2, 1)}
    good = site.case("submitted", conclusion=hired(site, **days, commissioned_on=date(2024, 1, 15)))
    assert "第三方机构“" not in site.person("second").get(f"/filings/{good}/1").text
    early = site.case("submitted", conclusion=hired(site, **days, commissioned_on=date(2009, 12, 1)))
    assert "自2010-01-01起才启用" in html.unescape(site.person("second").get(f"/filings/{early}/1").text)


def test_where_the_office_asks_for_it_the_conclusion_stops(site: Site) -> None:
    filed = site.case("submitted", conclusion=hired(site))
    with site.registry.writing() as session:
        change_setting(session, OPERATOR, "third_party_must_be_valid", "on", basis="示信发〔2024〕3号")
    values = hired(site, commissioned_on=DAY)
    with pytest.raises(Refused, match="到期"):
        site.case("concluded", conclusion=values)
    page = html.unescape(site.person("second").get(f"/filings/{filed}/1").text)
    assert "材料不齐" in page
