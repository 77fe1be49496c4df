"""What a user did that cannot be done, said so that it can be cured."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Self

from risk_registry.core.statements import fill
from risk_registry.core.text_marks import N_


def _as_written(text: str) -> str:
    return text


@dataclasses.dataclass(frozen=True)
class Problem:
    """One fault of one field.

    `field` is the machine name ("" when the whole record is meant), `message` the Chinese source text with
    `%(name)s` places, `params` what fills them. A message without params is taken literally, as gettext does.
    """

    field: str
    message: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)

    def say(self, translate: Callable[[str], str]) -> str:
        """The text in the reader's language: the message and its `label` are translated, values are not."""
        params = dict(self.params)
        if isinstance(params.get("label"), str):
            params["label"] = translate(str(params["label"]))
        return fill(translate(self.message), params, translate)

    def __str__(self) -> str:
        return self.say(_as_written)


class Refused(Exception):
    """An act was refused; nothing was changed. `problems` says why, never empty."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        if not self.problems:
            self.problems = (Problem("", N_("操作未能完成")),)
        super().__init__("；".join(str(problem) for problem in self.problems))

    @classmethod
    def one(cls, field: str, message: str, **params: object) -> Self:
        """A refusal with a single problem."""
        return cls((Problem(field, message, params),))


class NotAllowed(Refused):
    """The actor's role or scope does not cover the act."""


class Conflict(Refused):
    """The record has changed since the actor read it."""


class Busy(Refused):
    """The registry is occupied by another writer; trying again helps."""
