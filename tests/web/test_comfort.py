"""Language and letter size of the reader's own; answers made smaller, and never for another site's guesses."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from risk_registry.web.compression import SMALLEST, Shelf, padded
from tests.web.browse import sign_in_as

GZIP = {"Accept-Encoding": "gzip"}


def _token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def _choose(client: FlaskClient, **values: str) -> TestResponse:
    token = _token(client.get("/"))
    return client.post("/preferences", data={"csrf_token": token, **values})


def test_the_choice_is_kept_and_leads_back(small_app: Flask) -> None:
    client = small_app.test_client()
    sign_in_as(client, 1)
    answer = _choose(client, language="en", next="/?page=2")
    assert (answer.status_code, answer.location) == (303, "/?page=2")
    page = client.get("/").text
    assert '<html lang="en"' in page
    assert re.search(r'value="en"[^>]*aria-pressed="true"', page)
    _choose(client, large_text="1", next="/")
    assert 'class="large-text"' in client.get("/").text
    _choose(client, large_text="0", language="zh", next="/")
    page = client.get("/").text
    assert '<html lang="zh-CN">' in page
    assert "large-text" not in page.split("<head>")[0]


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(small_app: Flask, target: str) -> None:
    client = small_app.test_client()
    sign_in_as(client, 1)
    assert _choose(client, language="en", next=target).location == "/"


def test_an_unknown_language_changes_nothing(small_app: Flask) -> None:
    client = small_app.test_client()
    sign_in_as(client, 1)
    _choose(client, language="xx", next="/")
    assert client.get_cookie("language") is None
    assert '<html lang="zh-CN">' in client.get("/").text


def test_the_switch_needs_the_token_of_the_page(small_app: Flask) -> None:
    client = small_app.test_client()
    sign_in_as(client, 1)
    assert client.post("/preferences", data={"language": "en", "next": "/"}).status_code == 400


@pytest.mark.parametrize(
    ("site_header", "compressed"), [("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False)]
)
def test_pages_are_compressed_for_our_own_readers_only(small_app: Flask, site_header: str, compressed: bool) -> None:
    client = small_app.test_client()
    sign_in_as(client, 1)
    answer = client.get("/", headers={**GZIP, "Sec-Fetch-Site": site_header})
    assert (answer.headers.get("Content-Encoding") == "gzip") is compressed
    text = gzip.decompress(answer.data).decode() if compressed else answer.text
    assert "<html" in text
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_browser_that_does_not_say_where_it_comes_from(small_app: Flask) -> None:
    client = small_app.test_client()
    sign_in_as(client, 1)
    assert client.get("/", headers=GZIP).headers.get("Content-Encoding") == "gzip"
    encrypted = client.get("/", headers=GZIP, base_url="https://localhost")
    assert "Content-Encoding" not in encrypted.headers


def test_who_does_not_take_gzip_gets_none(small_app: Flask) -> None:
    client = small_app.test_client()
    assert "Content-Encoding" not in client.get("/static/css/theme.css").headers
    refused = client.get("/static/css/theme.css", headers={"Accept-Encoding": "gzip;q=0, br"})
    assert "Content-Encoding" not in refused.headers


def test_static_files_are_compressed_whole_and_alike(small_app: Flask) -> None:
    client = small_app.test_client()
    plain = client.get("/static/css/theme.css")
    first, second = (client.get("/static/css/theme.css", headers=GZIP) for _ in range(2))
    assert first.data == second.data
    assert gzip.decompress(first.data) == plain.data
    assert int(first.headers["Content-Length"]) == len(first.data)
    known = {**GZIP, "If-None-Match": first.headers["ETag"]}
    assert client.get("/static/css/theme.css", headers=known).status_code == 304
    assert client.head("/static/css/theme.css", headers=GZIP).status_code == 200


def test_other_addresses_of_one_file_take_no_more_room() -> None:
    shelf = Shelf()
    first = shelf.get(b"body {}")
    assert shelf.get(b"body {}") is first
    assert shelf.get(b"a {}") != first


def test_lengths_of_the_same_page_differ() -> None:
    content = b"<p>the same page</p>" * SMALLEST
    lengths = {len(padded(content)) for _ in range(40)}
    assert len(lengths) > 5
    assert gzip.decompress(padded(content)) == content
