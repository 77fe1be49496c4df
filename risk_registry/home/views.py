"""The desk, and the logs."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from risk_registry.accounts.scope import sees_business
from risk_registry.accounts.sessions import SignedIn, signed_in
from risk_registry.casefile.history import action_label, recorded
from risk_registry.casefile.presentation import Wording
from risk_registry.core.vocabulary import STATUSES, labels
from risk_registry.db.clock import from_stamp, today
from risk_registry.db.extension import db
from risk_registry.home import desk as work
from risk_registry.home import log
from risk_registry.home.administrators import administrators_desk, not_ready
from risk_registry.home.organisation_words import SUBJECTS, note_label, organisation_change
from risk_registry.home.wording import settings_of_request
from risk_registry.ledgers.asking import figures_of
from risk_registry.ledgers.reading import Reading, address, read_question
from risk_registry.matters.queries import drafts
from risk_registry.statistics.presentation import Figures
from risk_registry.statistics.queries import counts
from risk_registry.web.access import may_open
from risk_registry.web.listing import linked, read_cursor

blueprint = Blueprint("home", __name__)

_STATUS_LABELS = labels(STATUSES)
_LONGEST_FILTER = 64


@blueprint.get("/")
def desk() -> ResponseReturnValue:
    """What waits for the reader first; for those who come for figures, the figures first."""
    account, session = signed_in(), db.session()
    context: dict[str, object] = {"figures_first": False, "not_ready": "", **administrators_desk(account)}
    if not may_open(account, "ledgers.ledger") or not _may_see_business(account):
        return render_template("home/desk.html", **context, business=False)
    reading = read_question()
    if "sysadmin" not in account.roles:
        context["not_ready"] = not_ready(reading.today)
    asked = figures_of(reading.default())
    figures_first = work.lands_on_figures(account.roles)
    context |= {"year": asked.question.first.year, "counts_url": address("statistics.counts", asked.args)}
    if figures_first:
        context |= {"figures_first": True, "sentence": Figures(asked, counts(session, asked.query), {}).sentence()}
    context["figures"] = [
        (number, gettext(label), address("ledgers.ledger", asked.with_measure(measure)), gettext(note) if note else "")
        for measure, label, note, number in work.year_figures(reading, asked)
    ]
    return render_template("home/desk.html", **context, **_work(account, reading), business=True, today=reading.today)


def _work(account: SignedIn, reading: Reading) -> dict[str, object]:
    """Drafts, waiting lines and the five groups."""
    session, scope, settings = db.session(), reading.scope, reading.choices.settings
    found = work.waiting(session, scope, reading.today, roles=account.roles, settings=settings)
    every = {"basis": "all", "year": str(reading.today.year)}
    groups = [
        (code, gettext(label), number, address("ledgers.ledger", {**every, "status": ",".join(codes)}))
        for code, label, codes, number in work.by_status(session, scope, reading.today)
    ]
    reviewer = may_open(account, "filings.review")
    return {
        "drafts": drafts(session, account.id) if may_open(account, "matters.draft") else (),
        "waiting": found,
        "waiting_url": address("ledgers.ledger", {**every, "status": ",".join(found.statuses)}),
        "links": [_place(row.status, row.reg_no, row.seq, reviewer=reviewer) for row in found.rows],
        "statuses": _STATUS_LABELS,
        "groups": groups,
        "works": work.is_business(account.roles) and not work.lands_on_figures(account.roles),
    }


def _place(status: str, reg_no: str, seq: int, *, reviewer: bool) -> str:
    if reviewer and status in work.OFFICE_WORK:
        return url_for("filings.review", reg_no=reg_no, n=seq)
    return url_for("casefile.assessment", reg_no=reg_no, n=seq)


def _may_see_business(account: SignedIn) -> bool:
    return sees_business(account.roles, separation=settings_of_request().on("separation"))


@blueprint.get("/admin/events")
def events() -> ResponseReturnValue:
    """Who did what to which thing, with what it was before and after."""
    account = signed_in()
    hidden = () if "auditor" in account.roles or _may_see_business(account) else log.BUSINESS_KINDS
    asked = _filters("kind", "subject", "actor")
    page = log.event_page(db.session(), read_cursor(request.args.get("cursor")), **asked, hidden=hidden)
    wording = Wording(db.session(), today(db.session.info["clock"]))
    entries = [
        {
            "seq": row.seq,
            "when": f"{from_stamp(row.recorded_at):%Y-%m-%d %H:%M:%S}",
            "actor": row.actor,
            "organisation": row.organisation,
            "address": row.address,
            "action": gettext(log.ACTIONS[row.action]) if row.action in log.ACTIONS else action_label(row.action),
            "kind": gettext(log.KINDS[row.subject_kind]) if row.subject_kind in log.KINDS else row.subject_kind,
            "subject": row.subject,
            "reason": row.reason,
            "changes": [_in_words(change, wording, row.subject_kind) for change in log.changes(row.changes)],
            "notes": [(note_label(name), text) for name, text in log.notes(row.note)],
        }
        for row in page.rows
    ]
    kinds = [(code, gettext(label)) for code, label in log.KINDS.items() if code not in hidden]
    return render_template("home/events.html", page=linked(page), entries=entries, asked=asked, kinds=kinds)


@blueprint.get("/admin/logins")
def logins() -> ResponseReturnValue:
    """Every try to sign in, with its outcome."""
    asked = _filters("name", "outcome")
    page = log.login_page(db.session(), read_cursor(request.args.get("cursor")), **asked)
    entries = [
        (
            f"{from_stamp(row.at):%Y-%m-%d %H:%M:%S}",
            row.name,
            row.address,
            row.outcome,
            gettext(log.OUTCOMES[row.outcome]),
        )
        for row in page.rows
    ]
    outcomes = [(code, gettext(label)) for code, label in log.OUTCOMES.items()]
    return render_template("home/logins.html", page=linked(page), entries=entries, asked=asked, outcomes=outcomes)


def _filters(*names: str) -> dict[str, str]:
    given = {name: request.args.get(name, "").strip()[:_LONGEST_FILTER] for name in names}
    return {name: "".join(char for char in text if char.isprintable()) for name, text in given.items()}


def _in_words(change: log.Change, wording: Wording, kind: str) -> tuple[str, str, str, bool]:
    """(label, before, after, whether in words) of a recorded column such as ``filing.filed_on``, else as recorded."""
    found = organisation_change(change, wording) if kind in SUBJECTS else None
    # Names of columns that a case has, too, mean something else here.
    if found is None and kind not in SUBJECTS:
        found = recorded(change.name, change.before, change.after, wording)
    if found is not None:
        return (*found, True)
    name = change.name.rpartition(".")[2]
    label = gettext(log.COLUMNS[name]) if name in log.COLUMNS else change.name
    return label, log.word(name, change.before), log.word(name, change.after), False
