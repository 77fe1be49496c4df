"""The query bar of the ledger and of the annual figures: the same controls, of which the figures ask fewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request
from flask_babel import get_locale
from markupsafe import Markup

from risk_registry.core.vocabulary import STATUS_GROUPS
from risk_registry.ledgers.asking import LABELS, WORDS
from risk_registry.ledgers.choices import MOST_KEPT
from risk_registry.ledgers.reading import Reading, address
from risk_registry.ledgers.showing import SORTS
from risk_registry.ledgers.showing import WORDS as SHOWING_WORDS

_MORE = "from to basis level_before level_after outcome kind field as_of known_at".split()
_MORE_OF_FIGURES = ("from", "to", "as_of", "known_at")
#: Filters that no control of the bar shows.
_UNSHOWN = ("measure", "office", "joint", "month")


@dataclass(frozen=True)
class Unshown:
    """A filter without a control: its word and code, what it is called and says, and the address without it."""

    name: str
    code: str
    label: str
    text: str
    without: str


def unshown(reading: Reading, endpoint: str) -> list[Unshown]:
    """Filters that no control of the bar shows."""
    asked = reading.asked
    if asked is None:
        return []
    texts, shown = dict(reading.choices.filters(asked)), _showing_words()
    return [
        Unshown(
            name,
            asked.args[name],
            LABELS[name],
            texts[name],
            address(endpoint, asked.words(**{name: None}) | shown),
        )
        for name in _UNSHOWN
        if name in asked.args
    ]


def query_bar(reading: Reading, endpoint: str, extra: Sequence[Unshown] = (), *, figures: bool = False) -> Markup:
    """The bar. The same words in the same choices are the same bar: rendered once until anything is recorded."""
    known, shown = reading.choices.bars, _showing_words()
    parts = (str(get_locale()), endpoint, request.script_root, str(reading.asked is None), *shown.items())
    key = (*map(str, parts), *map(reading.given, WORDS))
    if key not in known:
        if len(known) >= MOST_KEPT:
            known.clear()
        more = _MORE_OF_FIGURES if figures else _MORE
        kept = [(item.name, item.code) for item in extra]
        known[key] = current_app.jinja_env.get_template("ledgers/bar.html").render(
            action=address(endpoint, {}),
            figures=figures,
            reading=reading,
            asked=reading.asked,
            choices=reading.choices,
            given=reading.given,
            groups=[(",".join(codes), label) for _code, label, codes in STATUS_GROUPS if len(codes) > 1],
            more_open=any(reading.given(name) for name in more),
            sorts=SORTS,
            sort=shown.get("sort", ""),
            kept=kept + ([] if figures else [(name, text) for name, text in shown.items() if name != "sort"]),
        )
    return Markup(known[key])  # our own template's output


def _showing_words() -> dict[str, str]:
    return {name: request.args[name] for name in SHOWING_WORDS if request.args.get(name)}
