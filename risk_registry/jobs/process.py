"""A process of its own for a job, so that long work neither holds up requests nor ends with the server's worker."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)
#: The command line; the job's number goes behind it.
COMMAND = (sys.executable, "-m", "risk_registry.cli", "job")
LOG_FILE = "jobs.log"
#: Bytes after which the log begins anew; the one before it is kept.
_LONGEST_LOG = 1 << 20


def start(number: int, *, data: Path, environ: Mapping[str, str]) -> None:
    """Start the process of a job that is committed. ``environ`` holds the settings that name data and database.

    Raises ``OSError`` when no process can be started.
    """
    detached([*COMMAND, str(number)], log=data / LOG_FILE, environ={**os.environ, **environ, "PYTHONUTF8": "1"})


def detached(command: list[str], *, log: Path, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A process that outlives its parent: a session of its own, no file or socket of the parent, output to ``log``."""
    if log.exists() and log.stat().st_size > _LONGEST_LOG:
        os.replace(log, log.with_name(f"{log.name}.1"))
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environ),
            close_fds=True,
            **_apart(),
        )
    # Somebody must take note of its end, or it stays in the table of processes as long as the server lives.
    threading.Thread(target=_await, args=(process,), name=f"job-{process.pid}", daemon=True).start()
    return process


def _apart() -> dict[str, Any]:
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        return {"creationflags": flags}
    return {"start_new_session": True}


def _await(process: subprocess.Popen[bytes]) -> None:
    code = process.wait()
    if code:
        _log.warning("the process %s of a job ended with %s", process.pid, code)
