"""A backup taken from a served registry while clerks register: restored, it is whole, counts alike and serves."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from tests.http_client import Visitor
from tests.races.crew import short_form, signed_in
from tests.server import Data, copied, running


def _counts(data: Data, *arguments: str) -> dict[str, Any]:
    done = data.run("counts", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _register(visitor: Visitor, stop: threading.Event, sent: list[str]) -> None:
    while not stop.is_set():
        title = f"示例道路第{len(sent) + 1}段"
        path, values = short_form(visitor, title)
        assert visitor.post(path, values).status == 303
        sent.append(title)


def test_a_restored_backup_serves_the_same_registry(cast_data: Data, tmp_path: Path) -> None:
    data = copied(cast_data, tmp_path / "busy")
    archive, stop, sent = tmp_path / "backup.zip", threading.Event(), list[str]()
    with running(data) as server:
        visitor = signed_in(data, server.address, ["clerk"])[0]
        work = threading.Thread(target=_register, args=(visitor, stop, sent))
        work.start()
        try:
            while not sent:
                assert work.is_alive()
            before = len(sent)
            done = data.run("backup", str(archive))
        finally:
            stop.set()
            work.join(60)
    assert done.returncode == 0, done.stderr
    restored = Data(tmp_path / "restored")
    assert restored.run("restore", str(archive)).returncode == 0
    verified = restored.run("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    counts = _counts(restored)
    assert before <= counts["measures"]["declared"] <= len(sent)
    assert _counts(data, "--known-at", counts["known_at"])["measures"] == counts["measures"]
    with running(restored) as server:
        reader = signed_in(restored, server.address, ["leader"])[0]
        for path in ("/", "/ledger", "/counts"):
            assert reader.get(path).status == 200, path
