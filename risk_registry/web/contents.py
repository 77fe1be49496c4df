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


def listed_id(title: object, *, head: bool = False) -> str:
    """The id of a section of a page that lists its sections; "" on other pages, whose sections need none.

    A ``head`` begins a group of its own, such as a round with its sections.
    """
    found: list[tuple[str, str, bool]] | None = g.get("sections")
    if found is None:
        return ""
    found.append((f"section-{len(found) + 1}", str(title), head))
    return found[-1][0]


def listed_sections() -> list[list[tuple[str, str, bool]]]:
    """Groups of (id, title, whether it heads its group) of the sections rendered so far."""
    groups: list[list[tuple[str, str, bool]]] = []
    for item in g.get("sections") or []:
        if item[2] or not groups:
            groups.append([])
        groups[-1].append(item)
    return groups
