"""Named views of the ledger: the list, saving the present question, changing and dropping a view."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.accounts.sessions import current_actor
from risk_registry.core.text_marks import N_
from risk_registry.core.vocabulary import labels
from risk_registry.db.extension import db
from risk_registry.ledgers import operations
from risk_registry.ledgers.asking import WORDS, Asked
from risk_registry.ledgers.fields import FIELDS, SHARE_WITH_ALL, SHARES, YEARS
from risk_registry.ledgers.operations import ViewContent, may_delete
from risk_registry.ledgers.queries import MOVING, KeptView, find_view, visible_views
from risk_registry.ledgers.reading import Reading, address, read_question
from risk_registry.ledgers.showing import WORDS as SHOWING_WORDS
from risk_registry.ledgers.showing import Showing, read_showing
from risk_registry.web.forms import RegistryForm, form_class
from risk_registry.web.submit import submit

ViewForm = form_class("ViewForm", FIELDS)
DropForm = form_class("DropForm", [])

_SHARES = labels(SHARES)


def add_to(blueprint: Blueprint) -> None:
    """Serve the pages."""
    blueprint.add_url_rule("/ledger/views", view_func=views)
    blueprint.add_url_rule("/ledger/views/new", view_func=new_view, methods=["GET", "POST"])
    blueprint.add_url_rule("/ledger/views/<int:number>", view_func=edit_view, methods=["GET", "POST"])
    blueprint.add_url_rule("/ledger/views/<int:number>/delete", view_func=delete_view, methods=["GET", "POST"])


def views() -> ResponseReturnValue:
    """Every view the reader may open, with what it asks for today and who may open it."""
    reading, actor, session = read_question({}), current_actor(), db.session()
    rows = []
    for kept in visible_views(session, actor):
        words = kept.words_on(reading.today)
        own = kept.view.account_id == actor.account_id
        rows.append(
            {
                "kept": kept,
                "own": own,
                "may_delete": may_delete(session, actor, kept.view),
                "shared": gettext(_SHARES[kept.view.shared]),
                "url": address("ledgers.ledger", {"view": str(kept.view.id)}),
                "asks": _described(reading, words, kept.year),
                "columns": len(kept.showing.columns),
                "sort": gettext(kept.showing.sort_label),
            }
        )
    return render_template("ledgers/views.html", rows=rows)


def new_view() -> ResponseReturnValue:
    """保存为视图: the question of the address under a name."""
    reading = read_question()
    if reading.asked is None:
        abort(404)
    asked, showing = reading.asked, read_showing(request.args).without_view()
    form = _form({"kept_year": _usual_year(reading, asked), "shared": "own"}, reading, asked)
    back = address("ledgers.ledger", {**asked.words(), **showing.words})

    def act() -> str:
        view = operations.save_view(db.session(), current_actor(), _content(form, asked, showing))
        return address("ledgers.ledger", {"view": str(view.id)})

    answer = submit(form, act, done=gettext("视图已保存"))
    page = _page(form, reading, {**asked.words(), **showing.words}, _usual_year(reading, asked))
    return answer or (render_template("ledgers/view.html", **page, kept=None, back=back), form.http_status)


def edit_view(number: int) -> ResponseReturnValue:
    """修改视图: its name, its readers, its title; and its question, where the address brings another."""
    actor, session = current_actor(), db.session()
    kept = _own_or_404(number)
    replaced = any(name in request.args for name in (*WORDS, *SHOWING_WORDS))
    stored = kept.words_on(read_question({}).today)
    words = {name: request.args[name] for name in request.args} if replaced else stored
    reading = read_question(words)
    if reading.asked is None:
        abort(404)
    asked, showing = reading.asked, read_showing(words).without_view()
    year = kept.year if not replaced and kept.year in MOVING else _usual_year(reading, asked)
    values = {"name": kept.view.name, "shared": kept.view.shared, "heading": kept.heading, "kept_year": year}
    form = _form(values, reading, asked, version=kept.view.version)

    def act() -> str:
        content = _content(form, asked, showing)
        operations.change_view(session, actor, kept.view, content, version=form.version.data)
        return address("ledgers.ledger", {"view": str(number)})

    answer = submit(form, act, done=gettext("视图已修改"))
    if answer is None and form.http_status == 409:
        form.version.data = _own_or_404(number).view.version
    back = address("ledgers.ledger", {**asked.words(), **showing.words, "view": str(number)})
    page = _page(form, reading, {**asked.words(), **showing.words}, year)
    return answer or (
        render_template("ledgers/view.html", **page, kept=kept, replaced=replaced, back=back),
        form.http_status,
    )


def delete_view(number: int) -> ResponseReturnValue:
    """删除视图: asked once more, with what becomes of the links."""
    actor, session = current_actor(), db.session()
    kept = find_view(session, actor, number)
    if kept is None or not may_delete(session, actor, kept.view):
        abort(404)
    form = DropForm(version=kept.view.version)

    def act() -> str:
        operations.delete_view(session, actor, kept.view, version=form.version.data)
        return url_for("ledgers.views")

    answer = submit(form, act, done=gettext("视图已删除"))
    return answer or (render_template("ledgers/delete_view.html", form=form, kept=kept), form.http_status)


def _own_or_404(number: int) -> KeptView:
    kept = find_view(db.session(), current_actor(), number)
    if kept is None or kept.view.account_id != current_actor().account_id:
        abort(404)
    return kept


def _form(values: Mapping[str, str], reading: Reading, asked: Asked, *, version: int | None = None) -> RegistryForm:
    years = [term for term in YEARS if term.code == "fixed" or term.code in _moving_years(reading, asked)]
    everybody = current_actor().has(*SHARE_WITH_ALL) or values.get("shared") == "all"
    shares = [term for term in SHARES if term.code != "all" or everybody]
    return ViewForm(
        values=dict(values),
        choices={
            "shared": [(term.code, gettext(term.zh)) for term in shares],
            "kept_year": [(term.code, gettext(term.zh)) for term in years],
        },
        also={"name", "shared", "kept_year"},
        version=version,
    )


def _moving_years(reading: Reading, asked: Asked) -> list[str]:
    """Which moving years the question can be kept with: only one whose times are not spelled out."""
    if "year" not in asked.args or {"as_of", "known_at"} & set(asked.args):
        return []
    behind = reading.today.year - asked.question.first.year
    return [name for name, back in MOVING.items() if back == behind]


def _usual_year(reading: Reading, asked: Asked) -> str:
    return next(iter(_moving_years(reading, asked)), "fixed")


def _content(form: RegistryForm, asked: Asked, showing: Showing) -> ViewContent:
    typed, words = form.typed(), asked.words()
    if typed["kept_year"] in MOVING:
        words["year"] = typed["kept_year"]
    return ViewContent(typed["name"] or "", typed["shared"] or "", words, showing, typed["heading"] or "")


def _page(form: RegistryForm, reading: Reading, words: Mapping[str, str], year: str) -> dict[str, object]:
    showing = read_showing(words)
    return {
        "form": form,
        "asks": _described(reading, words, year),
        "columns": [gettext(column.heading) for column in showing.columns],
        "sort": gettext(showing.sort_label),
    }


_YEAR_WORDS = {"this": N_("当年"), "last": N_("上一年")}


def _described(reading: Reading, words: Mapping[str, str], year: str) -> list[tuple[str, str]]:
    """What a view asks for, in words: (label, text)."""
    from_, to = words.get("from", ""), words.get("to", "")
    period = gettext(_YEAR_WORDS[year]) if year in _YEAR_WORDS else words.get("year", "") or f"{from_} — {to}"
    found = [(gettext("统计期间"), period), *reading.choices.said(words)]
    for name, label in (("as_of", gettext("截至")), ("known_at", gettext("台账数据时间"))):
        if text := words.get(name):
            found.append((label, text.replace("T", " ")[:19]))
    return found
