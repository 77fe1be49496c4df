"""One job in its own process: taken, carried out with word of its progress, ended."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import OperationalError

from risk_registry.core.problems import Busy, Refused
from risk_registry.core.text_marks import N_
from risk_registry.db.work import Sessions, writing
from risk_registry.jobs.operations import INTERRUPTED, fail, finish, hear, take

_log = logging.getLogger(__name__)
#: Seconds between two writes of progress at least, and between two signs of life at most.
_EVERY, _BEAT = 1.0, 15.0
_FAULT = N_("程序出错，任务没有做完。详情见数据文件夹中的任务日志。")

#: How far work has come: steps done, steps in all, what is being done (source text).
Tell = Callable[[int, int | None, str], None]


@dataclass(frozen=True)
class Task:
    """What a piece of work is given: what was asked for, by which account, and whom to tell how far it has come."""

    number: int
    asked: Mapping[str, Any]
    account_id: int | None
    tell: Tell


#: A piece of work; what it returns becomes the result (JSON). Raises ``Refused`` to fail with a reason.
Work = Callable[[Task], Mapping[str, Any]]


class Progress:
    """Writes how far a job has come, from a thread of its own and in short transactions of their own.

    So the work may hold a snapshot open or be deep in one long statement: the job is still heard of.
    """

    def __init__(self, sessions: Sessions, number: int) -> None:
        self._sessions = sessions
        self._number = number
        self._news = threading.Event()
        self._over = threading.Event()
        self._state: tuple[int, int | None, str] = (0, None, "")
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def tell(self, done: int, total: int | None = None, message: str = "") -> None:
        """Take note; written within the second."""
        self._state = (done, total, message)
        self._news.set()

    @contextmanager
    def told(self) -> Iterator[None]:
        """While the block runs, progress is written."""
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._news.set()
            self._thread.join()

    def write(self) -> None:
        """One short transaction; when others hold the database, the next one will say it."""
        try:
            with writing(self._sessions) as session:
                hear(session, self._number, *self._state)
        except (Busy, OperationalError) as error:
            _log.info("progress of job %s not written: %s", self._number, error)

    def _run(self) -> None:
        while not self._over.is_set():
            self._news.wait(_BEAT)
            self._news.clear()
            if self._over.is_set():
                return
            self.write()
            self._over.wait(_EVERY)


def carry_out(sessions: Sessions, number: int, works: Mapping[str, Work]) -> bool:
    """Take a job, do its work, note its end; whether it came to something.

    Raises ``Refused`` when the job cannot be taken.
    """
    with writing(sessions) as session:
        job = take(session, number)
        kind, asked, account_id = job.kind, json.loads(job.asked), job.account_id
    progress = Progress(sessions, number)
    try:
        with progress.told():
            result = works[kind](Task(number, asked, account_id, progress.tell))
    except Refused as refused:
        _log.warning("job %s (%s) was refused: %s", number, kind, refused)
        _failed(sessions, number, [(problem.message, problem.params) for problem in refused.problems])
        return False
    except Exception:
        _log.exception("job %s (%s) failed", number, kind)
        _failed(sessions, number, [(_FAULT, {})])
        return False
    except BaseException:
        _failed(sessions, number, [(INTERRUPTED, {})])
        raise
    with writing(sessions) as session:
        kept = finish(session, number, result)
    _log.info("job %s (%s) done", number, kind)
    return kept


def _failed(sessions: Sessions, number: int, problems: list[tuple[str, Mapping[str, object]]]) -> None:
    with writing(sessions) as session:
        fail(session, number, problems)
