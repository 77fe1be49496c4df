"""Named views: whose they are, who may open and change them, and what they ask for next year."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from risk_registry.accounts.queries import actor_for
from risk_registry.audit.models import Event
from risk_registry.core.actors import Actor
from risk_registry.core.problems import Conflict, NotAllowed, Refused
from risk_registry.ledgers import operations
from risk_registry.ledgers.models import LedgerView
from risk_registry.ledgers.operations import ViewContent, change_view, delete_view, may_delete, save_view
from risk_registry.ledgers.queries import find_view, visible_views
from risk_registry.ledgers.showing import Showing
from tests.registry import OPERATOR, Registry, account, organisation

TODAY = date(2024, 5, 6)
SHOWN = Showing(("filing_number", "title", "filed_on"), "filed")


def content(name: str = "今年的工程项目", shared: str = "own", **changes: object) -> ViewContent:
    words = {"year": "this", "kind": "project"}
    return ViewContent(**{"name": name, "shared": shared, "words": words, "showing": SHOWN, **changes})  # type: ignore[arg-type]


def actor(session: Session, name: str) -> Actor:
    return actor_for(account(session, name))


def names(session: Session, name: str) -> list[str]:
    return [kept.view.name for kept in visible_views(session, actor(session, name))]


def problems(refused: pytest.ExceptionInfo[Refused]) -> dict[str, str]:
    return {problem.field: str(problem) for problem in refused.value.problems}


def test_a_view_spells_out_what_it_asks(registry: Registry) -> None:
    registry.clock.set(TODAY)
    with registry.writing() as session:
        number = save_view(session, actor(session, "clerk"), content(heading="水利局台账")).id
    with registry.reading() as session:
        kept = find_view(session, actor(session, "clerk"), number)
        assert kept is not None
        assert kept.words_on(TODAY) == {
            "year": "2024",
            "kind": "project",
            "cols": "filing_number,title,filed_on",
            "sort": "filed",
            "view": str(number),
        }
        assert kept.words_on(date(2025, 1, 1))["year"] == "2025", "it is the current year's next year, too"
        assert (kept.heading, kept.year, kept.showing) == ("水利局台账", "this", SHOWN)
        found = session.scalars(select(Event).where(Event.subject_kind == "ledger_view")).one()
        assert (found.action, found.subject) == ("save_view", "今年的工程项目")


def test_a_fixed_year_stays(registry: Registry) -> None:
    with registry.writing() as session:
        fixed = save_view(session, actor(session, "clerk"), content("甲", words={"year": "2023"}))
        last = save_view(session, actor(session, "clerk"), content("乙", words={"year": "last", "sort": "no word"}))
        numbers = fixed.id, last.id
    with registry.reading() as session:
        kept = [find_view(session, actor(session, "clerk"), number) for number in numbers]
        assert [found.words_on(date(2026, 1, 1))["year"] for found in kept if found] == ["2023", "2025"]
        assert [found.year for found in kept if found] == ["fixed", "last"]


def test_who_sees_which_view(registry: Registry) -> None:
    with registry.writing() as session:
        save_view(session, actor(session, "clerk"), content("自用"))
        save_view(session, actor(session, "clerk"), content("单位用", "organisation"))
        save_view(session, actor(session, "officer"), content("大家用", "all"))
        save_view(session, actor(session, "counter"), content("统计用", "all"))
    with registry.reading() as session:
        assert names(session, "clerk") == ["单位用", "自用", "大家用", "统计用"]
        assert names(session, "colleague") == ["单位用", "大家用", "统计用"]
        assert names(session, "teacher") == names(session, "leader") == ["大家用", "统计用"]
        own = session.scalars(select(LedgerView.id).where(LedgerView.name == "自用")).one()
        assert find_view(session, actor(session, "teacher"), own) is None


@pytest.mark.parametrize("name", ["clerk", "head", "leader", "auditor"])
def test_only_the_office_shares_with_everybody(registry: Registry, name: str) -> None:
    with registry.writing() as session:
        with pytest.raises(Refused) as refused:
            save_view(session, actor(session, name), content(shared="all"))
        assert "本单位" in problems(refused)["shared"]
        assert save_view(session, actor(session, name), content(shared="organisation")).id


def test_what_is_refused(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    with registry.writing() as session:
        clerk = actor(session, "clerk")
        save_view(session, clerk, content())
        with pytest.raises(Refused) as taken:
            save_view(session, clerk, content())
        assert "请换一个名称" in problems(taken)["name"]
        with pytest.raises(Refused) as faulty:
            save_view(session, clerk, content("  ", "nobody"))
        assert set(problems(faulty)) == {"name", "shared"}
        with pytest.raises(Refused) as person:
            save_view(session, clerk, content("13812345678", heading="上访人张三"))
        assert "name" in problems(person)
        with pytest.raises(NotAllowed):
            save_view(session, OPERATOR, content())
        save_view(session, actor(session, "teacher"), content())
        monkeypatch.setattr(operations, "MOST", 1)
        with pytest.raises(Refused) as many:
            save_view(session, clerk, content("另一个"))
        assert "最多保存 1 个" in problems(many)[""]


def test_changing_a_view(registry: Registry) -> None:
    registry.clock.set(TODAY)
    with registry.writing() as session:
        view = save_view(session, actor(session, "officer"), content())
        view.layout = '{"title": "旧标题", "logo": "kept for later"}'
        session.flush()
        version = view.version
        changed = content("改名", "all", heading="新标题", showing=Showing())
        change_view(session, actor(session, "officer"), view, changed, version=version)
        assert (view.name, view.shared, view.columns, view.sorted_by) == ("改名", "all", "[]", "registered")
        assert view.layout == '{"logo": "kept for later", "title": "新标题"}'
        with pytest.raises(Conflict):
            change_view(session, actor(session, "officer"), view, content("又改"), version=version)
        with pytest.raises(NotAllowed):
            change_view(session, actor(session, "second"), view, content("夺"), version=view.version)


def test_a_closed_accounts_views(registry: Registry) -> None:
    """What was shared stays for those it was shared with; who answers for it may drop it."""
    with registry.writing() as session:
        shared = save_view(session, actor(session, "clerk"), content("单位用", "organisation"))
        everybody = save_view(session, actor(session, "officer"), content("大家用", "all"))
        assert not may_delete(session, actor(session, "colleague"), shared)
        assert not may_delete(session, actor(session, "second"), everybody)
        for name in ("clerk", "officer"):
            account(session, name).active = False
        session.flush()
        assert names(session, "colleague") == ["单位用", "大家用"]
        assert may_delete(session, actor(session, "colleague"), shared)
        assert not may_delete(session, actor(session, "teacher"), shared)
        assert not may_delete(session, actor(session, "colleague"), everybody)
        delete_view(session, actor(session, "second"), everybody, version=everybody.version)
        with pytest.raises(Conflict):
            delete_view(session, actor(session, "colleague"), shared, version=99)
        session.rollback()


def test_a_view_passes_on_with_its_organisation(registry: Registry) -> None:
    """Who has inherited an organisation's business opens what was shared in it."""
    with registry.writing() as session:
        save_view(session, actor(session, "clerk"), content("单位用", "organisation"))
        teacher, water = actor(session, "teacher"), organisation(session, "water").id
        heir = Actor(**{**teacher.__dict__, "inherited": frozenset({water})})
        assert [kept.view.name for kept in visible_views(session, heir)] == ["单位用"]


def test_a_column_that_is_gone_is_left_out(registry: Registry) -> None:
    with registry.writing() as session:
        view = save_view(session, actor(session, "clerk"), content())
        view.columns, view.sorted_by = '["title", "gone", "filed_on"]', "gone"
        session.flush()
        kept = find_view(session, actor(session, "clerk"), view.id)
        assert kept is not None
        assert kept.showing == Showing(("title", "filed_on"))
