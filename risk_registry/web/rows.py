"""Several rows of the same fields in one form (consultations, risk factors): named ``prefix-0-field``, ``prefix-1-…``.

Without script a page offers a few blank rows; rows left blank are not rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request

from risk_registry.core.fields import Field
from risk_registry.web.forms import DeclaredForm, members
from risk_registry.web.inputs import Options

#: More rows than this in one form are a mistake, or an attack.
MOST_ROWS = 200


def row_class(
    name: str,
    fields: Iterable[Field],
    *,
    choices: Mapping[str, Options] | None = None,
    attributes: Mapping[str, Mapping[str, Any]] | None = None,
) -> type[DeclaredForm]:
    """A form for one row; like ``form_class`` but with nothing hidden in it."""
    return type(name, (DeclaredForm,), members(DeclaredForm, fields, choices, attributes))


def read_rows(
    row: type[DeclaredForm],
    prefix: str,
    *,
    values: Sequence[Mapping[str, Any]] = (),
    raw: Sequence[Mapping[str, str]] | None = None,
    blank: int = 1,
    **options: Any,
) -> list[DeclaredForm]:
    """The rows as posted; else of a draft (``raw``) or as stored (``values``), with ``blank`` empty ones after them."""
    if request.method not in ("GET", "HEAD"):
        pattern = re.compile(re.escape(prefix) + r"-([0-9]{1,4})-")
        found = sorted({int(match.group(1)) for name in request.form if (match := pattern.match(name))})
        return [row(request.form, prefix=f"{prefix}-{number}", **options) for number in found[:MOST_ROWS]]
    if raw is not None:
        rows = [row(None, prefix=f"{prefix}-{number}", raw=item, **options) for number, item in enumerate(raw)]
    else:
        rows = [row(None, prefix=f"{prefix}-{number}", values=item, **options) for number, item in enumerate(values)]
    more = range(len(rows), len(rows) + blank)
    return rows + [row(None, prefix=f"{prefix}-{number}", **options) for number in more]


def filled_rows(rows: Iterable[DeclaredForm]) -> list[DeclaredForm]:
    """The rows in which something was filled in beyond what a new row starts with."""
    return [row for row in rows if _is_filled(row)]


def validate_rows(rows: Iterable[DeclaredForm], *, draft: bool = False) -> bool:
    """Whether every row that is filled in is right; each shows its own faults."""
    # Every row is read, not only up to the first fault: all faults are shown at once.
    verdicts = [row.validate(draft=draft) for row in filled_rows(rows)]
    return all(verdicts)


def _is_filled(row: DeclaredForm) -> bool:
    defaults = {item.name: item.default for item in row.declared}
    return any(text != defaults[name] for name, text in row.filled().items())
