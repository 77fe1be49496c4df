"""The one gate for text: what may not be stored, and how two texts are compared."""

from __future__ import annotations

import re
import unicodedata

from risk_registry.core.personal_data import find_personal_data, personal_data, personal_data_problems
from risk_registry.core.problems import Refused
from risk_registry.core.text_marks import N_

__all__ = ["clean_text", "comparison_key", "find_personal_data", "personal_data", "personal_data_problems"]

# Blanks that people leave around a text without meaning it. Other white space inside the class of control
# characters is refused, so str.strip() (which would drop U+001C and the like unseen) is not used.
_BLANKS = " \t\r\n\u00a0\u3000"

_LINES = "\t\n"
_FORBIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and newline
    "\u2028\u2029"  # line breaks no form shows
    "\u200b\u2060\ufeff"  # invisible; the joiners U+200C and U+200D carry meaning and stay
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides, isolates
    "\ud800-\udfff"  # lone surrogates: no database encodes them
    "\ufffe\uffff"
)
_BAD_IN_LINES = re.compile(f"[{_FORBIDDEN}]")
_BAD_IN_LINE = re.compile(f"[{_FORBIDDEN}{_LINES}]")

_CUT = N_("%(label)s：第%(position)d个字符是换行或制表符，这里只能填一行，请删去后重新输入")
_HIDDEN = N_("%(label)s：第%(position)d个字符（%(code)s）是不可见的控制字符，请删去后重新输入")
_BROKEN = N_("%(label)s：第%(position)d个字符（%(code)s）不是有效的文字，请删去后重新输入")


def clean_text(raw: str, *, multiline: bool, field: str = "", label: str = N_("文本")) -> str:
    """The text without outer blanks and with LF line ends; otherwise unchanged, never normalised.

    Raises Refused, with the 1-based position, for control characters, U+FFFE and U+FFFF, lone surrogates,
    bidi overrides and invisible spaces; for tab and newline too unless `multiline`. Nothing is dropped
    silently: a hidden character may be the sign of a damaged file.
    """
    text = raw.replace("\r\n", "\n") if "\r" in raw else raw
    clean = text.strip(_BLANKS)
    found = (_BAD_IN_LINES if multiline else _BAD_IN_LINE).search(clean)
    if found is None:
        return clean
    lead = len(text) - len(text.lstrip(_BLANKS))
    char = found.group()
    code = f"U+{ord(char):04X}"
    if char in _LINES:
        message = _CUT
    else:
        message = _BROKEN if "\ud800" <= char <= "\udfff" or char >= "\ufffe" else _HIDDEN
    raise Refused.one(field, message, label=label, position=lead + found.start() + 1, code=code)


def _key_once(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = (char for char in folded if not char.isspace() and unicodedata.category(char) != "Cf")
    return "".join(kept)


def comparison_key(text: str) -> str:
    """NFKC, casefold, no white space, no invisible format characters: equal keys mean texts that look alike.

    For duplicate hints and sign-in names only; never stored in place of the text.
    """
    key = _key_once(text)
    # Dropping a blank can bring a letter and its accent together, so the key is taken until it stands.
    while (again := _key_once(key)) != key:
        key = again
    return key
