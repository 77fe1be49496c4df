"""Answers made smaller on their way: pages and static files, for browsers that take gzip.

Compression beside a secret can give the secret away to somebody who makes a signed-in browser ask for the same page
again and again, with his own guesses in the address, and reads the lengths off an encrypted line (BREACH). Three things
stand against that, so that pages may be compressed here at all:

* A page asked for by another site is sent as it is. Browsers say where a request comes from (``Sec-Fetch-Site``); one
  that does not say so gets pages compressed only on a plain line, where there is no encryption to get around.
* The secret of a page, its CSRF token, is signed with the second in which it is made: half of it is different in every
  answer, and the half that stays is worth nothing without the other.
* A random number of bytes is added to the head of every compressed page, which blurs its length.

A proxy in front should leave pages alone (``gzip off`` for what it passes on): it knows nothing of the first rule.
"""

from __future__ import annotations

import gzip
import hashlib
import secrets
import struct
import zlib
from threading import Lock

from flask import Flask, current_app, request
from werkzeug.wrappers import Response

_TYPES = frozenset(
    {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/json"}
)
#: Below this many bytes the head costs more than compression saves.
SMALLEST = 1024
#: Pages are compressed anew every time: quick. Static files once for good: as small as they get.
_PAGE_LEVEL, _FILE_LEVEL = 5, 9
_MOST_PADDING = 96


class Shelf:
    """Compressed static files by digest: as many as there are files, whatever addresses they are asked for by."""

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}
        self._lock = Lock()

    def get(self, content: bytes) -> bytes:
        """``content`` compressed, and kept."""
        key = hashlib.sha256(content).digest()
        found = self._known.get(key)
        if found is None:
            found = gzip.compress(content, _FILE_LEVEL, mtime=0)
            with self._lock:
                self._known[key] = found
        return found


def init_app(app: Flask) -> None:
    """Attach compression, after every other hook has had its say about the answer."""
    shelf = Shelf()

    def compress(response: Response) -> Response:
        return _compressed(response, shelf)

    # Hooks after a request run last attached first.
    app.after_request_funcs.setdefault(None, []).insert(0, compress)


def _compressed(response: Response, shelf: Shelf) -> Response:
    if response.mimetype not in _TYPES or response.status_code in (204, 206, 304):
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or not request.accept_encodings["gzip"] or "Range" in request.headers:
        return response
    static = request.endpoint == "static"
    if static:
        response.direct_passthrough = False
    elif response.is_streamed or not _asked_by_ourselves():
        return response
    content = response.get_data()
    if len(content) < SMALLEST:
        return response
    if static:
        response.set_data(shelf.get(content))
        etag = response.get_etag()[0]
        if etag:
            response.set_etag(etag, weak=True)
    else:
        response.set_data(padded(content))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _asked_by_ourselves() -> bool:
    """Whether a page of this site, or the reader himself, asked; see the module."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    return not (request.is_secure or current_app.config["HTTPS"])


def padded(content: bytes) -> bytes:
    """``content`` by gzip, with a file name of random length in the head, which readers of gzip skip."""
    name = secrets.token_hex(_MOST_PADDING // 2)[: secrets.randbelow(_MOST_PADDING + 1)].encode()
    head = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff" + name + b"\x00"
    packer = zlib.compressobj(_PAGE_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(content) + packer.flush()
    return head + body + struct.pack("<II", zlib.crc32(content), len(content) & 0xFFFFFFFF)
