"""A visitor with a cookie jar and nothing else: real HTTP for tests that need many of them at once."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    location: str = ""


@dataclass
class Visitor:
    """One person's browser. Follows no redirect by itself; safe in one thread at a time."""

    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    timeout: float = 60

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._send("GET", path, None)

    def post(self, path: str, values: Mapping[str, str]) -> Answer:
        """Send a form. Raises ``OSError`` or ``HTTPException`` when no whole answer comes back."""
        return self._send("POST", path, urlencode(values))

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        host = urlsplit(self.address).netloc
        connection = http.client.HTTPConnection(host, timeout=self.timeout)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.address}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", errors="replace")
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    key, _, rest = value.partition("=")
                    self.cookies[key] = rest.partition(";")[0]
            return Answer(answer.status, text, answer.getheader("Location") or "")
        finally:
            connection.close()

    def sign_in(self, name: str, password: str) -> None:
        """Sign in by the form of the login page."""
        answer = self.post("/login", form_values(self.get("/login").text, name=name, password=password))
        assert answer.status == 303, (answer.status, answer.text[:500])

    def twin(self) -> Visitor:
        """Another window of the same browser."""
        return Visitor(self.address, dict(self.cookies), self.timeout)


class _Forms(HTMLParser):
    """The posted forms of a page, with what a browser without script would send for each untouched control."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._open: dict[str, str] | None = None
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = {}
            if given.get("method", "").lower() == "post":
                self.forms.append((given.get("action", ""), self._open))
        elif self._open is None or "disabled" in given:
            return
        elif tag == "input" and given.get("name"):
            self._input(given)
        elif tag == "select":
            self._select = given.get("name")
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._open):
            self._open[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._area = given.get("name")
            self._open[self._area or ""] = ""

    def _input(self, given: dict[str, str]) -> None:
        assert self._open is not None
        kind = given.get("type", "text")
        if kind in ("submit", "button", "file", "reset") or (kind in ("radio", "checkbox") and "checked" not in given):
            return
        self._open[given["name"]] = given.get("value", "on" if kind == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._open is not None:
            # A browser leaves out the line break that follows the opening tag.
            self._open[self._area] += data.removeprefix("\n") if not self._open[self._area] else data


def form_values(page: str, **values: str) -> dict[str, str]:
    """What the page's own form (not the one in the letterhead) would send, with ``values`` typed into it."""
    reader = _Forms()
    reader.feed(page)
    found = [inside for action, inside in reader.forms if action not in ("/logout", "/preferences")]
    assert found, f"no form on the page: {page[:500]}"
    unknown = set(values) - set(found[0]) - set(re.findall(r'name="([^"]+)"', page))
    assert not unknown, f"the form does not ask for {sorted(unknown)}"
    return {**found[0], **values}
