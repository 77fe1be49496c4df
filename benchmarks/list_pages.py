"""What a ledger page costs at 1,000 and at 100,000 lines, and against a bare rendering of the same HTML.

Usage: python -m benchmarks.list_pages [--engine sqlite|postgresql|both] [--small 1000] [--large 100000]
    [--rounds 30] [--only NAME]

Every line has up to three versions; the reader is signed in with the data scope "own organisation and below". CPU is
user and system time of this process, and on PostgreSQL of the server's processes too. Both sizes are asked in turn in
the same run, so a drifting machine cannot favour one. Where the smaller registry has fewer matching lines than a page
holds, the cost of the rows themselves differs; the column "rows" shows how many each page has. The bare rendering is a
plain Jinja template over ready strings that gives the same bytes, without request, session or database.
"""

from __future__ import annotations

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient
from jinja2 import Environment

from benchmarks.registries import Place, places
from risk_registry.casefile.columns import FULL_LEDGER

_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"(<t[hd]\b[^>]*>)(.*?)(</t[hd]>)", re.DOTALL)
_BARE = (
    "{{ head|safe }}{% for cells, gap in rows %}<tr>{% for open, text, close in cells %}"
    "{{ open|safe }}{{ text|safe }}{{ close|safe }}{% endfor %}</tr>{{ gap|safe }}{% endfor %}{{ foot|safe }}"
)
_BATCH, _WARM_UP = 10, 3
FULL = [column.key for column in FULL_LEDGER]


@dataclass(frozen=True)
class Scene:
    """One page to ask for."""

    name: str
    path: Callable[[FlaskClient], str]


def _fixed(path: str) -> Callable[[FlaskClient], str]:
    return lambda _client: path


def _last_of(path: str) -> Callable[[FlaskClient], str]:
    def find(client: FlaskClient) -> str:
        html = client.get(path).get_data(as_text=True)
        found = re.search(r'<a href="([^"]+)" rel="last"', html)
        assert found, "the ledger has no link to its last page"
        return found[1].replace("&amp;", "&")

    return find


SCENES = (
    Scene("first page, all years", _fixed("/ledger?basis=all")),
    Scene("last page, all years", _last_of("/ledger?basis=all")),
    Scene("first page, this year", _fixed("/ledger?year=2026")),
    Scene("last page, this year", _last_of("/ledger?year=2026")),
    *(
        Scene(f"{end} page by {sort}, {period}", make(f"/ledger?{words}&sort={sort}"))
        for period, words in (("all years", "basis=all"), ("this year", "year=2026"))
        for sort in ("oldest", "filed", "concluded")
        for end, make in (("first", _fixed), ("last", _last_of))
    ),
    Scene("first page, all columns", _fixed(f"/ledger?basis=all&cols={','.join(FULL)}")),
    Scene("filter selecting 1 %", _fixed("/ledger?basis=all&outcome=rejected")),
    Scene("filter selecting 30 %", _fixed("/ledger?basis=all&kind=policy")),
)


def bare(html: str) -> Callable[[], str]:
    """A plain Jinja rendering of the same bytes from ready strings."""
    start = html.find("<tbody>")
    body_start = start + len("<tbody>") if start >= 0 else len(html)
    end = html.find("</tbody>", body_start) if start >= 0 else len(html)
    body, rows, found = html[body_start:end], [], list(_ROW.finditer(html[body_start:end]))
    for match, following in zip(found, [*found[1:], None], strict=True):
        gap = body[match.end() : following.start() if following else len(body)]
        rows.append(([cell.groups() for cell in _CELL.finditer(match[0])], gap))
    lead = body[: found[0].start()] if found else body
    template = Environment(autoescape=True).from_string(_BARE)
    values = {"head": html[:body_start] + lead, "rows": rows, "foot": html[end:]}
    assert template.render(values) == html, "the bare rendering differs"
    return lambda: template.render(values)


def _cpu(place: Place) -> float:
    return time.process_time() + place.server_cpu()


def measure(made: list[Place], scene: Scene, rounds: int) -> tuple[list[float], list[float], list[int]]:
    """Median CPU milliseconds of the page and of its bare rendering, and the rows shown, for each place."""
    paths = [scene.path(place.client) for place in made]
    answers = [place.client.get(path) for place, path in zip(made, paths, strict=True)]
    assert all(answer.status_code == 200 for answer in answers), paths
    texts = [answer.get_data(as_text=True) for answer in answers]
    acts = [
        (lambda client=place.client, path=path: client.get(path), bare(text))
        for place, path, text in zip(made, paths, texts, strict=True)
    ]
    taken: list[tuple[list[float], list[float]]] = [([], []) for _ in made]
    for number in range(rounds + _WARM_UP):
        for place, pair, results in zip(made, acts, taken, strict=True):
            for act, result in zip(pair, results, strict=True):
                before = _cpu(place)
                for _ in range(_BATCH):
                    act()
                if number >= _WARM_UP:
                    result.append((_cpu(place) - before) / _BATCH * 1000)
    pages = [statistics.median(page) for page, _plain in taken]
    plain = [statistics.median(bare_one) for _page, bare_one in taken]
    return pages, plain, [text.count('<th scope="row"') for text in texts]


def report(engine: str, made: list[Place], rounds: int, only: str = "") -> None:
    """Print the table of one engine."""
    small, large = made
    print(f"\n{engine}: CPU ms a page, median of {rounds} batches of {_BATCH}")
    head = f"{small.lines:>10,}{large.lines:>10,}{'ratio':>8}{'bare':>8}{'page/bare':>11}{'rows':>10}"
    print(f"{'page':36}{head}")
    for scene in (scene for scene in SCENES if only in scene.name):
        pages, plain, rows = measure(made, scene, rounds)
        ratio, against = pages[1] / pages[0], pages[1] / plain[1]
        print(
            f"{scene.name:36}{pages[0]:10.2f}{pages[1]:10.2f}{ratio:8.2f}{plain[1]:8.2f}{against:11.2f}"
            f"{f'{rows[0]}/{rows[1]}':>10}",
            flush=True,
        )


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--only", default="", help="only the pages whose name holds this")
    options = parser.parse_args()
    engines = ("sqlite", "postgresql") if options.engine == "both" else (options.engine,)
    for engine in engines:
        with (
            tempfile.TemporaryDirectory() as folder,
            places(engine, (options.small, options.large), Path(folder)) as made,
        ):
            report(engine, made, options.rounds, options.only)


if __name__ == "__main__":
    main()
