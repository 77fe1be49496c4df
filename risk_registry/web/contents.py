"""The list of contents of a long page: its sections report themselves while they are rendered."""

from __future__ import annotations

from flask import Flask, g


def init_app(app: Flask) -> None:
    """Attach what the templates ask."""
    app.add_template_global(list_sections)
    app.add_template_global(listed_id)
    app.add_template_global(listed_sections)


def list_sections() -> str:
    """From here on sections are listed. "" ."""
    g.sections = []
    return ""


def listed_id(title: object) -> str:
    """The id of a section of a page that lists its sections; "" on other pages, whose sections need none."""
    found: list[tuple[str, str]] | None = g.get("sections")
    if found is None:
        return ""
    found.append((f"section-{len(found) + 1}", str(title)))
    return found[-1][0]


def listed_sections() -> list[tuple[str, str]]:
    """(id, title) of the sections rendered so far."""
    found: list[tuple[str, str]] = g.get("sections") or []
    return found
