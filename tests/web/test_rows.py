from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from flask import Flask

from risk_registry.core.fields import Field, Gate, Kind
from risk_registry.web.logs import configure
from risk_registry.web.rows import filled_rows, read_rows, row_class, validate_rows

RowForm = row_class(
    "RowForm",
    (
        Field("method", "方式", Kind.CHOICE, "征求意见", required_at=Gate.CONCLUDE, default="meeting"),
        Field("people", "人次", Kind.INTEGER, "征求意见", required_at=Gate.CONCLUDE),
    ),
    choices={"method": [("meeting", "座谈"), ("visit", "走访")]},
)


def test_rows_as_stored_with_blank_ones(small_app: Flask) -> None:
    with small_app.test_request_context("/"):
        rows = read_rows(RowForm, "talks", values=[{"method": "visit", "people": 12}], blank=2)
        assert [row.raw_values() for row in rows] == [
            {"method": "visit", "people": "12"},
            {"method": "meeting", "people": ""},
            {"method": "meeting", "people": ""},
        ]
        assert 'name="talks-1-people"' in rows[1]["people"]()
        assert filled_rows(rows) == rows[:1]


def test_rows_as_posted(small_app: Flask) -> None:
    posted = {
        "talks-0-method": "visit",
        "talks-0-people": "12",
        "talks-2-method": "meeting",
        "talks-2-people": "",
        "talks-10-method": "visit",
        "talks-10-people": "很多",
        "talks-x-people": "1",
        "talksy-3-people": "1",
    }
    with small_app.test_request_context("/", method="POST", data=posted):
        rows = read_rows(RowForm, "talks", require=Gate.CONCLUDE)
        assert len(rows) == 3
        assert not validate_rows(rows)
        assert [bool(row.errors) for row in rows] == [False, False, True]
        assert [row.raw_values()["people"] for row in filled_rows(rows)] == ["12", "很多"]
        rows[2]["people"].take("3")  # type: ignore[attr-defined]
        assert validate_rows(rows)
        assert [row.typed() for row in filled_rows(rows)][1] == {"method": "visit", "people": 3}


def test_a_filled_row_must_be_complete(small_app: Flask) -> None:
    posted = {"talks-0-method": "visit", "talks-0-people": ""}
    with small_app.test_request_context("/", method="POST", data=posted):
        rows = read_rows(RowForm, "talks", require=Gate.CONCLUDE)
        assert not validate_rows(rows)
        assert rows[0]["people"].errors == ["请填写人次"]
        assert validate_rows(rows, draft=True)


@pytest.fixture
def quiet_again() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.usefixtures("quiet_again")
def test_a_visitor_cannot_forge_a_log_line(small_app: Flask) -> None:
    stream = io.StringIO()
    configure(stream)
    with small_app.test_request_context("/a%0Ab"):
        logging.getLogger("x").info("name %s", 'eve\n{"level": "info", "message": "forged"}\x1b[2J')
    [line] = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert (entry["level"], entry["path"]) == ("info", "/a\nb")
    assert "\x1b" not in line
