from __future__ import annotations

import stat
from pathlib import Path

import pytest

from risk_registry import config as settings
from risk_registry.config import SettingError, ensure_secret, load, mask


def test_default_then_file_then_environment(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("session_hours = 8\nproxies = 1\n", encoding="utf-8")
    config = load(data=tmp_path, environ={"RISK_REGISTRY_PROXIES": "2", "HOME": "x"})
    assert (config.session_idle_minutes, config.session_hours, config.proxies) == (30, 8, 2)
    origins = {name: origin for name, _value, origin in config.listing()}
    assert origins["data"] == "--data"
    assert origins["session_hours"] == "config.toml"
    assert origins["proxies"] == "RISK_REGISTRY_PROXIES"
    assert origins["session_idle_minutes"] == "default"


def test_every_setting_is_listed_once(tmp_path: Path) -> None:
    names = [name for name, _value, _origin in load(data=tmp_path, environ={}).listing()]
    assert names == [setting.name for setting in settings.SETTINGS]
    assert all(setting.zh and setting.en for setting in settings.SETTINGS)


def test_data_folder_from_environment_and_command_line(tmp_path: Path) -> None:
    environ = {"RISK_REGISTRY_DATA": str(tmp_path / "a")}
    assert load(environ=environ).data == tmp_path / "a"
    assert load(data=tmp_path / "b", environ=environ).data == tmp_path / "b"


def test_data_folder_is_required_outside_a_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("risk_registry.paths.checkout", lambda: None)
    with pytest.raises(SettingError, match="RISK_REGISTRY_DATA"):
        load(environ={})


@pytest.mark.parametrize("name", ["RISK_REGISTRY_SESION_HOURS", "RISK_REGISTRY_DEBUG", "RISK_REGISTRY_"])
def test_unknown_variable_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingError, match=name):
        load(data=tmp_path, environ={name: "1"})


@pytest.mark.parametrize("line", ["sesion_hours = 8", "data = '/x'", "[server]\nport = 1"])
def test_unknown_key_in_the_file_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "config.toml").write_text(line, encoding="utf-8")
    with pytest.raises(SettingError, match=r"config\.toml: (sesion_hours|data|server)"):
        load(data=tmp_path, environ={})


def test_the_test_suites_own_variable_is_no_setting(tmp_path: Path) -> None:
    load(data=tmp_path, environ={"RISK_REGISTRY_REQUIRE": "browser"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PROXIES", "-1"),
        ("PROXIES", "１"),
        ("SESSION_HOURS", "0"),
        ("HTTPS", "ja"),
        ("TRUSTED_HOSTS", "a.example:8000"),
        ("TRUSTED_HOSTS", " , "),
        ("DATABASE_URL", "mysql://x"),
        ("SECRET_KEY", "short"),
        ("DATA", " "),
    ],
)
def test_bad_value_stops_the_start_with_its_name(tmp_path: Path, name: str, value: str) -> None:
    environ = {"RISK_REGISTRY_" + name: value}
    with pytest.raises(SettingError, match=name):
        load(data=None if name == "DATA" else tmp_path, environ=environ)


def test_a_refused_secret_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as refused:
        load(data=tmp_path, environ={"RISK_REGISTRY_SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(refused.value)


def test_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = ensure_secret(tmp_path / "data")
    assert ensure_secret(tmp_path / "data") == key
    assert len(key) == 64
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    config = load(data=tmp_path / "data", environ={})
    assert config.require_secret() == key
    assert key not in repr(config)
    assert all(key not in value for _name, value, _origin in config.listing())


def test_secret_of_digits_stays_text(tmp_path: Path) -> None:
    config = load(data=tmp_path, environ={"RISK_REGISTRY_SECRET_KEY": "1" * 40})
    assert config.require_secret() == "1" * 40


def test_no_secret_no_start(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="init"):
        load(data=tmp_path, environ={}).require_secret()


def test_database_addresses(tmp_path: Path) -> None:
    config = load(data=tmp_path, environ={"RISK_REGISTRY_MIGRATE_URL": "postgresql://o:pw@h/db"})
    assert config.database_url == f"sqlite:///{tmp_path.as_posix()}/registry.db"
    assert config.migrate_url == "postgresql+psycopg://o:pw@h/db"
    shown = {name: value for name, value, _origin in config.listing()}
    assert shown["migrate_url"] == "postgresql+psycopg://o:***@h/db"
    assert mask("abc") == "***"
