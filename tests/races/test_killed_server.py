"""The server is killed twenty times while people send forms: what was acknowledged is there once, nothing is half.

The idea is Jepsen's: a generator (clerks who send short registrations), a nemesis (kill -9) and a checker that compares
what was acknowledged with what the registry holds. A form whose answer was lost is sent again after the restart, as a
person would; its one-time token must keep it single.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Semaphore
from types import NoneType

import pytest
from sqlalchemy import create_engine, text

from tests.http_client import Visitor
from tests.races.crew import short_form, signed_in
from tests.races.test_identical_posts import require_clean
from tests.server import PATIENCE, ROOT, Data, free_port

KILLS = 20
#: Forms each clerk has ready when a cycle begins; the kill falls while at least one is under way.
FORMS = 1
CLERKS = ("clerk", "colleague", "teacher")
SEED = 20241123
_LOST = (OSError, http.client.HTTPException)


@dataclass
class Stable:
    """Servers one after another on the same data and port."""

    process: subprocess.Popen[str]
    address: str
    number: int = 0

    def start(self) -> None:
        """Start the next server and wait until it answers."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("start\n")
        self.process.stdin.flush()
        self.number = int(self.process.stdout.readline())
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=5):
                    return
            except (urllib.error.URLError, *_LOST):
                assert time.monotonic() < deadline, "the server did not come back"
                time.sleep(0.005)

    def kill(self) -> None:
        """End the running server at once, in the middle of whatever it does."""
        os.kill(self.number, signal.SIGKILL)


@contextmanager
def stable(data: Data) -> Iterator[Stable]:
    """A stable of servers on ``data``."""
    port = str(free_port())
    command = [sys.executable, "-m", "tests.races.forking", str(data.folder), port]
    with (data.folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            command, env=data.environ, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        )
    found = Stable(process, f"http://127.0.0.1:{port}")
    try:
        found.start()
        yield found
    finally:
        if found.number and process.poll() is None:
            found.kill()
        process.communicate(timeout=20)


@dataclass
class Clerk:
    """Sends short registrations; remembers what was acknowledged. A form stays in hand until it is."""

    name: str
    visitor: Visitor
    hand: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        """Fill in the forms of the next cycle."""
        while len(self.hand) < FORMS:
            title = f"示例灌区{self.name}第{len(self.acknowledged) + len(self.hand) + 1}件"
            self.hand.append((title, *short_form(self.visitor, title)))

    def send(self, said: Callable[[], None]) -> None:
        """Send what is in hand, one form after another; ``said`` is told of each acknowledgement."""
        while self.hand:
            title, path, values = self.hand[0]
            answer = self.visitor.post(path, values)
            assert answer.status == 303, (answer.status, answer.text[:3000])
            assert answer.location.endswith("/receipt"), answer.location
            self.acknowledged.append(title)
            self.hand.pop(0)
            said()


def run_cycle(stable: Stable, clerks: list[Clerk], chance: random.Random) -> int:
    """Everybody sends; a moment after a random acknowledgement the server dies and comes back; all is sent again.

    Returns how many forms had no answer.
    """
    for clerk in clerks:
        clerk.prepare()
    heard, enough = Semaphore(0), chance.randrange(FORMS * len(clerks) - 1)
    with ThreadPoolExecutor(len(clerks)) as pool:
        work = [pool.submit(clerk.send, heard.release) for clerk in clerks]
        for _ in range(enough):
            assert heard.acquire(timeout=60)
        time.sleep(chance.uniform(0, 0.03))
        stable.kill()
        for sending in work:
            assert isinstance(sending.exception(60), (NoneType, *_LOST)), sending.exception()
    hanging = sum(len(clerk.hand) for clerk in clerks)
    stable.start()
    for clerk in clerks:
        clerk.send(lambda: None)
    return hanging


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="NOT TESTED HERE: needs fork and SIGKILL")
def test_acknowledged_writes_survive_twenty_kills(engine_data: Data) -> None:
    chance = random.Random(SEED)
    with stable(engine_data) as servers:
        visitors = signed_in(engine_data, servers.address, CLERKS)
        clerks = [Clerk(name, visitor) for name, visitor in zip(CLERKS, visitors, strict=True)]
        hanging = sum(run_cycle(servers, clerks, chance) for _ in range(KILLS))
    acknowledged = [title for clerk in clerks for title in clerk.acknowledged]
    assert hanging >= KILLS, "the kills fell among writes"
    assert len(acknowledged) == len(set(acknowledged)) == KILLS * FORMS * len(CLERKS)
    engine = create_engine(engine_data.database_url)
    with engine.connect() as connection:
        lines = connection.execute(
            text("SELECT title, status FROM ledger_line WHERE superseded_at IS NULL ORDER BY title")
        ).all()
        filings = connection.execute(text("SELECT count(*) FROM filing")).scalar_one()
    engine.dispose()
    assert sorted(row.title for row in lines) == sorted(acknowledged)
    assert {row.status for row in lines} == {"submitted"}
    assert filings == len(acknowledged)
    require_clean(engine_data)
