from __future__ import annotations

from risk_registry.core.actors import Actor
from risk_registry.core.problems import Conflict, Problem, Refused


def test_a_message_without_params_is_literal() -> None:
    assert str(Problem("x", "达到100%")) == "达到100%"
    assert str(Problem("x", "%(label)s达到%(share)s%%", {"label": "支持率", "share": 80})) == "支持率达到80%"


def test_label_is_translated_and_values_are_not() -> None:
    problem = Problem("x", "请填写%(label)s：%(value)s", {"label": "高", "value": "高"})
    assert problem.say(
        lambda text: {"高": "high", "请填写%(label)s：%(value)s": "Fill %(label)s: %(value)s"}[text]
    ) == ("Fill high: 高")


def test_a_refusal_keeps_every_problem_and_its_class() -> None:
    refused = Conflict.one("version", "已被他人修改")
    assert isinstance(refused, Conflict)
    assert refused.problems == (Problem("version", "已被他人修改"),)
    assert str(Refused([Problem("a", "甲"), Problem("b", "乙")])) == "甲；乙"
    assert len({Problem("a", "甲", {"n": 1}), Problem("a", "甲", {"n": 1})}) == 1
    assert Refused([]).problems


def test_an_actor_knows_its_roles() -> None:
    actor = Actor("account", 1, "甲", 2, "县水利局", frozenset({"submitter"}))
    assert actor.has("leader", "submitter")
    assert not actor.has("leader")
