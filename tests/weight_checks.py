"""How heavy a page is on the line: the whole of it for a new reader, what comes anew for one who was here before."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

#: Bytes as sent, compressed.
COLD, WARM = 90_000, 15_000

_WEIGHT = """() => {
  const page = performance.getEntriesByType('navigation')[0];
  const parts = performance.getEntriesByType('resource').map(part => [part.name, part.encodedBodySize]);
  return {page: page.encodedBodySize, plain: page.decodedBodySize, parts};
}"""


def weight_faults(page: Page) -> list[str]:
    """What is too heavy; static files count once, for they are kept for good."""
    found: dict[str, Any] = page.evaluate(_WEIGHT)
    kept = sum(size for name, size in found["parts"] if "/static/" in name)
    fresh = found["page"] + sum(size for name, size in found["parts"] if "/static/" not in name)
    faults = []
    if fresh > WARM:
        faults.append(f"{fresh} bytes come anew with every visit, more than {WARM}")
    if fresh + kept > COLD:
        faults.append(f"{fresh + kept} bytes come with the first visit, more than {COLD}")
    if found["plain"] > 2000 and found["page"] == found["plain"]:
        faults.append("the page came uncompressed")
    if not any(name.split("?")[0].endswith("theme.css") and size for name, size in found["parts"]):
        faults.append("no style sheet was loaded")
    return faults
