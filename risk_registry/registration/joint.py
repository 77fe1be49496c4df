"""联合单位 in a form: rows of an organisation and the part it takes, one question to the form and to its draft."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from flask_babel import gettext, lazy_gettext
from wtforms.widgets import Select

from risk_registry.core.text_marks import N_
from risk_registry.matters.joint import CO_ORGANISERS, MOST, PARTS, Joint
from risk_registry.web.forms import DeclaredForm
from risk_registry.web.i18n import bracketed
from risk_registry.web.inputs import ChoiceControl

#: Rows left blank after those that are filled in; more come each time the page is kept.
BLANK = 2
FormType = TypeVar("FormType", bound=DeclaredForm)
_PAIR = re.compile(r"([0-9]{0,9}):([a-z]{0,16})")


class JointControl(ChoiceControl):
    """``text`` is ``12:owner;7:implement``, an organisation and its part; ``data`` the same as ``Joint`` rows."""

    widget = Select()

    def offer(self, options: Iterable[tuple[str, str]]) -> None:
        """Set the organisations that may be named."""
        self.options = tuple(options)

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        """Take the stored rows, then whatever was sent under the names of the rows."""
        super().process(None, *args, **options)
        if formdata is not None:
            self.take(self._sent(formdata))

    def _sent(self, formdata: Any) -> str:
        pattern = re.compile(re.escape(self.name) + r"-([0-9]{1,2})-(?:organisation|part)")
        places = sorted({int(match[1]) for name in formdata if (match := pattern.fullmatch(name))})
        pairs = []
        for place in places:
            parts = (str(formdata.get(f"{self.name}-{place}-{part}", "")).strip() for part in ("organisation", "part"))
            pair = ":".join(parts)
            if pair != ":":
                pairs.append(pair)
        return ";".join(pairs)

    def process_data(self, value: Any) -> None:
        """Show stored rows."""
        self.data = tuple(Joint(*row) for row in value or ())
        self.text = ";".join(f"{row.organisation}:{row.part}" for row in self.data)

    def take(self, text: str) -> None:
        """Read rows as a draft keeps them."""
        super().take(text)
        self.data = self.data or ()

    def read(self) -> None:
        """Each row needs one of the organisations offered and the part it takes."""
        rows, names = [], dict(self.options)
        for number, pair in enumerate(self.text.split(";"), 1):
            match = _PAIR.fullmatch(pair)
            organisation, part = match.groups() if match else ("", "")
            if organisation not in names:
                self._fault(N_("联合单位第%(number)s行：请从列出的单位中选择"), number=number)
            elif part not in PARTS:
                self._fault(
                    N_("联合单位第%(number)s行：请选择“%(name)s”的参与方式"), number=number, name=names[organisation]
                )
            else:
                rows.append(Joint(int(organisation), part))
        self.data = tuple(rows)

    def _fault(self, message: str, **params: object) -> None:
        self.process_errors = [*self.process_errors, gettext(message, **params)]

    def rows(self) -> Iterator[tuple[int, str, str]]:
        """(number, organisation, part) of each row the page shows, blank ones after the others."""
        pairs = [pair.partition(":") for pair in self.text.split(";") if pair]
        for number, (organisation, _colon, part) in enumerate(pairs[:MOST]):
            yield number, organisation, part
        for number in range(len(pairs), min(len(pairs) + BLANK, max(MOST, len(pairs) + 1))):
            yield number, "", ""

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The parts to choose from."""
        return [(code, gettext(word)) for code, word in PARTS.items()]

    def label_of_choice(self) -> str:
        """What is chosen, in words."""
        names = dict(self.options)
        words = []
        for _number, organisation, part in self.rows():
            if organisation or part:
                name = names.get(organisation) or gettext("（未选单位）")
                words.append(name + bracketed(gettext(PARTS.get(part, N_("未选参与方式")))))
        return "、".join(words)


def joined(form: type[FormType]) -> type[FormType]:
    """The same form with 联合单位 asked in rows."""
    asked = JointControl(
        CO_ORGANISERS, label=lazy_gettext(CO_ORGANISERS.label), description=lazy_gettext(CO_ORGANISERS.help)
    )
    return type(form.__name__, (form,), {CO_ORGANISERS.name: asked})
