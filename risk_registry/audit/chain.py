"""The digest chain over events: how one is sealed, and how the whole is checked again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

ALGORITHM = "sha256"

#: What the first event follows.
GENESIS = "0" * 64

#: Columns that the digest of an event covers, in the order of nothing: the canonical form sorts them.
COVERED = (
    "seq",
    "recorded_at",
    "actor_kind",
    "account_id",
    "actor",
    "organisation_id",
    "organisation",
    "roles",
    "address",
    "action",
    "subject_kind",
    "subject_id",
    "subject",
    "reason",
    "changes",
    "note",
    "line_digest",
    "algorithm",
    "previous",
)


def plain(value: object) -> object:
    """A value as it stands in an event: dates in ISO form, decimals as exact text."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def canonical(value: object) -> str:
    """The one JSON text of ``value``: sorted keys, no blanks, characters as they are."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal(event: Mapping[str, Any]) -> str:
    """The digest of an event's covered columns."""
    text = canonical({name: event[name] for name in COVERED})
    return hashlib.new(event["algorithm"], text.encode()).hexdigest()


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold."""

    seq: int
    fault: str


def check(events: Iterable[Mapping[str, Any]]) -> Iterator[Break]:
    """Every break in ``events``, which come in the order of ``seq`` from the first one on."""
    previous, expected, last_stamp = GENESIS, 1, 0
    for event in events:
        seq = event["seq"]
        if seq != expected:
            yield Break(expected, f"event {expected} is missing" if seq > expected else f"event {seq} out of order")
        if event["previous"] != previous:
            yield Break(seq, "does not follow the event before it")
        if seal(event) != event["digest"]:
            yield Break(seq, "its content differs from its digest")
        if event["recorded_at"] < last_stamp:
            yield Break(seq, "recorded before the event in front of it")
        previous, expected, last_stamp = event["digest"], seq + 1, event["recorded_at"]


def short_code(seq: int, digest: str) -> str:
    """校验码: the head of the chain short enough for a printed page."""
    return f"{seq}-{digest[:12]}"
