"""A page's button, a process of its own, a result: against a real server on both engines."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.http_client import Visitor, form_values
from tests.server import PASSWORD, Data, running

_PATIENCE = 60


def pressed(visitor: Visitor, page: str, action: str) -> str:
    """Press a button, wait for the work to end; the page of its result."""
    answer = visitor.post(action, form_values(visitor.get(page).text))
    assert answer.status == 303, answer.text[:600]
    deadline = time.monotonic() + _PATIENCE
    while True:
        shown = visitor.get(answer.location).text
        if 'data-progress="over"' in shown:
            return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))
        assert time.monotonic() < deadline, shown
        time.sleep(0.05)


@pytest.mark.slow
def test_check_verify_back_up_and_examine(engine_data: Data) -> None:
    with running(engine_data) as server:
        visitor = Visitor(server.address)
        visitor.sign_in("sysadmin", PASSWORD)
        assert "可以正常使用" in pressed(visitor, "/admin/state", "/admin/state/check"), server.log
        assert "没有差异，校验码" in pressed(visitor, "/admin/state", "/admin/state/verify")
        assert "重新读取核对无误" in pressed(visitor, "/admin/backups", "/admin/backups/new")
        assert "核对无误" in visitor.get("/admin/backups").text
        assert "份备份核对无误" in pressed(visitor, "/admin/backups", "/admin/backups/examine")
        assert list((engine_data.folder / "backups").glob("by-hand-*.zip"))
        log = (engine_data.folder / "jobs.log").read_text("utf-8")
        assert log.count(" done") == 4, log
        # No process of a job is left behind unburied.
        process = server.process
        assert process is not None
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        if children.exists():
            assert children.read_text("ascii").split() == []
