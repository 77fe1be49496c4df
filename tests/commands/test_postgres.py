"""The same commands on PostgreSQL, with a role that owns the tables and one that uses them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from risk_registry.assessments.operations import declare_matter
from risk_registry.commands.operator import Operator
from risk_registry.organisations.queries import by_code
from tests.commands.conftest import Commands, init_arguments
from tests.postgres import PostgresServer
from tests.registry import MATTER

pytestmark = pytest.mark.postgres


def _use(monkeypatch: pytest.MonkeyPatch, server: PostgresServer) -> None:
    urls = server.create_database()
    monkeypatch.setenv("RISK_REGISTRY_DATABASE_URL", urls.app)
    monkeypatch.setenv("RISK_REGISTRY_MIGRATE_URL", urls.owner)


def test_sample_backup_and_restore(
    fresh: Commands, tmp_path: Path, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use(monkeypatch, postgres_server)
    fresh.good("sample", "--assessments", "150", "--versions", "2")
    found = fresh.json("verify")
    assert found["ok"], found["faults"]
    state = fresh.json("check")["state"]
    assert (state["application_role"], state["table_owner"]) == ("registry_app", "registry_owner")
    file = tmp_path / "copy.zip"
    fresh.good("backup", str(file))
    fresh.good("restore", str(file), "--check")
    assert "不是空的" in fresh.refused("restore", str(file))
    head = fresh.json("verify")["head"]
    _use(monkeypatch, postgres_server)
    other = Commands(tmp_path / "other", fresh.clock)
    other.good("restore", str(file))
    assert other.json("verify")["head"] == head
    # The restored registry goes on: its keys and numbers follow the last ones.
    operator = Operator(clock=fresh.clock)
    operator.folder = other.folder
    with operator.writing() as session:
        values = {**MATTER, "kind": "policy", "owner_org": _id(session, "unit11")}
        values |= {"decision_org": _id(session, "city"), "implement_org": _id(session, "builder1")}
        assert declare_matter(session, operator.act(session), values).id == 151
    operator.close()
    assert other.json("verify")["ok"]


def _id(session: Session, code: str) -> int:
    found = by_code(session, code)
    assert found is not None
    return found.id


def test_init_and_the_warning_about_one_role(
    fresh: Commands, password_file: Path, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = postgres_server.create_database()
    monkeypatch.setenv("RISK_REGISTRY_DATABASE_URL", urls.owner)
    fresh.good(*init_arguments(password_file))
    assert fresh.json("verify")["ok"]
    assert any("分设两个账号" in warning for warning in fresh.json("check")["warnings"])


def test_an_embedded_backup_does_not_go_into_postgresql(
    demo: Commands, tmp_path: Path, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "copy.zip"
    demo.good("backup", str(file))
    _use(monkeypatch, postgres_server)
    assert "不能恢复到 PostgreSQL" in Commands(tmp_path / "other", demo.clock).refused("restore", str(file))
