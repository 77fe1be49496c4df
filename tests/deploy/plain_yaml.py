"""A strict reader of the little YAML that deploy/ uses, for machines without a YAML library.

Block mappings and lists, flow lists of scalars, plain and double-quoted scalars, anchors, aliases and merges. Whatever
else stands in the file is an error.
"""

from __future__ import annotations

import json
import re
from typing import Any

_KEY = re.compile(r"([A-Za-z_<][\w<./-]*):(?: (.*))?$")
_ANCHOR = re.compile(r"&([\w-]+)(?: (.*))?$")


class NotPlain(ValueError):
    """The file holds something that this reader does not know."""


def read(text: str) -> Any:
    """The document as mappings, lists and texts. Raises ``NotPlain`` naming the line."""
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = re.sub(r"(^|\s)#.*$", "", line).rstrip()
        if "\t" in bare:
            raise NotPlain(f"line {number}: a tab")
        if bare:
            lines.append((number, len(bare) - len(bare.lstrip()), bare.strip()))
    reader = _Reader(lines)
    found = reader.block(0)
    if reader.place < len(lines):
        raise NotPlain(f"line {lines[reader.place][0]}: out of place")
    return found


class _Reader:
    def __init__(self, lines: list[tuple[int, int, str]]) -> None:
        self.lines = lines
        self.place = 0
        self._anchors: dict[str, Any] = {}

    def block(self, indent: int) -> Any:
        """What stands at this indentation."""
        return self._list(indent) if self.lines[self.place][2].startswith("- ") else self._mapping(indent)

    def _list(self, indent: int) -> list[Any]:
        found = []
        while self.place < len(self.lines) and self.lines[self.place][1] == indent:
            number, _, text = self.lines[self.place]
            if not text.startswith("- "):
                raise NotPlain(f"line {number}: no item of the list")
            self.place += 1
            found.append(self._scalar(text[2:], number))
        return found

    def _mapping(self, indent: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        while self.place < len(self.lines) and self.lines[self.place][1] == indent:
            number, _, text = self.lines[self.place]
            match = _KEY.match(text)
            if match is None:
                raise NotPlain(f"line {number}: no key: {text}")
            if match[1] in found:
                raise NotPlain(f"line {number}: {match[1]} stands twice")
            self.place += 1
            value = self._value(match[2] or "", indent, number)
            if match[1] == "<<":
                for part in value if isinstance(value, list) else [value]:
                    merged = {**part, **merged}
            else:
                found[match[1]] = value
        return {**merged, **found}

    def _value(self, text: str, indent: int, number: int) -> Any:
        anchor = _ANCHOR.match(text)
        if anchor is not None:
            text = anchor[2] or ""
        value = self._scalar(text, number) if text else self._nested(indent)
        if anchor is not None:
            self._anchors[anchor[1]] = value
        return value

    def _nested(self, indent: int) -> Any:
        if self.place < len(self.lines) and self.lines[self.place][1] > indent:
            return self.block(self.lines[self.place][1])
        return None

    def _scalar(self, text: str, number: int) -> Any:
        if text.startswith("*"):
            if text[1:] not in self._anchors:
                raise NotPlain(f"line {number}: no anchor {text}")
            return self._anchors[text[1:]]
        if text.startswith('"'):
            return json.loads(text)
        if text.startswith("["):
            if not text.endswith("]"):
                raise NotPlain(f"line {number}: a list without end")
            parts = re.findall(r'"(?:[^"\\]|\\.)*"|[^,\s\[\]]+', text[1:-1])
            return [self._scalar(part, number) for part in parts]
        if text[0] in "{'|>%@`!&" or ": " in text:
            raise NotPlain(f"line {number}: not plain: {text}")
        return {"true": True, "false": False}.get(text, int(text) if text.isdigit() else text)
