"""LibreOffice opens the workbook and prints it with nothing cut and the header on every page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from risk_registry.spreadsheets.sheet import Sheet, write_workbook

SOFFICE = shutil.which("soffice")
PDFTOTEXT = shutil.which("pdftotext")
REQUIRED = "office" in os.environ.get("RISK_REGISTRY_REQUIRE", "").split(",")


@pytest.mark.skipif(
    not (SOFFICE and PDFTOTEXT) and not REQUIRED,
    reason="OFFICE NOT TESTED: soffice (libreoffice-calc) or pdftotext (poppler-utils) is not installed",
)
def test_the_printed_ledger_repeats_its_header_and_cuts_no_column(
    tmp_path: Path, ledger: Sheet, with_remark: Callable[[object], tuple[object, ...]], created: datetime
) -> None:
    assert SOFFICE, "RISK_REGISTRY_REQUIRE=office, but soffice is absent"
    assert PDFTOTEXT, "RISK_REGISTRY_REQUIRE=office, but pdftotext is absent"
    rows = [with_remark("末列文字") for _ in range(60)]
    write_workbook(tmp_path / "ledger.xlsx", ledger, rows, created=created)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "ledger.xlsx")], check=True, capture_output=True, timeout=180)
    text = subprocess.run(
        [PDFTOTEXT, "-layout", str(tmp_path / "ledger.pdf"), "-"], check=True, capture_output=True, timeout=60
    ).stdout.decode()
    pages = [re.sub(r"\s", "", page) for page in text.split("\f")[:-1]]
    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert ledger.title in page
        assert all(heading in page for heading in ("序号", "事项名称", "备案日期", "备注"))
        assert f"第{number}页共{len(pages)}页" in page
    assert sum(page.count("末列文字") for page in pages) == len(rows), "the last column stands beside each line"
    assert "合计" in pages[-1]
    assert re.sub(r"\s", "", ledger.signature) in pages[-1]
