"""Settings: declared once, checked by kind, kept with their basis, guarded against two hands at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from risk_registry.core.problems import Conflict, NotAllowed, Refused
from risk_registry.settings.entries import ENTRIES, SECTIONS
from risk_registry.settings.operations import change_setting
from risk_registry.settings.queries import DEFAULTS, held, settings
from tests.registry import OPERATOR, Registry

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_is_declared_with_its_default() -> None:
    assert {entry.key: entry.default for entry in ENTRIES} == DEFAULTS
    assert {entry.section for entry in ENTRIES} == {code for code, _label in SECTIONS}
    for entry in ENTRIES:
        assert entry.label, entry.key
        assert entry.effect, entry.key
        if entry.default:
            assert entry.checked(entry.default) == entry.default, entry.key


def test_every_setting_is_read_somewhere() -> None:
    """A switch nobody asks decides nothing."""
    own = {"entries.py", "operations.py", "queries.py"}
    texts = [
        path.read_text("utf-8")
        for folder in ("risk_registry", "templates")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in (".py", ".html")
        and not (path.parent.name == "settings" and path.name in own - {"queries.py"})
    ]
    everything = "\n".join(texts)
    assert [key for key in DEFAULTS if not re.search(rf"""['"]{key}['"]""", everything)] == []


@pytest.mark.parametrize(
    ("key", "written", "kept"),
    [
        ("term_word", "社会风险评估", "社会风险评估"),
        ("number_pattern", "{简称}评备〔{年份}〕{序号}号", "{short}评备〔{year}〕{seq}号"),
        ("minimum_experts", "５", "5"),
        ("region", " 500229100 ", "500229"),
        ("seal_office", "县委政法委意见", "县委政法委意见"),
        ("filing_before_decision", "block", "block"),
    ],
)
def test_a_value_is_kept_in_its_one_form(registry: Registry, key: str, written: str, kept: str) -> None:
    with registry.writing() as session:
        change_setting(session, registry.act(session, "sysadmin").actor, key, written, basis="示办发〔2024〕1号")
    with registry.reading() as session:
        assert settings(session)[key] == kept
        now = held(session)[key]
        assert (now.value, now.basis, now.changed_by) == (kept, "示办发〔2024〕1号", "sysadmin")


@pytest.mark.parametrize(
    ("key", "value", "basis", "said"),
    [
        ("term_word", "稳评", "", "列出的选项"),
        ("number_pattern", "{short}稳评备{seq}号", "", "年份"),
        ("minimum_experts", "许多", "", "数字"),
        ("minimum_experts", "51", "", "0至50"),
        ("minimum_experts", "", "", "请填写"),
        ("term_file_within", "10", "", "依据文件"),
        ("term_file_within", "0", "示办发〔2024〕1号", "1至250"),
        ("region", "999999", "", "省级代码"),
        ("seal_office", "长" * 17, "", "最多16个字"),
        ("nothing", "on", "", "没有这项设置"),
    ],
)
def test_what_a_setting_cannot_be(registry: Registry, key: str, value: str, basis: str, said: str) -> None:
    with registry.writing() as session, pytest.raises(Refused, match=said):
        change_setting(session, OPERATOR, key, value, basis=basis)


def test_a_term_is_off_until_switched_on_and_may_be_switched_off_again(registry: Registry) -> None:
    with registry.writing() as session:
        assert settings(session).number("term_office_check") == 0
        change_setting(session, OPERATOR, "term_office_check", "5", basis="示办发〔2024〕1号")
        assert settings(session).number("term_office_check") == 5
        change_setting(session, OPERATOR, "term_office_check", "")
        assert settings(session).number("term_office_check") == 0


def test_only_the_administrator_whose_setting_it_is(registry: Registry) -> None:
    with registry.writing() as session:
        for name in ("officer", "secadmin", "auditor"):
            with pytest.raises(NotAllowed):
                change_setting(session, registry.act(session, name).actor, "term_word", "社会风险评估")
        with pytest.raises(NotAllowed):
            change_setting(session, registry.act(session, "sysadmin").actor, "demo", "on")


def test_the_separation_has_an_operation_of_its_own(registry: Registry) -> None:
    with registry.writing() as session:
        for who in (None, "sysadmin", "secadmin"):
            with pytest.raises(NotAllowed, match="自己的页面"):
                change_setting(session, registry.act(session, who).actor, "separation", "on")
        assert not settings(session).on("separation")


def test_two_hands_at_once(registry: Registry) -> None:
    with registry.reading() as session:
        read_at = held(session)["minimum_experts"].version
    with registry.writing() as session:
        change_setting(session, OPERATOR, "minimum_experts", "5", version=read_at)
    with registry.writing() as session, pytest.raises(Conflict, match="现为“5”"):
        change_setting(session, OPERATOR, "minimum_experts", "7", version=read_at)
    with registry.writing() as session, pytest.raises(Refused, match="没有可保存的改动"):
        change_setting(session, OPERATOR, "minimum_experts", "5", version=held(session)["minimum_experts"].version)
