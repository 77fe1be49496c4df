"""Files handed to a browser: the Chinese name survives, the content is never shown in our own origin."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

from flask import Response

_RESERVED = frozenset('\\/:*?"<>|')


def safe_name(name: str) -> str:
    """``name`` without what a Windows file name cannot hold."""
    kept = "".join("_" if char in _RESERVED or unicodedata.category(char)[0] == "C" else char for char in name)
    return kept.strip(" .")[:150] or "file"


def content_disposition(name: str) -> str:
    """The header value: the full name by RFC 5987, a plain one for programs that do not know it."""
    name = safe_name(name)
    plain = "".join(char if char.isascii() else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


#: Media type of a workbook.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes | Iterable[bytes], name: str, mimetype: str) -> Response:
    """An answer saved as ``name``. An iterable is streamed: no database cursor may be open while it is sent."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Cache-Control"] = "no-store"
    return response
