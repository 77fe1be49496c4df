"""``init``, ``user``, ``check``: a registry where there was none."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from risk_registry.accounts.models import Account
from risk_registry.accounts.passwords import matches
from risk_registry.commands.operator import Operator
from risk_registry.organisations.models import Organisation
from risk_registry.organisations.registry_office import office_names
from risk_registry.settings.queries import settings
from tests.commands.conftest import Commands, init_arguments


def test_init_makes_office_administrators_and_key(fresh: Commands, password_file: Path) -> None:
    fresh.good(*init_arguments(password_file, security="keeper"))
    operator = Operator(clock=fresh.clock)
    operator.folder = fresh.folder
    with operator.reading() as session:
        office = session.scalars(select(Organisation)).one()
        assert (office.code, office.kind, office.short) == ("office", "filing_office", "示")
        found = {account.name: account for account in session.scalars(select(Account))}
        assert {name: set(account.roles) for name, account in found.items()} == {
            "admin": {"sysadmin"},
            "keeper": {"secadmin"},
        }
        assert all(account.must_change_password for account in found.values())
        assert matches(found["admin"].password_hash, "correct horse battery staple")
        assert office_names(session).on(date(2024, 3, 5)) == "示例县信访办公室"
        assert settings(session)["region"] == "500229"
    operator.close()
    key = fresh.folder / "secret.key"
    assert len(key.read_text()) > 32
    assert stat.S_IMODE(key.stat().st_mode) & 0o077 == 0
    assert fresh.json("verify")["ok"]


def test_init_is_refused_twice(founded: Commands, password_file: Path) -> None:
    before = (founded.folder / "secret.key").read_text()
    assert "已有数据" in founded.refused(*init_arguments(password_file))
    assert "已有数据" in founded.refused("demo")
    assert "已有数据" in founded.refused("sample", "--assessments", "5")
    assert (founded.folder / "secret.key").read_text() == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"region": "5002"}, "行政区划代码"), ({"office": "示\x07例"}, "机构名称"), ({"short": ""}, "简称")],
)
def test_init_refuses_what_is_wrong(fresh: Commands, password_file: Path, changes: dict[str, str], said: str) -> None:
    assert said in fresh.refused(*init_arguments(password_file, **changes))


def test_init_refuses_a_weak_password(fresh: Commands, tmp_path: Path) -> None:
    file = tmp_path / "weak"
    file.write_text("12345678", encoding="utf-8")
    assert "太常见" in fresh.refused(*init_arguments(file))
    assert not fresh.folder.exists()


def test_commands_say_that_there_is_no_registry(fresh: Commands) -> None:
    for arguments in (["verify"], ["counts"], ["export", "-o", "x.xlsx"], ["backup", "x.zip"], ["serve"]):
        assert "还没有登记库" in fresh.refused(*arguments)
    assert not (fresh.folder / "registry.db").exists()


def test_usage_is_exit_2(fresh: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fresh.run("nothing").exit_code == 2
    assert fresh.run("export").exit_code == 2
    monkeypatch.setenv("RISK_REGISTRY_HTPS", "1")
    result = fresh.run("check")
    assert result.exit_code == 2
    assert "RISK_REGISTRY_HTPS" in result.stderr


def test_user_commands(founded: Commands, password_file: Path) -> None:
    arguments = ["--role", "submitter", "--org", "office", "--password-file", str(password_file)]
    founded.good("user", "add", "li", *arguments)
    assert "已存在" in founded.refused("user", "add", "li", *arguments)
    founded.good("user", "lock", "li")
    founded.good("user", "unlock", "li")
    assert len(founded.good("user", "reset", "li").strip()) == 19
    assert "nobody" in founded.refused("user", "lock", "nobody")
    assert founded.run("user", "add", "x", "--role", "king", "--org", "office").exit_code == 2


def test_organisations_from_the_command_line(founded: Commands, password_file: Path) -> None:
    arguments = ["--role", "submitter", "--org", "shuili", "--password-file", str(password_file)]
    assert "org add" in founded.refused("user", "add", "li", *arguments)
    assert "部门" in founded.good("org", "add", "shuili", "示例县水利局")
    founded.good("user", "add", "li", *arguments, "--display", "水利局填报员")
    assert "已被使用" in founded.refused("org", "add", "shuili", "示例县另一局")
    assert "org list" in founded.refused("org", "add", "x", "示例乡", "--parent", "nowhere")
    assert "简称" in founded.refused("org", "add", "x", "示例区信访办公室", "--kind", "filing_office")
    assert "shuili\t示例县水利局\t部门、乡镇街道\toffice" in founded.good("org", "list")
    assert founded.run("verify").exit_code == 0


def test_check_tells_settings_origin_and_warnings(founded: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISK_REGISTRY_SESSION_HOURS", "8")
    found = founded.json("check")
    origins = {row["name"]: (row["value"], row["origin"]) for row in found["settings"]}
    assert origins["session_hours"] == ("8", "RISK_REGISTRY_SESSION_HOURS")
    assert origins["data"][1] == "--data"
    assert origins["secret_key"] == ("***", "secret.key")
    assert found["state"]["schema_at_head"] is True
    assert found["state"]["sqlite_mode"] in ("WAL + FULL", "TRUNCATE + FULL")
    assert any("没有备份" in warning for warning in found["warnings"])
    founded.good("backup", str(founded.folder.parent / "b.zip"))
    assert not any("没有备份" in warning for warning in founded.json("check")["warnings"])


def test_check_before_there_is_anything(fresh: Commands) -> None:
    found = fresh.json("check")
    assert found["state"]["schema"] is None
    assert any("还没有登记库" in warning for warning in found["warnings"])
    assert "还没有登记库" in fresh.good("check")


@pytest.mark.parametrize("command", "init demo serve org user export counts verify backup restore sample check".split())
def test_every_command_explains_itself(fresh: Commands, command: str) -> None:
    assert command in fresh.good("--help")
    assert "Usage" in fresh.good(command, "--help")
