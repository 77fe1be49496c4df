"""What happens where a program the tests need is absent: a loud skip, or a failure when it was said to be required."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def required(program: str) -> bool:
    """Whether `RISK_REGISTRY_REQUIRE` (names with commas) names the program."""
    return program in os.environ.get("RISK_REGISTRY_REQUIRE", "").replace(" ", "").split(",")


def missing(program: str, reason: str) -> NoReturn:
    """End the test that needs `program`: fail when it is required, else skip with the reason."""
    if required(program):
        pytest.fail(f"RISK_REGISTRY_REQUIRE names {program!r}, but {reason}", pytrace=False)
    pytest.skip(f"NOT TESTED HERE: {reason}")
