"""Payloads that work, for ``/modules`` and OpenAPI."""

from typing import Any

from agents.finance.calculations import CALCULATIONS

CALCULATE: list[dict[str, Any]] = [
    {"calculation": name, "params": dict(known.example)} for name, known in CALCULATIONS.items()
]
RECORD: list[dict[str, Any]] = [
    {
        "transactions": [
            {"date": "2026-01-05", "amount": "-120.50", "category": "groceries"},
            {"date": "2026-01-31", "amount": 2500, "category": "salary", "type": "income", "note": "January"},
        ]
    },
    {"csv": "date,amount,category\n2026-01-12,-900.00,rent\n"},
]
QUERY: list[dict[str, Any]] = [
    {"question": "How much did I spend on groceries in January 2026?"},
    {"metric": "total_spending", "filters": {"category": "groceries", "period": "2026-01"}},
    {"metric": "comparison", "filters": {"period": "2026-02", "compare_to": "2026-01", "type": "expense"}},
]
PERIOD: list[dict[str, Any]] = [{}, {"period": "2026"}]
ANALYZE: list[dict[str, Any]] = [
    *PERIOD,
    {"statement": {"current_assets": 50000, "current_liabilities": 25000}},
]
GENERATE: list[dict[str, Any]] = [{"report_type": "summary", "period": "2026"}]
