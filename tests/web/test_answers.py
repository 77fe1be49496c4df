from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from risk_registry.web import i18n
from risk_registry.web.downloads import content_disposition, download, safe_name
from risk_registry.web.listing import linked
from risk_registry.web.paging import Cursor, Page, count_text, make_page
from tests.web.browse import sign_in_as

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize("path", ["/", "/healthz", "/notes/new", "/nowhere", "/notes/break"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    sign_in_as(client, 1)
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_session_cookie(client: FlaskClient) -> None:
    cookie = client.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_static_files_are_kept_for_good_under_their_digest(small_app: Flask, client: FlaskClient) -> None:
    with small_app.test_request_context():
        address = url_for("static", filename="css/theme.css")
    assert "?v=" in address
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert client.get("/static/css/theme.css").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/css/theme.css?v=0000000000").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/../config.py").status_code == 404


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("2024年台账.xlsx", "2024年台账.xlsx"),
        ("a/b\\c:d.pdf", "a_b_c_d.pdf"),
        ("..", "file"),
        ("a\r\nb\u202e.txt", "a__b_.txt"),
    ],
)
def test_file_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_chinese_file_names_survive() -> None:
    header = content_disposition("台账 2024.xlsx")
    assert header == "attachment; filename=\"__ 2024.xlsx\"; filename*=UTF-8''%E5%8F%B0%E8%B4%A6%202024.xlsx"
    answer = download([b"a", b"b"], "台账.csv", "text/csv")
    assert answer.get_data() == b"ab"
    assert answer.headers["Cache-Control"] == "no-store"


def _walk(keys: list[int], cursor: Cursor, size: int) -> Page[int]:
    """What a query over ``keys`` does: newest first, one row more than the page."""
    if cursor.backwards:
        found = sorted(key for key in keys if cursor.key is None or key > cursor.key)
    else:
        found = sorted((key for key in keys if cursor.key is None or key < cursor.key), reverse=True)
    return make_page(found[: size + 1], size=size, cursor=cursor, key=lambda key: key, total=count_text(len(keys)))


@pytest.mark.parametrize("count", [0, 1, 4, 5, 6, 10, 11, 23])
def test_walking_forth_and_back_sees_every_row_once(count: int) -> None:
    keys = list(range(100, 100 + count))
    newest_first = keys[::-1]
    page = _walk(keys, Cursor(), 5)
    assert page.previous is None
    seen = list(page.rows)
    while page.next is not None:
        page = _walk(keys, Cursor.decode(page.next.encode()), 5)
        assert page.rows
        seen += page.rows
    assert seen == newest_first
    page = _walk(keys, Cursor(backwards=True), 5)
    assert page.next is None
    back = list(page.rows)
    while page.previous is not None:
        page = _walk(keys, Cursor.decode(page.previous.encode()), 5)
        back = list(page.rows) + back
    assert back == newest_first


@pytest.mark.parametrize("text", ["x", "!!!!", "AAAA", "汉", "AAAAAAAAAAAA" * 2, Cursor(5).encode()[:-1]])
def test_damaged_cursors(text: str) -> None:
    with pytest.raises(ValueError, match="damaged"):
        Cursor.decode(text)


def test_count_text() -> None:
    assert [count_text(n) for n in (0, 999, 1000, 1001)] == ["0", "999", "1,000", "1,000+"]


def test_links_keep_the_question(small_app: Flask) -> None:
    with small_app.test_request_context("/notes/new?kind=a&kind=b&text=%E6%B2%B3&cursor=old&_external=1"):
        page = linked(Page([1], next=Cursor(1), previous=Cursor(9, backwards=True)))
    assert page.next_url == f"/notes/new?kind=a&kind=b&text=%E6%B2%B3&cursor={Cursor(1).encode().replace('=', '%3D')}"
    assert page.first_url == "/notes/new?kind=a&kind=b&text=%E6%B2%B3"
    assert page.previous_url is not None
    assert page.last_url is not None


def test_how_values_are_written(small_app: Flask) -> None:
    moment = 1735657500_000000  # 2024-12-31 15:05 UTC
    with small_app.test_request_context():
        assert i18n.stamp(moment) == "2024年12月31日 23:05"
        assert i18n.day_of_stamp(moment) == "2024年12月31日"
        assert i18n.wan(Decimal("12345.6")) == "12,345.60"
        assert i18n.yi(Decimal(45600)) == "约 4.56 亿元"
        assert i18n.yi(Decimal(9999)) == ""
        assert (i18n.wan(None), i18n.zh_date(None), i18n.iso_date(None), i18n.stamp(None)) == ("", "", "", "")
    with small_app.test_request_context(headers={"Cookie": "language=en"}):
        assert i18n.stamp(moment) == "31 December 2024 23:05"
