"""No page speaks two languages: Latin words on a Chinese page, Chinese in the frame of an English one.

What officials typed stays as they typed it. Such data are known by where they stand (cells, long texts, elements with
``translate="no"`` or a ``lang`` of their own) or by what they are: titles, names of organisations and people, settings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from babel.messages.mofile import read_mo
from playwright.sync_api import Page
from sqlalchemy import Connection, text

from risk_registry.core.vocabulary import DICTIONARIES
from risk_registry.settings.queries import DEFAULTS
from tests.server import ROOT

CHINESE = re.compile("[\u3400-\u9fff\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uffef]")
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_+.-]*")
#: 校验码 and other digests: a number, and the beginning of a SHA-256.
DIGEST = re.compile(r"\b(?:[0-9]+-)?[0-9a-f]{12,64}\b")

#: Latin that Chinese officials read every day: kinds of files, sizes of paper, keys of the keyboard, a digest's name.
#: The letters of the risk index (DOMAIN §3.3): probability, impact, degree, weight, index.
LATIN_ALLOWED = frozenset("I R p q w A4 CSV Ctrl Ctrl+P Excel PDF P Shift SHA-256 XLSX ZIP".split())
#: Chinese in English texts, which tell what is typed as it stands: days, units of area and money, patterns of numbers
#: with their places, numbers of documents, the words of a holiday notice; brackets around a code.
CHINESE_ALLOWED = re.compile(
    r"(?:\d+年)?\d+月\d+日(?:至\d+日)?|\d+年|亿元?|亩|万元|“城”|是 or 否|放假|上班|；|（[\s\w.-]*）"
    r"|\{(?:简称|年份|序号)\}|[\u4e00-\u9fff]?稳评备|“、”|(?<=with )、|发改办投资|示办发"
    r"|〔[^〕]*〕(?:\d+|\{[^}]*\})?号?",
    re.ASCII,
)

#: (text, whether it stands where data stand) of everything a reader can come upon: texts, seen and unseen, attributes.
_TEXTS = """(language) => {
  const found = document.documentElement.lang === language ? [[document.title, false]] : [];
  const data = 'td, dd, del, ins, textarea, .long-text, .timeline-reason, .timeline-who, .code, .bridge';
  const spoken = element => (element.closest('[lang]') || document.documentElement).lang;
  const own = element => element.closest('[translate=no], .code, textarea') || spoken(element) !== language;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement, words = walker.currentNode.textContent.trim();
    if (!words || element.closest('script, style, noscript') || own(element)) continue;
    found.push([words, Boolean(element.closest(data))]);
  }
  for (const name of ['placeholder', 'aria-label', 'title', 'alt', 'data-copied']) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (!own(element)) found.push([element.getAttribute(name), false]);
    }
  }
  return found;
}"""

#: What the demo county types that is also said by the pages.
TYPED = {"单位负责人"}

#: Columns whose words are business data: what people and places are called.
_NAMED = (
    "SELECT name FROM organisation",
    "SELECT short FROM organisation",
    "SELECT code FROM organisation",
    "SELECT name FROM organisation_name",
    "SELECT title FROM matter_facts",
    "SELECT title FROM draft",
    "SELECT name FROM account",
    "SELECT display_name FROM account",
    "SELECT value FROM setting",
    "SELECT number_text FROM filing",
    "SELECT receipt_no FROM filing",
    "SELECT label FROM dictionary_entry WHERE label_en = ''",
    "SELECT name FROM ledger_view",
    "SELECT name FROM risk_factor",
    "SELECT name FROM method_version",
    "SELECT basis FROM method_version",
    "SELECT notice FROM calendar_year",
)
#: Words of the shipped dictionaries: on the pages where an office keeps them they are what is being kept.
KEPT_WORDS = sorted({term.zh for terms in DICTIONARIES.values() for term in terms}, key=len, reverse=True)


def names_of(connection: Connection, typed: set[str]) -> list[str]:
    """What the registry's people, places and matters are called, and what else is ``typed``, the longest first."""
    found: set[str] = set(typed)
    for query in _NAMED:
        found |= {str(row[0]) for row in connection.execute(text(query)) if row[0]}
    for query in ("SELECT content FROM draft", "SELECT layout FROM ledger_view"):
        for row in connection.execute(text(query)):
            found |= set(_strings(json.loads(row[0])))
    connection.rollback()
    found |= set(DEFAULTS.values()) | TYPED
    worded = (name for name in found if len(name) > 1 and any(letter.isalpha() for letter in name))
    return sorted(worded, key=len, reverse=True)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def known_texts() -> set[str]:
    """Every Chinese text of the pages that has an English one."""
    with (ROOT / "risk_registry" / "translations" / "en" / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        return {str(message.id) for message in read_mo(file) if message.id and CHINESE.search(str(message.id))}


def without(words: str, names: Iterable[str]) -> str:
    """``words`` less every name in it."""
    for name in names:
        if name in words:
            words = words.replace(name, " ")
    return words


def latin_on_chinese(page: Page, names: list[str]) -> list[str]:
    """Latin words on a page in Chinese that nobody typed and no list allows."""
    faults = set()
    for words, _is_data in page.evaluate(_TEXTS, "zh-CN"):
        for word in LATIN.findall(without(DIGEST.sub(" ", words), names)):
            if word.strip("+.-") not in LATIN_ALLOWED:
                faults.add(f"Latin {word!r} in {words[:60]!r}")
    return sorted(faults)


def chinese_on_english(page: Page, names: list[str], known: set[str]) -> list[str]:
    """Chinese in the frame of an English page, or a text of our own in its cells that was not translated."""
    faults = set()
    texts: list[Any] = page.evaluate(_TEXTS, "en")
    for words, is_data in texts:
        if is_data:
            if words in known and words not in names:
                faults.add(f"untranslated {words[:60]!r}")
            continue
        if CHINESE.search(CHINESE_ALLOWED.sub("", without(words, names))):
            faults.add(f"Chinese in {words[:80]!r}")
    return sorted(faults)
