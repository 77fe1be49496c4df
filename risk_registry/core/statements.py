"""Sentences the registry says about data: warnings, flags, lines of arithmetic. They never stop anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping


def _as_written(text: str) -> str:
    return text


@dataclasses.dataclass(frozen=True)
class Statement:
    """A Chinese source sentence with `%(name)s` places; without params it is taken literally, as gettext does."""

    message: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)

    def say(self, translate: Callable[[str], str]) -> str:
        """The sentence in the reader's language; values are not translated."""
        message = translate(self.message)
        return message % self.params if self.params else message

    def __str__(self) -> str:
        return self.say(_as_written)
