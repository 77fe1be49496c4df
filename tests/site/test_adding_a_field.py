"""A declared field shows everywhere: the patch of docs/adding-a-field.md, applied to a copy of the source.

The blocks of the document are what is applied, so the document cannot go stale. The copy runs in a process of its own
(this module, run as a program) on a registry that was made before the patch.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import risk_registry
from risk_registry import create_app
from risk_registry.accounts.signing_in import open_session
from risk_registry.assessments import operations as assessing
from risk_registry.assessments.models import Assessment
from risk_registry.casefile.projection import attach
from risk_registry.config import ensure_secret, load
from risk_registry.db import migrate
from risk_registry.db.clock import FixedClock
from risk_registry.db.engine import make_engine
from risk_registry.db.work import make_sessions
from risk_registry.filings import operations as filing
from risk_registry.filings.queries import newest_attempt
from risk_registry.lines.predicates import LINE
from risk_registry.tables import METADATA
from risk_registry.upkeep.verification import verify
from tests.registry import CONCLUSION, CONSULTATION, Registry, account, matter_values

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "adding-a-field.md"
_STEP = re.compile(r"^## \d+\. .*?`([^`]+)`$(.*?)(?=^## )", re.M | re.S)
_BLOCK = re.compile(r"^```(diff|python)\n(.*?)^```$", re.M | re.S)
DAY = date(2024, 3, 4)


# --- the document -----------------------------------------------------------------------------------------------------


def documented() -> list[tuple[str, str, str]]:
    """(file, kind of block, text) of every step."""
    return [
        (file, block[1], block[2]) for file, body in _STEP.findall(DOCUMENT.read_text("utf-8"))
        for block in _BLOCK.finditer(body)
    ]  # fmt: skip


def apply_diff(source: str, diff: str) -> str:
    """``source`` with the lines of ``diff`` added. The lines around them must stand in it exactly once."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] == " ")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert source.count(before) == 1, f"not exactly once in the source: {before!r}"
    return source.replace(before, after)


def next_number(root: Path) -> tuple[str, str]:
    """The newest migration's number and the next free one."""
    newest = max(int(path.name[:4]) for path in (root / "migrations" / "versions").glob("[0-9]*.py"))
    return f"{newest:04}", f"{newest + 1:04}"


@pytest.fixture(scope="module")
def patched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source with the documented patch."""
    root = tmp_path_factory.mktemp("patched")
    for name in ("risk_registry", "migrations", "static", "templates", "tests"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "pyproject.toml", "start.py"):
        shutil.copy(ROOT / name, root / name)
    newest, free = next_number(root)
    for file, kind, block in documented():
        if kind == "diff":
            path = root / file
            path.write_text(apply_diff(path.read_text("utf-8"), block), "utf-8")
        else:
            numbered = block.replace('"0002"', f'"{free}"').replace('"0001"', f'"{newest}"')
            (root / file.replace("0002_", f"{free}_")).write_text(numbered, "utf-8")
    return root


# --- a registry from before the patch ---------------------------------------------------------------------------------


def register(registry: Registry, **changes: Any) -> int:
    """A matter of the water department, assessed and submitted on one day."""
    with registry.writing() as session:
        act = registry.act(session, "clerk")
        assessment = assessing.declare_matter(session, act, matter_values(session, **changes))
        assessing.start(session, act, assessment)
        assessing.conclude(session, act, assessment, {**CONCLUSION, "concluded_on": DAY}, CONSULTATION)
        filing.submit(session, act, assessment)
        return assessment.id


def accept(registry: Registry, number: int) -> None:
    """接收并备案 of the newest attempt."""
    with registry.writing() as session:
        attempt = newest_attempt(session, number)
        assert attempt is not None
        filing.receive_and_accept(session, registry.act(session, "second"), attempt)


def digests(registry: Registry) -> dict[str, str]:
    """The digest of every line version, by assessment and version."""
    with registry.reading() as session:
        rows = session.execute(select(LINE.c.assessment_id, LINE.c.version, LINE.c.digest))
        return {f"{row.assessment_id}.{row.version}": row.digest for row in rows}


@pytest.fixture
def data(sqlite_registry: Registry, tmp_path: Path) -> Path:
    """The data folder of a registry without the field: one matter filed, one submitted and waiting."""
    sqlite_registry.clock.set(DAY)
    accept(sqlite_registry, register(sqlite_registry, title="旧事项一"))
    register(sqlite_registry, title="旧事项二")
    ensure_secret(tmp_path)
    (tmp_path / "before.json").write_text(json.dumps(digests(sqlite_registry)), "utf-8")
    return tmp_path


# --- what the copy shows: this part runs in the copy ------------------------------------------------------------------


def opened(data: Path) -> Registry:
    """The registry in ``data`` under the source that is running."""
    engine = make_engine(load(data=data, environ={}).database_url)
    clock = FixedClock(DAY)
    return Registry(engine, clock, make_sessions(engine, clock, attach))


def faults(registry: Registry) -> list[str]:
    """What ``verify`` finds: breaks of the chain, lines that differ from their digest or their recomputation."""
    with registry.reading() as session:
        return [f"{item.check} {item.place}: {item.fault}" for item in verify(session, DAY).faults]


def hidden(page: str) -> dict[str, str]:
    """CSRF, token and version as a page carries them."""
    return dict(re.findall(r'<input[^>]*name="(csrf_token|token|version)"[^>]*value="([^"]*)"', page))


def signed_in(app: Flask, registry: Registry, name: str) -> FlaskClient:
    """A browser in which the account is signed in."""
    with registry.writing() as session:
        token = open_session(session, account(session, name), address="", agent="", now=registry.clock.now())
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client


def new_section(client: FlaskClient) -> str:
    """The address of section 基本情况 of a new long form."""
    page = client.get("/matters/new").text
    button = re.search(r'name="(\w+)" value="matter"', page)
    assert button is not None, page
    answer = client.post("/matters/new", data={**hidden(page), button[1]: "matter"})
    assert answer.status_code == 303, answer.text
    return f"{answer.location}/basic"


def seen_on_pages(data: Path, registry: Registry, reg_no: str) -> dict[str, Any]:
    """The field on the pages and in the files of the site."""
    app = create_app(replace(load(data=data, environ={}), demo=False), clock=FixedClock(DAY))
    clerk = signed_in(app, registry, "clerk")
    sheet = openpyxl.load_workbook(io.BytesIO(clerk.get("/ledger.xlsx?year=2024").data)).active
    assert sheet is not None
    section = new_section(clerk)
    form = clerk.get(section).text
    return {
        "form": form,
        "refused": clerk.post(section, data={**hidden(form), "jobs": "-1"}).text,
        "check": _after_keeping(clerk, section),
        "detail": clerk.get(f"/matters/{reg_no}", follow_redirects=True).text,
        "dictionary": clerk.get("/dictionary").text,
        "csv": list(csv.reader(io.StringIO(clerk.get("/ledger.csv?year=2024").data.decode("utf-8-sig")))),
        "xlsx": [[None if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)],
    }


def _after_keeping(client: FlaskClient, section: str) -> str:
    """The check page of a draft in which the section was kept."""
    form = hidden(client.get(section).text)
    answer = client.post(section, data={**form, "title": "新事项二", "jobs": "77", "action": "draft"})
    assert answer.status_code == 303, answer.text
    return client.get(section.replace("/basic", "/check")).text


def differences(registry: Registry) -> list[str]:
    """What the migrated database and the models disagree about."""
    with registry.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), METADATA)
    return [str(item) for item in found if "line_search" not in str(item)]


def main(data: Path) -> dict[str, Any]:
    """Upgrade the registry, go on working in it with the field, and tell what is there to be seen."""
    registry = opened(data)
    migrate.upgrade(registry.engine)
    seen: dict[str, Any] = {"source": risk_registry.__file__, "differences": differences(registry)}
    seen["kept"] = digests(registry)
    seen["faults_after_upgrade"] = faults(registry)
    with registry.reading() as session:
        waiting = session.scalars(select(Assessment.id).where(Assessment.status == "submitted")).one()
    accept(registry, waiting)
    fresh = register(registry, title="新事项", jobs=120)
    accept(registry, fresh)
    with registry.reading() as session:
        reg_no = session.get_one(Assessment, fresh).matter.reg_no
    seen.update(seen_on_pages(data, registry, reg_no))
    seen["faults"] = faults(registry)
    registry.engine.dispose()
    return seen


# --- the tests --------------------------------------------------------------------------------------------------------


@pytest.fixture
def seen(patched: Path, data: Path) -> dict[str, Any]:
    """What the copy shows of the registry from before it."""
    code = "import json, pathlib, sys, tests.site.test_adding_a_field as probe; "
    code += "print(json.dumps(probe.main(pathlib.Path(sys.argv[1]))))"
    ran = subprocess.run([sys.executable, "-c", code, str(data)], cwd=patched, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_a_documented_field_shows_everywhere(patched: Path, data: Path, seen: dict[str, Any]) -> None:
    assert Path(seen["source"]).is_relative_to(patched)
    assert seen["differences"] == []
    absent = [
        (place, mark)
        for place, mark in (
            ("form", 'name="jobs"'),
            ("form", "新增就业（人）"),
            ("form", "项目建成后新增的就业岗位数"),
            ("refused", "新增就业（人）不能小于0，现为-1"),
            ("check", "新增就业（人）"),
            ("check", "77"),
            ("detail", "新增就业（人）"),
            ("detail", "120"),
            ("dictionary", "新增就业（人）"),
            ("dictionary", "新增就业(人)"),
        )
        if mark not in seen[place]
    ]
    assert absent == []
    for name in ("csv", "xlsx"):
        head = next(row for row in seen[name] if "新增就业(人)" in row)
        assert head.index("新增就业(人)") == 40 == len(head) - 1
        values = {row[head.index("事项名称")]: row[40] for row in seen[name] if len(row) == 41}
        assert values["新事项"] == "120"
        assert values["旧事项一"] in ("", None)
    # Old versions stand as they stood, and recomputing the present ones changes nothing.
    assert seen["kept"] == json.loads((data / "before.json").read_text("utf-8"))
    assert seen["faults_after_upgrade"] == seen["faults"] == []


def test_the_patch_is_four_files() -> None:
    assert [file for file, _kind, _block in documented()] == [
        "risk_registry/matters/fields.py",
        "risk_registry/matters/models.py",
        "risk_registry/lines/models.py",
        "migrations/versions/0002_jobs.py",
    ]
