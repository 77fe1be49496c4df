"""The English catalogue: `check` that it is complete and in step with the source, or `update` it.

`update` takes new texts in (empty, except dictionary terms, whose English stands beside the Chinese), drops what the
source no longer says, and compiles; what stays empty wants a translator, and `check` names it.
"""

from __future__ import annotations

import io
import pathlib
import sys

from babel.messages import extract, frontend, mofile, pofile
from babel.messages.catalog import Catalog, Message

from risk_registry.core import vocabulary

ROOT = pathlib.Path(__file__).resolve().parent.parent
PO = ROOT / "risk_registry" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "P_": ((1, "c"), 2),
    "pgettext": ((1, "c"), 2),
}


def source(catalogue: Catalog) -> Catalog:
    """Every text the source marks, under the header of `catalogue` so that its dates do not move."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = frontend.parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog(creation_date=catalogue.creation_date, revision_date=catalogue.revision_date)
    texts = extract.extract_from_dir(str(ROOT), methods, options, KEYWORDS, comment_tags=())
    for name, _line, text, _comments, context in texts:
        if text:
            found.add(text, locations=[(pathlib.PurePath(name).as_posix(), 0)], context=context)
    return found


def read() -> Catalog:
    """The catalogue as it is on disk, an empty one where there is none."""
    if not PO.exists():
        return Catalog(
            locale="en",
            header_comment="# English texts of risk-registry; the Chinese beside them is the source.",
            project="risk-registry",
            version="",
            msgid_bugs_address="-",
            last_translator="-",
            language_team="English",
            fuzzy=False,
        )
    with PO.open("rb") as file:
        return pofile.read_po(file, locale="en")


def po_bytes(catalogue: Catalog) -> bytes:
    """The catalogue as text; without line numbers, which would change with every edit of the source."""
    buffer = io.BytesIO()
    pofile.write_po(buffer, catalogue, width=120, ignore_obsolete=True, include_lineno=False)
    return buffer.getvalue()


def mo_bytes() -> bytes:
    """The compiled form of the catalogue on disk."""
    buffer = io.BytesIO()
    mofile.write_mo(buffer, read())
    return buffer.getvalue()


def keys(catalogue: Catalog) -> set[str]:
    """The source texts of a catalogue; one that needs a context is written ``context|text``."""
    return {
        f"{message.context}|{message.id}" if message.context else str(message.id) for message in catalogue if message.id
    }


def terms() -> dict[str, str]:
    """English of every dictionary term by its Chinese, where it is one and the same everywhere."""
    english: dict[str, set[str]] = {}
    for value in vars(vocabulary).values():
        for term in value if isinstance(value, tuple) else ():
            if isinstance(term, vocabulary.Term):
                english.setdefault(term.zh, set()).add(term.en)
    return {zh: next(iter(one)) for zh, one in english.items() if len(one) == 1}


def update() -> list[str]:
    """Write the catalogue and its compiled form."""
    catalogue = read()
    catalogue.update(source(catalogue), no_fuzzy_matching=True)
    known = terms()
    for message in catalogue:
        if not message.string and isinstance(message.id, str):
            message.string = known.get(message.id, "")
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po_bytes(catalogue))
    MO.write_bytes(mo_bytes())
    return []


def untranslated(message: Message) -> bool:
    """Whether a form of the text has no English, or only a guessed one."""
    strings = [message.string] if isinstance(message.string, str) else list(message.string or [])
    return message.fuzzy or not strings or not all(strings)


def check() -> list[str]:
    """Every fault of the catalogue, one line each."""
    catalogue = read()
    wanted, present = keys(source(catalogue)), keys(catalogue)
    faults = [f"not in the catalogue: {text}" for text in sorted(wanted - present)]
    faults += [f"no longer in the source: {text}" for text in sorted(present - wanted)]
    for message in catalogue:
        if not message.id:
            continue
        if untranslated(message):
            faults.append(f"no English: {message.id}")
        else:
            faults += [f"{error}: {message.id}" for error in message.check(catalogue)]
    if not MO.exists() or MO.read_bytes() != mo_bytes():
        faults.append(f"{MO.name} is not what {PO.name} compiles to: run python .ci/translations.py update")
    return faults


if __name__ == "__main__":
    if sys.argv[1:] not in (["check"], ["update"]):
        sys.exit("usage: translations.py check | update")
    problems = check() if sys.argv[1] == "check" else update()
    print("\n".join(problems) or "catalogue: nothing amiss")
    sys.exit(bool(problems))
