"""The office's queue, its review, and what it tells about the number it gave."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from tests.case_site import Site, form_of
from tests.registry import account

NUMBER = "示稳评备〔2024〕1号"


def test_three_pages_from_sign_in_to_filed(site: Site) -> None:
    reg_no = site.case("submitted")
    office = site.person("second")
    queue = office.get("/filings")
    assert f'href="/filings/{reg_no}/1' in queue.text
    answer = office.send(f"/filings/{reg_no}/1", holding="filed_on", opinion="材料齐备")
    assert (answer.status_code, answer.location) == (303, f"/filings/{reg_no}/1/filed")
    assert NUMBER in office.get(answer.location or "").text
    assert site.status(reg_no) == "filed"
    receipt = office.get(f"/matters/{reg_no}/assessments/1/receipt/filing").text
    assert NUMBER in receipt
    assert "材料齐备，予以备案" in receipt
    assert "不是对事项本身的许可" in receipt


def test_groups_by_what_they_wait_for(site: Site) -> None:
    cases = {
        stage: site.case(stage, title=f"示例{stage}") for stage in ("submitted", "received", "correcting", "filed")
    }
    site.today(date(2024, 3, 9))
    page = site.person("officer").get("/filings").text
    order = [page.index(part) for stage, title in zip(cases, ("待接收", "待备案", "补正中", "最近备案"), strict=True)
             for part in (f"{title}（1）", f"示例{stage}<")]  # fmt: skip
    assert order == sorted(order)
    assert page.count("5天") == 3
    alone = site.person("officer").get("/filings?group=received").text
    assert "示例received" in alone
    assert "示例submitted" not in alone
    assert site.person("officer").get("/filings?group=nothing").status_code == 404
    assert site.person("officer").get("/filings?group=received&cursor=x").status_code == 404


def test_a_department_sees_its_own_submissions_only(site: Site) -> None:
    reg_no = site.case("submitted", title="示例河堤")
    other = site.case("submitted", who="teacher", title="示例学校", owner_org="school", implement_org="school")
    page = site.person("clerk").get("/filings").text
    assert "示例河堤" in page
    assert "示例学校" not in page
    assert site.person("clerk").get(f"/filings/{reg_no}/1").status_code == 200
    assert site.person("clerk").get(f"/filings/{other}/1").status_code == 404
    assert site.person("clerk").get(f"/filings/{other}/1/filed").status_code == 404


def test_only_an_approver_files(site: Site) -> None:
    reg_no = site.case("submitted")
    values = site.person("second").form(f"/filings/{reg_no}/1", holding="filed_on")
    assert "filed_on" not in site.person("officer").get(f"/filings/{reg_no}/1").text
    for name in ("officer", "clerk", "leader", "counter"):
        person = site.person(name)
        token = form_of(person.get(f"/filings/{reg_no}/1").text, "csrf_token").values["csrf_token"]
        answer = person.client.post(f"/filings/{reg_no}/1", data={**values, "csrf_token": token})
        assert answer.status_code == 403, name
    assert site.status(reg_no) == "submitted"


def test_who_submitted_does_not_file(site: Site) -> None:
    reg_no = site.case("submitted")
    with site.registry.reading() as session:
        second = account(session, "second").id
    values = site.person("second").form(f"/filings/{reg_no}/1", holding="filed_on")
    site.spoil("UPDATE filing SET submitted_by = :second", second=second)
    page = site.person("second").get(f"/filings/{reg_no}/1").text
    assert "不能自己备案" in page
    assert 'name="filed_on"' not in page
    assert site.person("second").client.post(f"/filings/{reg_no}/1", data=values).status_code == 403
    assert site.status(reg_no) == "submitted"


def test_a_faulty_date_loses_nothing(site: Site) -> None:
    reg_no = site.case("submitted")
    answer = site.person("second").send(
        f"/filings/{reg_no}/1", holding="filed_on", filed_on="2024-03-99", opinion="材料齐备无误"
    )
    assert answer.status_code == 422
    assert "2024-03-99" in answer.text
    assert "材料齐备无误" in answer.text
    assert 'href="#filed_on"' in answer.text
    early = site.person("second").send(f"/filings/{reg_no}/1", holding="filed_on", filed_on="2024-03-01")
    assert early.status_code == 422
    late = site.person("second").send(f"/filings/{reg_no}/1", holding="filed_on", filed_on="2024-03-05")
    assert late.status_code == 422
    assert site.status(reg_no) == "submitted"


def test_filed_on_an_earlier_day_is_marked(site: Site) -> None:
    reg_no = site.case("submitted")
    site.today(date(2024, 3, 20))
    site.person("second").send(f"/filings/{reg_no}/1", holding="filed_on", filed_on="2024年3月8日")
    page = site.person("second").get(f"/matters/{reg_no}").text
    assert "2024年3月8日" in page
    assert "补录" in page


def test_acceptance_is_bound_to_what_the_page_showed(site: Site) -> None:
    reg_no = site.case("received")
    values = site.person("second").form(f"/filings/{reg_no}/1", holding="filed_on")
    for change in ({"digest": "0" * 64}, {"digest": ""}, {"version": "1"}, {"version": ""}):
        answer = site.person("second").client.post(f"/filings/{reg_no}/1", data={**values, **change})
        assert answer.status_code == 409, change
    assert site.status(reg_no) == "received"
    assert site.person("second").client.post(f"/filings/{reg_no}/1", data=values).status_code == 303


def test_twenty_posts_of_one_form_file_once(site: Site) -> None:
    reg_no = site.case("submitted")
    values = site.person("second").form(f"/filings/{reg_no}/1", holding="filed_on")
    answers = {site.person("second").client.post(f"/filings/{reg_no}/1", data=values).location for _ in range(20)}
    assert answers == {f"/filings/{reg_no}/1/filed"}


def test_incomplete_papers_are_not_filed_in_one_act(site: Site) -> None:
    reg_no = site.case("submitted")
    values = site.person("second").form(f"/filings/{reg_no}/1", holding="filed_on")
    site.spoil("UPDATE assessment SET main_risks = NULL")
    page = site.person("second").get(f"/filings/{reg_no}/1").text
    assert "材料不齐" in page
    assert "请填写主要风险" in page
    assert 'name="filed_on"' not in page
    answer = site.person("second").client.post(f"/filings/{reg_no}/1", data=values)
    assert answer.status_code == 422
    assert "材料尚不齐备" in answer.text
    assert site.status(reg_no) == "submitted"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"actual_start": date(2024, 2, 1)}, "先开工后评估"),
        ({"owner_org": "office", "implement_org": "office"}, "评估主体就是备案机关"),
    ],
)
def test_what_should_be_seen_is_flagged(site: Site, facts: dict[str, Any], said: str) -> None:
    site.give("counter", "submitter")
    who = "counter" if "owner_org" in facts else "clerk"
    reg_no = site.case("submitted", who=who, **facts)
    assert said in site.person("second").get(f"/filings/{reg_no}/1").text


def test_words_of_the_office(site: Site) -> None:
    """备案 is no approval: neither 批准 nor 受理 stands on any of these pages."""
    reg_no = site.case("filed")
    for path in (
        "/filings",
        f"/filings/{reg_no}/1",
        f"/filings/{reg_no}/1/filed",
        f"/matters/{reg_no}",
        f"/matters/{reg_no}/assessments/1/form",
        f"/matters/{reg_no}/assessments/1/receipt/filing",
        f"/matters/{reg_no}/assessments/1/receipt/received",
    ):
        page = site.person("second").get(path)
        assert page.status_code == 200, path
        assert not re.search("批准|受理|审批", page.text), path
