"""The fair gate before a writing transaction of the embedded database.

SQLite's busy handler sleeps and retries without a queue, so under constant load one client can wait for ever. Writers
therefore queue here first: threads of one process in the order they came, processes by a file lock.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import IO

from risk_registry.core.problems import Busy
from risk_registry.core.text_marks import N_

#: Seconds a writer waits for its turn before an honest "busy, try again".
PATIENCE = 10.0

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        while True:
            try:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
                return
            except OSError:
                time.sleep(0.005)

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


class _Turn:
    """One thread's place in the queue."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.abandoned = False


class Gate:
    """One writer at a time, first come first served, over every process that opens the same database file."""

    def __init__(self, path: Path | None, patience: float = PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._mutex = threading.Lock()
        self._queue: deque[_Turn] = deque()
        self._held = False
        self._file: IO[bytes] | None = None
        self._process = 0
        self._owner: int | None = None

    def acquire(self) -> None:
        """Wait for the turn. Raises ``Busy`` when it does not come within the patience."""
        deadline = time.monotonic() + self._patience
        self._take_turn(deadline)
        if self._path is None:
            return
        try:
            self._take_file(max(0.0, deadline - time.monotonic()))
        except BaseException:
            self._pass_on()
            raise

    def release(self) -> None:
        """Let the next writer in."""
        if self._file is not None and self._path is not None:
            _unlock(self._file)
        self._pass_on()

    def _take_turn(self, deadline: float) -> None:
        with self._mutex:
            if self._process != os.getpid():
                self._process, self._queue, self._held, self._file = os.getpid(), deque(), False, None
            if not self._held:
                self._held = True
                self._owner = threading.get_ident()
                return
            if self._owner == threading.get_ident():
                raise RuntimeError("this thread holds the gate already: one unit of work at a time")
            turn = _Turn()
            self._queue.append(turn)
        if turn.ready.wait(max(0.0, deadline - time.monotonic())):
            self._owner = threading.get_ident()
            return
        with self._mutex:
            if turn.ready.is_set():
                self._owner = threading.get_ident()
                return
            self._queue.remove(turn)
        raise _busy()

    def _pass_on(self) -> None:
        with self._mutex:
            self._owner = None
            if self._queue:
                self._queue.popleft().ready.set()
            else:
                self._held = False

    def _take_file(self, patience: float) -> None:
        """The kernel queues blocked ``flock`` callers but knows no time limit, so a waiting thread stands in for us."""
        if self._file is None:
            assert self._path is not None
            self._file = open(self._path, "a+b")  # noqa: SIM115 - stays open as long as the process
        file = self._file
        if _try_lock(file):
            return
        turn = _Turn()
        guard = threading.Lock()

        def wait() -> None:
            _lock(file)
            with guard:
                if turn.abandoned:
                    _unlock(file)
                else:
                    turn.ready.set()

        threading.Thread(target=wait, name="write-gate", daemon=True).start()
        if turn.ready.wait(patience):
            return
        with guard:
            if turn.ready.is_set():
                return
            turn.abandoned = True
            # The waiting thread will lock and unlock this very file object later; a new one must not share its lock.
            self._file = None
        raise _busy()


def _try_lock(file: IO[bytes]) -> bool:
    if sys.platform == "win32":
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _busy() -> Busy:
    return Busy.one("", N_("系统正忙，其他人正在保存，请稍后重试。您填写的内容没有丢失。"))
