"""重新评估: when another round is called for, and for which reason (DOMAIN §2.19, §8b rows 20 and 22, `validity`)."""

from __future__ import annotations

from datetime import date

#: Months after the conclusion in which a matter that may go ahead should be started (DOMAIN §8b `validity`).
VALID_MONTHS = 24
_NOT_PASSED = frozenset({"deferred", "rejected"})
_ENDED = {"revoked": "revoked", "terminated": "reopened", "void": "reopened"}


def suggested_trigger(
    status: str,
    *,
    outcome: str | None,
    concluded_on: date | None,
    started: bool,
    today: date,
) -> str:
    """The trigger a new round most likely has, "" where nothing speaks for one. A suggestion; it binds nobody.

    ``started`` tells that the matter is being carried out: an assessment then has done its work and does not expire.
    """
    if status in _ENDED:
        return _ENDED[status]
    if outcome in _NOT_PASSED and status in ("concluded", "filed", "declined"):
        return "resubmitted"
    if status == "filed" and not started and concluded_on is not None and today >= expires_on(concluded_on):
        return "expired"
    return ""


def expires_on(concluded_on: date, months: int = VALID_MONTHS) -> date:
    """The day that many months later; the last day of a month that is shorter."""
    month = concluded_on.month - 1 + months
    year, month = concluded_on.year + month // 12, month % 12 + 1
    for day in range(concluded_on.day, 27, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    return date(year, month, concluded_on.day)
