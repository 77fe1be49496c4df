"""The English catalogue: complete, in step with the source, and the same blanks in both languages."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

ROOT = Path(__file__).resolve().parents[2]
BLANKS = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|<[^<> ]+>")
UNSAID = re.compile(r"approv|petition", re.IGNORECASE)
# Chinese that stays in English texts: what is typed as it stands, number patterns, document numbers.
KEPT = (
    *(
        "亿",
        "亩",
        "2024年3月5日",
        "是 or 否",
        "“城”",
        "发改办投资〔2013〕428号",
        "示办发〔2026〕1号",
        "{简称}",
        "{年份}",
        "{序号}",
    ),
    *(
        "稳评备〔{year}〕{seq}号",
        "稳评备〔〕号",
        "1月1日至3日放假；1月4日上班",
        "1月1日",
        "“至”",
        "放假",
        "上班",
        "周%",
        " 、 ",
    ),
)
CHINESE = re.compile("[\u3400-\u9fff\u3000-\u303f]")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations_script", ROOT / ".ci" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def texts(script: ModuleType) -> dict[str, str]:
    """English by Chinese."""
    catalogue: Catalog = script.read()
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def test_the_catalogue_is_complete_and_in_step_with_the_source(script: ModuleType) -> None:
    assert script.check() == []


def test_the_compiled_catalogue_says_what_the_readable_one_says(script: ModuleType, texts: dict[str, str]) -> None:
    with script.MO.open("rb") as file:
        compiled = read_mo(file)
    assert {str(message.id): str(message.string) for message in compiled if message.id} == texts


def test_both_languages_have_the_same_blanks(texts: dict[str, str]) -> None:
    differ = {zh: en for zh, en in texts.items() if sorted(set(BLANKS.findall(zh))) != sorted(set(BLANKS.findall(en)))}
    assert differ == {}


def test_no_percent_sign_turns_into_a_blank(texts: dict[str, str]) -> None:
    """A page interpolates every text, so a lone percent sign would break it."""
    lone = re.compile(r"%(?!%|\()")

    def count(text: str) -> int:
        return len(lone.findall(text.replace("%%", "")))

    assert {zh: en for zh, en in texts.items() if count(zh) != count(en)} == {}


def test_english_texts_are_english_and_keep_the_words_of_the_field(texts: dict[str, str]) -> None:
    wrong = []
    for en in texts.values():
        rest = en
        for kept in KEPT:
            rest = rest.replace(kept, "")
        if CHINESE.search(rest) or UNSAID.search(en) or "<" in en.replace(" < I ≤ ", ""):
            wrong.append(en)
    assert wrong == []
