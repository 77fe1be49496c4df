"""The headers of every answer, and addresses of static files that change with their content."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, g, request, url_for
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

#: Bootstrap's style sheet draws its marks with ``data:`` images; nothing else comes from outside the site.
CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; form-action 'self'"
)
_FIXED = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_YEAR = 365 * 24 * 3600
_NEVER = "no-store"


class StaticDigests:
    """Short digests of static files, computed once a version of a file."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, tuple[int, str]] = {}

    def of(self, filename: str) -> str | None:
        """Ten hexadecimal digits, ``None`` for a file that does not exist."""
        path = safe_join(str(self._root), filename)
        try:
            changed = Path(path).stat().st_mtime_ns if path else None
        except OSError:
            changed = None
        if path is None or changed is None:
            return None
        known = self._known.get(filename)
        if known is None or known[0] != changed:
            known = (changed, hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10])
            self._known[filename] = known
        return known[1]


def init_app(app: Flask, *, https: bool) -> None:
    """Attach the headers and the digests of static addresses."""
    assert app.static_folder is not None
    digests = StaticDigests(Path(app.static_folder))

    def add_digest(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values and "filename" in values:
            digest = digests.of(values["filename"])
            if digest is not None:
                values["v"] = digest

    def add_headers(response: Response) -> Response:
        for name, value in _FIXED.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
        if "request_id" in g:
            response.headers["X-Request-ID"] = g.request_id
        _cache(response, digests)
        return response

    app.url_defaults(add_digest)
    app.after_request(add_headers)
    app.add_template_global(static_url)


def _cache(response: Response, digests: StaticDigests) -> None:
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers["Cache-Control"] = _NEVER
    elif request.args.get("v") == digests.of((request.view_args or {}).get("filename", "")):
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"


def static_url(filename: str) -> str:
    """The address of a static file, with its digest, so that browsers may keep it for good."""
    return url_for("static", filename=filename)
