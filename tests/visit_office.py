"""Stops of the tour: settings, dictionaries, calendar, first steps."""

from __future__ import annotations

from tests.visit import Visit, always

_LINES = "1月1日至3日\n2月30日放假"

VISITS: tuple[Visit, ...] = (
    Visit("office-desk", "home.desk", "guanli"),
    Visit("office-first-steps", "first_steps.index", "guanli"),
    Visit("office-settings", "settings_admin.index", "guanli"),
    Visit(
        "office-setting-term",
        "settings_admin.change",
        "guanli",
        {"key": always("term_file_within")},
        faulty={"value": "10", "basis": ""},
    ),
    Visit("office-setting-word", "settings_admin.change", "guanli", {"key": always("term_word")}),
    Visit(
        "office-setting-number",
        "settings_admin.change",
        "guanli",
        {"key": always("number_pattern")},
        faulty={"value": "{short}稳评备{seq}号"},
    ),
    Visit(
        "office-setting-experts",
        "settings_admin.change",
        "guanli",
        {"key": always("minimum_experts")},
        faulty={"value": "许多"},
    ),
    Visit("office-dictionaries", "dictionary_admin.index", "guanli"),
    Visit("office-dictionary", "dictionary_admin.book", "guanli", {"name": always("field")}),
    Visit("office-dictionary-fixed", "dictionary_admin.book", "guanli", {"name": always("level")}),
    Visit(
        "office-dictionary-add",
        "dictionary_admin.add",
        "guanli",
        {"name": always("kind")},
        faulty={"label": "", "code": "大写"},
    ),
    Visit(
        "office-dictionary-relabel",
        "dictionary_admin.relabel",
        "guanli",
        {"name": always("kind"), "code": always("project")},
        faulty={"label": "政策", "valid_from": "2026年13月1日"},
    ),
    Visit(
        "office-dictionary-end",
        "dictionary_admin.end",
        "guanli",
        {"name": always("outcome"), "code": always("phased")},
        faulty={"valid_to": ""},
    ),
    Visit("office-calendar", "calendar_admin.index", "guanli"),
    Visit("office-calendar-year", "calendar_admin.year", "guanli", {"year": always(2026)}),
    Visit("office-calendar-load", "calendar_admin.load", "guanli", faulty={"lines": _LINES}),
    Visit(
        "office-calendar-remove",
        "calendar_admin.remove",
        "guanli",
        {"year": always(2026), "day": always("2026-02-14")},
        faulty={"reason": ""},
    ),
)
