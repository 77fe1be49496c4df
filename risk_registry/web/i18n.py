"""Language of a page and how dates, money and moments are written on it. Chinese is the source language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, format_date, get_locale, gettext, ngettext

from risk_registry.db.clock import day_of, from_stamp

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
LANGUAGE_COOKIE = "language"
LARGE_TEXT_COOKIE = "large_text"

babel = Babel()


def init_app(app: Flask) -> None:
    """Attach translations and template filters."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LANGUAGES["zh"])
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    babel.init_app(app, locale_selector=_chosen)
    # A page asks for hundreds of texts; the language is looked up once a request, and the source language is itself.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=_text, ngettext=_plural, newstyle=True
    )
    for filter_ in (zh_date, iso_date, wan, yi, stamp, day_of_stamp):
        app.add_template_filter(filter_)


def _chosen() -> str:
    if not has_request_context():
        return LANGUAGES["zh"]
    return LANGUAGES.get(request.cookies.get(LANGUAGE_COOKIE, "zh"), LANGUAGES["zh"])


def is_english() -> bool:
    """Whether the reader chose English."""
    found: bool | None = g.get("english")
    if found is None:
        locale = get_locale()
        found = g.english = locale is not None and locale.language == "en"
    return found


def _text(source: str) -> str:
    return str(gettext(source)) if is_english() else source


def _plural(singular: str, plural: str, number: int) -> str:
    return str(ngettext(singular, plural, number)) if is_english() else singular


def zh_date(day: date | None) -> str:
    """2024年12月31日; in English 31 December 2024; "" for none."""
    if day is None:
        return ""
    if is_english():
        return str(format_date(day, "d MMMM y", rebase=False))
    return f"{day.year}年{day.month}月{day.day}日"


def iso_date(day: date | None) -> str:
    """2024-12-31; "" for none."""
    return "" if day is None else day.isoformat()


def wan(amount: Decimal | None) -> str:
    """An amount in 万元 with two places and grouped digits; "" for none."""
    return "" if amount is None else f"{amount:,.2f}"


def yi(amount: Decimal | None) -> str:
    """约 4.56 亿元 for an amount in 万元 of one 亿 or more, else ""."""
    if amount is None or abs(amount) < 10000:
        return ""
    return str(gettext("约 %(amount)s 亿元", amount=f"{amount / 10000:,.2f}"))


def stamp(moment: int | None) -> str:
    """2024年12月31日 15:04 in Shanghai, of microseconds UTC; "" for none."""
    if moment is None:
        return ""
    shown = from_stamp(moment)
    return f"{zh_date(shown.date())} {shown:%H:%M}"


def day_of_stamp(moment: int | None) -> str:
    """The day of ``stamp`` alone."""
    return "" if moment is None else zh_date(day_of(moment))
