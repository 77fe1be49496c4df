"""Pages of the methods: versions shown line by line, added and ended, own factors; who may."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from risk_registry.methods.queries import in_force, own_factors
from tests.case_site import Site, made_site

DAY = date(2024, 3, 4)


@pytest.fixture
def site(tmp_path: Path, sqlite_template: Path) -> Iterator[Site]:
    with made_site(tmp_path, sqlite_template) as made:
        made.today(DAY)
        yield made


def test_a_version_is_added_from_the_newest_shown_and_ended(site: Site) -> None:
    admin = site.person("sysadmin")
    form = admin.form("/admin/methods/new", holding="basis")
    assert (form["composite_1"], form["composite_2"], form["degree_3"]) == ("0.36", "0.64", "0.36")
    assert (form["major_high"], form["larger_medium"], form["trigger_set"]) == ("2", "2", "practice")
    typed = {"name": "县标准", "basis": "示信发〔2024〕9号", "composite_1": "0.3", "trigger_set": "own"}
    own = {
        "oppose_high": "40%",
        "oppose_medium": "",
        "people_high": "150",
        "people_high_incl": "1",
        "people_medium": "",
    }
    answer = admin.send("/admin/methods/new", holding="basis", **typed, **own, larger_medium="")
    assert (answer.status_code, answer.location) == (303, "/admin/methods/2"), answer.text
    page = html.unescape(site.person("clerk").get("/admin/methods/2").text)
    for line in (
        "0.3 < I ≤ 0.64",
        "0 ≤ R ≤ 0.04",
        "反对比例超过40%",
        "单次事件可能达到150人",
        "重大因素达到1个",
        "示信发〔2024〕9号",
    ):
        assert line in page
    for gone in ("较大因素达到2个", "反对比例在10%", "停用这个版本"):
        assert gone not in page
    # The next one begins with these numbers.
    again = admin.form("/admin/methods/new", holding="basis")
    assert (again["composite_1"], again["trigger_set"], again["oppose_high"]) == ("0.3", "own", "0.4")
    answer = admin.send("/admin/methods/2", holding="valid_to", reason="")
    assert answer.status_code == 405
    ended = {**admin.form("/admin/methods/2", holding="valid_to"), "reason": "依据废止", "valid_to": "2024-03-31"}
    assert admin.client.post("/admin/methods/2/end", data=ended).status_code == 303
    listed = admin.get("/admin/methods").text
    assert "2024年3月31日" in listed
    with site.registry.reading() as session:
        assert (in_force(session, DAY).number, in_force(session, date(2024, 4, 1)).number) == (2, 1)


def test_faults_stand_at_their_boxes(site: Site) -> None:
    admin = site.person("sysadmin")
    typed = {
        "name": "县标准",
        "basis": "示信发〔2024〕9号",
        "degree_2": "0.03",
        "probability_1": "2",
        "major_high": "0",
    }
    answer = admin.send("/admin/methods/new", holding="basis", **typed)
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert 'href="#probability_1"' in page
    assert 'href="#major_high"' in page
    answer = admin.send("/admin/methods/new", holding="basis", **{**typed, "probability_1": "0.2", "major_high": "2"})
    page = html.unescape(answer.text)
    assert "风险程度各档上限应由低到高递增，第2档（0.03）不大于前一档（0.04）" in page
    assert 'href="#degree_2"' in page
    assert 'value="0.03"' in page
    ordered = {**typed, "probability_1": "0.2", "degree_2": "0.16", "major_high": "1", "major_medium": "2"}
    page = html.unescape(admin.send("/admin/methods/new", holding="basis", **ordered).text)
    assert "“重大”因素判为高风险的个数（1）不能少于判为中风险的个数（2）" in page
    assert 'href="#major_high"' in page


def test_own_factors_are_kept_by_area(site: Site) -> None:
    admin = site.person("sysadmin")
    answer = admin.send("/admin/methods/factors", holding="land", land="青苗补偿\n\n坟墓迁移", media="重点人员")
    assert answer.status_code == 422
    assert "说的是人" in html.unescape(answer.text)
    answer = admin.send("/admin/methods/factors", holding="land", land="青苗补偿\n\n坟墓迁移")
    assert answer.status_code == 303, answer.text
    with site.registry.reading() as session:
        assert own_factors(session, DAY)["land"] == ("青苗补偿", "坟墓迁移")
    assert "青苗补偿" in admin.form("/admin/methods/factors", holding="land")["land"]


def test_only_the_system_administrator_keeps_methods(site: Site) -> None:
    for name in ("clerk", "approver", "leader", "secadmin", "auditor"):
        person = site.person(name)
        assert person.get("/admin/methods").status_code == 403
        assert person.get("/admin/methods/new").status_code == 403
        assert person.client.post("/admin/methods/2/end").status_code in (400, 403)
        assert person.get("/admin/methods/1").status_code == 200
    assert site.person("clerk").get("/admin/methods/7").status_code == 404
