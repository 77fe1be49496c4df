"""选列与行序: which columns the ledger shows, in which order, chosen by ticks and by up and down, without script."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.casefile.columns import CHOOSABLE, FULL_LEDGER, FURTHER
from risk_registry.core.columns import Column
from risk_registry.ledgers.reading import address, read_ledger
from risk_registry.ledgers.showing import FIRST, SORTS, TITLE, USUAL, Showing, arranged, read_showing


def add_to(blueprint: Blueprint) -> None:
    """Serve the page."""
    blueprint.add_url_rule("/ledger/columns", view_func=columns)


def columns() -> ResponseReturnValue:
    """The columns as chosen so far; ``show`` leads to the ledger that has them."""
    reading, showing, problems = read_ledger()
    if reading.asked is None or problems:
        return redirect(address("ledgers.ledger", dict(request.args)))
    words = reading.asked.words()
    keys = _moved(_ticked(showing))
    showing = read_showing({**request.args, "cols": ",".join(keys)})
    if "show" in request.args:
        return redirect(address("ledgers.ledger", {**words, **showing.words}))
    kept = [*words.items(), *((name, text) for name, text in showing.words.items() if name == "view")]
    return render_template(
        "ledgers/columns.html",
        reading=reading,
        kept=kept,
        chosen=[_named(CHOOSABLE[key]) for key in keys],
        groups=[
            (gettext("全部台账列"), [_named(column) for column in FULL_LEDGER if column.key not in (*keys, FIRST)]),
            (gettext("另可加入"), [_named(column) for column in FURTHER if column.key not in keys]),
        ],
        fixed=TITLE,
        sort=showing.sort or "registered",
        sorts=SORTS,
        usual=address("ledgers.columns", {**words, **Showing(USUAL[1:], showing.sort, showing.view).words}),
        every=address("ledgers.columns", {**words, **_all(showing).words}),
        ledger=address("ledgers.ledger", {**words, **showing.words}),
    )


def _named(column: Column) -> tuple[str, str]:
    """Key and heading. Headings hold percent signs, so they are translated here, where nothing is filled into them."""
    return column.key, gettext(column.heading)


def _ticked(showing: Showing) -> tuple[str, ...]:
    """What is ticked, in the order of the page; what the address asks for before anything was."""
    ticked = [key for key in request.args.getlist("c") if key in CHOOSABLE]
    return arranged(list(dict.fromkeys(ticked))) if ticked else showing.keys


def _moved(keys: Sequence[str]) -> tuple[str, ...]:
    """The order after the button pressed: ``up`` and ``down`` name the column that changes place with a neighbour."""
    found = list(keys)
    for name, step in (("up", -1), ("down", 1)):
        key = request.args.get(name, "")
        if key in found:
            place = found.index(key)
            other = min(max(place + step, 0), len(found) - 1)
            found[place], found[other] = found[other], found[place]
    return tuple(found)


def _all(showing: Showing) -> Showing:
    keys = tuple(column.key for column in FULL_LEDGER if column.key != FIRST)
    return Showing(keys, showing.sort, showing.view)
