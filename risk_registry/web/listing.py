"""Lists in addresses: reading the cursor of a request, and the links of a page that keep its question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from flask import abort, request, url_for

from risk_registry.web.paging import Cursor, Page

Row = TypeVar("Row")


def read_cursor(text: str | None) -> Cursor:
    """The cursor of the address; a damaged one is a page that does not exist (404)."""
    try:
        return Cursor.decode(text)
    except ValueError:
        abort(404)


def address_with(**changes: str | None) -> str:
    """The address of this page with other query values; ``None`` takes one out."""
    assert request.endpoint is not None
    query: dict[str, Any] = {name: request.args.getlist(name) for name in request.args}
    query.update(changes)
    # Names that url_for takes for itself cannot come from an address.
    kept = {name: value for name, value in query.items() if value is not None and not name.startswith("_")}
    return url_for(request.endpoint, **{**kept, **(request.view_args or {})})


def _address_of(cursor: Cursor | None) -> str | None:
    return None if cursor is None else address_with(cursor=cursor.encode())


def linked(page: Page[Row]) -> Page[Row]:
    """The page with its addresses: the same question, further on or further back."""
    return replace(
        page,
        next_url=_address_of(page.next),
        previous_url=_address_of(page.previous),
        first_url=address_with(cursor=None) if page.previous else None,
        last_url=_address_of(Cursor(backwards=True)) if page.next else None,
    )
