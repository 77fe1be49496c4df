"""Language of a page and how dates, money and moments are written on it. Chinese is the source language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, format_date, get_locale, gettext, ngettext, refresh

from risk_registry.core.text_marks import InContext
from risk_registry.db.clock import day_of, from_stamp

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
LANGUAGE_COOKIE = "language"
LARGE_TEXT_COOKIE = "large_text"


class MarkedDomain(Domain):  # type: ignore[misc]  # Flask-Babel ships no types
    """Texts of which one Chinese word has two meanings are looked up with the context they are marked with."""

    def gettext(self, string: str, **variables: Any) -> str:
        """The text in the reader's language."""
        if isinstance(string, InContext):
            found = str(self.get_translations().upgettext(string.context, string))
            if found != string:
                return found % variables if variables else found
        return str(super().gettext(string, **variables))


class MarkedBabel(Babel):  # type: ignore[misc]
    """Flask-Babel with contexts."""

    @cached_property
    def domain_instance(self) -> Domain:
        """The one domain of the application."""
        return MarkedDomain(domain=self.domain)


babel = MarkedBabel()


def init_app(app: Flask) -> None:
    """Attach translations and template filters. ``PAPERS`` in the settings are endpoints of official documents."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LANGUAGES["zh"])
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Shanghai")
    app.config.setdefault("PAPERS", frozenset())
    babel.init_app(app, locale_selector=_chosen)
    # A page asks for hundreds of texts; the language is looked up once a request, and the source language is itself.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=_text, ngettext=_plural, newstyle=True
    )
    for filter_ in (zh_date, iso_date, wan, yi, stamp, day_of_stamp):
        app.add_template_filter(filter_)
    app.add_template_global(reader_language)
    app.add_template_global(speak_to_reader)
    app.add_template_global(speak_chinese)


def reader_language() -> str:
    """What the reader chose, ``zh`` or ``en``; Chinese where nobody reads."""
    if not has_request_context():
        return "zh"
    chosen = request.cookies.get(LANGUAGE_COOKIE, "zh")
    return chosen if chosen in LANGUAGES else "zh"


def _chosen() -> str:
    spoken = g.get("spoken") if has_request_context() else None
    if spoken is None and has_request_context() and request.endpoint in current_app.config["PAPERS"]:
        spoken = "zh"
    return LANGUAGES[spoken or reader_language()]


def speak_to_reader() -> str:
    """From here on the answer is in the reader's language: the bar above a paper, a page that refuses. "" ."""
    return _speak(reader_language())


def speak_chinese() -> str:
    """From here on the answer is in Chinese: official documents are, whoever prints them. "" ."""
    return _speak("zh")


def _speak(language: str) -> str:
    g.spoken = language
    g.pop("english", None)
    refresh()
    return ""


def is_english() -> bool:
    """Whether what is being said is said in English."""
    found: bool | None = g.get("english")
    if found is None:
        locale = get_locale()
        found = g.english = locale is not None and locale.language == "en"
    return found


def _text(source: str) -> str:
    return str(gettext(source)) if is_english() else source


def _plural(singular: str, plural: str, number: int) -> str:
    return str(ngettext(singular, plural, number)) if is_english() else singular


def listed(*parts: str) -> str:
    """Things one after another: 甲、乙 or A, B."""
    return (", " if is_english() else "、").join(part for part in parts if part)


def clauses(*parts: str) -> str:
    """Clauses one after another: 甲，乙 or A, B."""
    return (", " if is_english() else "，").join(part for part in parts if part)


def sentences(*parts: str) -> str:
    """Whole statements one after another, as in one line of faults."""
    return ("; " if is_english() else "；").join(part for part in parts if part)


def bracketed(text: str) -> str:
    """A remark in brackets, spaced as the language wants it; "" for none."""
    if not text:
        return ""
    return f" ({text})" if is_english() else f"（{text}）"


def zh_date(day: date | None) -> str:
    """2024年12月31日; in English 31 December 2024; "" for none."""
    if day is None:
        return ""
    if is_english():
        return str(format_date(day, "d MMMM y", rebase=False))
    return f"{day.year}年{day.month}月{day.day}日"


def zh_month(year: int, month: int) -> str:
    """2024年3月; in English March 2024."""
    if is_english():
        return str(format_date(date(year, month, 1), "MMMM y", rebase=False))
    return f"{year}年{month}月"


def short_month(month: int) -> str:
    """3月; in English Mar."""
    return str(format_date(date(2024, month, 1), "MMM", rebase=False)) if is_english() else f"{month}月"


def iso_date(day: date | None) -> str:
    """2024-12-31; "" for none."""
    return "" if day is None else day.isoformat()


def wan(amount: Decimal | None) -> str:
    """An amount in 万元 with two places and grouped digits; "" for none."""
    return "" if amount is None else f"{amount:,.2f}"


def yi(amount: Decimal | None) -> str:
    """约 4.56 亿元 for an amount in 万元 of one 亿 or more, else ""; in English by millions of yuan."""
    if amount is None or abs(amount) < 10000:
        return ""
    if is_english():
        return f"about CNY {amount / 100:,.0f} million"
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
