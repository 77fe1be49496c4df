"""The process of a job: its own session, nothing of the parent's open, its words in a log."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from risk_registry.jobs.process import LOG_FILE, detached

LOOK = """
import os, sys
print("session", os.getsid(0) == os.getpid())
print("open", sorted(os.readlink(f"/proc/self/fd/{n}").partition(":")[0] for n in range(3, 64)
    if os.path.exists(f"/proc/self/fd/{n}")))
print("stdin", sys.stdin.read() == "")
print("said", os.environ["SAID"])
"""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at /proc")
def test_nothing_of_the_parent_is_inherited(tmp_path: Path) -> None:
    log = tmp_path / LOG_FILE
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.set_inheritable(True)
        process = detached(
            [sys.executable, "-c", LOOK], log=log, environ={**os.environ, "SAID": "中文", "PYTHONUTF8": "1"}
        )
        assert process.wait(30) == 0
    said = dict(line.split(" ", 1) for line in log.read_text("utf-8").splitlines())
    assert said["session"] == "True"
    assert "socket" not in said["open"]
    assert said["stdin"] == "True"
    assert said["said"] == "中文"


def test_the_log_begins_anew_before_it_is_endless(tmp_path: Path) -> None:
    log = tmp_path / LOG_FILE
    log.write_bytes(b"x" * ((1 << 20) + 1))
    process = detached([sys.executable, "-c", "print('new')"], log=log, environ=os.environ)
    assert process.wait(30) == 0
    assert log.read_text("utf-8").strip() == "new"
    assert (tmp_path / f"{LOG_FILE}.1").stat().st_size > 1 << 20


def test_what_cannot_be_started_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-program"):
        detached([str(tmp_path / "no-such-program")], log=tmp_path / LOG_FILE, environ=os.environ)
