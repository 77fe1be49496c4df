"""The page that sets the first filing number of a year."""

from __future__ import annotations

from tests.case_site import Site


def test_a_year_begins_with_the_number_said(site: Site) -> None:
    who = site.person("sysadmin")
    page = who.get("/admin/numbers")
    assert page.status_code == 200
    chosen = page.text.split('name="office"')[1].split('value="')[2 if "请选择" in page.text else 1].split('"')[0]
    answer = who.send("/admin/numbers", holding="first", office=chosen, year="2025", first="18")
    assert answer.status_code == 303, answer.text
    shown = who.get("/admin/numbers").text
    assert "2025" in shown
    assert "〔2025〕18号" in shown
