"""``job``: every kind of work through the command that a page starts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from risk_registry.commands.operator import Operator
from risk_registry.commands.working import works
from risk_registry.jobs.models import Job
from risk_registry.jobs.operations import ask
from risk_registry.jobs.queries import find, result_of
from risk_registry.upkeep.backup import kept_files
from tests.commands.conftest import Commands


def asked(commands: Commands, kind: str, **what: Any) -> int:
    """Ask for a job as a page does."""
    owner = _owner(commands)
    with owner.writing() as session:
        number = ask(session, owner.actor, kind, what).id
    owner.close()
    return number


def _owner(commands: Commands) -> Operator:
    owner = Operator(clock=commands.clock)
    owner.folder = commands.folder
    return owner


def ended(commands: Commands, number: int) -> Job:
    """The job after its command."""
    owner = _owner(commands)
    with owner.reading() as session:
        found = find(session, number)
        assert found is not None
        session.expunge(found)
    owner.close()
    return found


def done(commands: Commands, kind: str, **what: Any) -> dict[str, Any]:
    """Ask for work, do it; what came of it."""
    number = asked(commands, kind, **what)
    commands.good("job", str(number))
    found = ended(commands, number)
    assert found.state == "done"
    return result_of(found)


def test_the_command_is_not_offered(demo: Commands) -> None:
    assert " job " not in demo.good("--help")


def test_verification_says_what_the_command_says(demo: Commands) -> None:
    found = done(demo, "verify")
    assert found["ok"]
    said = demo.json("verify")
    assert found["checked"] == said["checked"]
    with closing(sqlite3.connect(demo.folder / "registry.db")) as raw:
        raw.execute("DROP TRIGGER event_no_update")
        raw.execute("UPDATE event SET reason = 'other' WHERE seq = 77")
        raw.commit()
    found = done(demo, "verify")
    assert not found["ok"]
    assert {"check": "chain", "place": "event 77", "fault": "its content differs from its digest"} in found["faults"]


def test_check_looks_at_database_and_folder(demo: Commands) -> None:
    found = done(demo, "check")
    assert found["whole"]
    assert found["writable"]
    assert {item["code"] for item in found["advice"]} >= {"stale_backup", "not_separated"}
    assert found["state"]["schema_at_head"]


def test_backup_is_written_read_again_and_can_be_restored(demo: Commands) -> None:
    found = done(demo, "backup", file="by-hand-20261201-100000.zip")
    assert found["good"]
    assert found["assessments"] > 20
    file = demo.folder / "backups" / found["file"]
    assert "可以恢复" in demo.good("restore", str(file), "--check")
    assert [kept.sort for kept in kept_files(demo.folder)] == ["by_hand"]


def test_examination_finds_the_damaged_file(demo: Commands) -> None:
    demo.good("backup", "--daily")
    demo.good("backup", str(demo.folder / "backups" / "second.zip"))
    assert all(item["good"] for item in done(demo, "examine")["files"].values())
    with (demo.folder / "backups" / "second.zip").open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\1\2")
    found = done(demo, "examine")["files"]
    assert {name: item["good"] for name, item in found.items()} == {
        "registry-20261201-100000.zip": True,
        "second.zip": False,
    }


def test_a_backup_that_is_refused_says_why_on_the_job(demo: Commands) -> None:
    number = asked(demo, "backup", file="x.zip")
    with closing(sqlite3.connect(demo.folder / "registry.db")) as raw:
        raw.execute("DROP TRIGGER event_no_update")
        raw.execute("UPDATE event SET reason = 'other' WHERE seq = 77")
        raw.commit()
    assert demo.run("job", str(number)).exit_code == 1
    found = ended(demo, number)
    assert found.state == "failed"
    assert result_of(found)["problems"][0]["params"]["seq"] == "77"
    assert kept_files(demo.folder) == []


def test_no_such_job(demo: Commands) -> None:
    assert "没有编号为 99 的任务" in demo.refused("job", "99")


def test_every_kind_of_work_has_a_name_on_pages() -> None:
    from_pages = {"check", "verify", "backup", "examine"}
    assert set(works(Operator())) >= from_pages
