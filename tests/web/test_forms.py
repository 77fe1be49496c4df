from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms.validators import Length

from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.core.problems import Conflict, Problem, Refused
from risk_registry.web.forms import RegistryForm, filter_class, form_class

FIELDS = (
    Field("title", "事项名称", Kind.TEXT, "基本情况", required_at=Gate.DECLARE, length=20, help="与立项文件一致"),
    Field("summary", "事项概况", Kind.LONG_TEXT, "基本情况", length=2000),
    Field("kind", "事项分类", Kind.CHOICE, "基本情况", required_at=Gate.DECLARE, dictionary="kind"),
    Field("field", "涉及领域", Kind.CHOICE, "基本情况", dictionary="field"),
    Field("owner_org", "评估主体", Kind.ORGANISATION, "责任单位", required_at=Gate.DECLARE),
    Field("invest_wan", "总投资", Kind.MONEY, "基本情况"),
    Field("people", "涉及人数", Kind.INTEGER, "基本情况", maximum=Decimal(100)),
    Field("started_on", "启动日期", Kind.DATE, "评估情况", required_at=Gate.CONCLUDE),
    Field("urgent", "紧急", Kind.BOOLEAN, "基本情况"),
    Field("procedure", "评估程序", Kind.CHOICE, "评估情况", default="simplified"),
)
CHOICES = {
    "kind": [("project", "工程项目"), ("policy", "政策")],
    "field": [(f"f{i}", f"领域{i}") for i in range(6)],
    "owner_org": [("7", "县水利局"), ("8", "县发展改革委")],
    "procedure": [("ordinary", "一般"), ("simplified", "简易")],
}
MatterForm = form_class(
    "MatterForm", FIELDS, choices=CHOICES, attributes={"people": {"data-show-when": "kind=project"}}
)

GOOD = {"title": "河堤工程", "kind": "project", "owner_org": "7", "procedure": "simplified"}


@pytest.fixture(autouse=True)
def context(small_app: Flask) -> Iterator[None]:
    with small_app.test_request_context("/notes/new", method="POST"):
        yield


def posted(values: dict[str, str], **options: object) -> RegistryForm:
    form = MatterForm(MultiDict(values), **options)
    form.meta.csrf = False
    del form.csrf_token
    return form


def errors(form: RegistryForm) -> dict[str, list[str]]:
    form.validate()
    return {item.short_name: [str(error) for error in item.errors] for item in form if item.errors}


def test_typed_values() -> None:
    form = posted(
        GOOD
        | {"invest_wan": "1.2亿", "people": "１２", "started_on": "2024年3月5日", "urgent": "1", "summary": "一\r\n二"}
    )
    assert form.validate()
    assert form.typed() == {
        "title": "河堤工程",
        "summary": "一\n二",
        "kind": "project",
        "field": None,
        "owner_org": 7,
        "invest_wan": Decimal("12000.00"),
        "people": 12,
        "started_on": date(2024, 3, 5),
        "urgent": True,
        "procedure": "simplified",
    }


def test_what_was_typed_stays_as_typed() -> None:
    form = posted(GOOD | {"invest_wan": "很多", "started_on": "3月5日", "title": " a<b "})
    assert set(errors(form)) == {"invest_wan", "started_on"}
    assert 'value="很多"' in form["invest_wan"]()
    assert 'value="3月5日"' in form["started_on"]()
    assert 'value=" a&lt;b "' in form["title"]()
    assert form.http_status == 422


def test_faults_are_said_in_chinese_with_the_label() -> None:
    form = posted(GOOD | {"started_on": "2024-02-30", "people": "101", "title": "长" * 21})
    found = errors(form)
    assert all("启动日期" in text for text in found["started_on"])
    assert "100" in found["people"][0]
    assert "20" in found["title"][0]


@pytest.mark.parametrize(
    ("gate", "missing"),
    [
        (None, set()),
        (Gate.DECLARE, {"title", "kind", "owner_org"}),
        (Gate.CONCLUDE, {"title", "kind", "owner_org", "started_on"}),
    ],
)
def test_required_at_a_gate_and_those_before_it(gate: Gate | None, missing: set[str]) -> None:
    assert set(errors(posted({"title": "　 "}, require=gate))) == missing


def test_required_by_circumstances() -> None:
    form = posted({"title": "x"}, require=Gate.DECLARE, also={"summary"}, optional={"kind", "owner_org"})
    assert errors(form) == {"summary": ["请填写事项概况"]}
    form.require(Gate.DECLARE, optional={"owner_org"})
    assert errors(form) == {"kind": ["请选择事项分类"]}


def test_a_draft_needs_nothing_but_keeps_the_guard() -> None:
    assert posted({"title": ""}, require=Gate.DECLARE).validate(draft=True)
    assert not posted({"summary": "联系电话13800138000"}).validate(draft=True)
    assert not posted({"summary": "控制\x0b字符"}).validate(draft=True)


def test_only_offered_options_are_taken() -> None:
    assert set(errors(posted(GOOD | {"kind": "reform", "owner_org": "9"}))) == {"kind", "owner_org"}


def test_options_given_with_the_form_win() -> None:
    form = posted(GOOD | {"kind": "reform"}, choices={"kind": [("reform", "改革")]})
    assert form.validate()


def test_few_options_are_radio_buttons_many_a_list() -> None:
    form = MatterForm(None)
    page = render_template_string(
        "{% from 'components/form.html' import fields %}{{ fields(form, ['kind', 'field', 'owner_org']) }}", form=form
    )
    assert page.count('type="radio"') == 2
    assert page.count("checked") == 0
    assert '<select class="form-select" id="field"' in page
    assert '<option selected value="">请选择</option>' in page
    assert "县水利局</option>" in page


def test_defaults_stored_values_drafts_and_posts() -> None:
    fresh = MatterForm(None)
    assert fresh.raw_values()["procedure"] == "simplified"
    assert fresh.typed()["procedure"] == "simplified"
    stored = MatterForm(
        None, values={"procedure": "ordinary", "invest_wan": Decimal("299.65"), "owner_org": 8}, version=4
    )
    assert stored.raw_values()["procedure"] == "ordinary"
    assert 'value="299.65"' in stored["invest_wan"]()
    assert '<option selected value="8">' in stored["owner_org"]()
    assert 'value="4"' in stored["version"]()
    draft = MatterForm(None, values={"title": "旧"}, raw={"title": "新", "started_on": "3月", "urgent": "1"})
    assert [draft.raw_values()[name] for name in ("title", "started_on", "urgent")] == ["新", "3月", "1"]
    assert set(errors(draft)) - {"csrf_token"} == {"started_on"}


def test_a_draft_gives_back_exactly_what_was_typed() -> None:
    typed = GOOD | {"invest_wan": " 1.2 亿", "started_on": "？", "urgent": "1", "summary": "一\n二"}
    raw = posted(typed).raw_values()
    again = MatterForm(None, raw=raw)
    assert again.raw_values() == raw
    assert {name: text for name, text in raw.items() if text} == typed
    assert "people" not in posted(typed).filled()


def test_a_cleared_default_stays_cleared_in_a_draft() -> None:
    assert MatterForm(None, raw={"procedure": ""}).raw_values()["procedure"] == ""
    assert MatterForm(None, raw={}).raw_values()["procedure"] == ""


def test_refusals_find_their_fields() -> None:
    form = posted(GOOD)
    assert form.validate()
    form.refuse(
        Refused([Problem("title", "%(label)s重复", {"label": "事项名称"}), Problem("", "先接收"), Problem("x", "别的")])
    )
    assert form["title"].errors == ["事项名称重复"]
    assert form.form_errors == ["先接收", "别的"]
    assert form.http_status == 422
    form.refuse(Conflict.one("", "已修改"))
    assert form.http_status == 409


def test_differences_for_a_conflicting_save() -> None:
    form = posted(GOOD | {"invest_wan": "299.65", "kind": "policy"})
    form.validate()
    stored = {"title": "河堤工程", "kind": "project", "invest_wan": Decimal("300"), "started_on": None}
    assert form.differences(stored) == [("事项分类", "工程项目", "政策"), ("总投资", "300.00", "299.65")]


@pytest.mark.parametrize("name", ["data", "errors", "version", "typed", "_x", "title"])
def test_names_a_form_needs_itself(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        form_class("Bad", (FIELDS[0], Field(name, "甲", Kind.TEXT, "乙")))


def test_filter_reads_the_address(small_app: Flask) -> None:
    Query = filter_class("Query", FIELDS[:3], choices=CHOICES)  # noqa: N806 - a class
    with small_app.test_request_context("/ledger?kind=policy&title=%E6%B2%B3"):
        query = Query()
        assert query.validate()
        assert query.typed()["kind"] == "policy"
        assert "csrf_token" not in query
    with small_app.test_request_context("/ledger?kind=nonsense"):
        assert not Query().validate()
    with small_app.test_request_context("/ledger"):
        assert Query().validate()


def test_messages_of_wtforms_are_chinese() -> None:
    form = posted(GOOD)
    assert not form.validate({"title": [Length(max=1)]})
    assert form["title"].errors
    assert all("一" <= str(error)[-2] <= "鿿" for error in form["title"].errors)


def test_hints_and_show_when_reach_the_page() -> None:
    page = render_template_string(
        "{% from 'components/form.html' import fields, hidden %}"
        "{{ hidden(form) }}{{ fields(form, ['title', 'people']) }}",
        form=MatterForm(None, require=Gate.DECLARE),
    )
    assert "与立项文件一致" in page
    assert "（必填）" in page
    assert 'data-show-when="kind=project"' in page
    assert 'name="token"' in page
    assert 'inputmode="numeric"' in page
