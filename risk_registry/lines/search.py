"""Chinese search over current lines: overlapping pairs of characters, made here, looked up as a phrase.

A word of two characters is found, and so is a piece of a number; the answer is the same as LIKE on ``search_key``.
Every pair is written as hexadecimal code points, so no tokenizer of either engine can split or fold it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from sqlalchemy import ColumnElement, bindparam, text
from sqlalchemy.orm import Session

from risk_registry.core.text import comparison_key
from risk_registry.lines.models import LedgerLine

#: Longest search text that is looked at.
LONGEST = 64


def search_key(parts: Iterable[str | None]) -> str:
    """The comparison forms of ``parts``, one a line, empty ones left out."""
    return "\n".join(key for part in parts if part and (key := comparison_key(part)))


def _code(character: str) -> str:
    return format(ord(character), "05x")


def tokens(key: str) -> str:
    """The pairs of every line of a search key; ``x`` ends a line so that no phrase runs across two."""
    words: list[str] = []
    for line in key.split("\n"):
        if line:
            words.extend("x" + _code(a) + _code(b) for a, b in pairwise(line))
            words.append("x" + _code(line[-1]))
            words.append("x")
    return " ".join(words)


def terms(query: str) -> list[str]:
    """The comparison forms of the blank-separated words of a query."""
    return [key for word in query[:LONGEST].split() if (key := comparison_key(word))]


def _phrase(term: str) -> list[str]:
    if len(term) == 1:
        return ["x" + _code(term)]
    return ["x" + _code(a) + _code(b) for a, b in pairwise(term)]


def _fts5(words: Sequence[str]) -> str:
    return " AND ".join(
        f'"{phrase[0]}" *' if len(phrase) == 1 and len(phrase[0]) == 6 else '"' + " ".join(phrase) + '"'
        for phrase in map(_phrase, words)
    )


def _tsquery(words: Sequence[str]) -> str:
    return " & ".join(
        f"{phrase[0]}:*" if len(phrase) == 1 and len(phrase[0]) == 6 else "(" + " <-> ".join(phrase) + ")"
        for phrase in map(_phrase, words)
    )


def matches(session: Session, query: str) -> ColumnElement[bool] | None:
    """Condition that a current line matches every word of ``query``; ``None`` when there is no word."""
    words = terms(query)
    if not words:
        return None
    if session.get_bind().dialect.name == "sqlite":
        clause = text(
            "ledger_line.assessment_id IN (SELECT rowid FROM line_search WHERE line_search MATCH :search_words)"
        )
        return clause.bindparams(bindparam("search_words", _fts5(words)))  # type: ignore[return-value]
    clause = text(
        "ledger_line.assessment_id IN"
        " (SELECT assessment_id FROM line_search WHERE tokens @@ to_tsquery('simple', :search_words))"
    )
    return clause.bindparams(bindparam("search_words", _tsquery(words)))  # type: ignore[return-value]


def matches_slowly(query: str) -> list[ColumnElement[bool]]:
    """The same by LIKE, for line versions that the index no longer holds."""
    return [LedgerLine.search_key.contains(word, autoescape=True) for word in terms(query)]


def reindex(session: Session, keys: Sequence[tuple[int, str]]) -> None:
    """Make the index hold the current search keys of these assessments."""
    if not keys:
        return
    rows = [{"id": number, "tokens": tokens(key)} for number, key in keys]
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DELETE FROM line_search WHERE rowid = :id"), [{"id": row["id"]} for row in rows])
        session.execute(text("INSERT INTO line_search (rowid, tokens) VALUES (:id, :tokens)"), rows)
        return
    session.execute(
        text(
            "INSERT INTO line_search (assessment_id, tokens) VALUES (:id, to_tsvector('simple', :tokens))"
            " ON CONFLICT (assessment_id) DO UPDATE SET tokens = excluded.tokens"
        ),
        rows,
    )


#: How the index is made; the migration runs it, tests that build a schema from the models do too.
CREATE = {
    "sqlite": ("CREATE VIRTUAL TABLE line_search USING fts5(tokens, tokenize = 'ascii')",),
    "postgresql": (
        "CREATE TABLE line_search (assessment_id BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL)",
        "CREATE INDEX ix_line_search_tokens ON line_search USING gin (tokens)",
    ),
}
