"""Matters of the demo county that are assessed by the risk index: factors, measures, facts. All of it is invented."""

from __future__ import annotations

from typing import Any

Raw = dict[str, Any]


def _factors(*rows: str) -> list[Raw]:
    """Rows of ``area name w p q p' q'``."""
    names = ("area", "name", "w", "p", "q", "p_after", "q_after")
    return [dict(zip(names, row.split(), strict=True)) for row in rows]


def _measures(*rows: tuple[str, str, str]) -> list[Raw]:
    """Rows of (number of the factor, text, code of the unit that answers for it)."""
    return [{"factor": factor, "text": text, "responsible_org": unit} for factor, text, unit in rows]


#: By matter: what its conclusion says beside the four tests.
INDEXED: dict[str, Raw] = {
    # 0.168 + 0.105 + 0.06 + 0.0375 + 0.016 = 0.3865, two factors 较大; after measures 0.1035.
    "station_area": {
        "method": "INDEX_428",
        "event_people": "30",
        "event_people_after": "10",
        "factors": _factors(
            "land 补偿标准 0.3 0.7 0.8 0.3 0.4",
            "land 被征地农民就业及生活 0.25 0.6 0.7 0.3 0.4",
            "land 补偿程序和方案 0.2 0.5 0.6 0.3 0.3",
            "environment 噪声振动 0.15 0.5 0.5 0.3 0.3",
            "society 周边交通 0.1 0.4 0.4 0.2 0.3",
        ),
        "measures_rows": _measures(
            ("1", "公开补偿标准和测算依据，逐户核对并公示", "land"),
            ("2", "落实社会保障资金，开展就业培训", "land"),
            ("3", "签订补偿安置协议后再进场施工", "builder"),
        ),
    },
    # 0.126 + 0.075 + 0.14 + 0.04 = 0.381, two factors 较大; after measures 0.108.
    "reservoir": {
        "method": "INDEX_428",
        "factors": _factors(
            "management 施工方案 0.3 0.6 0.7 0.3 0.4",
            "environment 水体污染 0.25 0.5 0.6 0.3 0.3",
            "safety 施工安全与职业健康 0.25 0.7 0.8 0.3 0.5",
            "society 周边交通 0.2 0.4 0.5 0.2 0.3",
        ),
        "measures_rows": _measures(
            ("1", "分段施工，汛期停工，编制度汛方案", "waterworks"),
            ("3", "配备专职安全员，设置防护设施", "waterworks"),
        ),
    },
    # 0.12 + 0.075 + 0.048 + 0.02 = 0.263; taken back later, so it counts nowhere.
    "pumped_storage": {
        "method": "INDEX_428",
        "factors": _factors(
            "land 征收范围 0.4 0.5 0.6 0.3 0.4",
            "environment 水土流失 0.3 0.5 0.5 0.3 0.3",
            "society 周边交通 0.2 0.4 0.6 0.2 0.3",
            "media 舆论导向及其影响 0.1 0.4 0.5 0.2 0.2",
        ),
        "measures_rows": _measures(("1", "优化枢纽布置，减少永久占地", "power")),
    },
}
