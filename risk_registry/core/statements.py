"""Sentences the registry says about data: warnings, flags, lines of arithmetic. They never stop anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping


def _as_written(text: str) -> str:
    return text


def fill(message: str, params: Mapping[str, object], translate: Callable[[str], str]) -> str:
    """The message with its params; a param that is a Statement is translated, other values are not."""
    if not params:
        return message
    return message % {
        key: value.say(translate) if isinstance(value, Statement) else value for key, value in params.items()
    }


@dataclasses.dataclass(frozen=True)
class Statement:
    """A Chinese source sentence with `%(name)s` places; without params it is taken literally, as gettext does."""

    message: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)

    def say(self, translate: Callable[[str], str]) -> str:
        """The sentence in the reader's language; statements among its params are said too."""
        return fill(translate(self.message), self.params, translate)

    def __str__(self) -> str:
        return self.say(_as_written)
