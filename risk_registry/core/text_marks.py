"""Marks Chinese source text that is translated only when it is shown."""

from __future__ import annotations


class InContext(str):
    """Source text that means one of several things; ``context`` tells the translator which."""

    __slots__ = ("context",)

    context: str

    def __new__(cls, context: str, text: str) -> InContext:
        """The text, with its context beside it."""
        made = super().__new__(cls, text)
        made.context = context
        return made


def N_(text: str) -> str:  # noqa: N802  (the name gettext tools look for)
    """Return `text` unchanged; the call lets the message extractor find it."""
    return text


def P_(context: str, text: str) -> str:  # noqa: N802  (as above)
    """`text` that means something else elsewhere: a status and the act that leads to it have one Chinese name."""
    return InContext(context, text)
