"""``verify``, ``backup``, ``restore``, ``sample``."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.commands.conftest import Commands


def test_verify_says_what_it_looked_at(demo: Commands) -> None:
    found = demo.json("verify")
    assert found["ok"]
    assert found["faults"] == []
    assert found["checked"]["lines"] > 20
    assert found["checked"]["line_digests"] > found["checked"]["lines"]
    assert found["head"] in demo.good("verify")


def test_verify_ends_with_1_and_names_the_place(demo: Commands) -> None:
    with sqlite3.connect(demo.folder / "registry.db") as raw:
        raw.execute("DROP TRIGGER event_no_update")
        raw.execute("UPDATE event SET reason = 'other' WHERE seq = 77")
    raw.close()
    result = demo.run("verify")
    assert result.exit_code == 1
    assert "event 77: its content differs from its digest" in result.stderr
    assert demo.run("verify", "--json").exit_code == 1


def test_backup_and_restore_give_the_same_registry(demo: Commands, tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"
    demo.good("backup", str(file))
    assert "已存在" in demo.refused("backup", str(file))
    assert "可以恢复" in demo.good("restore", str(file), "--check")
    assert "不是空的" in demo.refused("restore", str(file))
    other = Commands(tmp_path / "other", demo.clock)
    other.good("restore", str(file))
    assert (other.folder / "secret.key").exists()
    assert not list(other.folder.glob(".restoring*"))
    assert other.json("verify") == demo.json("verify")
    assert other.json("counts", "--year", "2024") == demo.json("counts", "--year", "2024")


def test_restore_refuses_what_is_no_backup(fresh: Commands, tmp_path: Path) -> None:
    file = tmp_path / "no.zip"
    file.write_bytes(b"PK" * 200)
    assert "已损坏" in fresh.refused("restore", str(file))
    assert not fresh.folder.exists()


def test_sample_is_sound_and_the_same_for_a_seed(fresh: Commands, tmp_path: Path) -> None:
    fresh.good("sample", "--assessments", "400", "--versions", "3", "--seed", "5")
    found = fresh.json("verify")
    assert found["ok"], found["faults"]
    assert found["checked"]["lines"] == 400
    assert found["checked"]["versions"] > 900
    again = Commands(tmp_path / "again", fresh.clock)
    again.good("sample", "--assessments", "400", "--versions", "3", "--seed", "5")
    assert again.json("verify")["head"] == found["head"]
    years = [fresh.json("counts", "--year", str(year))["measures"]["assessed"] for year in range(2016, 2026)]
    assert all(number > 10 for number in years)
