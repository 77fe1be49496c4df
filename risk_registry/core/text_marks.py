"""Marks Chinese source text that is translated only when it is shown."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802  (the name gettext tools look for)
    """Return `text` unchanged; the call lets the message extractor find it."""
    return text
